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
from gatts_codec.framing import H5Type

PASTED = Path(__file__).parent.parent / "verdicts" / "pasted"
RESET = bytes.fromhex("c0000500fbc0")
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


@given(st.text(max_size=200))
def test_no_line_makes_it_raise(text: str) -> None:
    Paste().line(text)


@pytest.mark.parametrize(
    "text", ["", "Why is that so?", "SEQ: SD_BLE_ENABLE", "};", "error 0x3401", "be added"]
)
def test_words_are_no_bytes(text: str) -> None:
    assert Paste().line(text).data == b""


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
