"""Layouts that no packet of ours has: whoever adds one gets the right bytes, or is told what is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import click
import numpy as np
import pytest
from construct import Construct
from own_dialect import mine

from gatts_codec import Codec, DecodeError, EncodeError, Opaque, ServiceChanged, Uuid, Value
from gatts_codec.capture.decoding.describe import Describer
from gatts_codec.cli.words import fields_from_pairs
from gatts_codec.dialects import SD_API_V7, Dialect
from gatts_codec.packets.gatts.value_set import VALUE_OFFSET_FIRST
from gatts_codec.packets.group import Call, PacketGroup
from gatts_codec.packets.response import response
from gatts_codec.schema.blocks import Data, Length, Presence, u8, u16
from gatts_codec.schema.columns import PADDING, scan
from gatts_codec.schema.describe import describe
from gatts_codec.schema.lists import ListOf, Switch
from gatts_codec.schema.members import Bits, Member
from gatts_codec.schema.message import Command, Message, Response
from gatts_codec.schema.record import Record, When, named
from gatts_codec.schema.structs import UUID


@dataclass(frozen=True, slots=True, repr=False)
class MineResponse(Response):
    result: int


def codec_of(layout: Record) -> Codec:
    """A codec whose only new call, opcode 0xB6, has this layout."""
    call = Call(0xB6, layout, response(MineResponse))
    return Codec(mine(SD_API_V7, calls={"mine": call}))


def both_ways(codec: Codec, message: Any, body: str) -> None:
    """Twice: the first call makes the function, the second only runs it."""
    for _ in range(2):
        assert codec.encode(message).hex(" ") == body
        assert codec.decode_command(bytes.fromhex(body)) == message


@dataclass(frozen=True, slots=True, repr=False)
class Conditional(Command[Any]):
    len: int
    data: bytes | None
    sort: int
    more: int | None


def test_a_condition_on_a_number_behind_bytes_of_any_length() -> None:
    layout = Record(
        Conditional,
        named("len", Length("data")),
        named("data", Data("len")),
        named("sort", u8),
        When("sort", 2, named("more", u16)),
    )
    codec = codec_of(layout)
    both_ways(codec, Conditional(3, b"abc", 2, 0x1234), "b6 03 00 01 61 62 63 02 34 12")
    both_ways(codec, Conditional(0, None, 1, None), "b6 00 00 00 01")
    with pytest.raises(DecodeError, match="the packet ends within") as caught:
        codec.decode_command(bytes.fromhex("b6 0000 00 02 34"))
    assert (caught.value.path, caught.value.offset) == ("more", 5)


@dataclass(frozen=True, slots=True, repr=False)
class Alike(Command[Any]):
    """Its field and its value's field have one name when they are joined by an underscore."""

    value_offset: int
    value: Value | None


def test_fields_that_would_have_one_name() -> None:
    layout = Record(Alike, named("value_offset", u16), named("value", Presence(VALUE_OFFSET_FIRST)))
    both_ways(codec_of(layout), Alike(7, Value(b"x", offset=9)), "b6 07 00 01 09 00 01 00 01 78")


@dataclass(frozen=True, slots=True, repr=False)
class Counting(Command[Any]):
    len: int
    data: int


def test_a_length_of_something_that_is_not_bytes_is_a_number() -> None:
    codec = codec_of(Record(Counting, named("len", Length("data")), named("data", u16)))
    both_ways(codec, Counting(3, 5), "b6 03 00 05 00")
    with pytest.raises(EncodeError, match="expected an integer"):
        codec.encode(Counting(2, b"ab"))  # type: ignore[arg-type]


def test_a_layout_that_is_not_its_class() -> None:
    with pytest.raises(TypeError, match=r"Counting: layout and class differ in \{'data'\}"):
        Record(Counting, named("len", u16))


def test_a_structure_is_no_packet() -> None:
    with pytest.raises(TypeError, match="Value is not a packet"):
        codec_of(VALUE_OFFSET_FIRST).message_classes()


class Strange(Construct):  # type: ignore[misc]  # construct has no types
    """A block that nobody has registered anything for."""


class StrangeMember(Member):
    """The same for several fields."""

    @property
    def field_names(self) -> tuple[str, ...]:
        return ("kind",)


@dataclass(frozen=True, slots=True, repr=False)
class Holder(Message):
    kind: int


def test_a_block_without_a_description() -> None:
    with pytest.raises(TypeError, match="no description of a Strange block"):
        describe(Record(Holder, named("kind", Strange())))
    with pytest.raises(TypeError, match="no description of a StrangeMember member"):
        describe(Record(Holder, StrangeMember()))


def test_a_block_without_a_scan() -> None:
    begin = np.zeros(1, np.int64)
    data = np.zeros(1 + PADDING, np.uint8)
    with pytest.raises(TypeError, match="no scan of a Strange block"):
        scan(Record(Holder, named("kind", Strange())), data, begin, begin + 1)


