"""Three packets of other groups by hand, as ``by_hand`` has those of GATTS: an event, a list, nested optional parts."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Any

from benchmarks.by_hand import NewUuid, new
from gatts_codec import Uuid
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
    PublicKey,
    SecKeys,
    SecParams,
    SecParamsReply,
    SignInfo,
)
from gatts_codec.gattc import HandleRange, PrimSrvcDiscRspEvent, Service

NewAddr, NewAdvReport = new(Addr), new(AdvReportEventV5)
NewRange, NewService, NewDiscovered = new(HandleRange), new(Service), new(PrimSrvcDiscRspEvent)
NewParams, NewReply, NewKeySet, NewSecKeys = new(SecParams), new(SecParamsReply), new(KeySet), new(SecKeys)
NewEncInfo, NewMasterId, NewEncKey = new(EncInfo), new(MasterId), new(EncKey)
NewIrk, NewIdKey, NewSignInfo, NewPublicKey = new(Irk), new(IdKey), new(SignInfo), new(PublicKey)

ADV_REPORT = Struct("<HHB6sB6sbBBB")
DISCOVERED = Struct("<HHHHH")
SERVICE = Struct("<HBHH")
REPLY = Struct("<BHBB")
PARAMS = Struct("<BBBBB")
ENC_KEY = Struct("<B16sBH8s")
ID_KEY = Struct("<B16sB6s")
MOST_SERVICES = (384 - 1 - DISCOVERED.size) // SERVICE.size  # what the firmware takes
DISTRIBUTIONS = [KeyDistribution(bits & 1, bits >> 1 & 1, bits >> 2 & 1, bits >> 3) for bits in range(16)]


def encode_adv_report(message: AdvReportEventV5) -> bytes:
    peer, direct, data = message.peer_addr, message.direct_addr, message.data
    if direct is None or len(data) > 31 or len(peer.addr) != 6 or len(direct.addr) != 6:
        raise ValueError(message)
    head = ADV_REPORT.pack(
        0x1D,
        message.conn_handle,
        (peer.addr_id_peer or 0) | peer.addr_type << 1,
        peer.addr,
        (direct.addr_id_peer or 0) | direct.addr_type << 1,
        direct.addr,
        message.rssi,
        message.scan_rsp | message.type << 1,
        len(data),
        1,
    )
    return head + data


def decode_adv_report(body: bytes) -> Any:
    event, conn_handle, peer_bits, peer, direct_bits, direct, rssi, bits, size, flag = ADV_REPORT.unpack_from(
        body
    )
    data = body[22:]
    if event != 0x1D or bits > 7 or flag != 1 or size > 31 or len(data) != size:
        raise ValueError(body)
    message = NewAdvReport()
    message.conn_handle = conn_handle
    message.peer_addr = _addr(peer_bits, peer)
    message.direct_addr = _addr(direct_bits, direct)
    message.rssi = rssi
    message.scan_rsp = bits & 1
    message.type = bits >> 1
    message.data = data
    message.__class__ = AdvReportEventV5
    return message


def _addr(bits: int, six: bytes) -> Any:
    addr = NewAddr()
    addr.addr_id_peer = bits & 1
    addr.addr_type = bits >> 1
    addr.addr = six
    addr.__class__ = Addr
    return addr


def encode_prim_srvc_disc_rsp(message: PrimSrvcDiscRspEvent) -> bytes:
    services = message.services
    if len(services) > MOST_SERVICES:
        raise ValueError(message)
    parts = [
        DISCOVERED.pack(0x30, message.conn_handle, message.gatt_status, message.error_handle, len(services))
    ]
    for service in services:
        uuid, attributes = service.uuid, service.handle_range
        parts.append(SERVICE.pack(uuid.uuid, uuid.type, attributes.start_handle, attributes.end_handle))
    return b"".join(parts)


def decode_prim_srvc_disc_rsp(body: bytes) -> Any:
    event, conn_handle, status, error_handle, count = DISCOVERED.unpack_from(body)
    if event != 0x30 or len(body) != 10 + 7 * count:
        raise ValueError(body)
    services = []
    for number, base, first, last in SERVICE.iter_unpack(body[10:]):
        uuid = NewUuid()
        uuid.uuid = number
        uuid.type = base
        uuid.__class__ = Uuid
        attributes = NewRange()
        attributes.start_handle = first
        attributes.end_handle = last
        attributes.__class__ = HandleRange
        service = NewService()
        service.uuid = uuid
        service.handle_range = attributes
        service.__class__ = Service
        services.append(service)
    message = NewDiscovered()
    message.conn_handle = conn_handle
    message.gatt_status = status
    message.error_handle = error_handle
    message.services = tuple(services)
    message.__class__ = PrimSrvcDiscRspEvent
    return message


def encode_sec_params_reply(message: SecParamsReply) -> bytes:
    params, keys = message.sec_params, message.sec_keyset
    parts = [REPLY.pack(0x7F, message.conn_handle, message.sec_status, params is not None)]
    if type(params) is SecParams:
        parts.append(_params(params))
    if type(keys) is KeySet:
        parts += (b"\x01", *_keys(keys.keys_own), *_keys(keys.keys_peer))
    elif keys is None:
        parts.append(b"\x00")
    else:
        raise ValueError(message)
    return b"".join(parts)


def _params(params: SecParams) -> bytes:
    bits = params.bond | params.mitm << 1 | params.lesc << 2 | params.keypress << 3
    return PARAMS.pack(
        bits | params.io_caps << 4 | params.oob << 7,
        params.min_key_size,
        params.max_key_size,
        _distribution(params.kdist_own),
        _distribution(params.kdist_peer),
    )


def _distribution(keys: KeyDistribution) -> int:
    return keys.enc | keys.id << 1 | keys.sign << 2 | (keys.link or 0) << 3


def _keys(keys: SecKeys) -> tuple[bytes, bytes, bytes, bytes]:
    enc, identity, sign, public = keys.enc_key, keys.id_key, keys.sign_key, keys.pk
    return (
        b"\x00" if enc is None else _enc_key(enc),
        b"\x00" if identity is None else _id_key(identity),
        b"\x00" if sign is None else b"\x01" + sign.csrk,
        b"\x00" if public is None else b"\x01" + public.pk,
    )


def _enc_key(key: EncKey) -> bytes:
    info, master = key.enc_info, key.master_id
    if len(info.ltk) != 16 or len(master.rand) != 8:
        raise ValueError(key)
    bits = (info.lesc or 0) | info.auth << 1 | info.ltk_len << 2
    return ENC_KEY.pack(1, info.ltk, bits, master.ediv, master.rand)


def _id_key(key: IdKey) -> bytes:
    irk, addr = key.id_info.irk, key.id_addr_info
    if len(irk) != 16 or len(addr.addr) != 6:
        raise ValueError(key)
    return ID_KEY.pack(1, irk, (addr.addr_id_peer or 0) | addr.addr_type << 1, addr.addr)


def decode_sec_params_reply(body: bytes) -> Any:
    _, conn_handle, status, given = REPLY.unpack_from(body)
    at, params, keys = 5, None, None
    if given == 1:
        params = _read_params(body)
        at = 10
    elif given:
        raise ValueError(body)
    given = body[at]
    at += 1
    if given == 1:
        keys = NewKeySet()
        keys.keys_own, at = _read_keys(body, at)
        keys.keys_peer, at = _read_keys(body, at)
        keys.__class__ = KeySet
    elif given:
        raise ValueError(body)
    if len(body) != at:
        raise ValueError(body)
    message = NewReply()
    message.conn_handle = conn_handle
    message.sec_status = status
    message.sec_params = params
    message.sec_keyset = keys
    message.__class__ = SecParamsReply
    return message


def _read_params(body: bytes) -> Any:
    bits, shortest, longest, own, peer = PARAMS.unpack_from(body, 5)
    params = NewParams()
    params.bond = bits & 1
    params.mitm = bits >> 1 & 1
    params.lesc = bits >> 2 & 1
    params.keypress = bits >> 3 & 1
    params.io_caps = bits >> 4 & 7
    params.oob = bits >> 7
    params.min_key_size = shortest
    params.max_key_size = longest
    params.kdist_own = DISTRIBUTIONS[own]
    params.kdist_peer = DISTRIBUTIONS[peer]
    params.__class__ = SecParams
    return params


def _read_keys(body: bytes, at: int) -> tuple[Any, int]:
    keys = NewSecKeys()
    keys.enc_key, at = _read_enc_key(body, at)
    keys.id_key, at = _read_id_key(body, at)
    keys.sign_key, at = _read_key(body, at, NewSignInfo, SignInfo, "csrk", 16)
    keys.pk, at = _read_key(body, at, NewPublicKey, PublicKey, "pk", 64)
    keys.__class__ = SecKeys
    return keys, at


def _read_enc_key(body: bytes, at: int) -> tuple[Any, int]:
    if body[at] == 0:
        return None, at + 1
    given, ltk, bits, ediv, rand = ENC_KEY.unpack_from(body, at)
    if given != 1:
        raise ValueError(body)
    info = NewEncInfo()
    info.ltk = ltk
    info.lesc = bits & 1
    info.auth = bits >> 1 & 1
    info.ltk_len = bits >> 2
    info.__class__ = EncInfo
    master = NewMasterId()
    master.ediv = ediv
    master.rand = rand
    master.__class__ = MasterId
    key = NewEncKey()
    key.enc_info = info
    key.master_id = master
    key.__class__ = EncKey
    return key, at + 28


def _read_id_key(body: bytes, at: int) -> tuple[Any, int]:
    if body[at] == 0:
        return None, at + 1
    given, irk, bits, addr = ID_KEY.unpack_from(body, at)
    if given != 1:
        raise ValueError(body)
    info = NewIrk()
    info.irk = irk
    info.__class__ = Irk
    key = NewIdKey()
    key.id_info = info
    key.id_addr_info = _addr(bits, addr)
    key.__class__ = IdKey
    return key, at + 24


def _read_key(body: bytes, at: int, made: Any, cls: type, name: str, size: int) -> tuple[Any, int]:
    if body[at] == 0:
        return None, at + 1
    data = body[at + 1 : at + 1 + size]
    if body[at] != 1 or len(data) != size:
        raise ValueError(body)
    key = made()
    setattr(key, name, data)
    key.__class__ = cls
    return key, at + 1 + size


ENCODE: dict[str, Callable[[Any], bytes]] = {
    "adv_report": encode_adv_report,
    "prim_srvc_disc_rsp": encode_prim_srvc_disc_rsp,
    "sec_params_reply": encode_sec_params_reply,
}
DECODE: dict[str, Callable[[bytes], Any]] = {
    "adv_report": decode_adv_report,
    "prim_srvc_disc_rsp": decode_prim_srvc_disc_rsp,
    "sec_params_reply": decode_sec_params_reply,
}
