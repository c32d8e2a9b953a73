"""Every format gives the frames of the recording that it was made from; files that are not right say what is wrong."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from capture.formats import (
    as_jsonl,
    by_direction,
    bytes_of,
    chunks_of,
    frames,
    frames_of,
    interceptty,
    logic1,
    logic2,
)
from capture.recordings import CAPTURES, RECORDINGS, each_of
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.capture import TO_DEVICE, TO_HOST, Chunk, Entries, Item, LineFault, Remark, assemble, readers
from gatts_codec.capture.readers import formats
from gatts_codec.capture.readers.format import Format
from gatts_codec.capture.recording import from_hex, from_stream, open_pair, open_recording
from gatts_codec.capture.wire.direction import infer_directions
from gatts_codec.errors import CaptureError

TALK = CAPTURES / "real_firmware" / "sd_api_v5" / "c_values.jsonl"
EVENTS = CAPTURES / "real_firmware" / "sd_api_v5" / "e_events.jsonl"
SOME = [TALK, EVENTS, CAPTURES / "real_firmware" / "sd_api_v6" / "b_attr_table.jsonl"]
RESET = bytes.fromhex("c0000500fbc0")


def read(data: str | bytes, format_name: str | None = None) -> tuple[str, list[Item]]:
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    recording = from_stream(stream, "file", format_name)
    return recording.format, list(recording.items)


def asides(items: list[Item], kind: type) -> list[Any]:
    return [item for item in items if isinstance(item, kind)]


@each_of(SOME)
def test_logic2_table_with_both_wires(recording: Path) -> None:
    known, items = read(logic2(recording))
    assert known == "Saleae Logic 2 data table"
    assert frames(items) == frames_of(recording)
    assert {remark.text for remark in asides(items, Remark)} == {
        "Host: host->device, inferred by its packets",
        "Chip: device->host, inferred by its packets",
    }


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters(delimiter: str) -> None:
    text = logic2(EVENTS).replace(",", delimiter)
    assert frames(read(text)[1]) == frames_of(EVENTS)


@pytest.mark.parametrize("value", ["'{0}' (0x{0:02X})", "'{1}' (0x{0:02X})"])
def test_characters_and_hex_at_once(value: str) -> None:
    cells = [value.format(byte, chr(max(byte, 0x20))) for byte in RESET]
    rows = [f"{at * 1e-5:.6f},{cell},," for at, cell in enumerate(cells)]
    for time in ("Time [s]", "Time[s]"):
        _, items = read("\n".join([f"{time},Value,Parity Error,Framing Error", *rows]))
        assert [frame[-1] for frame in frames(items)] == [RESET]


@pytest.mark.parametrize("radix", ["{}", "0b{:08b}", "0x{:x}"])
def test_logic2_radixes(radix: str) -> None:
    assert frames(read(logic2(EVENTS, radix=radix))[1]) == frames_of(EVENTS)


def test_logic2_columns_in_any_order_and_dates() -> None:
    rows = ['data,"start_time",type,extra,name', "0x00,2024-05-01T10:00:00.000001234Z,start,x,TX"]
    rows += [f"0x{value:02X},2024-05-01T10:00:00.{at:06}789Z,data,x,TX" for at, value in enumerate(RESET)]
    _, items = read("\n".join(rows))
    ((way, raw),) = frames(items)
    assert (way, raw) == (TO_DEVICE, RESET)


@each_of(SOME)
def test_logic1_one_file_a_channel(recording: Path, tmp_path: Path) -> None:
    host, chip = tmp_path / "host.csv", tmp_path / "chip.csv"
    host.write_text(logic1(recording, True))
    chip.write_text(logic1(recording, False))
    with open_pair(host, chip) as opened:
        assert opened.format == "Saleae Logic 1 async serial export"
        assert frames(list(opened.items)) == frames_of(recording)
    _, items = read(logic1(recording, False))
    assert frames(items) == [frame for frame in frames_of(recording) if frame[0] == TO_HOST]


def test_line_errors_of_a_logic_analyzer_count() -> None:
    text = "Time [s],Value,Parity Error,Framing Error\n0.1,0xC0,,Error\n0.2,0x00,Error,\n0.3,0x05,Error,\n0.4,0xC0,,\n"
    assert [(fault.what, fault.times) for fault in asides(read(text)[1], LineFault)] == [
        ("framing error", 1),
        ("parity error", 2),
    ]


@pytest.mark.parametrize("value", ["A", "'", "\\0", "COMMA", "'192'"])
def test_ascii_radix_is_refused_and_asks_for_hex(value: str) -> None:
    text = "Time [s],Value,Parity Error,Framing Error\n" + f"0.1,{value},,\n" * 1000
    errors = asides(read(text)[1], CaptureError)
    assert "ASCII loses binary data" in errors[0].reason
    assert errors[0].line == 2
    assert len(errors) < 10


def test_interceptty() -> None:
    known, items = read(interceptty(TALK))
    assert known == "interceptty"
    assert by_direction(frames(items)) == by_direction(frames_of(TALK))


def test_raw_files_are_merged_by_cause(tmp_path: Path) -> None:
    host, chip = tmp_path / "host.bin", tmp_path / "chip.bin"
    for file, to_device in ((host, True), (chip, False)):
        file.write_bytes(bytes(byte.value for byte in bytes_of(TALK) if byte.to_device == to_device))
    with open_pair(host, chip) as opened:
        found = list(opened.items)
    assert by_direction(frames(found)) == by_direction(frames_of(TALK))
    # From the first command to the next reset every packet comes after what it answers, as on the line.
    there = frames_of(TALK)
    start = next(at for at, (_, raw) in enumerate(there) if len(raw) > 12)
    stop = there.index((TO_DEVICE, RESET), start)
    assert frames(found)[start:stop] == there[start:stop]
    assert read(host.read_bytes())[0] == "raw bytes"


@each_of(RECORDINGS)
def test_raw_files_lose_nothing(recording: Path, tmp_path: Path) -> None:
    host, chip = tmp_path / "host.bin", tmp_path / "chip.bin"
    for file, to_device in ((host, True), (chip, False)):
        file.write_bytes(bytes(byte.value for byte in bytes_of(recording) if byte.to_device == to_device))
    with open_pair(host, chip, "raw") as opened:
        assert by_direction(frames(list(opened.items))) == by_direction(frames_of(recording))


def test_pasted_hex_of_both_directions_is_told_apart() -> None:
    first = next(at for at, (_, raw) in enumerate(frames_of(EVENTS)) if len(raw) > 12)
    frames_there = frames_of(EVENTS)[first:]
    text = "\n".join(raw.hex(" ") for _, raw in frames_there)
    items = list(from_hex(text).items)
    assert frames(items) == frames_there
    assert asides(items, Remark)[0].text.startswith("both directions on one wire")


def test_a_wire_is_judged_by_its_packets_before_its_name() -> None:
    table = logic2(TALK).replace('"Host"', '"RX"').replace('"Chip"', '"TX"')
    assert frames(read(table)[1]) == frames_of(TALK)


def test_a_wire_without_telling_packets_is_judged_by_its_name() -> None:
    ack = bytes.fromhex("c0080000f8c0")
    rows = [f'"TX","data",{at / 1e6:.6f},0,0x{value:02X}' for at, value in enumerate(ack)]
    items = read("\n".join(["name,type,start_time,duration,data", *rows]))[1]
    assert frames(items) == [(TO_DEVICE, ack)]
    assert asides(items, Remark)[0].text == "TX: host->device, inferred by elimination or name"


def test_what_tells_nothing_stays_unknown() -> None:
    items = list(from_hex("c0 08 00 00 f8 c0").items)
    assert frames(items) == [(None, bytes.fromhex("c0080000f8c0"))]
    assert asides(items, Remark)[0].text == "direction unknown: no packet tells it"


@pytest.mark.parametrize(
    "text",
    [
        "00000000: c000 0500 fbc0                           ......\n",
        "00000000  c0 00 05 00 fb c0                                 |......|\n00000006\n",
        "# the reset\nc0 00 05\n00 fb c0",
        r"b'\xc0\x00\x05\x00\xfb\xc0'",
    ],
    ids=["xxd", "hexdump -C", "comment", "python"],
)
def test_hexdumps(text: str) -> None:
    known, items = read(text)
    assert known == "hex text"
    assert frames(items) == [(TO_DEVICE, RESET)]


def test_a_compressed_recording() -> None:
    assert frames(read(gzip.compress(TALK.read_bytes()))[1]) == frames_of(TALK)


def test_a_compressed_recording_that_breaks_off() -> None:
    items = read(gzip.compress(interceptty(TALK).encode() * 10)[:-200])[1]
    assert frames(items)
    (error,) = asides(items, CaptureError)
    assert "breaks off" in error.reason


def test_a_compressed_recording_that_is_damaged() -> None:
    whole = gzip.compress(interceptty(TALK).encode() * 10)
    middle = len(whole) // 2
    damaged = whole[:middle] + b"\xff" * 64 + whole[middle + 64 :]
    assert any("breaks off" in error.reason for error in asides(read(damaged)[1], CaptureError))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"btsnoop\0\0\0\0\1", "btsnoop"),
        (b"PK\x03\x04rest", "archive"),
        (b"Dear diary, today I measured a UART.\n", "--format"),
        (bytes(range(256)) * 4, "--format"),
    ],
)
def test_what_is_no_recording_is_said(data: bytes, said: str) -> None:
    with pytest.raises(CaptureError, match=said):
        read(data)


def test_a_format_can_be_named_and_must_exist() -> None:
    assert read("c0 00 05 00 fb c0", "hex")[0] == "hex text"
    with pytest.raises(CaptureError, match="saleae-logic2"):
        read("c0", "logic")


def test_a_named_format_that_is_not_the_files_says_each_line_once_or_so() -> None:
    items = read("nonsense\n" * 10_000 + "c0 00 05 00 fb c0\n", "hex")[1]
    errors = asides(items, CaptureError)
    assert len(errors) == 6
    assert "and 9995 more" in errors[-1].reason
    assert errors[-1].line == 10_000
    assert frames(items) == [(TO_DEVICE, RESET)]


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_marks_and_line_ends_of_other_systems(mark: bytes, end: str) -> None:
    texts = [logic1(EVENTS, True), logic2(EVENTS), interceptty(EVENTS), EVENTS.read_text()]
    for text in texts:
        expected = frames(read(text)[1])
        assert frames(read(mark + text.replace("\n", end).encode())[1]) == expected
        assert expected


@pytest.mark.parametrize("text", [logic1(EVENTS, True), logic2(EVENTS), interceptty(EVENTS)])
def test_a_broken_line_does_not_end_the_reading(text: str) -> None:
    lines = text.splitlines()
    lines[50] = lines[50][: len(lines[50]) // 3]
    items = read("\n".join(lines))[1]
    (error,) = asides(items, CaptureError)
    assert error.line == 51
    assert len(frames(items)) >= len(frames(read(text)[1])) - 2


@given(st.sampled_from(sorted(formats())), st.binary(max_size=200))
def test_any_bytes_in_any_format_give_items(name: str, data: bytes) -> None:
    recording = from_stream(io.BytesIO(data), "any", name)
    for item in recording.items:
        assert item is not None


@given(st.lists(st.sampled_from(chunks_of(TALK)[:40]), max_size=40))
def test_inference_loses_no_item(chunks: list[Chunk]) -> None:
    blind = [chunk._replace(dir=None) for chunk in chunks]
    _, items = read(as_jsonl(blind) or "\n", "jsonl")
    assert [raw for _, raw in frames(items)] == [
        raw for _, raw in frames(list(infer_directions(read(as_jsonl(blind) or "\n", "jsonl")[1])))
    ]


def test_a_recording_file_and_its_progress(tmp_path: Path) -> None:
    with open_recording(TALK) as recording:
        assert recording.progress() is not None
        assert frames(list(recording.items)) == frames_of(TALK)
        assert recording.progress() == 1.0


class Point:
    """An entry point, as an installed package declares it."""

    def __init__(self, value: object) -> None:
        self.name, self._value = "mine", value

    def load(self) -> object:
        return self._value


def test_a_format_of_a_third_party(monkeypatch: pytest.MonkeyPatch) -> None:
    def reader(stream: io.BufferedReader, name: str) -> Entries:
        yield Chunk(None, TO_DEVICE, bytes.fromhex(stream.read().decode().removeprefix("mine ")))

    mine = Format("mine", "a format of mine", lambda head: head.text.startswith("mine "), reader)
    monkeypatch.setattr(readers, "entry_points", lambda group: [Point(mine)])
    formats.cache_clear()
    try:
        assert read("mine c0000500fbc0") == (
            "a format of mine",
            list(assemble([Chunk(None, TO_DEVICE, RESET)])),
        )
        monkeypatch.setattr(readers, "entry_points", lambda group: [Point("nothing")])
        formats.cache_clear()
        with pytest.raises(CaptureError, match="not a Format"):
            formats()
    finally:
        monkeypatch.undo()
        formats.cache_clear()


def test_a_file_of_mixed_lines_gives_what_can_be_read() -> None:
    text = EVENTS.read_text().splitlines()
    mixed = "\n".join(["# notes", *text[:5], "10:00:00 Debug: opened", *text[5:]])
    items = read("\n".join(text[:1]) + "\n" + mixed)[1]
    errors = asides(items, CaptureError)
    assert [error.line for error in errors] == [2, 8]
    assert frames(items) == frames_of(EVENTS)[:1] + frames_of(EVENTS)


DRIVER_LINE = "  9 ->  [00 04 ] type: {} reliable:no seq#:{} ack#:0 payload_length:{} data_integrity:0 "
DRIVER_LINE += "header_checksum:{}\n"
LONG = "f" * 100_000


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hex", f"c0 {'x' * 100_000} 00"),
        ("jsonl", f'{{"t_us":"{LONG}","dir":null,"hex":"c0"}}'),
        ("jsonl", f'{{"t_us":1,"dir":"{LONG}","hex":"c0"}}'),
        ("jsonl", f'{{"t_us":1,"dir":null,"hex":"{LONG}x"}}'),
        ("saleae-logic1", f"Time [s],Value,Parity Error,Framing Error\n0.5,{LONG},,"),
        ("saleae-logic1", f"Time [s],Value,Parity Error,Framing Error\n{LONG},0xC0,,"),
        ("saleae-logic2", f'name,type,start_time,duration,"data"\n"TX","data",0.1,8.68e-05,{LONG}'),
        ("sigrok", f"uart-1: RX: {LONG}"),
        ("sigrok", LONG),
        ("socat", f" {LONG}"),
        ("interceptty", f"< {LONG}"),
        ("driver-log", DRIVER_LINE.format(LONG, 0, 2, 0)),
        ("driver-log", DRIVER_LINE.format("ACK", LONG, 2, 0)),
        ("driver-log", DRIVER_LINE.format("ACK", 0, LONG, 0)),
        ("driver-log", DRIVER_LINE.format("ACK", 0, 2, LONG)),
        ("driver-log", DRIVER_LINE.format(f"UNKNOWN[0x{LONG}]", 0, 2, 0)),
        ("driver-log", f"State change: {LONG}"),
    ],
)
def test_complaints_are_brief(name: str, text: str) -> None:
    _, items = read(text, name)
    said = [str(item) for item in items if isinstance(item, (CaptureError, Remark))]
    assert said
    assert max(map(len, said)) < 400


def test_wires_and_kinds_of_faults_are_counted() -> None:
    rows = "".join(f'"{number} {LONG[:500]}","data",0.1,8e-05,0x05,fault {number}\n' for number in range(400))
    _, items = read(f'name,type,start_time,duration,"data",error\n{rows}')
    wires = {item.channel for item in items if isinstance(item, LineFault)}
    assert len(wires) == 256
    assert max(map(len, wires)) <= 100
    assert any("more than 256 wires" in item.reason for item in asides(items, CaptureError))
    rows = "".join(f'"TX","data",0.1,8e-05,0x05,fault {number}\n' for number in range(400))
    faults = asides(read(f'name,type,start_time,duration,"data",error\n{rows}')[1], LineFault)
    assert len(faults) == 33
    assert sum(fault.times for fault in faults) == 400


def test_a_block_of_socat_as_long_as_it_likes_comes_in_pieces() -> None:
    header = "> 2019/09/28 14:42:32.732010  length=999999999 from=0 to=7\n"
    lines = f" {'05 ' * 2000}\n" * 100
    _, entries = readers.read(io.BufferedReader(io.BytesIO((header + lines).encode())), "test", "socat")
    found = list(entries)
    sizes = [len(entry.data) for entry in found if isinstance(entry, Chunk)]
    assert sum(sizes) == 200_000
    assert max(sizes) < 70_000
