"""adv_start: begin and end advertising.

Up to sd_api_v5 the parameters travel with the command; from v6 on it names an advertising set.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants.gap import AdvFilterPolicy, AdvTypeV5
from gatts_codec.packets.gap.structs import ADDR, ADDR_V2, CONN_CFG_TAG, WHITELIST, Addr, Whitelist
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Presence, u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import Bits
from gatts_codec.schema.message import Command, Message
from gatts_codec.schema.record import Absent, Record, named
from gatts_codec.schema.shown import LATER
from gatts_codec.schema.stream import Flag


@dataclass(frozen=True, slots=True, repr=False)
class ChannelMask(Message):
    """Which advertising channels are left out (SDK: ble_gap_adv_ch_mask_t), up to sd_api_v5.

        ch_37_off  bit 0  1: not on channel 37
        ch_38_off  bit 1  1: not on channel 38
        ch_39_off  bit 2  1: not on channel 39

    Source: `specs/gap/adv_start.toml`.
    """

    ch_37_off: int = 0
    ch_38_off: int = 0
    ch_39_off: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class AdvParamsV5(Message):
    """How to advertise (SDK: ble_gap_adv_params_t), from sd_api_v3 to v5.

        type          1     AdvTypeV5
        peer_addr     1..8  presence flag, then for whom; None: flag alone, for everybody
        fp            1     AdvFilterPolicy
        interval      2     in units of 0.625 ms
        timeout       2     in s; 0: until it is stopped
        channel_mask  1     channels that are left out

    Source: `specs/gap/adv_start.toml`.
    """

    type: Annotated[int, AdvTypeV5] = AdvTypeV5.ADV_IND
    peer_addr: Addr | None = None
    fp: Annotated[int, AdvFilterPolicy] = AdvFilterPolicy.ANY
    interval: int = 160
    timeout: int = 0
    channel_mask: ChannelMask = ChannelMask()


@dataclass(frozen=True, slots=True, repr=False)
class AdvParamsV2(Message):
    """`AdvParamsV5` as it is up to sd_api_v2, with a whitelist.

        type          1     AdvTypeV5
        peer_addr     1..8  presence flag, then for whom; None: flag alone, for everybody
        fp            1     AdvFilterPolicy
        whitelist     1+    presence flag, then Whitelist; None: flag alone
        interval      2     in units of 0.625 ms
        timeout       2     in s; 0: until it is stopped
        channel_mask  1     channels that are left out

    Source: `specs/gap/adv_start.toml`.
    """

    type: Annotated[int, AdvTypeV5] = AdvTypeV5.ADV_IND
    peer_addr: Addr | None = None
    fp: Annotated[int, AdvFilterPolicy] = AdvFilterPolicy.ANY
    whitelist: Whitelist | None = None
    interval: int = 160
    timeout: int = 0
    channel_mask: ChannelMask = ChannelMask()


@dataclass(frozen=True, slots=True, repr=False)
class AdvStart(Command["AdvStartResponse"]):
    """Start advertising a set (SDK: sd_ble_gap_adv_start).

        adv_handle    1  the set, as adv_set_configure answered
        conn_cfg_tag  1  configuration of connections that come of it; 0: the default one

    Behind the opcode (u8), little endian. Source: `specs/gap/adv_start.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_adv_start"
    adv_handle: int = 0
    conn_cfg_tag: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class AdvStartV5(Command["AdvStartResponse"]):
    """`AdvStart` as it is up to sd_api_v5.

        adv_params    1+        presence flag, then AdvParamsV5, or AdvParamsV2 up to sd_api_v2; None: flag alone
        conn_cfg_tag  bits 0-7  configuration of connections that come of it. From sd_api_v4; None: 0, or before

    Behind the opcode (u8), little endian. Source: `specs/gap/adv_start.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_adv_start"
    adv_params: AdvParamsV5 | AdvParamsV2 | None
    conn_cfg_tag: Annotated[int | None, LATER] = None


class AdvStartResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_adv_start"


@dataclass(frozen=True, slots=True, repr=False)
class AdvStop(Command["AdvStopResponse"]):
    """Stop advertising (SDK: sd_ble_gap_adv_stop).

        adv_handle  bits 0-7  the set. From sd_api_v6; None: 0, or before

    Behind the opcode (u8), little endian. Source: `specs/gap/adv_stop.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_adv_stop"
    adv_handle: Annotated[int | None, LATER] = None


class AdvStopResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_adv_stop"


_MASK = Record(ChannelMask, Bits(ch_37_off=1, ch_38_off=1, ch_39_off=1))
_WHITELIST = named("whitelist", Presence(WHITELIST))
_TIMES = named("interval", u16), named("timeout", u16), named("channel_mask", _MASK)
_PARAMS_V2 = Record(
    AdvParamsV2,
    named("type", u8),
    named("peer_addr", Presence(ADDR_V2)),
    named("fp", u8),
    _WHITELIST,
    *_TIMES,
)
_PARAMS_V5 = Record(
    AdvParamsV5, named("type", u8), named("peer_addr", Presence(ADDR)), named("fp", u8), *_TIMES
)
COMMAND_V2 = Record(AdvStartV5, named("adv_params", Presence(_PARAMS_V2, Flag.DATA)), Absent("conn_cfg_tag"))
COMMAND_V3 = Record(AdvStartV5, named("adv_params", Presence(_PARAMS_V5)), Absent("conn_cfg_tag"))
COMMAND_V5 = Record(AdvStartV5, named("adv_params", Presence(_PARAMS_V5)), CONN_CFG_TAG)
COMMAND = Record(AdvStart, named("adv_handle", u8), named("conn_cfg_tag", u8))
RESPONSE = response(AdvStartResponse)
STOP_V5 = Record(AdvStop, Absent("adv_handle"), tolerates_trailing=True)
STOP = Record(AdvStop, Bits(adv_handle=8, if_none={"adv_handle": 0}))
STOP_RESPONSE = response(AdvStopResponse)
