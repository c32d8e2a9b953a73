"""What a reader is: a name, how to know its format by content, and how to read it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from gatts_codec.capture.files.lines import text_encoding
from gatts_codec.capture.wire.chunks import Entries

HEAD_BYTES = 1 << 16
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class Head:
    """The first bytes of a recording, on which its format is judged."""

    def __init__(self, data: bytes) -> None:
        self.data: bytes = data[:HEAD_BYTES]

    @cached_property
    def text(self) -> str:
        """The same as text; empty if it is binary."""
        encoding = text_encoding(self.data)
        text = self.data.decode(encoding, errors="replace")
        binary = _NOT_TEXT.search(text) or (encoding == "utf-8" and "\ufffd" in text[:-4])
        return "" if binary else text

    @cached_property
    def lines(self) -> list[str]:
        """Its lines that are not empty."""
        return [line for line in self.text.splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of recordings. ``read`` takes a binary stream and a name for its errors.

    ``loose``: other formats may begin like it, so that more of the recording is looked at.
    """

    name: str
    title: str
    recognises: Callable[[Head], bool]
    read: Callable[[io.BufferedReader, str], Entries]
    loose: bool = False
