"""Recordings of many frames: to message objects, and to columns. Made from captured traffic, in a temporary file."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from benchmarks import traffic
from benchmarks.figures import Figure
from benchmarks.measure import ROUNDS
from benchmarks.packets import DIALECT
from gatts_codec.capture.bulk.objects import read_messages

GROUP = "a recording, one process"
FRAMES = 500_000


def figures(rounds: int) -> Iterator[Figure]:
    """Millions of packets a second by the clock on the wall."""
    repetitions = max(3, 7 * rounds // ROUNDS)
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder, "traffic.jsonl")
        with recording.open("wb") as stream:
            traffic.write(stream, FRAMES)
        yield _rate("to message objects", lambda: _objects(recording), repetitions, 0.5)
        try:
            import pyarrow  # noqa: F401 - whether the extra is there
        except ImportError:
            return
        yield _rate("to Arrow columns", lambda: _columns(recording), repetitions, 1.5, 2.4)


def _rate(
    name: str, run: Callable[[], int], repetitions: int, must: float, stretch: float | None = None
) -> Figure:
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        count = run()
        seconds.append(time.perf_counter() - start)
        assert count == FRAMES
    return Figure(GROUP, name, FRAMES / median(seconds) / 1e6, "M packets/s", must, stretch)


def _objects(recording: Path) -> int:
    return sum(1 for _ in read_messages(recording, DIALECT))


def _columns(recording: Path) -> int:
    from gatts_codec.capture.bulk.batches import Faults, block_batches
    from gatts_codec.capture.decoding.packets import PacketDecoder

    with recording.open("rb") as stream:
        decoder = PacketDecoder(DIALECT)
        return sum(map(len, block_batches(stream, "traffic", decoder, Faults(), lambda _: None)))
