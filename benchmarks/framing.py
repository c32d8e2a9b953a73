"""Framing against the same rules written byte by byte: ``python -m benchmarks.framing``.

Both sides do the same work: a payload becomes a wire frame, a wire frame an ``H5Packet``. The byte-by-byte side is the
one the tests hold the library against, with its CRC from a table.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

from benchmarks.measure import Side, medians_ns
from gatts_codec.framing import Decoder, H5Packet, decode_frame, encode_frame

BYTEWISE = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "tests" / "bytewise.py")))
SIZES = (8, 32, 128, 524)
GOALS = {32: 6, 524: 20}


def frame_bytewise(packet: H5Packet) -> object:
    fields = packet.type, packet.payload, packet.seq, packet.ack, packet.reliable, packet.crc
    return BYTEWISE.encode_frame(*fields)


def unframe_bytewise(frame: bytes) -> H5Packet:
    return H5Packet(*BYTEWISE.decode_body(frame[1:-1]))


def stream_bytewise(stream: bytes) -> list[H5Packet]:
    return [H5Packet(*BYTEWISE.decode_body(body)) for body in BYTEWISE.split(stream)]


def ratios(size: int) -> dict[str, tuple[float, float]]:
    """Microseconds of this library, and how many times as long byte by byte takes."""
    payload = bytes(at * 7 & 0xFF for at in range(size))
    packet = H5Packet(14, payload, seq=1, ack=2, reliable=True, crc=True)
    frame = encode_frame(packet)
    times = medians_ns(
        {
            "frame": Side(encode_frame, packet),
            "frame, bytewise": Side(frame_bytewise, packet),
            "unframe": Side(decode_frame, frame),
            "unframe, bytewise": Side(unframe_bytewise, frame),
            "stream": Side(Decoder().feed, frame),
            "stream, bytewise": Side(stream_bytewise, frame),
        }
    )
    return {
        name: (times[name] / 1000, times[f"{name}, bytewise"] / times[name])
        for name in ("frame", "unframe", "stream")
    }


def report() -> str:
    """A line a size."""
    lines = ["payload    " + "".join(f"{name:>20}" for name in ("frame", "unframe", "stream")) + "     goal"]
    for size in SIZES:
        cells = "".join(f"{micros:10.2f} us {ratio:5.1f}x" for micros, ratio in ratios(size).values())
        lines.append(f"{size:5} bytes {cells}" + (f"   >= {GOALS[size]}x" if size in GOALS else ""))
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
