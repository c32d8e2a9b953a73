"""What callers wait for: a call; the link (``LinkGoal`` in session.py), an event (``Waiter`` in inbox.py)."""

from __future__ import annotations

from typing import Protocol

from gatts_codec.errors import LinkError

_COMMAND, _DTM_COMMAND = 0, 3
_DTM_RESPONSE = b"\x04"


class Goal(Protocol):
    """What a thread or a task waits for."""

    @property
    def done(self) -> bool:
        """Whether it has come, in one way or another."""
        ...


class Request:
    """A command and what became of it: ``done`` with an ``answer``, the response's payload, or an ``error``.

    ``timeout_s`` is how long it may take in all, ``until`` when that time is over; None: it counts from ``start`` on.
    Commands and DTM commands are answered, by a payload that begins with ``head``; for other packet types the ACK is
    all there is, and the answer is empty.
    """

    acked: bool = False
    answer: bytes = b""
    error: LinkError | None = None
    done: bool = False

    def __init__(self, payload: bytes, timeout_s: float, until: float | None = None) -> None:
        self.payload: bytes = payload
        self.timeout_s: float = timeout_s
        self.until: float | None = until
        kind = payload[0]
        self.head: bytes = (
            b"\x01" + payload[1:2] if kind == _COMMAND else _DTM_RESPONSE if kind == _DTM_COMMAND else b""
        )

    def finish(self, answer: bytes, error: LinkError | None) -> None:
        """End it, one way or the other."""
        self.answer, self.error, self.done = answer, error, True
