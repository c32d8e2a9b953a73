"""Saleae Logic 1 (and Logic 2's "export to TXT/CSV"): the async serial analyzer's table, one file a channel.

Time [s],Value,Parity Error,Framing Error
0.042909760000000,0xC0,,Error

Kingst's program writes the same, with Time[s].
"""

from __future__ import annotations

import io

from gatts_codec.capture.readers.byte_table import ByteTable
from gatts_codec.capture.readers.format import Format, Head
from gatts_codec.capture.wire.chunks import Entries
from gatts_codec.errors import CaptureError

_TIMES = ("time [s]", "time[s]")
_VALUES = ("value", "decoded protocol result")


def _recognises(head: Head) -> bool:
    header = head.lines[0].lower() if head.lines else ""
    return header.startswith(_TIMES) and any(name in header for name in _VALUES)


def _columns(header: list[str]) -> dict[str, str]:
    value = next((name for name in _VALUES if name in header), None)
    time = next((name for name in _TIMES if name in header), None)
    if value is None or time is None:
        raise CaptureError("expected the columns Time [s], Value, Parity Error, Framing Error")
    return {
        "time": time,
        "value": value,
        "name": "analyzer name",
        "parity error": "parity error",
        "framing error": "framing error",
    }


def read(stream: io.BufferedReader, name: str) -> Entries:
    """The chunks of one channel; its direction is not known."""
    return ByteTable(name, _columns).read(stream)


FORMAT = Format("saleae-logic1", "Saleae Logic 1 async serial export", _recognises, read)
