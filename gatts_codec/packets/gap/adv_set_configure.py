"""adv_set_configure: an advertising set with its data, from sd_api_v6 on."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants.gap import AdvFilterPolicy, AdvType, Phy
from gatts_codec.packets.gap.structs import ADDR, ADV_SET_DATA, CHANNEL_MASK, Addr, AdvSetData
from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Presence, u8, u16, u32
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import Bits
from gatts_codec.schema.message import Command, Message, Response
from gatts_codec.schema.record import Record, named


@dataclass(frozen=True, slots=True, repr=False)
class AdvProperties(Message):
    """What kind of advertising it is (SDK: ble_gap_adv_properties_t).

        type              1      AdvType
        anonymous         bit 0  1: without the chip's address
        include_tx_power  bit 1  1: with the transmit power

    Source: `specs/gap/adv_set_configure.toml`.
    """

    type: Annotated[int, AdvType] = AdvType.CONNECTABLE_SCANNABLE_UNDIRECTED
    anonymous: int = 0
    include_tx_power: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class AdvParams(Message):
    """How to advertise (SDK: ble_gap_adv_params_t), from sd_api_v6 on.

        properties             2         what kind
        peer_addr              1..8      presence flag, then for whom; None: flag alone, for everybody
        interval               4         in units of 0.625 ms
        duration               2         in units of 10 ms; 0: until it is stopped
        max_adv_evts           1         how many events; 0: any number
        channel_mask           1..6      presence flag, then one bit for each channel that is not used; None: flag alone
        filter_policy          1         AdvFilterPolicy
        primary_phy            1         Phy
        secondary_phy          1         Phy, of extended advertising
        set_id                 bits 0-3  a number for scanners, of extended advertising
        scan_req_notification  bit 4     1: requests of scanners are reported

    Source: `specs/gap/adv_set_configure.toml`.
    """

    properties: AdvProperties = AdvProperties()
    peer_addr: Addr | None = None
    interval: int = 160
    duration: int = 0
    max_adv_evts: int = 0
    channel_mask: bytes | None = bytes(5)
    filter_policy: Annotated[int, AdvFilterPolicy] = AdvFilterPolicy.ANY
    primary_phy: Annotated[int, Phy] = Phy.MBPS_1
    secondary_phy: Annotated[int, Phy] = Phy.AUTO
    set_id: int = 0
    scan_req_notification: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class AdvSetConfigure(Command["AdvSetConfigureResponse"]):
    """Configure an advertising set (SDK: sd_ble_gap_adv_set_configure).

        adv_handle  1..2   presence flag, then the set; 0xFF a new one; None: flag alone
        adv_data    1+     presence flag, then AdvSetData; None: flag alone, none
        adv_params  1..28  presence flag, then AdvParams; None: flag alone, as before

    Behind the opcode (u8), little endian. Source: `specs/gap/adv_set_configure.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_adv_set_configure"
    adv_handle: int | None = 0xFF
    adv_data: AdvSetData | None = None
    adv_params: AdvParams | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AdvSetConfigureResponse(Response):
    """The set.

        result      4     0 success; anything else ends the packet here
        adv_handle  1..2  presence flag, then the number of the set; None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/adv_set_configure.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_adv_set_configure"
    result: Result
    adv_handle: int | None = None


_PROPERTIES = Record(AdvProperties, named("type", u8), Bits(anonymous=1, include_tx_power=1))
_PARAMS = Record(
    AdvParams,
    named("properties", _PROPERTIES),
    named("peer_addr", Presence(ADDR)),
    named("interval", u32),
    named("duration", u16),
    named("max_adv_evts", u8),
    named("channel_mask", CHANNEL_MASK),
    named("filter_policy", u8),
    named("primary_phy", u8),
    named("secondary_phy", u8),
    Bits(set_id=4, scan_req_notification=1),
)
COMMAND = Record(
    AdvSetConfigure,
    named("adv_handle", Presence(u8)),
    named("adv_data", Presence(ADV_SET_DATA)),
    named("adv_params", Presence(_PARAMS)),
)
RESPONSE = response(AdvSetConfigureResponse, named("adv_handle", Presence(u8)))
