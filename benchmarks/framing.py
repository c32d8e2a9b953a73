"""Framing against the same rules written byte by byte, and a packet's whole way.

Both sides do the same work: a payload becomes a wire frame, a wire frame an ``H5Packet``; a message becomes a wire
frame, a wire frame a message. The byte-by-byte side is the one that the tests hold the library against, with its CRC
from a table; its messages are stock construct's.
"""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks import plain_construct
from benchmarks.figures import Figure, times
from benchmarks.measure import Side, compare
from benchmarks.packets import CODEC, value_set
from gatts_codec.framing import Decoder, H5Packet, decode_frame, encode_frame
from gatts_codec.framing.h5 import encode_reliable

BYTEWISE = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "tests" / "bytewise.py")))
SIZES = (8, 32, 128, 524)
GOALS = {32: (6.0, 8.0), 524: (20.0, 25.0)}
FRAMING = "framing against per-byte Python"
WHOLE = "message to wire and back against stock construct and per-byte Python"


def figures(rounds: int) -> Iterator[Figure]:
    """Frames of several sizes, without bytes to escape and with as many as chance has it; the whole way of a packet."""
    for size in SIZES:
        yield from _frames(f"{size} B", bytes(at % 0xC0 for at in range(size)), rounds, GOALS.get(size))
        yield from _frames(f"{size} B with escapes", bytes(at * 7 & 0xFF for at in range(size)), rounds)
    yield from _whole_way(rounds)


def _frames(
    name: str, payload: bytes, rounds: int, goals: tuple[float, float] | None = None
) -> Iterator[Figure]:
    packet = H5Packet(14, payload, seq=1, ack=2, reliable=True, crc=True)
    frame = encode_frame(packet)
    measured = compare(
        {
            "frame": Side(encode_frame, packet),
            "frame, bytewise": Side(_frame_bytewise, packet),
            "unframe": Side(decode_frame, frame),
            "unframe, bytewise": Side(_unframe_bytewise, frame),
            "stream": Side(Decoder().feed, frame),
            "stream, bytewise": Side(_stream_bytewise, frame),
        },
        rounds,
    )
    for what in ("frame", "unframe"):
        yield times(FRAMING, f"{what} {name}", measured.ratio(f"{what}, bytewise", what), *(goals or ()))
    yield times(FRAMING, f"stream {name}", measured.ratio("stream, bytewise", "stream"))


def _frame_bytewise(packet: H5Packet) -> Any:
    fields = packet.type, packet.payload, packet.seq, packet.ack, packet.reliable, packet.crc
    return BYTEWISE.encode_frame(*fields)


def _unframe_bytewise(frame: bytes) -> H5Packet:
    return H5Packet(*BYTEWISE.decode_body(frame[1:-1]))


def _stream_bytewise(stream: bytes) -> list[H5Packet]:
    return [H5Packet(*BYTEWISE.decode_body(body)) for body in BYTEWISE.split(stream)]


def _whole_way(rounds: int) -> Iterator[Figure]:
    message = value_set(20)
    layout, container = plain_construct.LAYOUTS["value_set"], plain_construct.container(message)
    pack, unpack = CODEC.pack, CODEC.unpack

    def to_wire(message: Any) -> bytes:
        return encode_reliable(pack(message), 1, 2)

    def from_wire(frame: bytes) -> Any:
        return unpack(decode_frame(frame).payload)

    def to_wire_slowly(container: Any) -> Any:
        return BYTEWISE.encode_frame(14, b"\x00" + layout.build(container), 1, 2, True, True)

    def from_wire_slowly(frame: bytes) -> Any:
        return layout.parse(BYTEWISE.decode_body(frame[1:-1])[1][1:])

    frame = to_wire(message)
    assert to_wire_slowly(container) == frame
    assert from_wire(frame) == message
    measured = compare(
        {
            "out": Side(to_wire, message),
            "out, slowly": Side(to_wire_slowly, container),
            "in": Side(from_wire, frame),
            "in, slowly": Side(from_wire_slowly, frame),
        },
        rounds,
    )
    yield times(WHOLE, "value_set 20 B to wire", measured.ratio("out, slowly", "out"), 25, 35)
    yield times(WHOLE, "value_set 20 B from wire", measured.ratio("in, slowly", "in"), 12, 18)
    for what in ("out", "in"):
        yield Figure("time a packet", f"value_set 20 B {what}", measured.median_ns(what), "ns")
