"""Events between the line and whoever wants them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from typing import TypeVar

from gatts_codec.errors import LinkError, LinkTimeout
from gatts_codec.link.notices import Notices
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Event

AnyEvent = Event | Opaque
E = TypeVar("E", bound=AnyEvent)
Predicate = Callable[[AnyEvent], bool]

DEFAULT_SIZE = 4096


class Wanted:
    """Somebody's wish for the next event that ``matches``: ``done`` with an ``event``, or with an ``error``."""

    __slots__ = ("done", "error", "event", "matches", "notify")

    def __init__(self, matches: Predicate, notify: Callable[[], object] | None = None) -> None:
        self.matches: Predicate = matches
        self.notify: Callable[[], object] | None = notify
        self.event: AnyEvent | None = None
        self.error: Exception | None = None
        self.done: bool = False

    def takes(self, event: AnyEvent) -> bool:
        """Whether this is the event. If ``matches`` itself raises, the wish ends: who waits gets to see the error."""
        try:
            if not self.matches(event):
                return False
        except Exception as error:
            self.finish(None, error)
            return False
        self.finish(event, None)
        return True

    def finish(self, event: AnyEvent | None, error: Exception | None) -> None:
        """Fulfil the wish, or say why it cannot be."""
        self.event, self.error, self.done = event, error, True
        if self.notify is not None:
            self.notify()


class Inbox:
    """Events that nobody has taken yet, at most ``size``: then the oldest is dropped and counted in ``lost``.

    Each event goes to the first wish that it fulfils, or waits here. Not for two threads at a time.
    """

    def __init__(self, size: int) -> None:
        self.lost: int = 0
        self._size = max(1, size)
        self._notices = Notices()
        self._events: deque[AnyEvent] = deque()
        self._wishes: list[Wanted] = []

    @property
    def is_awaited(self) -> bool:
        """Whether somebody is waiting for an event right now."""
        return bool(self._wishes)

    def put(self, event: AnyEvent, noted: bool = False) -> None:
        """Hand an event to who waits for it, or keep it. ``noted``: dropping it is no loss, a callback has it too."""
        for wish in tuple(self._wishes):
            taken = wish.takes(event)
            if wish.done:
                self._wishes.remove(wish)
            if taken:
                return
        if len(self._events) >= self._size:
            self._events.popleft()
            self.lost += 1
            if not noted:
                self._notices.warn("nobody takes events: dropped the oldest of %d", self._size)
        self._events.append(event)

    def want(self, wish: Wanted) -> None:
        """Fulfil a wish from what is here, or keep it until the event comes."""
        for index, event in enumerate(self._events):
            if wish.takes(event):
                del self._events[index]
            if wish.done:
                return
        self._wishes.append(wish)

    def withdraw(self, wish: Wanted) -> None:
        """Nobody waits for this wish any more."""
        if wish in self._wishes:
            self._wishes.remove(wish)

    def interrupt(self, error: LinkError) -> None:
        """Tell all who wait that the link is lost."""
        wishes, self._wishes = self._wishes, []
        for wish in wishes:
            wish.finish(None, error)

    def missing(self, event_type: type, timeout_s: float) -> LinkTimeout:
        """The error for who has waited in vain, with what is here instead."""
        counts = Counter(type(event).__name__ for event in self._events)
        heard = ", ".join(f"{count} {name}" for name, count in counts.items()) or "no event"
        reason = f"no {event_type.__name__} within {timeout_s:g} s; there is {heard}"
        return LinkTimeout(reason, stage="event", heard=heard)


def matching(event_type: type[E], where: Callable[[E], bool] | None) -> Predicate:
    """The test for events of a type that are as they should be."""
    if where is None:
        return lambda event: isinstance(event, event_type)
    return lambda event: isinstance(event, event_type) and where(event)
