"""Errors carry data: where, which bytes, which packet. Their text is one a person can act on."""

from __future__ import annotations

import copy
import pickle

import pytest

from gatts_codec import errors
from gatts_codec.codec import Codec
from gatts_codec.errors import (
    CaptureError,
    CommandFailed,
    DecodeError,
    EncodeError,
    FramingError,
    GattsError,
    LinkClosed,
    LinkError,
    LinkReset,
    LinkTimeout,
    PortError,
    TrailingDataError,
    TruncatedError,
    UnknownDialectError,
    UnknownOpcodeError,
    brief,
    mark_offset,
)
from gatts_codec.packets.gatts.value_set import Value, ValueSet


def fault(dialect: str, kind: str, body: str, *, strict: bool = True) -> DecodeError:
    with pytest.raises(DecodeError) as caught:
        getattr(Codec(dialect, strict=strict), f"decode_{kind}")(bytes.fromhex(body))
    return caught.value


def test_the_example_of_the_design() -> None:
    body = bytes.fromhex("a2 0c00 02 12 00 0000 0000") + bytes(27)
    error = fault("s110_v8", "command", body.hex())
    assert str(error) == (
        "char_md at offset 3: presence flag must be 00 or 01, found 02\n"
        "  s110_v8 characteristic_add command, 37 bytes: a2 0c 00 >02 12 00 00 00 00 00 00 00 00 .."
    )
    assert (error.path, error.offset, error.dialect) == ("char_md", 3, "s110_v8")
    assert (error.packet, error.data) == ("characteristic_add command", body)


VALUE_513 = "01 0000 0102 01" + "00" * 513

