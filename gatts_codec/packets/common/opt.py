"""opt: options that can be set and read at any time. The structure says which option it is."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.common.options import (
    OPTIONS_V1,
    OPTIONS_V2,
    OPTIONS_V3,
    OPTIONS_V4,
    OPTIONS_V5,
    OPTIONS_V6,
    Opt,
    SlaveLatencyDisableOpt,
)
from gatts_codec.packets.response import Result, ResultAlone, response
from gatts_codec.schema.blocks import Given, OneOf, Presence, u32
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.lists import Switch
from gatts_codec.schema.message import Command, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.stream import Flag


@dataclass(frozen=True, slots=True, repr=False)
class OptSet(Command["OptSetResponse"]):
    """Set an option (SDK: sd_ble_opt_set). The id follows from the structure.

        opt_id  4      which option; None: that of the structure, but to be given where opt is None
        opt     1..20  presence flag, then the structure; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/common/opt_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_opt_set"
    opt: Opt | None
    opt_id: int | None = None


class OptSetResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_opt_set"


@dataclass(frozen=True, slots=True, repr=False)
class OptGet(Command["OptGetResponse"]):
    """Read an option (SDK: sd_ble_opt_get).

        opt_id       4  which option; its number differs between dialects
        opt_present  1  whether it is wanted; without, the chip does not answer at all

    Behind the opcode (u8), little endian. Source: `specs/common/opt_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_opt_get"
    opt_id: int
    opt_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class OptGetResponse(Response):
    """The option.

        result  4      0 success; anything else ends the packet here
        opt_id  4      which option it is; None: the call failed, or on encoding that of the structure
        opt     1..19  the structure, without a flag; None: the call failed

    Behind the opcode (u8), little endian. Source: `specs/common/opt_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_opt_get"
    result: Result
    opt_id: int | None = None
    opt: Opt | None = None


def _set(options: dict[int, Record]) -> Record:
    opt = Switch("opt_id", options)
    return Record(OptSet, named("opt_id", opt.id(of="opt")), named("opt", Presence(opt)))


def _set_early(options: dict[int, Record]) -> Record:
    # Early chips look at the id also where the option is absent.
    opt = Switch("opt_id", options)
    known = OneOf(opt.id(of="opt"), *options)
    return Record(OptSet, named("opt_id", known), named("opt", Presence(opt, Flag.RAW)))


def _get(options: dict[int, Record]) -> Record:
    # Only early chips look at the id before they are asked for the option.
    return Record(OptGet, named("opt_id", OneOf(u32, *options)), named("opt_present", Given(Flag.RAW)))


def _got(options: dict[int, Record]) -> Record:
    # The chip's encoder fails on this one: it can be set only.
    readable = {number: each for number, each in options.items() if each.cls is not SlaveLatencyDisableOpt}
    opt = Switch("opt_id", readable)
    return response(OptGetResponse, named("opt_id", opt.id(of="opt")), named("opt", opt))


SET_V1, SET_V2 = _set_early(OPTIONS_V1), _set_early(OPTIONS_V2)
SET_V3, SET_V4, SET_V5, SET_V6 = map(_set, (OPTIONS_V3, OPTIONS_V4, OPTIONS_V5, OPTIONS_V6))
GET_V1, GET_V2 = _get(OPTIONS_V1), _get(OPTIONS_V2)
SET_RESPONSE = response(OptSetResponse)
GET = Record(OptGet, named("opt_id", u32), named("opt_present", Given()))
GOT_V1, GOT_V2, GOT_V3 = map(_got, (OPTIONS_V1, OPTIONS_V2, OPTIONS_V3))
GOT_V4, GOT_V5, GOT_V6 = map(_got, (OPTIONS_V4, OPTIONS_V5, OPTIONS_V6))
