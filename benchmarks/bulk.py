"""Recordings of many frames: to message objects, and to columns. Made from captured traffic, in a temporary file.

The hand-written loop that they are compared with reads the same lines, a frame and a packet at a time, with what the
package has for a frame and for a packet: who needs the messages of a recording and knows its form writes no more.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks import traffic
from benchmarks.figures import Figure, share, times
from benchmarks.measure import ROUNDS
from benchmarks.packets import CODEC, DIALECT
from gatts_codec.capture.bulk.objects import read_messages
from gatts_codec.errors import DecodeError
from gatts_codec.framing import H5Type, decode_frame

GROUP = "a recording, one process"
FRAMES = 500_000


def figures(rounds: int) -> Iterator[Figure]:
    """Millions of packets a second of CPU time."""
    repetitions = max(3, 7 * rounds // ROUNDS)
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder, "traffic.jsonl")
        with recording.open("wb") as stream:
            traffic.write(stream, FRAMES)
        yield from _compared({name: partial(run, recording) for name, run in _ways().items()}, repetitions)


def _ways() -> dict[str, Callable[[Path], int]]:
    ways: dict[str, Callable[[Path], int]] = {"by hand": _by_hand, "to message objects": _objects}
    try:
        import pyarrow  # noqa: F401 - whether the extra is there
    except ImportError:
        return ways
    return {**ways, "to Arrow columns": _columns}


def _compared(ways: dict[str, Callable[[], int]], repetitions: int) -> Iterator[Figure]:
    """Each way in turn: packets a second, and against the loop by hand."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repetitions):
        for name, run in ways.items():
            began = time.process_time()
            assert run() == FRAMES
            seconds[name].append(time.process_time() - began)
    middle = {name: median(found) for name, found in seconds.items()}
    for name in ways:
        yield Figure(GROUP, name, FRAMES / middle[name] / 1e6, "M packets/s")
    hand = middle["by hand"]
    yield share(GROUP, "to message objects against by hand", middle["to message objects"] / hand, 1.0, 0.9)
    if "to Arrow columns" in ways:
        yield times(GROUP, "to Arrow columns against by hand", hand / middle["to Arrow columns"], 2.0, 3.0)


def _by_hand(recording: Path) -> int:
    """How many frames there are, each with its message where it is a packet of the RPC."""
    count, vendor, unpack = 0, int(H5Type.VENDOR_SPECIFIC), CODEC.unpack
    with recording.open("rb") as stream:
        for line in stream:
            entry = json.loads(line)
            packet = decode_frame(bytes.fromhex(entry["hex"]))
            message: object = None
            if packet.type == vendor:
                try:
                    message = unpack(packet.payload)
                except DecodeError as error:
                    message = error
            seen = entry["t_us"], entry["dir"], packet, message
            count += len(seen) == 4
    return count


def _objects(recording: Path) -> int:
    return sum(1 for _ in read_messages(recording, DIALECT))


def _columns(recording: Path) -> int:
    from gatts_codec.capture.bulk.batches import Faults, block_batches
    from gatts_codec.capture.decoding.packets import PacketDecoder

    with recording.open("rb") as stream:
        decoder = PacketDecoder(DIALECT)
        return sum(map(len, block_batches(stream, "traffic", decoder, Faults(), lambda _: None)))
