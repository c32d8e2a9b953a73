"""Events between the line and those who wait for them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from inspect import iscoroutinefunction
from typing import TypeVar

from gatts_codec.codec import Codec
from gatts_codec.errors import DecodeError, EncodeError, LinkError, LinkTimeout, brief
from gatts_codec.link.config import LARGEST_BUFFER, require
from gatts_codec.link.notices import Notices
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Event

AnyEvent = Event | Opaque
E = TypeVar("E", bound=AnyEvent)
Predicate = Callable[[AnyEvent], bool]

DEFAULT_SIZE = 4096
_EVENT = 2
_HEAD = 3  # packet type, event id


class Arrival:
    """An event as it came. It is decoded when it is asked for: the chip's ACK does not wait for that."""

    __slots__ = ("_codec", "_event", "_notices", "noted", "number", "payload")

    def __init__(self, payload: bytes, codec: Codec, notices: Notices) -> None:
        self.payload: bytes = payload
        self.number: int = 0
        self.noted: bool | None = None
        """Whether a callback has it, too; None until that is known."""
        self._codec, self._notices = codec, notices
        self._event: AnyEvent | None = None

    @property
    def event(self) -> AnyEvent:
        """The message; an Opaque one where the dialect has none, and, with a warning, for what does not decode."""
        if self._event is None:
            self._event = self._decode()
        return self._event

    def _decode(self) -> AnyEvent:
        payload = self.payload
        try:
            message = self._codec.unpack(payload)
        except DecodeError as error:
            self._notices.warn("an event that does not decode: %s", error)
            if len(payload) < _HEAD:
                return Opaque(_EVENT, "event", "unknown", None, payload[1:])
            number = int.from_bytes(payload[1:_HEAD], "little")
            return Opaque(_EVENT, "event", self._codec.group_of("event", number), number, payload[_HEAD:])
        assert isinstance(message, (Event, Opaque))
        return message


class Inbox:
    """Events that have not been taken yet, at most ``size``: then the oldest is dropped and counted in ``lost``.

    ``put`` and ``interrupt`` are not for two threads at a time; a ``Waiter`` may look in its own.
    """

    def __init__(self, size: int) -> None:
        self.lost: int = 0
        self.newest: int = 0
        """The number of the last event that was put: 1, 2, 3 .."""
        self.arrivals: deque[Arrival] = deque()
        self.waiters: list[Waiter] = []
        """Who is waiting right now."""
        require("event_buffer", size, 1, LARGEST_BUFFER)
        self._size = size
        self._notices = Notices()

    def put(self, arrival: Arrival, noted: bool = False) -> None:
        """Keep an event. ``noted``: dropping it loses nothing, a callback has it too. Twice is once."""
        if 0 < arrival.number <= self.newest:
            return
        if len(self.arrivals) >= self._size:
            with suppress(IndexError):  # it has just been taken
                self.arrivals.popleft()
                self.lost += 1
                if not noted:
                    self._notices.warn("nobody takes events: dropped the oldest of %d", self._size)
        arrival.number = self.newest + 1
        if not (self.arrivals and self.arrivals[-1] is arrival):
            self.arrivals.append(arrival)
        self.newest = arrival.number

    def interrupt(self, error: LinkError) -> None:
        """Tell all who wait that the link is lost."""
        for waiter in tuple(self.waiters):
            waiter.error = error

    def missing(self, event_type: type, timeout_s: float) -> LinkTimeout:
        """The error when none has come in time, with what is here instead."""
        counts = Counter(type(arrival.event).__name__ for arrival in tuple(self.arrivals))
        heard = ", ".join(f"{count} {name}" for name, count in counts.items()) or "no event"
        reason = f"no {event_type.__name__} within {timeout_s:g} s; there is {heard}"
        return LinkTimeout(reason, stage="event", heard=heard)


class Waiter:
    """A wait for an event that ``matches``, for any if None: ``done`` when there is something to look at.

    It belongs to one wait, from ``enter`` to ``leave``. Each event goes to the first who looks and whom it fits.
    """

    __slots__ = ("_inbox", "_matches", "_seen", "error", "taken")

    def __init__(self, inbox: Inbox, matches: Predicate | None) -> None:
        self._inbox, self._matches = inbox, matches
        self._seen = 0  # the number up to which all events have been looked at
        self.taken: Arrival | None = None
        self.error: LinkError | None = None
        """The link was lost meanwhile, and no caller knows it yet."""

    @property
    def is_choosy(self) -> bool:
        """Whether not every event will do."""
        return self._matches is not None

    @property
    def done(self) -> bool:
        """Whether there is an event to look at, or an error."""
        return self._inbox.newest > self._seen or self.error is not None

    def enter(self) -> None:
        """From now on learn what happens to the link."""
        self._inbox.waiters.append(self)

    def leave(self) -> None:
        """Stop learning what happens to the link."""
        with suppress(ValueError):
            self._inbox.waiters.remove(self)

    def look(self) -> AnyEvent | None:
        """Take the first event that fits, None if there is none. What ``matches`` raises comes out."""
        newest = self._inbox.newest
        for arrival in tuple(self._inbox.arrivals):
            if arrival.number > self._seen and self._fits(arrival) and self._take(arrival):
                return arrival.event
        self._seen = max(self._seen, newest)
        return None

    def put_back(self) -> None:
        """Undo the taking: the thread that took it was interrupted before it had it."""
        arrival, arrivals = self.taken, self._inbox.arrivals
        if arrival is None or arrival in arrivals:
            return
        arrivals.insert(sum(other.number < arrival.number for other in tuple(arrivals)), arrival)
        for waiter in tuple(self._inbox.waiters):
            waiter._seen = min(waiter._seen, arrival.number - 1)

    def _fits(self, arrival: Arrival) -> bool:
        return self._matches is None or self._matches(arrival.event)

    def _take(self, arrival: Arrival) -> bool:
        self.taken = arrival
        try:
            self._inbox.arrivals.remove(arrival)
        except ValueError:  # another one was faster
            self.taken = None
        return self.taken is not None


def check_event_class(value: object, path: str) -> None:
    """Raises EncodeError for what is not a class of events."""
    if not (isinstance(value, type) and issubclass(value, Event | Opaque)):
        raise EncodeError(f"must be a class of events, not {brief(value)}", path=path, value=value)


def check_function(value: object, path: str) -> None:
    """Raises EncodeError for what cannot be called, and for a coroutine function: nobody would await it."""
    if not callable(value) or iscoroutinefunction(value):
        reason = f"must be a function that is no coroutine function, not {brief(value)}"
        raise EncodeError(reason, path=path, value=value)


def matching(event_type: type[E], where: Callable[[E], bool] | None) -> Predicate:
    """The test for events of a type that are as they should be. Raises EncodeError for a type or test that is none."""
    check_event_class(event_type, "event_type")
    if where is None:
        return lambda event: isinstance(event, event_type)
    check_function(where, "where")
    return lambda event: isinstance(event, event_type) and bool(where(event))
