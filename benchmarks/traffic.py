"""Recordings as large as one likes: captured traffic over and over, each time with other contents and running numbers.

The calls and events of real captures, with their ACKs; sequence numbers go on, values and times change, CRCs are right.
Packets that are wrong on purpose stay wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from random import Random
from typing import BinaryIO

from benchmarks.packets import CODEC
from gatts_codec import DecodeError
from gatts_codec.capture.wire.chunks import OPPOSITE, Direction
from gatts_codec.framing import Decoder, H5Packet, H5Type, encode_frame

CAPTURES = Path(__file__).parents[1] / "tests" / "captures" / "real_firmware" / "sd_api_v5"
SCENARIOS = ("b_attr_table", "c_values", "d_hvx_misc", "e_events")
_LONGEST = 300  # bytes: longer payloads are tests of limits, as no application sends them all day
_DATA = 14  # bytes from here on are mostly values


def captured() -> list[tuple[Direction, H5Packet]]:
    """The vendor packets of the captures, each once."""
    found: list[tuple[Direction, H5Packet]] = []
    for name in SCENARIOS:
        decoders: dict[Direction, Decoder] = {}
        last: dict[Direction, H5Packet] = {}
        for line in (CAPTURES / f"{name}.jsonl").read_text("utf-8").splitlines():
            chunk = json.loads(line)
            direction = chunk["dir"]
            for frame in decoders.setdefault(direction, Decoder()).feed(bytes.fromhex(chunk["hex"])):
                packet = frame.packet
                if packet is None or packet.type != H5Type.VENDOR_SPECIFIC or packet == last.get(direction):
                    continue
                last[direction] = packet
                if len(packet.payload) <= _LONGEST:
                    found.append((direction, packet))
    return found


def frames(seed: int = 1) -> Iterator[tuple[int, Direction, bytes]]:
    """Time in microseconds, direction and wire bytes of frame after frame, for ever."""
    random = Random(seed)
    time, sent = 0, dict.fromkeys(OPPOSITE, 0)
    for direction, packet, has_data in cycle([(*found, _has_data(found[1].payload)) for found in captured()]):
        time += random.randrange(200, 4000)
        seq, ack = sent[direction] % 8, sent[OPPOSITE[direction]] % 8
        payload = packet.payload
        if has_data:
            payload = payload[:_DATA] + random.randbytes(len(payload) - _DATA)
        yield time, direction, encode_frame(H5Packet(packet.type, payload, seq, ack, True, True))
        sent[direction] += 1
        time += random.randrange(20, 200)
        yield time, OPPOSITE[direction], encode_frame(H5Packet(int(H5Type.ACK), ack=sent[direction] % 8))


def _has_data(payload: bytes) -> bool:
    """Whether the end of a packet is data, which may be anything."""
    if len(payload) <= _DATA:
        return False
    random = Random(0)
    return all(_decodes(payload[:_DATA] + random.randbytes(len(payload) - _DATA)) for _ in range(20))


def _decodes(payload: bytes) -> bool:
    try:
        CODEC.unpack(payload)
    except DecodeError:
        return False
    return True


def write(stream: BinaryIO, count: int, seed: int = 1) -> int:
    """A recording of so many frames as JSON lines; how many bytes of frames it holds."""
    size = 0
    for number, (time, direction, wire) in enumerate(frames(seed)):
        if number == count:
            break
        stream.write(b'{"t_us":%d,"dir":"%s","hex":"%s"}\n' % (time, direction.encode(), wire.hex().encode()))
        size += len(wire)
    return size
