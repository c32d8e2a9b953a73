"""What the chip knows of one connection: MTU, security, subscriptions, queues, and what is being waited for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from typing import Protocol

from gatts_codec.constants import DEFAULT_MTU, GattStatus, SysAttrFlags
from gatts_codec.constants.gap import HciStatus, Role
from gatts_codec.device.attribute_table import Attribute
from gatts_codec.device.channel_state import Channel
from gatts_codec.device.link_state import LinkState
from gatts_codec.device.security_state import Security
from gatts_codec.packets.gap.structs import ConnParams

# 30 ms interval, no latency, 4 s supervision timeout: what the recorded connection has.
CONN_PARAMS = ConnParams(24, 24, 0, 400)
EVENT_LENGTH = 3  # of a connection's events, in units of 1.25 ms, unless the host says more

BOTH_GROUPS = SysAttrFlags.SYS_SRVCS | SysAttrFlags.USR_SRVCS


class Op(Enum):
    """What a peer asks of the server."""

    READ = "read"
    WRITE = "write request"
    WRITE_COMMAND = "write command"
    SIGNED_WRITE = "signed write command"
    PREPARE = "prepared write"
    EXECUTE = "execute prepared writes"
    CANCEL = "cancel prepared writes"
    EXCHANGE_MTU = "exchange MTU"


@dataclass(frozen=True, slots=True)
class AttRequest:
    """One ATT request or command of a peer."""

    op: Op
    handle: int = 0
    data: bytes = b""
    offset: int = 0
    mtu: int = DEFAULT_MTU


@dataclass(frozen=True, slots=True)
class Reply:
    """What the peer gets: a GATT status (0: success) and, of a read or a prepared write, bytes."""

    status: int = GattStatus.SUCCESS
    data: bytes = b""
    mtu: int = DEFAULT_MTU


class Wait(Enum):
    """What a peer's request waits for, by the name of the call that the application has to make."""

    READ_AUTHORIZATION = "rw_authorize_reply"
    WRITE_AUTHORIZATION = "rw_authorize_reply (write)"
    MTU = "exchange_mtu_reply"
    MEMORY = "user_mem_reply"
    SYS_ATTRS = "sys_attr_set"


@dataclass(slots=True)
class Pending:
    """A request under way: who gets the outcome, what it waits for and until when."""

    request: AttRequest
    answer: Callable[[Reply], None]
    wait: Wait
    deadline: float


@dataclass(slots=True)
class Indication:
    """An indication that the peer has not confirmed yet."""

    handle: int
    data: bytes
    service_changed: bool
    deadline: float


@dataclass(slots=True)
class PreparedWrites:
    """Prepared writes in order. ``lent`` is the application's memory in bytes; None: it has lent none."""

    lent: int | None = None
    asked: bool = False
    writes: list[tuple[int, int, bytes]] = field(default_factory=list)

    def in_memory(self) -> bytes:
        """As they lie in the lent memory: handle, offset, length, bytes, repeated; handle 0 ends them."""
        parts = [
            handle.to_bytes(2, "little")
            + offset.to_bytes(2, "little")
            + len(data).to_bytes(2, "little")
            + data
            for handle, offset, data in self.writes
        ]
        return b"".join(parts) + bytes(2)


class ConnectedPeer(Protocol):
    """Who is at the other end of a connection, as the chip sees it."""

    @property
    def in_reach(self) -> bool:
        """Whether what is sent arrives."""

    def hear(self, handle: int, data: bytes, *, indication: bool) -> None:
        """A notification or indication arrives."""

    def time_out(self, connection: Connection) -> None:
        """Nothing works on the connection any more."""

    def lose(self, connection: Connection) -> None:
        """The connection has ended."""


@dataclass(frozen=True, slots=True)
class FoundAttribute:
    """An attribute as a client's discovery finds it: its type as it travels, and the end of its group."""

    attribute: Attribute
    type: bytes
    group_end: int


