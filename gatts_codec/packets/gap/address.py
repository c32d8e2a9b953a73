"""address: the chip's own address. address_set and address_get up to sd_api_v2, addr_set and addr_get from v3 on."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants.gap import AddrCycleMode
from gatts_codec.packets.gap.structs import ADDR, ADDR_V2, Addr
from gatts_codec.packets.response import Result, ResultAlone, response
from gatts_codec.schema.blocks import Given, Presence, u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.stream import Flag


@dataclass(frozen=True, slots=True, repr=False)
class AddrSet(Command["AddrSetResponse"]):
    """Set the chip's address (SDK: sd_ble_gap_addr_set), from sd_api_v3 on.

        addr  1..8  presence flag, then Addr: public or random static; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/addr_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_addr_set"
    addr: Addr | None


class AddrSetResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_addr_set"


@dataclass(frozen=True, slots=True, repr=False)
class AddrGet(Command["AddrGetResponse"]):
    """Ask for the chip's address (SDK: sd_ble_gap_addr_get), from sd_api_v3 on.

        addr_present  1  whether it is wanted; without, the chip does not answer at all

    Behind the opcode (u8), little endian. Source: `specs/gap/addr_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_addr_get"
    addr_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class AddrGetResponse(Response):
    """The chip's address.

        result  4  0 success; anything else ends the packet here
        addr    7  Addr, without a flag; None: the call failed

    Behind the opcode (u8), little endian. Source: `specs/gap/addr_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_addr_get"
    result: Result
    addr: Addr | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AddressSet(Command["AddressSetResponse"]):
    """Set the chip's address (SDK: sd_ble_gap_address_set), up to sd_api_v2.

        addr_cycle_mode  1     AddrCycleMode: 1 the chip renews a private address by itself
        addr             1..8  presence flag, then Addr; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/address_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_address_set"
    addr_cycle_mode: Annotated[int, AddrCycleMode]
    addr: Addr | None


class AddressSetResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_address_set"


@dataclass(frozen=True, slots=True, repr=False)
class AddressGet(Command["AddressGetResponse"]):
    """Ask for the chip's address (SDK: sd_ble_gap_address_get), up to sd_api_v2.

        addr_present  1  whether it is wanted; without, the chip does not answer at all

    Behind the opcode (u8), little endian. Source: `specs/gap/address_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_address_get"
    addr_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class AddressGetResponse(Response):
    """The chip's address.

        result  4  0 success; anything else ends the packet here
        addr    7  Addr, without a flag; None: the call failed

    Behind the opcode (u8), little endian. Source: `specs/gap/address_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_address_get"
    result: Result
    addr: Addr | None = None


SET = Record(AddrSet, named("addr", Presence(ADDR)))
SET_RESPONSE = response(AddrSetResponse)
GET = Record(AddrGet, named("addr_present", Given()))
GET_RESPONSE = response(AddrGetResponse, named("addr", ADDR))

SET_V2 = Record(AddressSet, named("addr_cycle_mode", u8), named("addr", Presence(ADDR_V2)))
SET_RESPONSE_V2 = response(AddressSetResponse)
GET_V2 = Record(AddressGet, named("addr_present", Given(Flag.RAW)))
GET_RESPONSE_V2 = response(AddressGetResponse, named("addr", ADDR_V2))
