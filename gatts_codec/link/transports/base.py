"""What every transport is: a stream of bytes to the other end that never blocks and can be waited for."""

from __future__ import annotations

import sys
from typing import NoReturn, Protocol, runtime_checkable

from gatts_codec.errors import brief

READ_SIZE = 65536
_UNSENT_LIMIT = 65536
# What poll() takes has an end. Windows takes no Ctrl-C while it waits for a socket or a lock.
LONGEST_WAIT_S = 0.5 if sys.platform == "win32" else 3600.0


@runtime_checkable
class Transport(Protocol):
    """A byte stream, without framing, without retries, without a thread of its own.

    One thread at a time may be in ``read`` and ``wait``; ``write`` and ``wake`` are for any thread. ``close`` comes
    last: wake the thread that waits, and close when it is out.
    """

    @property
    def name(self) -> str:
        """What people call it: the device, the address. The name to give the other end, for a pty."""
        ...

    @property
    def baud(self) -> int | None:
        """Bits a second of the line; None where bytes arrive at once."""
        ...

    @property
    def parity(self) -> bool:
        """Whether each byte carries a parity bit, one more on the line."""
        ...

    def read(self) -> bytes:
        """What has arrived, at once; ``b""`` if nothing. Raises LinkClosed when the other end or the port is gone."""
        ...

    def write(self, data: bytes) -> int:
        """Take as many of the bytes as fit at once, return how many. Raises LinkClosed."""
        ...

    def wait(self, timeout_s: float | None, writing: bool = False) -> None:
        """Return when there is something to read or, with ``writing``, room to write; on wake; after ``timeout_s``.

        None waits without end. May raise LinkClosed, where that shows only here.
        """
        ...

    def wake(self) -> None:
        """End a ``wait``, this one or, if nobody waits, the next."""
        ...

    def fileno(self) -> int | None:
        """A descriptor for event loops to watch, or None: then a thread has to wait."""
        ...

    def close(self) -> None:
        """Give everything back. May be called twice."""
        ...


class Unshared:
    """What has a port, a loop or a thread: a copy would close or read it behind the back of the first."""

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        # What copy, deepcopy and pickle ask for.
        raise TypeError(f"cannot copy or pickle {brief(self)}: it has a port of its own; open another")


def behind(unsent: bytes, data: bytes) -> bytes:
    """What to write next where the port takes nothing: ``data`` behind what it has not taken.

    Beyond a limit frames are lost as on a line: retransmissions repair that.
    """
    return unsent + (data if len(unsent) < _UNSENT_LIMIT else b"")
