"""Whatever people paste: bytes in every spelling and dress, and never anything else taken for bytes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.capture import TO_DEVICE, TO_HOST, CapturedFrame, Stray, open_recording
from gatts_codec.capture.files.lines import buffered
from gatts_codec.capture.readers import read
from gatts_codec.capture.readers.text.pasted import Paste
from gatts_codec.capture.wire.chunks import Chunk
from gatts_codec.capture.wire.frames import Item
from gatts_codec.errors import CaptureError
from gatts_codec.framing import H5Type

PASTED = Path(__file__).parent.parent / "verdicts" / "pasted"
RESET = bytes.fromhex("c0000500fbc0")
SYNC, SYNC_RSP = bytes.fromhex("c0002f00d1017ec0"), bytes.fromhex("c0002f00d1027dc0")
FORMS = [
    *(PASTED / "19-hex-forms.txt").read_text().splitlines(),
    "c0|00|05|00|fb|c0",
    "| c0 | 00 | 05 | 00 | fb | c0 |",
    "c0.00.05.00.fb.c0",
    "$C0 $00 $05 $00 $FB $C0",
    "<Buffer c0 00 05 00 fb c0>",
    '{"type":"Buffer","data":[192,0,5,0,251,192]}',
    "new Uint8Array([192, 0, 5, 0, 251, 192])",
    "bytes([192, 0, 5, 0, 251, 192])",
    "192 0 5 0 251 192",
    "{0xC0, 0, 5, 0, 0xFB, 0xC0}",
    "static const uint8_t reset[6] = {\n  0xC0, 0x00, 0x05, /* RESET */\n  0x00, 0xFB, 0xC0  // end\n};",
    r'const char reset[] = "\xc0\x00" "\x05\x00\xfb\xc0";',
    r'b"\xc0\x00\x05\x00\xfb\xc0"',
    r"\xc0\x00\x05\x00\xfb\xc0",
    'Buffer.from("c0000500fbc0", "hex")',
    'bytes.fromhex("c0 00 05 00 fb c0")',
    "“c0 00 05 00 fb c0”",
    "> > c0 00 05 00 fb c0",
    "The packet I send is\n\n    c0 00 05 00 fb c0\n\nand nothing comes back. Why?",
    "[INFO] 2021-01-01 10:00:00,123 uart: sent 6 bytes: c0 00 05 00 fb c0",
    "12  0.00001234  term.exe  IRP_MJ_WRITE  Serial0  SUCCESS  Length 6: C0 00 05 00 FB C0",
    r'write(3, "\300\0\5\0\373\300", 6) = 6',
    "0000000 00c0 0005 c0fb\n0000006",
    "0000000 300 000 005 000 373 300\n0000006",
    "0000000    c0  00  05  00  fb  c0\n0000006",
    "0000  c0 00 05 00 fb c0",
    "0x0000: c000 0500 fbc0",
    "00000000: c000 0500 fbc0                           ......",
    "00000000  c0 00 05 00 fb c0                                 |......|\n00000006",
    "000000 c0 00 05 00 fb c0                                >......<\n000006",
    "0000000 000300 000005 140373\n0000006",
    "0000000 300  \\0 005  \\0 373 300\n0000006",
    "0000000  192    0    5    0  251  192\n0000006",
    "0000000  -64    0    5    0   -5  -64\n0000006",
    "0000000   00192   00005   49403\n0000006",
    "00000000: 11000000 00000000 00000101 00000000 11111011 11000000  ......",
    "00000000: c0 00 05 00  ....\n00000004: fb c0        ..",
    "00000040: c0 00 05 00 fb c0",
    "000001.250 TX   0000  C0 00 05 00 FB C0                                 ......",
    "TX: b'\\xc0\\x00\\x05\\x00\\xfb\\xc0'",
    "00> TX: c0 00 05 00 fb c0",
    "[    10 ms] tx (6): c0 00 05 00 fb c0",
    "BitConverter: C0-00-05-00-FB-C0",
    "&HC0 &H00 &H05 &H00 &HFB &HC0",
    "10:20:30.000 : <0xC0><0x00><0x05><0x00><0xFB><0xC0>",
    "Host   --> (0xc0) (0x00) (0x05) (0x00) (0xfb) (0xc0)",
    "['0xc0', '0x0', '0x5', '0x0', '0xfb', '0xc0']",
    "byte[] b = {(byte)0xC0, 0x00, 0x05, 0x00, (byte)0xFB, (byte)0xC0};",
    "[-64, 0, 5, 0, -5, -64]",
    "let b = [0xc0u8, 0x00, 0x05, 0x00, 0xfb, 0xc0];",
    "<pre>c0 00 05 00 fb c0</pre>",
    "[\n  192,\n  0,\n  5,\n  0,\n  251,\n  192\n]",
    '{\n  "type": "Buffer",\n  "data": [\n    192, 0, 5,\n    0, 251, 192\n  ]\n}',
    '[\n  {\n    "dir": "tx",\n    "data": [\n      192,\n      0,\n 5,\n 0,\n 251,\n 192\n    ]\n  }\n]',
    "Uint8Array(6) [\n  192,   0,   5,\n    0, 251, 192\n]",
    "[\n    192,\n    0,\n    5,\n    0,\n    251,\n    192,\n",
    "Timestamp,TX\n0.000123,c0 00 05 00 fb c0",
    "1. c0 00 05 00 fb c0",
    "$C0$00$05$00$FB$C0",
    '#define RESET_PKT "\\xC0\\x00\\x05\\x00\\xFB\\xC0"',
    "11000000 00000000 00000101 00000000 11111011 11000000",
    "{C0}{00}{05}{00}{FB}{C0}",
]


def entries(text: str) -> tuple[str, list[object]]:
    known, found = read(buffered(io.BytesIO(text.encode())), "pasted")
    return known.name, list(found)


@pytest.mark.parametrize("text", FORMS)
def test_every_form_spells_the_reset(text: str) -> None:
    name, found = entries(text)
    assert name == "hex"
    assert b"".join(chunk.data for chunk in found if isinstance(chunk, Chunk)) == RESET
    assert all(isinstance(chunk, Chunk) for chunk in found)


@pytest.mark.parametrize(
    ("mark", "wire"),
    [
        ("tx: ", "TX"), ("RX < ", "RX"), ("TX : ", "TX"), ("[RX] - ", "RX"), (">> ", "TX"), ("<< ", "RX"),
        ("-> ", "TX"), ("<- ", "RX"), ("--> [", "TX"), ("→ ", "TX"), ("&lt;- ", "RX"), ("&gt;&gt; ", "TX"),
        ("DEBUG 10:00:00.123 send ", "TX"), ("10:00:00.123 recv(6): ", "RX"), ("/dev/ttyACM0: ", "ttyACM0"),
    ],
)  # fmt: skip
def test_marks_name_the_wire(mark: str, wire: str) -> None:
    (chunk,) = entries(f"{mark}c0 00 05 00 fb c0")[1]
    assert isinstance(chunk, Chunk)
    assert chunk.channel.removeprefix("/dev/") == wire
    assert chunk.data == RESET


@pytest.mark.parametrize(
    ("stamp", "t_us"),
    [
        ("2021-03-01 10:00:00.123 ", 1614592800123000), ("[2021-03-01T10:00:00,5Z] ", 1614592800500000),
        ("01/03/2021 10:00:00.123 ", 36000123000), ("10:00:00.123456 ", 36000123456),
        ("[ 12.345678] ", 12345678), ("(1614592800.250000) ", 1614592800250000),
    ],
)  # fmt: skip
def test_time_stamps_are_times_and_no_bytes(stamp: str, t_us: int) -> None:
    assert entries(f"{stamp}TX c0 00 05 00 fb c0")[1] == [Chunk(t_us, None, RESET, "TX")]


@pytest.mark.parametrize(
    "text",
    [
        "TX: c0 00 05 00 fb c0 RX: c0 00 2f 00 d1 02 7d c0",
        ">> c0 00 05 00 fb c0 << c0 00 2f 00 d1 02 7d c0",
        "1/3/2021 10:20:30.100 [TX] - C0 00 05 00 FB C0 1/3/2021 10:20:30.200 [RX] - C0 00 2F 00 D1 02 7D C0",
        "The host sends C0 00 05 00 FB C0, then the chip answers C0 00 2F 00 D1 02 7D C0 every 40 ms.",
        "[10:20:30.123]# SEND HEX>\nC0 00 05 00 FB C0\n\n[10:20:30.200]# RECV HEX>\nC0 00 2F 00 D1 02 7D C0",
        '{"data": [192, 0, 5, 0, 251, 192], "dir": "out"}\n{"data": [192, 0, 47, 0, 209, 2, 125, 192], "dir": "in"}',
        '[{"dir": "tx", "data": [192, 0, 5, 0, 251, 192]},\n {"dir": "rx", "data": [192, 0, 47, 0, 209, 2, 125, 192]}]',
    ],
)
def test_packets_that_share_a_line_or_a_document_keep_their_directions(text: str) -> None:
    chunks = [chunk for chunk in entries(text)[1] if isinstance(chunk, Chunk)]
    assert [(chunk.channel, chunk.data) for chunk in chunks] == [("TX", RESET), ("RX", SYNC_RSP)]


def test_a_direction_below_the_bytes_is_not_that_of_the_next_object() -> None:
    text = '[\n {\n "data": "c0000500fbc0",\n "dir": "out"\n },\n {\n "data": "c0002f00d1027dc0",\n "dir": "in"\n }\n]'
    assert [chunk.channel for chunk in entries(text)[1] if isinstance(chunk, Chunk)] == ["", ""]


def test_bytes_that_a_tool_has_left_out_are_missed() -> None:
    found = entries('write(3, "\\300\\333\\334\\216\\0\\262"..., 43) = 43')[1]
    assert "strace" in next(entry.reason for entry in found if isinstance(entry, CaptureError))


@pytest.mark.parametrize(
    "text",
    [
        "0000000 00c0 002f 01d1 c07e 00c0 002f 01d1 c07e\n*\n0000040\n",
        "0000000 000300 000057 000721 140176 000300 000057 000721 140176\n*\n0000040\n",
        "00000000  c0 00 2f 00 d1 01 7e c0  c0 00 2f 00 d1 01 7e c0  |../...~.../...~.|\n*\n00000020\n",
    ],
)
def test_a_star_in_a_dump_stands_for_the_lines_like_the_last(text: str) -> None:
    data = b"".join(chunk.data for chunk in entries(text)[1] if isinstance(chunk, Chunk))
    assert data == SYNC * 4


def test_words_of_32_bits_are_known_by_the_characters_beside_them() -> None:
    little = entries("00000000: d1002fc0 c07e0102  ./....~.")[1]
    assert [chunk.data for chunk in little if isinstance(chunk, Chunk)] == [bytes.fromhex("c02f00d102017ec0")]


@given(st.text(max_size=200))
def test_no_line_makes_it_raise(text: str) -> None:
    list(Paste().read(text))


@pytest.mark.parametrize(
    "text", ["", "Why is that so?", "SEQ: SD_BLE_ENABLE", "};", "error 0x3401", "be added"]
)
def test_words_are_no_bytes(text: str) -> None:
    assert not any(line.data for line in Paste().read(text))


def shown(name: str) -> list[Item]:
    with open_recording(PASTED / name) as recording:
        return list(recording.items)


@pytest.mark.parametrize(
    ("name", "packets"),
    [
        ("22-html-escaped.log", [(TO_DEVICE, "ACK"), (TO_HOST, "VENDOR_SPECIFIC")]),
        ("23a-docklight.txt", [(TO_DEVICE, "RESET"), (TO_DEVICE, "SYNC"), (TO_HOST, "SYNC_RSP")]),
        ("23c-jpnevulator.txt", [(TO_DEVICE, "RESET"), (TO_DEVICE, "SYNC")]),
        ("23e-strace-octal.txt", [(TO_DEVICE, "RESET")]),
        ("23f-wireshark-hexdump.txt", [(None, "SYNC"), (None, "SYNC_RSP")]),
        ("23h-od-tx1.txt", [(None, "SYNC")]),
        ("23j-arrows-h5.txt", [(TO_DEVICE, "SYNC"), (TO_HOST, "SYNC_RSP")]),
    ],
)
def test_recordings_of_other_tools(name: str, packets: list[tuple[str | None, str]]) -> None:
    frames = [item for item in shown(name) if isinstance(item, CapturedFrame)]
    said = [(item.dir, item.packet.link or H5Type(item.packet.type).name) for item in frames if item.packet]
    assert said == packets


def test_frames_that_share_a_c0_in_a_recording() -> None:
    items = shown("21-frames-sharing-c0.hex")
    assert not [item for item in items if isinstance(item, Stray)]
    frames = [item for item in items if isinstance(item, CapturedFrame)]
    assert len(frames) == 17
    assert frames[2].raw == RESET
    assert {frame.dir for frame in frames} == {None, TO_DEVICE, TO_HOST}
