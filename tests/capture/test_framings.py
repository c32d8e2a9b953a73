"""Recordings of other framings than H5, and USB captures of a serial port."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest

from gatts_codec.capture import (
    TO_DEVICE,
    TO_HOST,
    CapturedFrame,
    PacketDecoder,
    diagnose,
    open_pair,
    open_recording,
)
from gatts_codec.capture.files.lines import buffered
from gatts_codec.capture.readers import read
from gatts_codec.capture.recording import from_stream
from gatts_codec.capture.wire.chunks import Chunk, Remark
from gatts_codec.capture.wire.framing import FRAMINGS, FramingName, cut
from gatts_codec.errors import CaptureError

PASTED = Path(__file__).parent.parent / "verdicts" / "pasted"
RESET = bytes.fromhex("c0000500fbc0")
ENABLE, ENABLED = bytes.fromhex("0060"), bytes.fromhex("016000000000")
LENGTH_FRAMED = {
    "06-length-framed-txrx-text.txt": (5, {"value in the application"}),
    "06c-own-record-length-framing.jsonl": (2, set()),
}


@pytest.mark.parametrize("name", LENGTH_FRAMED)
def test_length_framing_is_known_by_its_lengths(name: str) -> None:
    calls, findings = LENGTH_FRAMED[name]
    with open_recording(PASTED / name) as recording:
        report = diagnose(recording.items)
    assert (report.calls, report.answered, report.failed) == (calls, calls, 0)
    assert {finding.code for finding in report.findings} == findings
    assert report.verdict.dialect in ("sd_api_v6", "sd_api_v7", "sd_api_v6_pc")


def test_handles_of_a_length_framed_recording() -> None:
    decoder = PacketDecoder("sd_api_v7")
    with open_recording(PASTED / "06-length-framed-txrx-text.txt") as recording:
        frames = [item for item in recording.items if isinstance(item, CapturedFrame)]
    said = [(frame.dir, str(decoder.decode(frame).packet.message)) for frame in frames]  # type: ignore[union-attr]
    assert [way for way, _ in said] == [TO_DEVICE, TO_HOST] * 5
    assert "handle=0x000e" in said[7][1]
    assert "value_handle=0x0010" in said[9][1]
    assert "cccd_handle=0x0011" in said[9][1]


def framing_of(*chunks: Chunk) -> str:
    frames = [item for item in cut(iter(chunks)) if isinstance(item, CapturedFrame)]
    return frames[0].framing if frames else ""


def test_packets_a_line_are_known_where_one_answers_another() -> None:
    assert framing_of(Chunk(1, TO_DEVICE, ENABLE), Chunk(2, TO_HOST, ENABLED)) == "payload"
    assert framing_of(Chunk(1, TO_DEVICE, ENABLE), Chunk(2, TO_HOST, b"\1\x61\0\0\0\0")) == ""
    assert framing_of(Chunk(1, TO_DEVICE, ENABLE), Chunk(2, TO_HOST, ENABLED), Chunk(3, None, b"\7")) == ""


def test_one_good_frame_of_h5_decides() -> None:
    assert framing_of(Chunk(1, TO_DEVICE, b"\2\0\0\x60"), Chunk(2, TO_DEVICE, RESET)) == "h5"


def test_what_fits_no_framing_is_h5_noise() -> None:
    assert [type(item).__name__ for item in cut(iter([Chunk(1, None, b"\xff\xff\1")]))] == ["Stray"]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_framing_that_is_told_is_not_guessed(framing: FramingName) -> None:
    items = list(cut(iter([Chunk(1, TO_DEVICE, b"\2\0\0\x60")]), framing))
    found = [item.framing for item in items if isinstance(item, CapturedFrame)]
    assert found == ([] if framing == "h5" else [framing])
    assert not any(isinstance(item, Remark) for item in items)


def test_a_packet_too_long_is_a_bad_frame_and_the_next_is_read() -> None:
    data = b"\xff\x7f" + bytes(0x7FFF) + b"\2\0\0\x60"
    bad, good, _ = cut(iter([Chunk(1, TO_DEVICE, data)]), "length")
    assert isinstance(bad, CapturedFrame)
    assert isinstance(good, CapturedFrame)
    assert bad.error is not None
    assert good.raw[2:] == ENABLE
    (long,) = cut(iter([Chunk(1, TO_DEVICE, bytes(5000))]), "payload")
    assert isinstance(long, CapturedFrame)
    assert long.error is not None


def sides(framing: str) -> tuple[bytes, bytes]:
    """Two calls and an event as each direction's bytes."""
    host = [bytes.fromhex("00a801010d180101"), bytes.fromhex("0060")]
    device = [
        bytes.fromhex("01a800000000010e00"),
        bytes.fromhex("016000000000"),
        bytes.fromhex("025600000003"),
    ]
    if framing == "length":
        host, device = ([len(one).to_bytes(2, "little") + one for one in side] for side in (host, device))
    return b"".join(host), b"".join(device)


