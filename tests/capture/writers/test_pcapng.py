"""pcapng files: what this library writes, other readers of the format and its own read back."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from capture.recordings import RECORDINGS, each_of, items_of
from pcapng import FileScanner
from pcapng.blocks import EnhancedPacket, InterfaceDescription

from gatts_codec.capture import TO_DEVICE, CapturedFrame
from gatts_codec.capture.recording import from_stream
from gatts_codec.capture.writers import pcapng
from gatts_codec.capture.writers.pcapng import DLT_USER0, PcapngWriter
from gatts_codec.errors import CaptureError
from gatts_codec.framing import Decoder, slip

SYNC = bytes.fromhex("c0002f00d1017ec0")


def written(*frames: CapturedFrame) -> bytes:
    stream = io.BytesIO()
    writer = PcapngWriter(stream, dialect="sd_api_v5")
    for frame in frames:
        writer.write(frame)
    writer.close()
    return stream.getvalue()


def packets(data: bytes) -> list[EnhancedPacket]:
    return [block for block in FileScanner(io.BytesIO(data)) if isinstance(block, EnhancedPacket)]


def frame(
    raw: bytes, t_us: int | None = 1_700_000_000_123_456, direction: str | None = "host->device"
) -> CapturedFrame:
    (found,) = Decoder().feed(raw)
    return CapturedFrame(1, t_us, direction, raw, found.packet, found.error)  # type: ignore[arg-type]


@each_of(RECORDINGS)
def test_frames_times_and_directions_are_kept(recording: Path) -> None:
    frames = [item for item in items_of(recording) if isinstance(item, CapturedFrame)]
    blocks = packets(written(*frames))
    assert len(blocks) == len(frames)
    for each, block in zip(frames, blocks, strict=True):
        assert block.timestamp_high << 32 | block.timestamp_low == each.t_us
        assert block.options["epb_flags"].inout == ("outbound" if each.dir == TO_DEVICE else "inbound")
        if each.error is None:
            assert slip.encode(block.packet_data) == each.raw


@each_of(RECORDINGS)
def test_this_library_reads_its_own_files(recording: Path) -> None:
    frames = [item for item in items_of(recording) if isinstance(item, CapturedFrame) and item.error is None]
    back = from_stream(io.BytesIO(written(*frames)), "test.pcapng").items
    assert [(each.t_us, each.dir, each.packet) for each in back if isinstance(each, CapturedFrame)] == [
        (each.t_us, each.dir, each.packet) for each in frames
    ]


def test_the_link_type_is_wiresharks_first_user_type() -> None:
    blocks = list(FileScanner(io.BytesIO(written())))
    (interface,) = [block for block in blocks if isinstance(block, InterfaceDescription)]
    assert interface.link_type == DLT_USER0 == 147


def test_a_bad_frame_says_why() -> None:
    (block,) = packets(written(frame(bytes.fromhex("c0dbdac0"))))
    assert block.packet_data == b"\xdb\xda"
    assert block.options["opt_comment"].startswith("slip bad_escape at offset 0")


def test_without_times_frames_keep_their_order_and_without_directions_have_none() -> None:
    blocks = packets(written(frame(SYNC, None, None), frame(SYNC, None, None)))
    assert [block.timestamp_low for block in blocks] == [1, 2]
    assert all("epb_flags" not in block.options for block in blocks)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pcapng, "_INSTALLED", False)
    with pytest.raises(CaptureError, match="pip install python-pcapng"):
        PcapngWriter(io.BytesIO())


@pytest.mark.parametrize(("t_us", "there"), [(-5, 0), (10**400, 2**64 - 1)])
def test_times_that_the_format_has_no_place_for(t_us: int, there: int) -> None:
    (block,) = packets(written(frame(SYNC, t_us)))
    assert block.timestamp_high << 32 | block.timestamp_low == there
