"""Connections: their coming and going, notifications on their way, requests that wait, and the time all that takes.

To a simulated peer the air takes no time, unless the configuration gives the connection an interval: then notifications
leave together, once an interval. A peer that is out of reach gets nothing: notifications stay in the queue,
indications unconfirmed.
"""

from __future__ import annotations

from collections.abc import Callable

from gatts_codec.constants import DEFAULT_MTU
from gatts_codec.constants.gap import HciStatus, Role
from gatts_codec.device import att, channels, events, privacy
from gatts_codec.device.connection import (
    EVENT_LENGTH,
    AttRequest,
    ConnectedPeer,
    Connection,
    Indication,
    Pending,
    Reply,
    Wait,
)
from gatts_codec.device.gap_state import Activity
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gap.connection_events import ConnParamUpdateEvent
from gatts_codec.packets.gap.structs import Addr, ConnParams

INTERVAL_UNIT_S = 0.00125
_MAX_COUNT = 255  # of notifications in one event

# -- coming and going


def open(device: DeviceState, peer: ConnectedPeer, address: bytes, address_type: int) -> Connection:
    """A peer has connected: the host learns of it, and advertising ends."""
    connection = new_connection(device, peer, address, address_type, device.gap.tag)
    connection.interval_s = device.config.connection_interval_s
    begin(device, connection)
    return connection


def begin(device: DeviceState, connection: Connection) -> None:
    """A connection has come: the host learns of it, and what it came of ends."""
    device.connections.add(connection)
    central = connection.role == Role.CENTRAL
    device.gap.connected(Activity.CONNECTING if central else Activity.ADVERTISING)
    device.emit(events.connected(device, connection))


def new_connection(
    device: DeviceState,
    peer: ConnectedPeer,
    address: bytes,
    address_type: int,
    tag: int,
    role: Role = Role.PERIPH,
) -> Connection:
    """A connection with what the host has configured for the tag."""
    on_air = Addr(address[::-1], address_type)
    peer_address = privacy.seen(device, on_air)
    return Connection(
        handle=device.connections.free_handle(),
        peer=peer,
        address=peer_address.addr[::-1],
        address_type=peer_address.addr_type,
        identified=bool(peer_address.addr_id_peer),
        irk_match=privacy.matching_irk(device, on_air),
        queue_size=device.queue_size(tag, role),
        max_mtu=device.max_mtus.get(tag, device.config.max_mtu or DEFAULT_MTU),
        tag=tag,
        role=role,
        command_queue_size=device.command_queue_sizes.get(tag, 1),
        event_length=device.event_lengths.get(tag, EVENT_LENGTH),
    )


def retime(device: DeviceState, connection: Connection, params: ConnParams) -> None:
    """This end's timing is now so."""
    set_timing(connection, params)
    device.emit(ConnParamUpdateEvent(connection.handle, params))


def set_timing(connection: Connection, params: ConnParams) -> None:
    """Notifications leave at the connection's interval."""
    connection.params = params
    connection.interval_s = params.max_conn_interval * INTERVAL_UNIT_S


def close(device: DeviceState, connection: Connection, reason: int) -> None:
    """The connection ends: the peer's requests fail, the host learns of it, lent memory goes back."""
    if connection.closed:
        return
    channels.end_all(device, connection)
    device.connections.remove(connection)
    device.emit(events.disconnected(connection.handle, reason))
    att.finish_prepared(device, connection, store=False)
    connection.peer.lose(connection)


# -- what the server sends


def notify(device: DeviceState, connection: Connection, handle: int, data: bytes) -> None:
    """Queue a notification; it leaves at the next connection event."""
    connection.queue.append((handle, data))
    if connection.air_deadline is None:
        connection.air_deadline = device.now + _until_heard_s(device, connection)
    if connection.air_deadline <= device.now:
        _send_queue(device, connection)


def packets_waiting(device: DeviceState, connection: Connection) -> int:
    """How much of the notification queue is taken: up to v3 by write commands too."""
    shared = 0 if device.profile.counts_notifications else connection.commands
    return len(connection.queue) + shared


def indicate(
    device: DeviceState, connection: Connection, handle: int, data: bytes, *, service_changed: bool = False
) -> None:
    """Send an indication, which the peer has to confirm in time."""
    deadline = device.now + device.config.att_timeout_s
    connection.indication = Indication(handle, data, service_changed, deadline)
    connection.peer.hear(handle, data, indication=True)


