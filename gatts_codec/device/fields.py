"""Taking apart the commands of groups that the codec leaves opaque."""

from __future__ import annotations

from gatts_codec.constants import NrfError
from gatts_codec.device.refusal import Undecodable, refuse_unless


class Fields:
    """A command's bytes behind its opcode, from left to right. Bytes that end too early make it undecodable."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        """The next bytes."""
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            raise Undecodable(f"{size - len(taken)} bytes short")
        self._at += size
        return taken

    def number(self, size: int) -> int:
        """The next bytes as an unsigned integer."""
        return int.from_bytes(self.take(size), "little")

    def present(self) -> bool:
        """A presence byte, 00 or 01."""
        flag = self.number(1)
        if flag > 1:
            raise Undecodable(f"presence byte {flag:02x}")
        return flag == 1

    def required(self) -> None:
        """The presence byte of what a caller may not leave out: a NULL pointer is a bad address."""
        refuse_unless(self.present(), NrfError.INVALID_ADDR)

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self._data) - self._at)

    def end(self) -> None:
        """Nothing may be left."""
        if self._at < len(self._data):
            raise Undecodable(f"{len(self._data) - self._at} bytes too many")


def flagged(present: bool, output: bytes) -> bytes:
    """An output of a response, behind its presence byte where the dialect has one."""
    return b"\x01" + output if present else output
