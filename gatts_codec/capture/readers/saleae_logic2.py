"""Saleae Logic 2: the data table of async serial analyzers, with its columns in any order.

    name,type,start_time,duration,"data"
    "TX","data",0.04290976,8.68e-05,0xC0

``name`` is the analyzer's, which tells one wire from the other.
"""

from __future__ import annotations

import io

from gatts_codec.capture.readers.byte_table import ByteTable, delimiter_of
from gatts_codec.capture.readers.format import Format, Head
from gatts_codec.capture.wire.chunks import Entries
from gatts_codec.errors import CaptureError

_NEEDED = {"name", "type", "start_time", "data"}


def _cells(line: str) -> set[str]:
    return {cell.strip().strip('"').lower() for cell in line.split(delimiter_of(line))}


def _recognises(head: Head) -> bool:
    return bool(head.lines) and _cells(head.lines[0]) >= _NEEDED - {"name"}


def _columns(header: list[str]) -> dict[str, str]:
    missing = (_NEEDED - {"name"}) - set(header)
    if missing:
        raise CaptureError(f"the columns {', '.join(sorted(missing))} are missing")
    names = {"time": "start_time", "value": "data", "name": "name", "type": "type", "error": "error"}
    return names | {"parity error": "parity_error", "framing error": "framing_error"}


def read(stream: io.BufferedReader, name: str) -> Entries:
    """The chunks of every analyzer in the table, each a channel."""
    return ByteTable(name, _columns).read(stream)


FORMAT = Format("saleae-logic2", "Saleae Logic 2 data table", _recognises, read)