FAULTS = {
    "truncated in a field": ("sd_api_v5", "command", "a7 0100 02", TruncatedError, "start_handle", 3),
    "truncated before a field": ("sd_api_v5", "command", "a7 0100", TruncatedError, "start_handle", 3),
    "truncated in the data": (
        "sd_api_v5",
        "command",
        "a4 0100 0200 01 0000 0300 01 0a",
        TruncatedError,
        "value.value",
        11,
    ),
    "truncated in a structure": ("sd_api_v5", "command", "a0 01 01 0f", TruncatedError, "uuid.uuid", 3),
    "truncated before the outputs": ("s110_v8", "response", "a0 00000000", TruncatedError, "handle", 5),
    "an empty body": ("sd_api_v5", "command", "", TruncatedError, "", 0),
    "half an event id": ("sd_api_v5", "event", "50", TruncatedError, "", 0),
    "bytes behind": ("sd_api_v5", "command", "a7 0100 0200 0300 ff", TrailingDataError, "", 7),
    "bytes behind a failed response": ("sd_api_v5", "response", "a0 05000000 01", TrailingDataError, "", 5),
    "no such opcode": ("sd_api_v5", "command", "ae", UnknownOpcodeError, "", 0),
    "a presence flag": ("sd_api_v5", "command", "a0 01 02", DecodeError, "uuid", 2),
    "a boolean flag": ("sd_api_v5", "command", "a0 01 00 02", DecodeError, "handle_present", 3),
    "a flag of a group": (
        "sd_api_v5",
        "command",
        "a6 0100 01 0300 01 0000 02",
        DecodeError,
        "hvx_params.len",
        9,
    ),
    "reserved bits": ("sd_api_v5", "command", "a2 0000 01 80 00", DecodeError, "char_md.char_props", 4),
    "vloc": ("sd_api_v5", "response", "ac 00000000 00 01 11 11 04", DecodeError, "md.vloc", 9),
    "an authorize type": (
        "sd_api_v5",
        "command",
        "a8 0100 01 03",
        DecodeError,
        "rw_authorize_reply_params.type",
        4,
    ),
    "over 512 with data": ("sd_api_v5", "command", f"a4 0100 0200 {VALUE_513}", DecodeError, "value.len", 8),
    "over 512 without": ("sd_api_v5", "command", "a4 0100 0200 01 0000 0102 00", DecodeError, "value.len", 8),
    "event data over 512": (
        "sd_api_v5",
        "event",
        "5000 0100 0200 192a01 01 00 0000 0102",
        DecodeError,
        "data",
        13,
    ),
    "a filler": ("s110_v8", "command", "a6 0100 01 0300 01 0000 00 01", DecodeError, "hvx_params", 10),
    "lent memory": (
        "sd_api_v5",
        "event",
        "5000 0100 0200 192a01 01 00 0000 0000 00",
        TruncatedError,
        "mem_block.len",
        15,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_located(name: str) -> None:
    dialect, kind, body, expected, path, offset = FAULTS[name]
    error = fault(dialect, kind, body)
    assert (type(error), error.path, error.offset) == (expected, path, offset)
    assert error.data == bytes.fromhex(body)
    assert str(error).startswith(f"{path} at offset {offset}: " if path else f"at offset {offset}: ")


TEXTS = {
    "at offset 7: 1 byte after a complete packet\n"
    "  sd_api_v5 service_changed command, 8 bytes: a7 01 00 02 00 03 00 >ff": (
        "sd_api_v5", "command", "a7 0100 0200 0300 ff",
    ),
    "start_handle at offset 3: the packet ends within this field\n"
    "  sd_api_v5 service_changed command, 3 bytes: a7 01 00 >end": ("sd_api_v5", "command", "a7 0100"),
    "at offset 0: opcode 0xae is no command of sd_api_v5\n  sd_api_v5 command, 1 byte: >ae": (
        "sd_api_v5", "command", "ae",
    ),
    "at offset 0: event id 0x2f (gap group) is no event of sd_api_v5\n"
    "  sd_api_v5 event, 4 bytes: >2f 00 01 00": ("sd_api_v5", "event", "2f00 0100"),
    "value.len at offset 8: 513 is over the longest value, 512 bytes\n"
    "  sd_api_v5 value_set command, 11 bytes: a4 01 00 02 00 01 00 00 >01 02 00": (
        "sd_api_v5", "command", "a4 0100 0200 01 0000 0102 00",
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_the_text_says_what_is_wrong(text: str) -> None:
    assert str(fault(*TEXTS[text])) == text


def test_the_text_of_an_encode_error() -> None:
    with pytest.raises(EncodeError) as caught:
        Codec("s110_v8").encode(ValueSet(1, 0x10000, Value(b"")))
    error = caught.value
    assert str(error) == "handle: expected an integer 0..65535, got 65536\n  s110_v8 value_set command"
    assert (error.path, error.value, error.packet, error.dialect) == (
        "handle",
        0x10000,
        "value_set command",
        "s110_v8",
    )


def test_an_unknown_dialect_or_packet_lists_the_known_ones() -> None:
    with pytest.raises(
        UnknownDialectError, match="unknown dialect 'v4'; known are s110_v8, s130_v1, sd_api_v2, "
    ):
        Codec("v4")
    codec = Codec("s110_v8")
    with pytest.raises(
        EncodeError, match="s110_v8 has no command 'attr_get'; its commands are service_add, "
    ):
        codec.message_class("command", "attr_get")
    with pytest.raises(EncodeError, match="a kind is command, response or event"):
        codec.message_class("reply", "hvx")
    assert codec.message_class("event", "BLE_GATTS_EVT_HVC") is codec.message_class("event", "hvc")


HIERARCHY: dict[type[GattsError], tuple[type[BaseException], ...]] = {
    EncodeError: (ValueError,),
    DecodeError: (ValueError,),
    TruncatedError: (DecodeError, EOFError),
    UnknownOpcodeError: (DecodeError,),
    TrailingDataError: (DecodeError,),
    UnknownDialectError: (ValueError,),
    FramingError: (ValueError,),
    CaptureError: (ValueError,),
    LinkError: (OSError,),
    LinkTimeout: (LinkError, TimeoutError),
    LinkReset: (LinkError,),
    LinkClosed: (LinkError,),
    PortError: (LinkError,),
    CommandFailed: (),
}


def test_errors_are_also_the_builtin_ones() -> None:
    for cls, bases in HIERARCHY.items():
        assert issubclass(cls, GattsError)
        assert all(issubclass(cls, base) for base in bases)


def test_every_error_is_in_the_overview() -> None:
    declared = [
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, GattsError)
    ]
    assert {cls.__name__ for cls in declared if cls.__name__ not in str(errors.__doc__)} == set()
    assert set(HIERARCHY) < set(declared)


@pytest.mark.parametrize(
    "error",
    [
        EncodeError("no", path="value.len", value=3, packet="hvx command", dialect="s110_v8"),
        DecodeError("no", packet="hvx command", path="len", offset=3, data=b"\x01\x02", dialect="s110_v8"),
        TruncatedError("no", data=b"\x01"),
        UnknownDialectError("no"),
        FramingError("no", layer="h5", code="crc", offset=2, data=b"\x01\x02\x03"),
        CaptureError("no", file="a.jsonl", line=3),
        LinkTimeout("no", stage="sync", attempts=6, heard="nothing"),
        PortError("no", stage="open"),
        CommandFailed("hvx", 7, name="NRF_ERROR_INVALID_PARAM", hint="look"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_cross_processes(error: GattsError) -> None:
    for same in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(same) is type(error)
        assert str(same) == str(error)
        assert vars(same) == vars(error)


@pytest.mark.parametrize(
    ("size", "offset", "shown"),
    [
        (0, 0, ">end"),
        (1, 0, ">00"),
        (1, 1, "00 >end"),
        (3, 7, "00 01 02 >end"),
        (30, 0, ">00 01 02 03 04 05 06 07 08 09 .."),
        (30, 15, ".. 05 06 07 08 09 0a 0b 0c 0d 0e >0f 10 11 12 13 14 15 16 17 18 .."),
        (30, 29, ".. 13 14 15 16 17 18 19 1a 1b 1c >1d"),
    ],
)
def test_the_bytes_around_a_fault(size: int, offset: int, shown: str) -> None:
    assert mark_offset(bytes(range(size)), offset) == shown


def test_a_value_is_shown_briefly() -> None:
    assert brief(b"\x01") == "b'\\x01'"
    assert brief("x" * 1000) == "'" + "x" * 59 + "..."
    assert len(brief(10**5000)) < 70  # most interpreters refuse to print it


def test_a_failed_command_names_its_result() -> None:
    assert str(CommandFailed("hvx", 7)) == "hvx failed: 0x0007"
    assert str(
        CommandFailed("hvx", 0x3401, name="BLE_ERROR_GATTS_SYS_ATTR_MISSING", hint="call sys_attr_set")
    ) == ("hvx failed: BLE_ERROR_GATTS_SYS_ATTR_MISSING (0x3401): call sys_attr_set")
