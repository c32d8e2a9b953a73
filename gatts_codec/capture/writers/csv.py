"""A table of decoded packets, for spreadsheets and data frames: a frame a row, UTF-8 with a header.

``fields`` is JSON, as in ``decode --json``; ``conn_handle``, ``handle`` and ``result`` are drawn out of it, to sort by.
"""

from __future__ import annotations

import csv
import io
import json
from typing import BinaryIO

from gatts_codec.capture.calls.selection import handles_of
from gatts_codec.capture.decoding.packets import PacketDecoder
from gatts_codec.capture.wire.frames import CapturedFrame, Item
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Response

COLUMNS = (
    *("frame", "t_us", "dir", "type", "link", "reliable", "seq", "ack", "crc"),
    *("kind", "name", "group", "opcode", "conn_handle", "handle", "result", "fields"),
    *("error", "tolerated", "payload", "bytes"),
)


class CsvWriter:
    """Writes every frame with what it carries."""

    def __init__(self, stream: BinaryIO, decoder: PacketDecoder) -> None:
        self._decoder = decoder
        self._text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
        self._rows = csv.DictWriter(self._text, COLUMNS, extrasaction="ignore", lineterminator="\n")
        self._rows.writeheader()

    def write(self, item: Item) -> None:
        """Append a frame; other items are passed over."""
        if not isinstance(item, CapturedFrame):
            return
        record = self._decoder.decode(item)
        row = record.to_dict()
        message = record.packet.message if record.packet else None
        if message is not None:
            row["conn_handle"] = getattr(message, "conn_handle", None)
            row["handle"] = next(handles_of(message), None)
            row["result"] = message.result if isinstance(message, (Response, Opaque)) else None
            row["fields"] = json.dumps(row["fields"])
        row["error"] = row["error"] and f"{row['error']['code']}: {row['error']['message']}"
        self._rows.writerow(row)

    def close(self) -> None:
        """Everything has been written."""
        self._text.detach()
