"""The table of packets in Arrow: its schema, and batches of it. rows.py says what the columns mean.

Columns with few different values are dictionaries, the same in every batch of a dialect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gatts_codec.capture.bulk.rows import FrameRow
from gatts_codec.capture.wire.chunks import DIRECTIONS
from gatts_codec.codec import Codec
from gatts_codec.dialects import Dialect
from gatts_codec.framing.h5 import LINK_PAYLOADS, TYPE_NAMES
from gatts_codec.schema.scanned import Column

TYPES = tuple(TYPE_NAMES.get(number, f"UNKNOWN_{number}") for number in range(16))
KINDS = (
    *("command", "response", "event", "dtm_command", "dtm_response"),
    *("reset_command", "generic_command", "unknown"),
)
GROUPS = ("gatts", "common", "gap", "gattc", "l2cap", "unknown")
ERRORS = (
    *("short_frame", "length_mismatch", "bad_escape", "header_checksum", "crc"),
    *("unknown_packet_type", "decode"),
)
LINKS = tuple(LINK_PAYLOADS)

_NUMBERS = {
    "frame": pa.int64(),
    "time": pa.int64(),
    "seq": pa.uint8(),
    "ack": pa.uint8(),
    "opcode": pa.uint16(),
    "conn_handle": pa.uint16(),
    "handle": pa.uint16(),
    "result": pa.uint32(),
    "length": pa.uint16(),
    "payload": pa.binary(),
    "tolerated": pa.bool_(),
    "retransmission": pa.bool_(),
}
_WORD = pa.dictionary(pa.int16(), pa.string())


def words(dialect: Dialect) -> dict[str, tuple[str, ...]]:
    """The dictionary of each column that has one."""
    names = dict.fromkeys(cls.name for cls in Codec(dialect).message_classes())
    return {
        "direction": DIRECTIONS,
        "type": TYPES,
        "kind": KINDS,
        "group": GROUPS,
        "name": (*names, *LINKS),
        "error": ERRORS,
    }


def schema(dialect: Dialect) -> pa.Schema:
    """The columns in their order; the metadata names the dialect."""
    fields = [pa.field(name, _NUMBERS.get(name, _WORD)) for name in FrameRow._fields]
    return pa.schema(fields, {"gatts_codec.dialect": dialect.name})


@cache
def _dictionaries(dialect: Dialect) -> Mapping[str, pa.Array]:
    return {name: pa.array(found, pa.string()) for name, found in words(dialect).items()}


def batch_of_columns(dialect: Dialect, columns: Mapping[str, Any]) -> pa.RecordBatch:
    """A batch from columns, numpy's or Arrow's. Where there is a dictionary they are indices of words, -1 for none."""
    dictionaries = _dictionaries(dialect)
    arrays = []
    for name in FrameRow._fields:
        values = columns[name]
        if name in dictionaries:
            values = pa.DictionaryArray.from_arrays(_word_indices(values), dictionaries[name])
        elif isinstance(values, Column):
            values = pa.array(values.values, _NUMBERS[name], mask=~values.given)
        elif not isinstance(values, pa.Array):
            values = pa.array(values, _NUMBERS[name])
        arrays.append(values)
    return pa.RecordBatch.from_arrays(arrays, schema=schema(dialect))


def _word_indices(values: NDArray[np.int16]) -> pa.Array:
    missing = values < 0
    return pa.array(values, pa.int16(), mask=missing) if missing.any() else pa.array(values, pa.int16())


def batch_of_rows(dialect: Dialect, rows: Sequence[FrameRow]) -> pa.RecordBatch:
    """A batch from rows."""
    known = words(dialect)
    columns: dict[str, Any] = {}
    for name, values in zip(
        FrameRow._fields, zip(*rows, strict=True) if rows else [()] * len(FrameRow._fields), strict=True
    ):
        if name in known:
            numbers = {word: number for number, word in enumerate(known[name])}
            columns[name] = np.array([-1 if word is None else numbers[word] for word in values], np.int16)
        else:
            columns[name] = pa.array(values, _NUMBERS[name])
    return batch_of_columns(dialect, columns)