@pytest.mark.parametrize("framing", [None, "length"])
@pytest.mark.parametrize("suffix", [".hex", ".bin"])
def test_two_files_of_a_length_framed_link_alternate(
    tmp_path: Path, framing: FramingName | None, suffix: str
) -> None:
    paths = [tmp_path / f"{name}{suffix}" for name in ("host", "device")]
    for path, data in zip(paths, sides("length"), strict=True):
        path.write_bytes(data.hex().encode() if suffix == ".hex" else data)
    with open_pair(paths[0], paths[1], framing=framing) as recording:
        frames = [item for item in recording.items if isinstance(item, CapturedFrame)]
    assert [frame.dir for frame in frames] == [TO_DEVICE, TO_HOST, TO_DEVICE, TO_HOST, TO_HOST]
    assert [frame.number for frame in frames] == [1, 2, 3, 4, 5]


def test_raw_bytes_are_known_by_their_lengths_or_as_one_packet() -> None:
    for data in (sides("length")[0], ENABLED):
        assert from_stream(io.BytesIO(data), "x.bin").format == "raw bytes"
    for noise in (b"\x80" * 64, bytes(range(100, 0, -1)), ENABLED + b"\1"):
        with pytest.raises(CaptureError, match="not a recording"):
            from_stream(io.BytesIO(noise), "x.bin")


def pcap(link: int, *packets: bytes) -> bytes:
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 0xFFFF, link)
    return head + b"".join(struct.pack("<IIII", 7, 5, len(one), len(one)) + one for one in packets)


def usbmon(event: str, endpoint: int, data: bytes, size: int = 64, kind: int = 3) -> bytes:
    head = struct.pack(
        "<QBBBBHBBqiiII8x", 1, ord(event), kind, endpoint, 9, 1, 0, 0, 7, 5, 0, len(data), len(data)
    )
    return head.ljust(size, b"\0") + data


def usbpcap(info: int, endpoint: int, data: bytes) -> bytes:
    return struct.pack("<HQIHBHHBBI", 27, 1, 0, 9, info, 1, 9, endpoint, 3, len(data)) + data


SYNC = bytes.fromhex("c0002f00d1017ec0")
CAPTURES = {
    "usbmon": pcap(220, usbmon("S", 2, RESET), usbmon("C", 2, b""), usbmon("S", 0x81, b""), usbmon("C", 0x81, SYNC)),
    "usbmon, short": pcap(189, usbmon("S", 2, RESET, 48), usbmon("C", 0x81, SYNC, 48)),
    "USBPcap": pcap(249, usbpcap(0, 2, RESET), usbpcap(1, 2, b""), usbpcap(1, 0x81, SYNC)),
    "among others": pcap(
        220, usbmon("S", 3, b"USBC" + SYNC), usbmon("S", 3, SYNC), usbmon("S", 1, SYNC, kind=1), usbmon("S", 2, RESET),
        b"short", usbmon("C", 0x81, SYNC),
    ),
    "FTDI": pcap(
        220, usbmon("S", 2, RESET), usbmon("C", 0x81, b"\x01\x60"), usbmon("C", 0x81, b"\x01\x60" + SYNC),
        usbmon("C", 0x81, b"\x01\x60"),
    ),
    "FTDI, several packets": pcap(
        220, usbmon("C", 0x81, b"\x01\x60"), usbmon("S", 2, RESET),
        usbmon("C", 0x81, b"\x01\x60" + (SYNC * 8)[:62] + b"\x01\x60" + SYNC[-2:]),
    ),
    "text": (
        b"ffff9a2c 1701234567 S Bo:1:009:2 -115 6 = c0000500 fbc0\nffff9a2c 1701234600 C Bo:1:009:2 0 6 >\n"
        b"ffff9a2d 1701234610 S Ci:1:009:0 s a1 21 0000 0000 0007 7 <\n"
        b"ffff9a2e 1701234700 S Bi:1:009:1 -115 512 <\nffff9a2e 1701234800 C Bi:1:009:1 0 8 = c0002f00 d1017ec0\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("data", CAPTURES.values(), ids=CAPTURES)
def test_bulk_transfers_of_a_serial_port(data: bytes) -> None:
    items = list(from_stream(io.BytesIO(data), "usb.pcap").items)
    frames = [(item.dir, item.raw) for item in items if isinstance(item, CapturedFrame)]
    assert frames[0] == (TO_DEVICE, RESET)
    assert set(frames[1:]) == {(TO_HOST, SYNC)}
    assert {item.link for item in items if isinstance(item, CapturedFrame)} == {"usb 1.9"}
    assert len(items) == len(frames)


def test_what_the_kernel_cuts_of_a_transfer_is_told() -> None:
    text = b"ffff9a2c 1701234567 S Bo:1:009:2 -115 40 = c0000500 fbc0\n"
    (error,) = [
        one for one in read(buffered(io.BytesIO(text)), "usb.txt")[1] if isinstance(one, CaptureError)
    ]
    assert "6 of 40 bytes" in error.reason


@pytest.mark.parametrize("name", ["23k-usbmon.pcap", "23l-usbpcap.pcap"])
def test_a_usb_capture_without_data_is_read_and_empty(name: str) -> None:
    assert list(read(buffered(io.BytesIO((PASTED / name).read_bytes())), name)[1]) == []
