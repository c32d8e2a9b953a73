"""What callers wait for: a call; the link (``LinkGoal`` in session.py), an event (``Waiter`` in inbox.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from gatts_codec.errors import LinkError
from gatts_codec.link.config import timeout

_COMMAND, _DTM_COMMAND, _DTM_RESPONSE = 0, 3, 4


class Goal(Protocol):
    """What a thread or a task waits for."""

    @property
    def done(self) -> bool:
        """Whether it has come, in one way or another."""
        ...


class Request:
    """A command and what became of it: ``done`` with an ``answer``, the response's payload, or an ``error``.

    ``timeout_s`` is how long it may take in all, ``until`` when that time is over; None: it counts from ``start`` on.
    Commands and DTM commands are answered; for other packet types the ACK is all there is, and the answer is empty.
    ``notify`` is called when it is done. Raises EncodeError for an impossible time.
    """

    __slots__ = ("acked", "answer", "done", "error", "head", "notify", "payload", "timeout_s", "until")

    def __init__(
        self,
        payload: bytes,
        timeout_s: float,
        notify: Callable[[], object] | None = None,
        until: float | None = None,
    ) -> None:
        self.payload: bytes = payload
        self.timeout_s: float = timeout(timeout_s)
        self.notify: Callable[[], object] | None = notify
        self.until: float | None = until
        self.head: bytes = b""
        if payload[0] == _COMMAND:
            self.head = b"\x01" + payload[1:2]
        elif payload[0] == _DTM_COMMAND:
            self.head = bytes((_DTM_RESPONSE,))
        self.acked: bool = False
        self.answer: bytes = b""
        self.error: LinkError | None = None
        self.done: bool = False

    def finish(self, answer: bytes, error: LinkError | None) -> None:
        """End it, one way or the other."""
        self.answer, self.error, self.done = answer, error, True
        if self.notify is not None:
            self.notify()