def test_a_dialect_with_numbers_of_its_own_has_unknown_groups() -> None:
    codec = Codec(replace(SD_API_V7, name="mine", numbers="mine"))
    assert codec.unpack(bytes.fromhex("006101")) == Opaque(0, "command", "unknown", 0x61, b"\x01")
    assert codec.decode_command(bytes.fromhex("af010002000300")) == ServiceChanged(1, 2, 3)
    assert repr(codec.dialect) == "<Dialect mine>"


@dataclass(frozen=True, slots=True, repr=False)
class Scan(Command["ScanResponse"]):
    """Of the GAP group by its name: a list, and one of two structures."""

    name: ClassVar[str] = "sd_ble_gap_scan"
    values: tuple[Value | None, ...]
    more: Value | Uuid | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class ScanResponse(Response):
    name: ClassVar[str] = "sd_ble_gap_scan"
    result: int


MORE = Switch("id", {1: VALUE_OFFSET_FIRST, 2: UUID})
SCAN = Record(
    Scan,
    named("values", ListOf(Presence(VALUE_OFFSET_FIRST), count=u8)),
    named("id", MORE.id(of="more", number=u8)),
    named("more", Presence(MORE)),
)


def gap_dialect() -> Dialect:
    call = Call(0x8A, SCAN, response(ScanResponse))
    return SD_API_V7.derive("mine", firmware="mine", groups={"gap": PacketGroup("gap", {"scan": call}, {})})


def test_packets_of_other_groups_end_where_the_firmwares_buffer_does() -> None:
    codec = Codec(gap_dialect())
    for _ in range(2):
        for size, fits in ((495, True), (496, False)):
            message = Scan((Value(bytes(size)), Value(b"")), None, 1)
            for encode, head in ((codec.encode, 0), (codec.pack, 1)):
                if fits:
                    assert len(encode(message)) == 511 + head
                else:
                    with pytest.raises(EncodeError, match="512 bytes and the packet type are over the 512"):
                        encode(message)


def test_people_read_and_write_lists_and_unions() -> None:
    codec = Codec(gap_dialect())
    words = ['values=[null, {"value": "0a"}]', "more.uuid=0x180d", "id=2"]
    message = codec.from_dict("command", "sd_ble_gap_scan", fields_from_pairs(SCAN, words))
    assert message == Scan((None, Value(b"\x0a")), Uuid(0x180D), 2)
    details = {detail.label: detail.text for detail in Describer("sd_api_v7").details(message)}
    assert details["values"] == "[none, value=0a]"
    many = Describer("sd_api_v7").details(Scan((Value(b""),) * 9))
    assert ".. 9 items]" in str(many[0])
    for wrong, reason in (("values=7", "expected a list"), ("more.colour=1", "Value or Uuid has no field")):
        with pytest.raises((click.UsageError, EncodeError), match=reason):
            codec.from_dict("command", "sd_ble_gap_scan", fields_from_pairs(SCAN, [wrong]))


@dataclass(frozen=True, slots=True, repr=False)
class Wide(Command[Any]):
    sort: int
    rest: int


def test_bits_of_two_bytes_of_which_some_are_told() -> None:
    codec = codec_of(Record(Wide, Bits(u16, required={"sort": 2}, sort=4, rest=12)))
    both_ways(codec, Wide(2, 0xABC), "b6 c2 ab")
    for _ in range(2):
        with pytest.raises(DecodeError, match="must be 2, found 3") as caught:
            codec.decode_command(bytes.fromhex("b6 c3 ab"))
        assert (caught.value.path, caught.value.offset) == ("sort", 1)


@dataclass(frozen=True, slots=True, repr=False)
class Kept(Message):
    data: bytes | None


@dataclass(frozen=True, slots=True, repr=False)
class Around(Command[Any]):
    len: int
    kept: Kept


def test_bytes_whose_length_stands_around_their_structure() -> None:
    kept = Record(Kept, named("data", Data("len", most=512, limited=True)))
    codec = codec_of(Record(Around, named("len", u16), named("kept", kept)))
    both_ways(codec, Around(2, Kept(b"ab")), "b6 02 00 01 61 62")
    both_ways(codec, Around(2, Kept(None)), "b6 02 00 00")
    for _ in range(2):
        with pytest.raises(DecodeError, match="513 is over the longest value, 512 bytes") as caught:
            codec.decode_command(bytes.fromhex("b6 01 02 00"))
        assert caught.value.offset == 1


@dataclass(frozen=True, slots=True, repr=False)
class SometimesCounted(Command[Any]):
    sort: int
    len: int | None
    data: bytes | None


def test_a_length_that_is_not_always_there_is_left_to_the_interpreter() -> None:
    length = When("sort", 2, named("len", u8))
    codec = codec_of(Record(SometimesCounted, named("sort", u8), length, named("data", Data("len"))))
    both_ways(codec, SometimesCounted(2, 1, b"a"), "b6 02 01 01 61")
    both_ways(codec, SometimesCounted(1, None, None), "b6 01 00")


@dataclass(frozen=True, slots=True, repr=False)
class InBits(Command[Any]):
    len: int
    more: int
    data: bytes | None


def test_a_length_in_bits() -> None:
    layout = Record(InBits, Bits(len=4, more=4), named("data", Data("len")))
    both_ways(codec_of(layout), InBits(2, 1, b"ab"), "b6 12 01 61 62")
