"""What all framings have in common: bytes in, in any pieces; frames and bad frames out, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..errors import FramingError

# What ports, sockets and files return.
Buffer = bytes | bytearray | memoryview


class AnyFrame(Protocol):
    """One frame: its bytes as read, and either what it carried or why it is not a packet."""

    @property
    def raw(self) -> bytes:
        """The bytes as they were read, delimiters and escapes included."""
        ...

    @property
    def payload(self) -> bytes | None:
        """What it carried; None for a bad frame."""
        ...

    @property
    def error(self) -> FramingError | None:
        """Why it is not a good frame; None for a good one."""
        ...


class StreamDecoder(Protocol):
    """Cuts a stream into frames. How the stream is cut into pieces on its way never changes the result.

    ``dropped`` counts the bytes outside frames since the last ``reset``.
    """

    dropped: int

    @property
    def pending(self) -> bytes:
        """The bytes of an unfinished frame; at most one maximal frame."""
        ...

    def feed(self, data: Buffer) -> Sequence[AnyFrame]:
        """The frames that ``data`` completes, bad ones included, in order. No bytes make it raise."""
        ...

    def reset(self) -> None:
        """Forget an unfinished frame and set ``dropped`` to 0."""
        ...


@dataclass(frozen=True, slots=True)
class PayloadFrame:
    """A frame that carries a payload and nothing else; exactly one of ``payload`` and ``error`` is None."""

    raw: bytes
    payload: bytes | None
    error: FramingError | None


@dataclass(frozen=True, slots=True)
class Framing:
    """One way to carry packets over a byte stream.

    ``encode`` makes a payload a frame and raises EncodeError for one that does not fit; ``decoder`` makes a decoder.
    """

    name: str
    encode: Callable[[bytes], bytes]
    decoder: Callable[[], StreamDecoder]