class FarEnd(Protocol):
    """The other end of a connection: its chip, and a server that a GATT client may ask."""

    @property
    def rssi(self) -> int:
        """How strong it is heard, in dBm."""

    def ask(self, request: AttRequest, answer: Callable[[Reply], None]) -> None:
        """An ATT request; ``answer`` is called with the reply, now or later."""

    def command(self, request: AttRequest, sent: Callable[[], None]) -> None:
        """A write command; ``sent`` is called when it has gone out."""

    def confirm(self) -> None:
        """The confirmation of its indication."""

    def find(self, first: int, last: int, answer: Callable[[list[FoundAttribute]], None]) -> None:
        """Ask for its attributes from one handle to another."""

    def want(self, params: ConnParams) -> None:
        """This end, the peripheral, wants other timing."""

    def use(self, params: ConnParams) -> None:
        """This end, the central, has decided on the timing."""

    def carry(self, pdu: object) -> None:
        """This end's chip tells the peer's chip something: of security (``smp``)."""


@dataclass(slots=True)
class Connection:
    """One connection. ``cccds`` holds the peer's subscriptions, of the groups in ``initialized`` only."""

    handle: int
    peer: ConnectedPeer
    address: bytes
    address_type: int
    queue_size: int
    max_mtu: int
    identified: bool = False
    """``address`` is the peer's identity, which the chip knows behind another."""
    irk_match: int | None = None
    """Which of the whitelist's keys the peer's address is of."""
    event_length: int = EVENT_LENGTH
    """How long its events may be, in units of 1.25 ms."""
    tag: int = 0
    """Of the configuration that it came of."""
    role: int = Role.PERIPH
    params: ConnParams = CONN_PARAMS
    interval_s: float = 0.0
    """How long a notification waits for the air."""
    farewell: int = HciStatus.CONNECTION_TIMEOUT
    """The reason that the peer is given when this end goes."""
    supervision: float | None = None
    """When the connection is lost, if the peer stays out of reach until then."""
    remote: FarEnd = field(init=False)
    """What this end's client and chip talk to."""
    answer_due: float | None = None
    """Until when this end's client waits for the answer to its request; None: there is none."""
    asked_mtu: bool = False
    """This end's client has asked for an MTU, as it may once."""
    awaits_mtu: bool = False
    """The answer has not come yet: this end's server is not to send."""
    said_mtu: int | None = None
    """The MTU that this end has named, as client or as server: it names no other."""
    command_queue_size: int = 1
    commands: int = 0
    """Write commands of this end's client that have not left yet."""
    arriving: deque[tuple[float, Callable[[], None]]] = field(default_factory=deque)
    """What is on its way to this end's client, and when it arrives."""
    unconfirmed: int = 0
    """Handle of the peer's indication that this end's client has to confirm."""
    wish: ConnParams | None = None
    """Timing that this end, or of a central the peer, has asked for and nobody has decided on."""
    mtu: int = DEFAULT_MTU
    security_level: int = 1
    security: Security = field(default_factory=Security)
    link: LinkState = field(default_factory=LinkState)
    channels: dict[int, Channel] = field(default_factory=dict)
    """L2CAP channels by what this end calls them."""
    cccds: dict[int, int] = field(default_factory=dict)
    initialized: int = 0
    queue: deque[tuple[int, bytes]] = field(default_factory=deque)
    air_deadline: float | None = None
    indication: Indication | None = None
    pending: Pending | None = None
    prepared: PreparedWrites = field(default_factory=PreparedWrites)
    timed_out: bool = False
    closed: bool = False

    def knows_cccd(self, group: SysAttrFlags) -> bool:
        """Whether sys_attr_set was called for this group."""
        return bool(self.initialized & group)

    def deadlines(self) -> list[float]:
        """When something is due."""
        found = [self.air_deadline, self.supervision, self.answer_due]
        found += [due for due, _ in islice(self.arriving, 1)]
        found += self.security.deadlines() + self.link.deadlines()
        found += [channel.due for channel in self.channels.values()]
        found += [wait.deadline for wait in (self.pending, self.indication) if wait is not None]
        return [deadline for deadline in found if deadline is not None]
