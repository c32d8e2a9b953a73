"""privacy: whether the chip hides behind private addresses, from sd_api_v3 on."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants.gap import AddrType, PrivacyMode
from gatts_codec.packets.gap.structs import IRK, Irk
from gatts_codec.packets.response import Result, ResultAlone, response
from gatts_codec.schema.blocks import Presence, u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Message, Response
from gatts_codec.schema.record import Record, named


@dataclass(frozen=True, slots=True, repr=False)
class PrivacyParams(Message):
    """How the chip hides (SDK: ble_gap_privacy_params_t).

        privacy_mode          1      PrivacyMode: 0 off, 1 device privacy, 2 network privacy
        private_addr_type     1      AddrType: 2 resolvable, 3 not
        private_addr_cycle_s  2      how long an address lasts, in s; 0: 900
        device_irk            1..17  presence flag, then Irk; None: flag alone, the chip's default key

    Source: `specs/gap/privacy_set.toml`.
    """

    privacy_mode: Annotated[int, PrivacyMode] = PrivacyMode.OFF
    private_addr_type: Annotated[int, AddrType] = AddrType.RANDOM_PRIVATE_RESOLVABLE
    private_addr_cycle_s: int = 0
    device_irk: Irk | None = None


@dataclass(frozen=True, slots=True, repr=False)
class PrivacySet(Command["PrivacySetResponse"]):
    """Set privacy (SDK: sd_ble_gap_privacy_set).

        privacy_params  1..22  presence flag, then PrivacyParams; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/privacy_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_privacy_set"
    privacy_params: PrivacyParams | None


class PrivacySetResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_privacy_set"


@dataclass(frozen=True, slots=True, repr=False)
class PrivacyGet(Command["PrivacyGetResponse"]):
    """Read privacy (SDK: sd_ble_gap_privacy_get). The whole structure travels down to be filled.

        privacy_params  1..22  presence flag, then PrivacyParams; None: flag alone. With a device_irk that is wanted too

    Behind the opcode (u8), little endian. Source: `specs/gap/privacy_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_privacy_get"
    privacy_params: PrivacyParams | None = PrivacyParams(device_irk=Irk(bytes(16)))


@dataclass(frozen=True, slots=True, repr=False)
class PrivacyGetResponse(Response):
    """Privacy as it is.

        result          4      0 success; anything else ends the packet here
        privacy_params  1..22  presence flag, then PrivacyParams; None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/privacy_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_privacy_get"
    result: Result
    privacy_params: PrivacyParams | None = None


_PARAMS = Record(
    PrivacyParams,
    named("privacy_mode", u8),
    named("private_addr_type", u8),
    named("private_addr_cycle_s", u16),
    named("device_irk", Presence(IRK)),
)
SET = Record(PrivacySet, named("privacy_params", Presence(_PARAMS)))
SET_RESPONSE = response(PrivacySetResponse)
GET = Record(PrivacyGet, named("privacy_params", Presence(_PARAMS)))
GET_RESPONSE = response(PrivacyGetResponse, named("privacy_params", Presence(_PARAMS)))
