"""What all framings have in common: bytes in, in any pieces; frames and bad frames out, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..errors import FramingError

# What ports, sockets and files return.
Buffer = bytes | bytearray | memoryview


class AnyFrame(Protocol):
    """One frame: its bytes as read, and either what it carried or why it is none."""

    @property
    def raw(self) -> bytes: ...

    @property
    def payload(self) -> bytes | None: ...

    @property
    def error(self) -> FramingError | None: ...


class StreamDecoder(Protocol):
    """Cuts a stream into frames. How the stream is cut into pieces on its way never changes the result."""

    dropped: int

    @property
    def pending(self) -> bytes: ...

    def feed(self, data: Buffer) -> Sequence[AnyFrame]: ...

    def reset(self) -> None: ...


@dataclass(frozen=True, slots=True)
class PayloadFrame:
    """A frame that carries a payload and nothing else; exactly one of ``payload`` and ``error`` is None."""

    raw: bytes
    payload: bytes | None
    error: FramingError | None


@dataclass(frozen=True, slots=True)
class Framing:
    """One way to carry packets over a byte stream."""

    name: str
    encode: Callable[[bytes], bytes]
    decoder: Callable[[], StreamDecoder]
