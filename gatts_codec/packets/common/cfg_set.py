"""cfg_set: configure the stack before enable, from sd_api_v4 on. The structure says which configuration it is."""

from __future__ import annotations

import dataclasses
from dataclasses import InitVar, replace
from typing import Annotated, ClassVar, TypeAlias

from gatts_codec.errors import EncodeError
from gatts_codec.packets.common.device_name import DEVICE_NAME, DeviceName
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Presence, u8, u16, u32
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.lists import Switch
from gatts_codec.schema.members import Bits
from gatts_codec.schema.message import Command, Message
from gatts_codec.schema.record import Absent, Record, named
from gatts_codec.schema.shown import LATER


@dataclass(frozen=True, slots=True, repr=False)
class VsUuidCfg(Message):
    """How many vendor UUID bases there may be (SDK: ble_common_cfg_vs_uuid_t).

        vs_uuid_count  1  1 to 254

    Source: `specs/common/cfg_set.toml`.
    """

    vs_uuid_count: int


@dataclass(frozen=True, slots=True, repr=False)
class ConnGap(Message):
    """Connections with a tag (SDK: ble_gap_conn_cfg_t).

        conn_cfg_tag  1  by which adv_start and connect name this configuration; 0 is the default's and cannot be set
        conn_count    1  how many at the same time
        event_length  2  in units of 1.25 ms

    Source: `specs/common/cfg_set.toml`.
    """

    conn_count: int
    event_length: int
    conn_cfg_tag: int = 1


@dataclass(frozen=True, slots=True, repr=False)
class ConnGattc(Message):
    """The GATT client of connections with a tag (SDK: ble_gattc_conn_cfg_t).

        conn_cfg_tag             1  by which adv_start and connect name this configuration
        write_cmd_tx_queue_size  1  write commands that may wait for sending

    Source: `specs/common/cfg_set.toml`.
    """

    write_cmd_tx_queue_size: int
    conn_cfg_tag: int = 1


@dataclass(frozen=True, slots=True, repr=False)
class ConnGatts(Message):
    """The GATT server of connections with a tag (SDK: ble_gatts_conn_cfg_t).

        conn_cfg_tag       1  by which adv_start and connect name this configuration
        hvn_tx_queue_size  1  notifications that may wait for sending

    Source: `specs/common/cfg_set.toml`.
    """

    hvn_tx_queue_size: int
    conn_cfg_tag: int = 1


@dataclass(frozen=True, slots=True, repr=False)
class ConnGatt(Message):
    """What client and server of connections with a tag share (SDK: ble_gatt_conn_cfg_t).

        conn_cfg_tag  1  by which adv_start and connect name this configuration
        att_mtu       2  the longest ATT packet in bytes, 23 or more

    Source: `specs/common/cfg_set.toml`.
    """

    att_mtu: int
    conn_cfg_tag: int = 1


@dataclass(frozen=True, slots=True, repr=False)
class ConnL2cap(Message):
    """L2CAP channels (SDK: ble_l2cap_conn_cfg_t), from sd_api_v5 on. Its tag does not travel.

        rx_mps         2  longest packet to receive, in bytes
        tx_mps         2  longest packet to send, in bytes
        rx_queue_size  1  SDUs that may wait for receiving, for each channel
        tx_queue_size  1  SDUs that may wait for sending, for each channel
        ch_count       1  channels for each connection

    Source: `specs/common/cfg_set.toml`.
    """

    rx_mps: int
    tx_mps: int
    rx_queue_size: int
    tx_queue_size: int
    ch_count: int


@dataclass(frozen=True, slots=True, repr=False)
class RoleCount(Message):
    """How many connections there may be (SDK: ble_gap_cfg_role_count_t).

        periph_role_count                  1         as peripheral
        central_role_count                 1         as central
        central_sec_count                  1         pairing at the same time as central
        adv_set_count                      bits 0-7  advertising sets. From sd_api_v6; None: 1, or before
        qos_channel_survey_role_available  bits 0-7  1: channels may be surveyed. From sd_api_v6; None: 0, or before

    Source: `specs/common/cfg_set.toml`.
    """

    periph_role_count: int
    adv_set_count: Annotated[int | None, LATER] = None
    central_role_count: int = 0
    central_sec_count: int = 0
    qos_channel_survey_role_available: Annotated[int | None, LATER] = None


