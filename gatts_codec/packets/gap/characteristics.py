"""characteristics: what the chip's own GAP service says: name, appearance, preferred timing."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants.appearance import Appearance
from gatts_codec.packets.gap.structs import CONN_PARAMS, ConnParams
from gatts_codec.packets.response import Result, ResultAlone, response
from gatts_codec.schema.blocks import Data, Given, Length, Presence, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import Count
from gatts_codec.schema.message import FROM_DATA, Command, Response, fill_length
from gatts_codec.schema.record import Flagged, Record, named
from gatts_codec.schema.stream import Flag
from gatts_codec.schema.structs import SEC_MODE, SecMode


@dataclass(frozen=True, slots=True, repr=False)
class AppearanceSet(Command["AppearanceSetResponse"]):
    """Set the Appearance characteristic (SDK: sd_ble_gap_appearance_set).

        appearance  2  Appearance, what the device looks like, as the Bluetooth SIG numbers it

    Behind the opcode (u8), little endian. Source: `specs/gap/appearance_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_appearance_set"
    appearance: Annotated[int, Appearance]


class AppearanceSetResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_appearance_set"


@dataclass(frozen=True, slots=True, repr=False)
class AppearanceGet(Command["AppearanceGetResponse"]):
    """Read the Appearance characteristic (SDK: sd_ble_gap_appearance_get).

        appearance_present  1  whether it is wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/appearance_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_appearance_get"
    appearance_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class AppearanceGetResponse(Response):
    """The appearance.

        result      4     0 success; anything else ends the packet here
        appearance  1..3  from sd_api_v3 on behind a presence flag; None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/appearance_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_appearance_get"
    result: Result
    appearance: Annotated[int | None, Appearance] = None


@dataclass(frozen=True, slots=True, repr=False)
class PpcpSet(Command["PpcpSetResponse"]):
    """Set the preferred connection parameters (SDK: sd_ble_gap_ppcp_set).

        conn_params  1..9  presence flag, then ConnParams; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/ppcp_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_ppcp_set"
    conn_params: ConnParams | None


class PpcpSetResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_ppcp_set"


@dataclass(frozen=True, slots=True, repr=False)
class PpcpGet(Command["PpcpGetResponse"]):
    """Read the preferred connection parameters (SDK: sd_ble_gap_ppcp_get).

        conn_params_present  1  whether they are wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/ppcp_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_ppcp_get"
    conn_params_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class PpcpGetResponse(Response):
    """The preferred connection parameters.

        result       4     0 success; anything else ends the packet here
        conn_params  1..9  from sd_api_v3 on behind a presence flag; None: the call failed, or they were not wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/ppcp_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_ppcp_get"
    result: Result
    conn_params: ConnParams | None = None


@dataclass(frozen=True, slots=True, repr=False)
class DeviceNameSet(Command["DeviceNameSetResponse"]):
    """Set the Device Name characteristic (SDK: sd_ble_gap_device_name_set).

        write_perm  1..2    presence flag, then what a peer needs to write it; None: flag alone
        len         2       bytes of dev_name; travels also without them (default: as many as there are)
        dev_name    1..249  data flag, then the name in UTF-8; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/device_name_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_device_name_set"
    write_perm: SecMode | None
    dev_name: bytes | None
    len: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "len", "dev_name")


class DeviceNameSetResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_device_name_set"


@dataclass(frozen=True, slots=True, repr=False)
class DeviceNameGet(Command["DeviceNameGetResponse"]):
    """Read the Device Name characteristic (SDK: sd_ble_gap_device_name_get).

        len               1..3  presence flag, then the size of the caller's buffer in bytes; None: flag alone
        dev_name_present  1     whether there is a buffer

    Behind the opcode (u8), little endian. Source: `specs/gap/device_name_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_device_name_get"
    len: int | None = 248
    dev_name_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class DeviceNameGetResponse(Response):
    """The name.

        result    4     0 success; anything else ends the packet here
        len       1..3  of the whole name in bytes, even if the buffer is smaller; None: failed, or not wanted
        dev_name  0+    the name in UTF-8; None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/device_name_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_device_name_get"
    result: Result
    len: int | None = None
    dev_name: bytes | None = None


APPEARANCE_SET = Record(AppearanceSet, named("appearance", u16))
APPEARANCE_SET_RESPONSE = response(AppearanceSetResponse)
APPEARANCE_GET_V2 = Record(AppearanceGet, named("appearance_present", Given(Flag.RAW)))
APPEARANCE_GET = Record(AppearanceGet, named("appearance_present", Given()))
APPEARANCE_GET_RESPONSE_V2 = response(AppearanceGetResponse, named("appearance", u16))
APPEARANCE_GET_RESPONSE = response(AppearanceGetResponse, named("appearance", Presence(u16)))

PPCP_SET = Record(PpcpSet, named("conn_params", Presence(CONN_PARAMS)))
PPCP_SET_RESPONSE = response(PpcpSetResponse)
PPCP_GET_V2 = Record(PpcpGet, named("conn_params_present", Given(Flag.RAW)))
PPCP_GET = Record(PpcpGet, named("conn_params_present", Given()))
PPCP_GET_RESPONSE_V2 = response(PpcpGetResponse, named("conn_params", CONN_PARAMS))
PPCP_GET_RESPONSE = response(PpcpGetResponse, named("conn_params", Presence(CONN_PARAMS)))


def _name_set(most: int) -> Record:
    return Record(
        DeviceNameSet,
        named("write_perm", Presence(SEC_MODE)),
        named("len", Length(of="dev_name")),
        named("dev_name", Data("len", most=most, limited=True)),
    )


NAME_SET_V2, NAME_SET = _name_set(31), _name_set(248)
NAME_SET_RESPONSE = response(DeviceNameSetResponse)
_NAME_BUFFER = named("len", Presence(u16)), named("dev_name_present", Given())
NAME_GET_V2 = Record(DeviceNameGet, *_NAME_BUFFER, tolerates_trailing=True)
NAME_GET = Record(DeviceNameGet, *_NAME_BUFFER)
NAME_GET_RESPONSE_V2 = response(
    DeviceNameGetResponse, named("len", Length(of="dev_name")), named("dev_name", Data("len"))
)
NAME_GET_RESPONSE_V6 = response(
    DeviceNameGetResponse,
    Flagged(named("len", Length(of="dev_name")), named("dev_name", Data("len", flag=None))),
)
# The second length is that of the bytes that travel: a name longer than the buffer comes cut.
NAME_GET_RESPONSE = response(
    DeviceNameGetResponse,
    named("len", Presence(u16)),
    Count("name_len", u16, of="dev_name"),
    named("dev_name", Data("name_len")),
)
