"""This project's own recordings: one JSON object a line.

    {"t_us": 401827, "dir": "device->host", "hex": "c0002f00d1017ec0"}

``t_us`` (microseconds) and ``dir`` may be null or missing; ``link`` names the link where a recording holds several;
other keys are ignored; empty lines are skipped.
"""

from __future__ import annotations

import io
import json
import re
from typing import Any

from gatts_codec.capture.files.lines import numbered_lines, text_encoding
from gatts_codec.capture.readers.format import Format, Head
from gatts_codec.capture.wire.chunks import CUT_OFF, DIRECTIONS, Chunk, CutOff, Entries
from gatts_codec.errors import CaptureError, brief

_LOOK_AT = 50
# More than any line has. On WebAssembly the parser of Python does not survive deep nesting.
_MOST_BRACKETS = 500
_BEGUN = re.compile(r"\s*\{.*[^}\s]\s*")  # an object without its end


def _recognises(head: Head) -> bool:
    # Not only the first line, and whatever else is in the file: damaged lines are reported one by one.
    lines = head.data.decode(text_encoding(head.data), errors="replace").splitlines()[:_LOOK_AT]
    return any(line.lstrip("\ufeff").startswith("{") and '"hex"' in line for line in lines)


def read(stream: io.BufferedReader, name: str) -> Entries:
    """The chunks of a recording; a broken line is a CaptureError entry, a CutOff where the recording ends in it."""
    cut: CaptureError | None = None
    for line in numbered_lines(stream, name):
        if cut is not None:
            yield cut
            cut = None
        if isinstance(line, CaptureError):
            yield line
        elif line[1].strip():
            entry = _chunk(line[1], name, line[0])
            if isinstance(entry, CaptureError) and _BEGUN.fullmatch(line[1]):
                cut = entry
            else:
                yield entry
    if cut is not None:
        yield CutOff(CUT_OFF, file=name, line=cut.line)


def _chunk(text: str, name: str, number: int) -> Chunk | CaptureError:
    if text.count("[") + text.count("{") > _MOST_BRACKETS:
        return CaptureError("not JSON of a recording: nested too deeply", file=name, line=number)
    try:
        record = json.loads(text)
    except ValueError as error:
        return CaptureError(f"not JSON: {error}", file=name, line=number)
    reason = _flaw(record)
    if reason:
        return CaptureError(reason, file=name, line=number)
    try:
        data = bytes.fromhex(record["hex"])
    except ValueError as error:
        return CaptureError(f"hex: {error}", file=name, line=number)
    return Chunk(record.get("t_us"), record.get("dir"), data, link=record.get("link") or "")


def _flaw(record: Any) -> str:
    if not isinstance(record, dict):
        return f"expected an object with t_us, dir and hex, found {type(record).__name__}"
    if not isinstance(record.get("hex"), str):
        return "no hex: expected the bytes as a string of hex digits"
    time, direction = record.get("t_us"), record.get("dir")
    if time is not None and type(time) is not int:
        return f"t_us must be a whole number of microseconds, found {brief(time)}"
    if direction is not None and direction not in DIRECTIONS:
        return f"dir must be {' or '.join(DIRECTIONS)}, found {brief(direction)}"
    link = record.get("link")
    if link is not None and not isinstance(link, str):
        return f"link must be a name, found {brief(link)}"
    return ""


FORMAT = Format("jsonl", "gatts-codec recording", _recognises, read)