@dataclass(frozen=True, slots=True, repr=False)
class ServiceChangedCfg(Message):
    """The GATT server's Service Changed characteristic (SDK: ble_gatts_cfg_service_changed_t).

        service_changed  bit 0  1: there is one

    Source: `specs/common/cfg_set.toml`.
    """

    service_changed: int


@dataclass(frozen=True, slots=True, repr=False)
class AttrTabSizeCfg(Message):
    """The attribute table (SDK: ble_gatts_cfg_attr_tab_size_t).

        attr_tab_size  4  in bytes, a multiple of 4

    Source: `specs/common/cfg_set.toml`.
    """

    attr_tab_size: int


# The standard one: ours knows no InitVar.
@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class CfgSet(Command["CfgSetResponse"]):
    """Set one configuration (SDK: sd_ble_cfg_set). The id follows from the structure.

        cfg_id  4   which configuration; None: that of the structure, but to be given where cfg is None
        cfg     1+  presence flag, then the structure; None: flag alone

    ``conn_cfg_tag``, where it is given, goes into the structure.

    Behind the opcode (u8), little endian. Source: `specs/common/cfg_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_cfg_set"
    cfg: Cfg | None
    cfg_id: int | None = None

    conn_cfg_tag: InitVar[int | None] = None

    def __post_init__(self, conn_cfg_tag: int | None) -> None:
        if conn_cfg_tag is not None:
            if not isinstance(self.cfg, ConnGap | ConnGattc | ConnGatts | ConnGatt):
                raise EncodeError(
                    "only configurations of connections have a tag", path="conn_cfg_tag", value=self.cfg
                )
            object.__setattr__(self, "cfg", replace(self.cfg, conn_cfg_tag=conn_cfg_tag))


class CfgSetResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_cfg_set"


Cfg: TypeAlias = (
    VsUuidCfg
    | ConnGap
    | ConnGattc
    | ConnGatts
    | ConnGatt
    | ConnL2cap
    | RoleCount
    | DeviceName
    | ServiceChangedCfg
    | AttrTabSizeCfg
)

_TAG = named("conn_cfg_tag", u8)
_ROLES = named("periph_role_count", u8), named("central_role_count", u8), named("central_sec_count", u8)
_CASES_V4 = {
    0x01: Record(VsUuidCfg, named("vs_uuid_count", u8)),
    0x20: Record(ConnGap, _TAG, named("conn_count", u8), named("event_length", u16)),
    0x21: Record(ConnGattc, _TAG, named("write_cmd_tx_queue_size", u8)),
    0x22: Record(ConnGatts, _TAG, named("hvn_tx_queue_size", u8)),
    0x23: Record(ConnGatt, _TAG, named("att_mtu", u16)),
    0x40: Record(RoleCount, Absent("adv_set_count"), *_ROLES, Absent("qos_channel_survey_role_available")),
    0x41: DEVICE_NAME,
    0xA0: Record(ServiceChangedCfg, Bits(service_changed=1)),
    0xA1: Record(AttrTabSizeCfg, named("attr_tab_size", u32)),
}
_L2CAP = Record(
    ConnL2cap,
    named("rx_mps", u16),
    named("tx_mps", u16),
    named("rx_queue_size", u8),
    named("tx_queue_size", u8),
    named("ch_count", u8),
)
_CASES_V5 = {**_CASES_V4, 0x24: _L2CAP}
_ROLE_COUNT = Record(
    RoleCount,
    *_ROLES,
    Bits(adv_set_count=8, if_none={"adv_set_count": 1}),
    Bits(qos_channel_survey_role_available=8, if_none={"qos_channel_survey_role_available": 0}),
)


def _command(cases: dict[int, Record]) -> Record:
    cfg = Switch("cfg_id", cases)
    return Record(CfgSet, named("cfg_id", cfg.id(of="cfg")), named("cfg", Presence(cfg)))


COMMAND_V4 = _command(_CASES_V4)
COMMAND_V5 = _command(_CASES_V5)
COMMAND = _command({**_CASES_V5, 0x40: _ROLE_COUNT})
RESPONSE = response(CfgSetResponse)
