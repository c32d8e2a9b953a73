"""What a peer has begun: done at once, or when the host has answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from gatts_codec.errors import PeerError
from gatts_codec.link.notices import call_back

T = TypeVar("T")


class Procedure(Generic[T]):
    """A read, a write ... of a peer. ``on_done`` is called when it is over, with the procedure."""

    def __init__(self, waits_for: Callable[[], str]) -> None:
        self.done: bool = False
        self.error: PeerError | None = None
        self._value: T | None = None
        self._waits_for = waits_for
        self._callbacks: list[Callable[[Procedure[T]], None]] = []

    def __repr__(self) -> str:
        if not self.done:
            return f"<Procedure waiting: {self._waits_for()}>"
        return f"<Procedure {self.error or self._value!r}>"

    @property
    def status(self) -> int | None:
        """The GATT status: 0 success; None while it waits, or where it ended without one."""
        if not self.done:
            return None
        return self.error.status if self.error is not None else 0

    @property
    def waits_for(self) -> str:
        """What it waits for, in words; empty when it is over."""
        return "" if self.done else self._waits_for()

    def result(self) -> T:
        """The value. Raises PeerError: the ATT error, or, still waiting, what for."""
        if not self.done:
            raise PeerError(f"not done yet: {self._waits_for()}")
        if self.error is not None:
            raise self.error
        return self._value  # type: ignore[return-value]

    def when_done(self, callback: Callable[[Procedure[T]], None]) -> None:
        """Call back when it is over; now if it is."""
        if self.done:
            callback(self)
        else:
            self._callbacks.append(callback)

    def finish(self, value: T) -> None:
        """The peer's: it has succeeded."""
        self._value = value
        self._end()

    def fail(self, error: PeerError) -> None:
        """The peer's: it has failed."""
        self.error = error
        self._end()

    def _end(self) -> None:
        self.done = True
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            call_back(callback, self)
