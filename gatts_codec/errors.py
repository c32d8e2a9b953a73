"""Every exception of the library, in one place.

    GattsError
      EncodeError(ValueError)      the caller's fault: a message that no peer would send
      DecodeError(ValueError)      the peer's bytes: not a packet of this dialect
        TruncatedError(EOFError)   the bytes end before the packet does
        UnknownOpcodeError         no such opcode or event id in this dialect
        TrailingDataError          bytes left after a complete packet
      UnknownDialectError(ValueError)  no dialect of this name
      FramingError(ValueError)     not a frame: SLIP, H5, COBS or length framing
      CaptureError(ValueError)     a recording that cannot be read
      LinkError(OSError)           the serial link, with stage, attempts and what was heard instead
        LinkTimeout(TimeoutError), LinkReset, LinkClosed, PortError
      CommandFailed                the chip answered with a result other than 0
      PeerError                    what a simulated peer wanted is refused, or not possible

Errors carry data, not only text: a caller never has to parse a message. Whatever bytes come in, nothing but a
GattsError goes out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

__all__ = [
    "CaptureError",
    "CommandFailed",
    "DecodeError",
    "EncodeError",
    "FramingError",
    "GattsError",
    "LinkClosed",
    "LinkError",
    "LinkReset",
    "LinkTimeout",
    "PeerError",
    "PortError",
    "TrailingDataError",
    "TruncatedError",
    "UnknownDialectError",
    "UnknownOpcodeError",
]

_CONTEXT_BYTES = 10
_LONGEST_VALUE = 60


# Letters and marks that Unicode has nothing shown for, from one to another.
_FILLERS = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x3164, 0x3164),
    (0xFFA0, 0xFFA0),
)
_SELECTORS = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
_INVISIBLE = frozenset(chr(code) for low, high in _FILLERS + _SELECTORS for code in range(low, high + 1))


class GattsError(Exception):
    """Base of every error this library raises on purpose. Whatever stands in it, its text can be printed."""

    def __str__(self) -> str:
        return printable(super().__str__())


class EncodeError(GattsError, ValueError):
    """A message cannot be encoded: a field has the wrong type or a value no peer accepts.

    ``path`` is the field (``"value.len"``), ``value`` what stood there, ``packet`` and ``dialect`` name the packet.
    """

    reason: str
    path: str
    value: object
    packet: str
    dialect: str

    def __init__(
        self, reason: str, *, path: str = "", value: object = None, packet: str = "", dialect: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason, self.path, self.value, self.packet, self.dialect = reason, path, value, packet, dialect

    def __str__(self) -> str:
        where = " ".join(part for part in (self.dialect, self.packet) if part)
        field = f"{self.path}: " if self.path else ""
        return printable(f"{field}{self.reason}") + (f"\n  {printable(where)}" if where else "")


class UnknownDialectError(GattsError, ValueError):
    """No dialect of this name; the text lists the known ones."""


class DecodeError(GattsError, ValueError):
    """Bytes that are not a packet of the dialect.

    ``path`` is the field, ``offset`` the position of the first byte at fault within ``data`` (the packet body, opcode
    first), ``packet`` is for example ``"characteristic_add command"``.
    """

    reason: str
    packet: str
    path: str
    offset: int
    data: bytes
    dialect: str

    def __init__(
        self,
        reason: str,
        *,
        packet: str = "",
        path: str = "",
        offset: int = 0,
        data: bytes = b"",
        dialect: str = "",
    ) -> None:
        super().__init__(reason)
        self.reason, self.packet, self.path = reason, packet, path
        self.offset, self.data, self.dialect = offset, bytes(data), dialect

    def __str__(self) -> str:
        field = f"{self.path} at" if self.path else "at"
        where = " ".join(part for part in (self.dialect, self.packet) if part)
        size = f"{len(self.data)} byte{'s' * (len(self.data) != 1)}"
        return (
            f"{printable(f'{field} offset {self.offset}: {self.reason}')}\n"
            f"  {printable(where)}, {size}: {mark_offset(self.data, self.offset)}"
        )


class TruncatedError(DecodeError, EOFError):
    """The bytes end before the packet does."""


class UnknownOpcodeError(DecodeError):
    """No GATTS packet of this dialect has this opcode or event id."""


class TrailingDataError(DecodeError):
    """A complete packet, then more bytes."""


class FramingError(GattsError, ValueError):
    """Bytes that are not a frame.

    ``layer`` is ``"slip"``, ``"h5"``, ``"cobs"`` or ``"length"``; ``code`` a stable word such as ``"crc"``;
    ``offset`` the position of the fault within ``data``.
    """

    reason: str
    layer: str
    code: str
    offset: int
    data: bytes

    def __init__(self, reason: str, *, layer: str, code: str, offset: int = 0, data: bytes = b"") -> None:
        super().__init__(reason)
        self.reason, self.layer, self.code = reason, layer, code
        self.offset, self.data = offset, bytes(data)

    def __reduce__(self) -> tuple[Callable[..., FramingError], tuple[Any, ...], dict[str, Any]]:
        # Pickle would call the class with its positional arguments alone.
        return partial(type(self), layer=self.layer, code=self.code), self.args, self.__dict__

    def __str__(self) -> str:
        place = f"{self.layer} {self.code} at offset {self.offset}"
        return f"{place}: {printable(self.reason)}\n  {mark_offset(self.data, self.offset)}"


class CaptureError(GattsError, ValueError):
    """A recording that cannot be read: ``file``, ``line`` (1-based, 0 when not known) and why.

    ``more`` are lines for a person: how what was given was read, and what would have been taken.
    """

    reason: str
    file: str
    line: int
    more: tuple[str, ...]

    def __init__(self, reason: str, *, file: str = "", line: int = 0, more: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason, self.file, self.line, self.more = reason, file, line, more

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return printable(f"{place}: {self.reason}" if place else self.reason)


class LinkError(GattsError, OSError):
    """The link to the chip failed.

    ``attempts`` is how often it was tried, ``heard`` what came from the other end instead, ``stage`` what was under
    way:

        open      a port is being opened, or a recording
        reset     RESET is out, the chip restarts
        sync      SYNC goes out, SYNC_RSP is awaited
        config    CONFIG goes out, CONFIG_RSP is awaited
        active    the link was up, nothing in flight
        turn      other calls are under way
        ack       a packet is in flight, its ACK is awaited
        response  a command has its ACK, the response is awaited
        event     an event is awaited
        closed    the link, or the port, has been closed
    """

    reason: str
    stage: str
    attempts: int
    heard: str

    def __init__(self, reason: str, *, stage: str = "", attempts: int = 0, heard: str = "") -> None:
        super().__init__(reason)
        self.reason, self.stage, self.attempts, self.heard = reason, stage, attempts, heard

    def __str__(self) -> str:
        return printable(self.reason)


class LinkTimeout(LinkError, TimeoutError):
    """The chip did not answer in time."""


class LinkReset(LinkError):
    """The chip restarted, or both ends had to start again: its attribute table may be gone."""


class LinkClosed(LinkError):
    """The link was closed, by us or by an unplugged port."""


class PortError(LinkError):
    """A port that cannot be opened: says which reason, and what to try."""


class CommandFailed(GattsError):
    """The chip executed a command and answered with a result other than 0.

    ``result`` is the number, ``name`` its name in the dialect (``"NRF_ERROR_INVALID_PARAM"``), ``hint`` what to do.
    """

    command: str
    result: int
    name: str
    hint: str

    def __init__(self, command: str, result: int, *, name: str = "", hint: str = "") -> None:
        super().__init__(command, result)
        self.command, self.result, self.name, self.hint = command, result, name, hint

    def __str__(self) -> str:
        named = f"{self.name} (0x{self.result:04x})" if self.name else f"0x{self.result:04x}"
        return printable(f"{self.command} failed: {named}" + (f": {self.hint}" if self.hint else ""))


class PeerError(GattsError):
    """What a virtual chip's simulated peer wanted is refused, or not possible now.

    ``status`` is the GATT status that it got from the server, None where no request went out.
    """

    reason: str
    status: int | None

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


def printable(text: str) -> str:
    """A stranger's text as it may stand on a terminal, in a log or on a page: what would steer it becomes an escape.

    That is every control, format and direction character (C0, C1, bidi, zero width), separators of lines, lone
    surrogates, and what Unicode has nothing shown for.
    """
    if text.isprintable() and (text.isascii() or _INVISIBLE.isdisjoint(text)):
        return text
    return "".join(
        char
        if char.isprintable() and char not in _INVISIBLE
        else char.encode("unicode_escape", "surrogatepass").decode()
        for char in text
    )


def mark_offset(data: bytes, offset: int) -> str:
    """Hex of ``data`` around ``offset``, with ``>`` before the byte at fault: ``a2 0c 00 >02 12 ..``."""
    start = max(0, offset - _CONTEXT_BYTES)
    stop = min(len(data), offset + _CONTEXT_BYTES)
    shown = [(">" if at == offset else "") + f"{data[at]:02x}" for at in range(start, stop)]
    if offset >= len(data):
        shown.append(">end")
    return " ".join([".."] * (start > 0) + shown + [".."] * (stop < len(data)))


def brief(value: object) -> str:
    """A value for an error's text: cut short, and never an error of its own."""
    try:
        text = repr(value)
    except Exception:  # the caller's object: what is wrong with it must still come out
        return f"a value of type {type(value).__name__}"
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
