"""Generated functions: the same as the interpreted layouts in every way but the time."""

from __future__ import annotations

import copy
import linecache
import pickle
import traceback
from dataclasses import FrozenInstanceError, dataclass
from io import BytesIO
from random import Random
from typing import Any

import pytest
from construct import Construct
from differential import (
    ODD,
    Pair,
    decoding_difference,
    encoding_difference,
    interpreting,
    packets,
    pair,
    run,
    series,
)
from every import ends_first
from golden import longest_value, records
from hypothesis import given
from hypothesis import strategies as st
from own_dialect import mine
from strategies import Layout, any_layout, any_path, field_paths, many, mutated, of_record, with_field

from gatts_codec import (
    DIALECTS,
    Codec,
    DecodeError,
    EncodeError,
    ServiceChanged,
    UnknownOpcodeError,
    ValueSet,
    functions,
)
from gatts_codec.codec import INTERPRETED
from gatts_codec.constants import MAX_VALUE_LEN
from gatts_codec.dialects import SD_API_V7
from gatts_codec.interpreter import Interpreter
from gatts_codec.packets.group import Call
from gatts_codec.packets.response import response
from gatts_codec.schema.blocks import Data, u16
from gatts_codec.schema.compiler import decoder_source, encoder_source
from gatts_codec.schema.message import Command, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.vectors import is_accident

each_dialect = pytest.mark.parametrize("dialect", ends_first(DIALECTS))


@many
@given(layout=any_layout, choose=st.data(), strict=st.booleans())
def test_bytes_near_a_valid_packet(layout: Layout, choose: st.DataObject, strict: bool) -> None:
    valid = Codec(layout.dialect).encode(choose.draw(of_record(layout.record)))
    body = choose.draw(st.just(valid) | mutated(valid, 1))
    assert not decoding_difference(pair(layout.dialect, strict), layout.kind, body)


@many
@given(layout=any_layout, choose=st.data())
def test_objects_near_a_valid_message(layout: Layout, choose: st.DataObject) -> None:
    message = choose.draw(of_record(layout.record))
    for _ in range(choose.draw(st.integers(0, 2))):
        path = choose.draw(any_path(message))
        message = with_field(message, path, ODD[choose.draw(st.sampled_from(sorted(ODD)))])
    assert not encoding_difference(pair(layout.dialect, True), message)


@pytest.mark.parametrize("cases", [2_000, pytest.param(20_000, marks=pytest.mark.soak)])
def test_a_short_seeded_run(cases: int) -> None:
    assert run(cases, seed=20, advance=lambda _: None) == ""


def test_the_seeded_run_finds_a_wrong_function() -> None:
    packet = next(packet for packet in packets() if packet.name == "sd_ble_gatts_service_changed")
    wrong = Codec(DIALECTS[packet.dialect].derive("wrong", firmware="none"))
    wrong.decode_command(bytes.fromhex("a7 0000 0100 0200"))  # its functions are there from now on
    wrong._commands[0xA7] = lambda _: ServiceChanged(0, 0, 0)
    altered = packet._replace(strict=Pair(wrong, packet.strict.interpreted))
    assert any(series(altered, Random(1), 50))


@each_dialect
def test_every_packet_compiles(dialect: str) -> None:
    for strict in (True, False):
        for entry in Interpreter(DIALECTS[dialect], strict).entries:
            encoder_source(entry.layout, head=entry.head, title="", interpret=bytes)
            decoder_source(
                entry.layout,
                skip=1,
                expect=entry.head[1:],
                strict=strict,
                title="",
                argument="body",
                interpret=bytes,
            )


