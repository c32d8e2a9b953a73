"""sigrok-cli's UART decoder: a byte a line, with or without times and directions.

    uart-1: 5A                             plain
    1234-1310 uart-1: 5A                   --protocol-decoder-samplenum
    1234-1310 uart-1: rx-data: "5A"        the same with -l 5; RX: 5A is read too
    {"ph": "B", "ts": 51.0, "pid": "uart-1", "tid": "TX", "name": "5A"},     --protocol-decoder-jsontrace

The last is the one to record: it has times in microseconds and tells the wires apart. Parity and frame errors and
breaks count as line faults; start bits, stop bits and single bits are passed over.
"""

from __future__ import annotations

import io
import re

from gatts_codec.capture.files.lines import numbered_lines
from gatts_codec.capture.readers.format import Format, Head
from gatts_codec.capture.wire.bytewise import ByteJoiner
from gatts_codec.capture.wire.chunks import Entries
from gatts_codec.errors import CaptureError, brief

_PLAIN = re.compile(
    r'(?:\d+-\d+ )?(?P<pid>uart[\w-]*): (?:(?P<row>[rt]x[\w -]*): )?"?(?P<name>[^"]*)"?$', re.IGNORECASE
)
_TRACE = re.compile(
    r'\{"ph": "(?P<ph>[BE])", "ts": (?P<ts>\d{1,15}(?:\.\d+)?), "pid": "(?P<pid>[^"]*)", '
    r'"tid": "(?P<row>[^"]*)", "name": "(?P<name>[^"]*)"'
)
_FAULTS = {"parity error": "parity error", "frame error": "framing error", "break condition": "break"}
_PASSED_OVER = re.compile(r"[01]|start bit|stop bit|parity bit|parity ok|[sp]|b|break", re.IGNORECASE)
_BYTE = re.compile(r"[0-9a-f]{2}", re.IGNORECASE)
_TRACE_FRAME = ('{"traceEvents"', "]}", "]")


def _recognises(head: Head) -> bool:
    return any(_PLAIN.match(line) or _TRACE.match(line) for line in head.lines[:50])


def read(stream: io.BufferedReader, name: str) -> Entries:
    """The bytes of each decoder and wire, each a channel where the text tells them apart.

    Any other line comes as CaptureError, among the entries.
    """
    joiner = ByteJoiner()
    for line in numbered_lines(stream, name):
        if isinstance(line, CaptureError):
            yield line
            continue
        number, text = line
        found = _TRACE.match(text) or _PLAIN.match(text)
        if found is None:
            if text.strip() and not text.startswith(_TRACE_FRAME):
                yield CaptureError(f"no line of the UART decoder: {text[:60]!r}", file=name, line=number)
            continue
        try:
            yield from _annotation(found, joiner)
        except CaptureError as error:
            yield CaptureError(error.reason, file=name, line=number)
    yield from joiner.finish()


def _annotation(found: re.Match[str], joiner: ByteJoiner) -> Entries:
    fields = found.groupdict()
    if fields.get("ph") == "B":  # the byte is there when it ends
        return iter(())
    t_us = round(float(fields["ts"])) if "ts" in fields else None
    wire = (fields["row"] or "")[:2].upper()
    channel = f"{fields['pid']} {wire}".strip()
    word = fields["name"].strip()
    if _BYTE.fullmatch(word):
        return joiner.byte(int(word, 16), t_us, None, channel)
    if word.lower() in _FAULTS:
        joiner.fault(_FAULTS[word.lower()], t_us, None, channel)
    elif not _PASSED_OVER.fullmatch(word):
        raise CaptureError(f"{brief(word)} is not a byte in hex: run the UART decoder with format=hex")
    return iter(())


FORMAT = Format("sigrok", "sigrok-cli UART decoder", _recognises, read)
