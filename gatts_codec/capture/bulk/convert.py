"""One recording to one Parquet file. What processes, Dask's workers and the command line all call."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from gatts_codec.arguments import checked
from gatts_codec.capture.bulk.arrow_table import schema
from gatts_codec.capture.bulk.batches import (
    Faults,
    NotInBlocks,
    OnRead,
    as_a_chip_does,
    block_batches,
    in_json_lines,
    row_batches,
)
from gatts_codec.capture.bulk.storage import complete_output, fingerprint, open_input
from gatts_codec.capture.decoding.detection import detect_dialect
from gatts_codec.capture.decoding.packets import PacketDecoder
from gatts_codec.capture.readers import read, whole_beginning
from gatts_codec.capture.wire.direction import infer_directions
from gatts_codec.version import __version__

AUTO = "auto"


@dataclass(frozen=True)
class Converted:
    """What became of a recording. ``unreadable`` counts lines, of which ``faults`` tells the first."""

    source: str
    target: str
    dialect: str
    rows: int
    bad_frames: int
    undecodable: int
    unreadable: int
    faults: list[str]
    fingerprint: dict[str, Any] = field(default_factory=dict)
    version: str = __version__

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


@checked
def convert_file(
    source: str, target: str, dialect: str, on_read: OnRead = lambda _: None, run: str = ""
) -> Converted:
    """Write the packets of a recording as a Parquet file; ``dialect`` may be "auto".

    The target appears when it is complete; until then ``run`` stands in its name. Raises CaptureError for what is no
    recording, and OSError.
    """
    found = fingerprint(source)
    if dialect == AUTO:
        with open_input(source) as stream:
            dialect = _dialect_of(stream, source)
    write = partial(_write, source, partial(complete_output, target, run), dialect, on_read)
    try:
        counts = write(in_blocks=True)
    except NotInBlocks:
        counts = write(in_blocks=False)
    return Converted(source, target, dialect, **counts, fingerprint=found)


def _dialect_of(stream: Any, name: str) -> str:
    _, entries = read(stream, name)
    return detect_dialect(infer_directions(as_a_chip_does(entries)))[0].dialect


def _write(
    source: str,
    opened: Callable[[], AbstractContextManager[BinaryIO]],
    dialect: str,
    on_read: OnRead,
    *,
    in_blocks: bool,
) -> dict[str, Any]:
    decoder, faults = PacketDecoder(dialect), Faults()
    rows = bad = undecodable = 0
    with contextlib.ExitStack() as stack:
        stream = whole_beginning(stack.enter_context(open_input(source)))
        in_blocks = in_blocks and in_json_lines(stream, source)
        batches = (block_batches if in_blocks else row_batches)(stream, source, decoder, faults, on_read)
        output = stack.enter_context(opened())
        writer = stack.enter_context(pq.ParquetWriter(output, schema(decoder.dialect), compression="zstd"))
        stack.callback(batches.close)
        for batch in batches:
            writer.write_batch(batch)
            rows += len(batch)
            wrong = _errors(batch)
            undecodable += wrong.get("decode", 0)
            bad += sum(wrong.values()) - wrong.get("decode", 0)
    return {
        "rows": rows,
        "bad_frames": bad,
        "undecodable": undecodable,
        "unreadable": faults.count,
        "faults": faults.first,
    }


def _errors(batch: pa.RecordBatch) -> dict[str, int]:
    found = batch.column("error").drop_null().value_counts().to_pylist()
    return {item["values"]: item["counts"] for item in found}
