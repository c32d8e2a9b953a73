"""Tables of single bytes, one a row: what Saleae's programs export, with columns in any order.

Values are hex (0xC0, also behind a quoted character or number: '192' (0xC0)), binary (0b1100 0000) or decimal. ASCII
loses every byte that is not a character, so a table that has it is refused. Commas, semicolons or tabs part the
columns.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone

from gatts_codec.capture.files.lines import numbered_lines
from gatts_codec.capture.wire.bytewise import ByteJoiner
from gatts_codec.capture.wire.chunks import Entries
from gatts_codec.errors import CaptureError, brief

Cells = Mapping[str, str]  # cell by column, names in lower case

_NUMBER = re.compile(
    r"(?:'.{1,20}'\s*\()?0x([0-9a-f]{1,2})\b|0b([01 ]{8,9})|(\d{1,3})",
    re.IGNORECASE | re.DOTALL,
)
_DELIMITERS = ",;\t"
_ASCII = (
    "is not a number: ASCII loses binary data. Export again with the radix (or display format) set to hex"
)
_WARNINGS_BEFORE_GIVING_UP = 20
_LONGEST = 100  # characters of a name or a fault


class ByteTable:
    """Reads a table. ``columns`` maps time, value, and where there are any name, type and errors, to column names."""

    def __init__(self, name: str, columns: Callable[[list[str]], dict[str, str]]) -> None:
        self._name, self._columns = name, columns
        self._header: list[str] = []
        self._names: dict[str, str] = {}
        self._joiner = ByteJoiner()
        self._readable = False
        self._delimiter = ","

    def read(self, stream: io.BufferedReader) -> Entries:
        """The chunks of the table; a broken row is a CaptureError entry."""
        refused = 0
        for line in numbered_lines(stream, self._name):
            if isinstance(line, CaptureError):
                yield line
                continue
            try:
                yield from self._line(line[1])
            except CaptureError as error:
                yield CaptureError(error.reason, file=self._name, line=line[0])
                refused += 1
                if not self._header or (refused == _WARNINGS_BEFORE_GIVING_UP and not self._readable):
                    return
        yield from self._joiner.finish()

    def _line(self, text: str) -> Entries:
        if not text.strip():
            return iter(())
        if not self._header:
            self._delimiter = delimiter_of(text)
        cells = _cells(text, self._delimiter)
        if not self._header:
            header = [cell.strip().lower() for cell in cells]
            self._names = self._columns(header)
            self._header = header
            return iter(())
        if len(cells) < len(self._header):
            raise CaptureError(f"{len(cells)} columns instead of {len(self._header)}")
        return self._row(dict(zip(self._header, cells, strict=False)))

    def _row(self, row: Cells) -> Entries:
        names = self._names
        if row.get(names.get("type", ""), "data").strip() not in ("data", ""):
            return iter(())
        t_us, value = parse_time(row[names["time"]]), parse_byte(row[names["value"]])
        channel = row.get(names.get("name", ""), "").strip()[:_LONGEST]
        for fault in faults_of(row, names):
            self._joiner.fault(fault, t_us, None, channel)
        self._readable = True
        return self._joiner.byte(value, t_us, None, channel)


def delimiter_of(header: str) -> str:
    """What parts the columns of a table with this header."""
    return max(_DELIMITERS, key=header.count)


def _cells(text: str, delimiter: str) -> list[str]:
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter))
    except csv.Error as error:  # a cell of 128 KiB; before Python 3.11 also a NUL
        raise CaptureError(f"no row of a table: {error}") from None


def faults_of(row: Cells, names: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a byte, by the columns for it."""
    for what in ("parity error", "framing error"):
        if row.get(names.get(what, ""), "").strip().lower() not in ("", "false"):
            yield what
    told = row.get(names.get("error", ""), "").strip().lower()
    if told not in ("", "false"):
        yield next(
            (what for what in ("parity error", "framing error") if what.split()[0] in told), told[:_LONGEST]
        )


def parse_byte(text: str) -> int:
    """A cell's byte. Raises CaptureError, which says why ASCII will not do."""
    found = _NUMBER.match(text.strip())
    if found is None:
        raise CaptureError(f"{brief(text.strip())} {_ASCII}")
    hexadecimal, binary, decimal = found.groups()
    if hexadecimal:
        return int(hexadecimal, 16)
    number = int(binary.replace(" ", ""), 2) if binary else int(decimal)
    if number > 0xFF:
        raise CaptureError(f"{brief(text.strip())} is not a byte")
    return number


def parse_time(text: str) -> int:
    """A cell's time in microseconds: seconds, or a date with time of day. Raises CaptureError."""
    text = text.strip()
    try:
        return round(float(text) * 1e6)
    except (ValueError, OverflowError):
        pass
    try:
        # Saleae gives nanoseconds, of which datetime takes six digits.
        trimmed = re.sub(r"(\.\d{6})\d+", r"\1", text).replace("Z", "+00:00")
        time = datetime.fromisoformat(trimmed)
    except ValueError:
        raise CaptureError(f"{brief(text)} is not a time") from None
    time = time if time.tzinfo else time.replace(tzinfo=timezone.utc)
    return round(time.timestamp() * 1e6)