@each_dialect
def test_valid_packets_never_need_the_interpreter(dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    # A dialect of its own, so that its functions are made while the interpreter is out of order.
    same = DIALECTS[dialect].derive(dialect, firmware="none")
    for name in ("encode", "pack", "decode", "unpack"):
        monkeypatch.setattr(Interpreter, name, lambda _self, *given, **_: asked.append(given))
    codecs = [Codec(same), Codec(same, strict=False)]
    for record in records(dialect, "valid"):
        if is_accident(record, "valid") or longest_value(record["fields"]) > MAX_VALUE_LEN:
            continue  # longer data, of the other groups' packets, is not written by a generated function
        body = bytes.fromhex(record["hex"])
        message = codecs[0].from_dict(record["kind"], record["name"], record["fields"])
        for codec in codecs:
            decode = getattr(codec, f"decode_{record['kind']}")
            assert (codec.encode(message), decode(body)) == (body, message)
            assert codec.unpack(codec.pack(message)) == message
    assert asked == []


@many
@given(layout=any_layout, choose=st.data())
def test_decoded_messages_are_as_good_as_built_ones(layout: Layout, choose: st.DataObject) -> None:
    codec = Codec(layout.dialect)
    built = choose.draw(of_record(layout.record))
    found = getattr(codec, f"decode_{layout.kind}")(codec.encode(built))
    assert type(found) is type(built) is codec.message_class(layout.kind, layout.name)
    assert (found, hash(found), repr(found)) == (built, hash(built), repr(built))
    assert pickle.loads(pickle.dumps(found)) == copy.deepcopy(found) == built
    assert not hasattr(found, "__dict__")
    with pytest.raises(FrozenInstanceError):
        setattr(found, [*field_paths(found), "name"][0], 1)


def test_the_environment_turns_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(Interpreter, "encode", lambda _self, message: asked.append(message))
    # Codecs of one dialect share their functions: the spoilt ones must not outlive this test.
    own = SD_API_V7.derive("sd_api_v7", firmware="none")
    message = ValueSet(1, 2, None)
    with interpreting():
        Codec(own).encode(message)
    assert asked == [message]
    Codec(own).encode(message)
    assert asked == [message]


@each_dialect
def test_numbers_below_zero_do_not_count_from_the_end_of_a_table(dialect: str) -> None:
    codec = Codec(dialect)
    cls: Any = codec.message_class("command", "opt_set")
    for opt_id in (-1, -2):
        with pytest.raises(EncodeError, match="opt_id"):
            codec.encode(cls(opt_id=opt_id, opt=None))


def test_a_packet_gets_functions_of_its_own_when_it_is_used_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(INTERPRETED)
    made: list[object] = []
    write_source = functions._written

    def noted(write: Any) -> Any:
        made.append(write)
        return write_source(write)

    monkeypatch.setattr(functions, "_written", noted)
    codec = Codec(SD_API_V7.derive("sd_api_v7", firmware="none"))
    message = ValueSet(1, 2, None)
    for uses in range(1, 3 * functions.OFTEN):
        assert codec.encode(message) == b"\xac\x01\x00\x02\x00\x00"
        assert len(made) == (uses >= functions.OFTEN)
    for uses in range(1, 3 * functions.OFTEN):
        assert codec.decode_command(b"\xac\x01\x00\x02\x00\x00") == message
        assert len(made) == 1 + (uses >= functions.OFTEN)
    with pytest.raises(UnknownOpcodeError):
        [codec.decode_command(b"\xff") for _ in range(3 * functions.OFTEN)]


def test_the_source_can_be_read() -> None:
    source = Codec("sd_api_v5").generated_source("command", "sd_ble_gatts_value_set")
    assert "# gatts_codec sd_api_v5 value_set command: encode" in source
    assert "conn_handle, handle, value_offset, value_len = unpack_from_xHHxHH(body)" in source
    with pytest.raises(EncodeError, match="value_set"):
        Codec("sd_api_v5").generated_source("command", "value_sett")


def test_a_traceback_shows_generated_lines() -> None:
    codec = Codec("sd_api_v5")
    for _ in range(2):  # the first call makes the function, the second only runs it
        with pytest.raises(DecodeError) as caught:
            codec.decode_command(b"\xa4\x01\x00\x02\x00\x07secret")
    shown = "".join(traceback.format_tb(caught.value.__traceback__))
    assert "gatts_codec sd_api_v5 value_set command: decode, strict" in shown
    assert "return interpret(body)" in shown
    generated = [linecache.getlines(file) for file in linecache.cache if file.startswith("<gatts_codec")]
    assert "secret" not in str(generated)


def test_errors_point_into_the_body_also_when_a_payload_is_unpacked() -> None:
    with pytest.raises(DecodeError) as caught:
        Codec("sd_api_v5").unpack(b"\x00\xa4\x01\x00\x02\x00\x07")
    assert (caught.value.offset, caught.value.path, caught.value.data[0]) == (5, "value", 0xA4)
    assert caught.value.__context__ is None or caught.value.__suppress_context__


class Odd(Construct):  # type: ignore[misc]  # construct has no types
    """A block that no emitter knows: one byte, doubled."""

    def _parse(self, stream: BytesIO, context: Any, path: str) -> int:
        return 2 * stream.read(1)[0]

    def _build(self, obj: Any, stream: BytesIO, context: Any, path: str) -> Any:
        stream.write(bytes((obj // 2,)))
        return obj


@dataclass(frozen=True, slots=True, repr=False)
class Doubling(Command[Any]):
    number: int


@dataclass(frozen=True, slots=True, repr=False)
class DoublingResponse(Response):
    result: int


def test_a_block_without_an_emitter_is_interpreted() -> None:
    doubling = Call(0xB6, Record(Doubling, named("number", Odd())), response(DoublingResponse))
    codec = Codec(mine(SD_API_V7, calls={"doubling": doubling}))
    body = bytes((codec.opcode(Doubling), 21))
    for _ in range(2):
        assert codec.encode(Doubling(42)) == body
        assert codec.decode_command(body) == Doubling(42)
        assert codec.unpack(codec.pack(Doubling(42))) == Doubling(42)


def test_events_that_begin_alike_are_told_apart() -> None:
    events = {"write": (0x50, SD_API_V7.events["hvc"][1]), "other": (0x150, SD_API_V7.events["timeout"][1])}
    codec = Codec(mine(SD_API_V7, events=events))
    hvc, timeout = b"\x50\x00\x01\x00\x02\x00", b"\x50\x01\x01\x00\x02"
    for _ in range(2):
        assert type(codec.decode_event(hvc)) is codec.message_class("event", "write")
        assert type(codec.unpack(b"\x02" + timeout)) is codec.message_class("event", "other")


@dataclass(frozen=True, slots=True, repr=False)
class Loose(Command[Any]):
    size: int
    data: bytes | None


def test_bytes_whose_length_is_a_plain_number() -> None:
    layout = Record(Loose, named("size", u16), named("data", Data("size")))
    call = Call(0xB7, layout, response(DoublingResponse))
    codec = Codec(mine(SD_API_V7, calls={"loose": call}))
    for _ in range(2):
        assert codec.encode(Loose(2, b"ab")) == bytes((codec.opcode(Loose),)) + b"\2\0\1ab"
        with pytest.raises(EncodeError, match="size: says 3, but there are 2 bytes"):
            codec.encode(Loose(3, b"ab"))


@pytest.mark.parametrize("strict", [True, False])
def test_codecs_can_be_pickled(strict: bool) -> None:
    codec = pickle.loads(pickle.dumps(Codec("sd_api_v5", strict=strict)))
    assert repr(codec) == f"Codec('sd_api_v5', strict={strict})"
    assert copy.deepcopy(codec).dialect is DIALECTS["sd_api_v5"]


@pytest.mark.parametrize(
    "text", ["my\ndialect", "a\rraise SystemExit", "\u2028\x0c\0{title}%s", "\u202e\u2066", '"""\'']
)
def test_no_name_gets_into_the_code(text: str) -> None:
    """Of a dialect, a packet, a class: what one calls them is told in comments alone, and cannot end them."""
    codec = Codec(SD_API_V7.derive(f"{text}\udc9b\nraise SystemExit", firmware=text))
    message = ValueSet(1, 2, None)
    for _ in range(3 * functions.OFTEN):
        assert codec.decode_command(codec.encode(message)) == message

    @dataclass(frozen=True, slots=True, repr=False)
    class Mine(Command[Any]):
        number: int

    Mine.__name__ = Mine.__module__ = text.replace("\0", "")
    layout = Record(Mine, named("number", u16))
    decode = decoder_source(
        layout, skip=1, expect=b"", strict=True, title=text, argument="body", interpret=bytes
    ).function()
    assert decode(b"\xb6\x01\x02") == Mine(0x0201)
