"""Connections: their coming and going, notifications on their way, requests that wait, and the time all that takes.

The air takes no time unless the configuration gives the connection an interval: then notifications leave together, once
an interval. A peer that is out of reach gets nothing: notifications stay in the queue, indications unconfirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from gatts_codec.constants import BleError
from gatts_codec.device import att, events
from gatts_codec.device.config import DEFAULT_MTU
from gatts_codec.device.connection import AttRequest, Connection, Indication, Pending, Reply, Wait
from gatts_codec.device.refusal import Refusal

if TYPE_CHECKING:
    from gatts_codec.device.device import Device
    from gatts_codec.device.peer import Peer

_MAX_COUNT = 255  # of notifications in one event


class Connections:
    """The connections of one device, by handle; the last one that closed is remembered."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._live: dict[int, Connection] = {}
        self._closed: Connection | None = None

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._live.values()))

    def __len__(self) -> int:
        return len(self._live)

    def find(self, handle: int) -> Connection | None:
        """The live connection with this handle."""
        return self._live.get(handle)

    def require(self, handle: int) -> Connection:
        """The live connection with this handle, or INVALID_CONN_HANDLE."""
        connection = self._live.get(handle)
        if connection is None:
            raise Refusal(BleError.INVALID_CONN_HANDLE)
        return connection

    def last_closed(self, handle: int) -> Connection | None:
        """The connection that closed last, if it had this handle and no new one has come since."""
        closed = self._closed
        return closed if closed is not None and closed.handle == handle else None

    # -- coming and going

    def open(self, peer: Peer, address: bytes, address_type: int) -> Connection:
        """A peer has connected: the host learns of it, and advertising ends."""
        device = self._device
        tag, config, profile = device.gap.tag, device.config, device.profile
        connection = Connection(
            handle=next(number for number in range(len(self._live) + 1) if number not in self._live),
            peer=peer,
            address=address,
            address_type=address_type,
            queue_size=device.queue_sizes.get(tag, config.notification_queue or profile.notification_queue),
            max_mtu=device.max_mtus.get(tag, config.max_mtu or DEFAULT_MTU),
        )
        self._live[connection.handle] = connection
        self._closed = None
        device.gap.connected()
        device.emit(events.connected(device, connection))
        return connection

    def close(self, connection: Connection, reason: int) -> None:
        """The connection ends: lent memory goes back, the peer's requests fail, the host learns of it."""
        if self._live.pop(connection.handle, None) is None:
            return
        att.finish_prepared(self._device, connection, store=False)
        connection.closed = True
        self._closed = connection
        self._device.emit(events.disconnected(connection.handle, reason))
        connection.peer.lose(connection)

    def forget(self) -> None:
        """The device reboots: no connection is left, and no host is told."""
        for connection in self:
            connection.closed = True
            del self._live[connection.handle]
            connection.peer.lose(connection)
        self._closed = None

    # -- what the server sends

    def notify(self, connection: Connection, handle: int, data: bytes) -> None:
        """Queue a notification; it leaves at the next connection event."""
        connection.queue.append((handle, data))
        if connection.air_deadline is None:
            interval_s = self._device.config.connection_interval_s
            connection.air_deadline = self._device.now + interval_s
        if connection.air_deadline <= self._device.now:
            self._send_queue(connection)

    def indicate(
        self, connection: Connection, handle: int, data: bytes, *, service_changed: bool = False
    ) -> None:
        """Send an indication, which the peer has to confirm in time."""
        deadline = self._device.now + self._device.config.att_timeout_s
        connection.indication = Indication(handle, data, service_changed, deadline)
        connection.peer.hear(handle, data, indication=True)

    def confirm(self, connection: Connection) -> None:
        """The peer confirms the indication under way."""
        indication, connection.indication = connection.indication, None
        if indication is not None and not connection.timed_out:
            self._device.emit(
                events.confirmed(connection.handle, indication.handle, indication.service_changed)
            )

    def flush(self, connection: Connection) -> None:
        """Send what waits, since the peer is in reach again."""
        if connection.queue:
            self._send_queue(connection)
        waiting = connection.indication
        if waiting is not None:
            connection.peer.hear(waiting.handle, waiting.data, indication=True)

    def _send_queue(self, connection: Connection) -> None:
        connection.air_deadline = None
        if not connection.peer.in_reach:
            return
        waiting = list(connection.queue)[:_MAX_COUNT]
        for _ in waiting:
            connection.queue.popleft()
        self._device.emit(events.sent(self._device, connection.handle, len(waiting)))
        for handle, data in waiting:
            connection.peer.hear(handle, data, indication=False)
        if connection.queue:
            self._send_queue(connection)

    # -- what a peer asks

    def ask(self, connection: Connection, request: AttRequest, answer: Callable[[Reply], None]) -> None:
        """A request of the peer: ``answer`` is called with the reply, now or when the application has decided."""
        outcome = att.answer(self._device, connection, request)
        if isinstance(outcome, Wait):
            deadline = self._device.now + self._device.config.att_timeout_s
            connection.pending = Pending(request, answer, outcome, deadline)
        else:
            answer(outcome)

    def command(self, connection: Connection, request: AttRequest) -> None:
        """A write command of the peer: nobody learns what became of it."""
        att.answer(self._device, connection, request)

    def settle(self, connection: Connection, reply: Reply) -> None:
        """The application has decided: the pending request is answered."""
        pending, connection.pending = connection.pending, None
        assert pending is not None
        pending.answer(reply)

    def retry(self, connection: Connection) -> None:
        """What the pending request waited for is there: let it run again."""
        pending, connection.pending = connection.pending, None
        assert pending is not None
        self.ask(connection, pending.request, pending.answer)

    # -- time

    def next_deadline(self) -> float | None:
        """When ``tick`` has something to do."""
        return min(
            (due for connection in self._live.values() for due in connection.deadlines()), default=None
        )

    def tick(self) -> None:
        """What is due at the device's time."""
        now = self._device.now
        for connection in self:
            if connection.air_deadline is not None and connection.air_deadline <= now:
                self._send_queue(connection)
            waits = (connection.pending, connection.indication)
            if any(wait is not None and wait.deadline <= now for wait in waits):
                self._time_out(connection)

    def _time_out(self, connection: Connection) -> None:
        """An ATT transaction took too long: nothing works on this connection until it is made anew."""
        connection.timed_out = True
        connection.pending = connection.indication = None
        self._device.emit(events.timeout(connection.handle))
        connection.peer.time_out(connection)