def confirm(device: DeviceState, connection: Connection) -> None:
    """The peer confirms the indication under way."""
    indication, connection.indication = connection.indication, None
    if indication is not None and not connection.timed_out:
        device.emit(events.confirmed(connection.handle, indication.handle, indication.service_changed))


def deliver(device: DeviceState, connection: Connection, arrive: Callable[[], None]) -> None:
    """Let something arrive at this end's client, a connection interval from now, later if it is lost."""
    due = device.now + _until_heard_s(device, connection)
    if connection.arriving:
        due = max(due, connection.arriving[-1][0])  # nothing overtakes
    connection.arriving.append((due, arrive))
    device.roused()


def _until_heard_s(device: DeviceState, connection: Connection) -> float:
    repeats = 0 if device.ether is None else device.ether.repeats()
    return connection.interval_s * (1 + repeats)


def flush(device: DeviceState, connection: Connection) -> None:
    """Send what waits, since the peer is in reach again."""
    if connection.queue:
        _send_queue(device, connection)
    waiting = connection.indication
    if waiting is not None:
        connection.peer.hear(waiting.handle, waiting.data, indication=True)


def _send_queue(device: DeviceState, connection: Connection) -> None:
    connection.air_deadline = None
    if not connection.peer.in_reach:
        return
    waiting = list(connection.queue)[:_MAX_COUNT]
    for _ in waiting:
        connection.queue.popleft()
    device.emit(events.sent(device, connection.handle, len(waiting)))
    for handle, data in waiting:
        connection.peer.hear(handle, data, indication=False)
    if connection.queue:
        _send_queue(device, connection)


# -- what a peer asks


def ask(
    device: DeviceState, connection: Connection, request: AttRequest, answer: Callable[[Reply], None]
) -> None:
    """A request of the peer: ``answer`` is called with the reply, now or when the application has decided."""
    outcome = att.answer(device, connection, request)
    if isinstance(outcome, Wait):
        deadline = device.now + device.config.att_timeout_s
        connection.pending = Pending(request, answer, outcome, deadline)
    else:
        answer(outcome)


def command(device: DeviceState, connection: Connection, request: AttRequest) -> None:
    """A write command of the peer: it is never answered."""
    att.answer(device, connection, request)


def settle(connection: Connection, reply: Reply) -> None:
    """The application has decided: the pending request is answered."""
    pending, connection.pending = connection.pending, None
    assert pending is not None
    pending.answer(reply)


def retry(device: DeviceState, connection: Connection) -> None:
    """What the pending request waited for is there: let it run again."""
    pending, connection.pending = connection.pending, None
    assert pending is not None
    ask(device, connection, pending.request, pending.answer)


# -- time


def next_deadline(device: DeviceState) -> float | None:
    """When ``tick`` has something to do."""
    return min((due for connection in device.connections for due in connection.deadlines()), default=None)


def tick(device: DeviceState) -> None:
    """What is due at the device's time."""
    now = device.now
    for connection in device.connections:
        if connection.supervision is not None and connection.supervision <= now:
            close(device, connection, HciStatus.CONNECTION_TIMEOUT)
            continue
        if connection.air_deadline is not None and connection.air_deadline <= now:
            _send_queue(device, connection)
        while connection.arriving and connection.arriving[0][0] <= now:
            connection.arriving.popleft()[1]()
        if connection.answer_due is not None and connection.answer_due <= now:
            give_up(device, connection)
        waits = (connection.pending, connection.indication)
        if any(wait is not None and wait.deadline <= now for wait in waits):
            _time_out(device, connection)


def give_up(device: DeviceState, connection: Connection) -> None:
    """The client's request is never answered: TIMEOUT, and nothing works on this connection any more."""
    connection.answer_due, connection.timed_out = None, True
    device.emit(events.client_timeout(device, connection.handle))


def _time_out(device: DeviceState, connection: Connection) -> None:
    """An ATT transaction took too long: nothing works on this connection until it is set up again."""
    connection.timed_out = True
    connection.pending = connection.indication = None
    device.emit(events.timeout(connection.handle))
    connection.peer.time_out(connection)
