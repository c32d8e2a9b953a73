"""The packets whose cost is measured: a message, and its body as sd_api_v5 sends it."""

from __future__ import annotations

from typing import NamedTuple

from gatts_codec import (
    Attr,
    AttrMd,
    CharacteristicAdd,
    CharExtProps,
    CharMd,
    CharPf,
    CharProps,
    Codec,
    Hvx,
    HvxParams,
    Packet,
    SecMode,
    ServiceAdd,
    Uuid,
    Value,
    ValueSet,
    WriteEvent,
)
from gatts_codec.gap import (
    Addr,
    AdvReportEventV5,
    EncInfo,
    EncKey,
    IdKey,
    Irk,
    KeyDistribution,
    KeySet,
    MasterId,
    SecKeys,
    SecParams,
    SecParamsReply,
)
from gatts_codec.gattc import HandleRange, PrimSrvcDiscRspEvent, Service

DIALECT = "sd_api_v5"
CODEC = Codec(DIALECT)


class Sample(NamedTuple):
    """``layout`` names the same packet in by_hand.py or by_hand_groups.py and, of GATTS, in plain_construct.py."""

    title: str
    layout: str
    message: Packet

    @property
    def body(self) -> bytes:
        return CODEC.encode(self.message)


def _data(size: int) -> bytes:
    return bytes(at * 7 & 0xFF for at in range(size))


_ENCRYPTED = AttrMd(read_perm=SecMode(1, 2), write_perm=SecMode(1, 2), vlen=1)

SERVICE_ADD = ServiceAdd(type=1, uuid=Uuid(0x180F, 1))
CHARACTERISTIC_ADD = CharacteristicAdd(
    service_handle=12,
    char_md=CharMd(
        char_props=CharProps(read=1, write=1, notify=1),
        char_ext_props=CharExtProps(reliable_wr=1),
        char_user_desc=b"battery level",
        char_user_desc_max_size=20,
        char_pf=CharPf(format=4, exponent=-2, unit=0x27AD),
        user_desc_md=AttrMd(),
        cccd_md=AttrMd(vlen=0),
        sccd_md=_ENCRYPTED,
    ),
    attr_char_value=Attr(Uuid(0x2A19, 1), _ENCRYPTED, max_len=20, value=_data(20)),
)
HVX = Hvx(conn_handle=0, hvx_params=HvxParams(handle=14, data=_data(244)))
WRITE = WriteEvent(
    conn_handle=0, handle=14, uuid=Uuid(0x2A19, 1), op=1, auth_required=0, offset=0, data=_data(20)
)


def value_set(size: int) -> ValueSet:
    """A value of ``size`` bytes."""
    return ValueSet(conn_handle=0xFFFF, handle=14, value=Value(_data(size)))


_ADDR = Addr(bytes.fromhex("9a78563412f0"), addr_id_peer=0)
ADV_REPORT = AdvReportEventV5(
    0xFFFF, _ADDR, rssi=-60, scan_rsp=0, type=0, data=_data(31), direct_addr=Addr(bytes(6), addr_id_peer=0)
)
DISCOVERED = PrimSrvcDiscRspEvent(
    0, 0, 0, tuple(Service(Uuid(0x1800 + at), HandleRange(at * 8 + 1, at * 8 + 8)) for at in range(3))
)
_DISTRIBUTION = KeyDistribution(1, 1, 0, 0)
_KEYS = SecKeys(
    EncKey(EncInfo(_data(16), auth=1, ltk_len=16, lesc=0), MasterId(0x1234, _data(8))),
    IdKey(Irk(_data(16)), _ADDR),
)
SEC_PARAMS_REPLY = SecParamsReply(
    0,
    0,
    SecParams(bond=1, mitm=1, io_caps=1, kdist_own=_DISTRIBUTION, kdist_peer=_DISTRIBUTION),
    KeySet(_KEYS, _KEYS),
)

SAMPLES = (
    Sample("service_add", "service_add", SERVICE_ADD),
    Sample("characteristic_add, full", "characteristic_add", CHARACTERISTIC_ADD),
    Sample("value_set 20 B", "value_set", value_set(20)),
    Sample("value_set 512 B", "value_set", value_set(512)),
    Sample("hvx 244 B", "hvx", HVX),
    Sample("WRITE event", "write", WRITE),
    Sample("adv_report event", "adv_report", ADV_REPORT),
    Sample("prim_srvc_disc_rsp event", "prim_srvc_disc_rsp", DISCOVERED),
    Sample("sec_params_reply", "sec_params_reply", SEC_PARAMS_REPLY),
)
