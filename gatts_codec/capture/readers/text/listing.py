"""Lists of numbers that take several lines, as JSON, Python, Rust and JavaScript print them.

"data": [
  192, 0, 5,
  0, 251, 192
]
"""

from __future__ import annotations

import re

_NUMBER = r"(?:0x[0-9a-f]{1,2}|-?\d{1,3})(?:u8)?"
_NUMBERS = rf"(?P<said>(?:{_NUMBER}\s*,\s*)*(?:{_NUMBER})?)\s*"
_OPENS = re.compile(rf"(?P<before>.*)[\[{{(]\s*{_NUMBERS}$", re.IGNORECASE)
_GOES_ON = re.compile(rf"\s*{_NUMBERS}(?P<end>[\]}})].*)?$", re.IGNORECASE)
_LONGEST = 1 << 20  # numbers
_LONGEST_LINE = 1 << 12  # characters
_LOWEST, _HIGHEST = -0x80, 0xFF


class Listing:
    """Collects the list under way."""

    def __init__(self) -> None:
        self._numbers: list[int] | None = None
        self.before = ""
        """What stood before the list's bracket."""

    def opens(self, said: str) -> bool:
        """Whether a line opens a list that it does not close."""
        found = _OPENS.match(said) if len(said) <= _LONGEST_LINE else None
        if found is None:
            return False
        self._numbers, self.before = _numbers(found["said"]), found["before"]
        return self._numbers is not None

    def goes_on(self, said: str) -> bytes | None:
        """A line of the list under way: its bytes if it ends there, else none. None for another line."""
        if self._numbers is None or len(said) > _LONGEST_LINE:
            return None
        found = _GOES_ON.match(said)
        numbers = _numbers(found["said"]) if found else None
        if found is None or numbers is None or len(self._numbers) > _LONGEST:
            return None
        self._numbers += numbers
        return self.finish() if found["end"] else b""

    def finish(self) -> bytes:
        """The bytes of the list under way, which ends."""
        numbers, self._numbers = self._numbers, None
        return bytes(number & _HIGHEST for number in numbers or ())


def _numbers(said: str) -> list[int] | None:
    words = re.findall(r"0x[0-9a-f]+|-?\d+", re.sub("u8", "", said, flags=re.IGNORECASE), re.IGNORECASE)
    numbers = [int(word, 16 if "x" in word.lower() else 10) for word in words]
    return numbers if all(_LOWEST <= number <= _HIGHEST for number in numbers) else None
