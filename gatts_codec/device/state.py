"""What the chip knows and what waits for its host: the state that calls, peers and time act on.

The modules beside this one are functions on it: a file for each family of calls, ``att`` for what peers ask, ``air``
for connections and what they cost in time. ``device`` puts them together.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Protocol

from gatts_codec.arguments import checked
from gatts_codec.codec import Codec
from gatts_codec.constants import BLE_CONN_HANDLE_INVALID, BleError, SysAttrFlags
from gatts_codec.constants.gap import ConnBandwidth, Role
from gatts_codec.device import stack
from gatts_codec.device.attribute_table import Attribute, AttributeTable
from gatts_codec.device.channel_state import SduPool
from gatts_codec.device.config import DeviceConfig
from gatts_codec.device.connection import Connection
from gatts_codec.device.ether import Ether
from gatts_codec.device.firmware import Firmware, firmware_of
from gatts_codec.device.gap_state import GapState
from gatts_codec.device.link_state import SHORTEST
from gatts_codec.device.profile import BANDWIDTH_PACKETS, Profile, profile_of
from gatts_codec.device.refusal import Refusal, refuse_unless
from gatts_codec.device.uuids import VendorBases
from gatts_codec.dialects import Dialect
from gatts_codec.packets.common.cfg_set import ConnL2cap
from gatts_codec.packets.gatts.sc_confirm_event import ScConfirmEvent
from gatts_codec.packets.gatts.write_event import WriteEvent
from gatts_codec.schema.message import Event, Packet
from gatts_codec.schema.structs import Uuid

NO_CHANNELS = ConnL2cap(23, 23, 1, 1, 0)


class InItsTime(Protocol):
    """A peer that is ticked with a device."""

    @property
    def device(self) -> DeviceState:
        """Its own."""

    def next_deadline(self) -> float | None:
        """When ``tick`` has something to do."""

    def tick(self, now: float) -> None:
        """Let the time be ``now``."""


class Connections:
    """The connections of one device, by handle; the last one that closed is remembered."""

    def __init__(self) -> None:
        self._live: dict[int, Connection] = {}
        self._closed: Connection | None = None

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._live.values()))

    def __len__(self) -> int:
        return len(self._live)

    def free_handle(self) -> int:
        """The lowest handle that no live connection has."""
        return next(number for number in range(len(self._live) + 1) if number not in self._live)

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

    def add(self, connection: Connection) -> None:
        """A connection has come up."""
        self._live[connection.handle] = connection
        self._closed = None

    def remove(self, connection: Connection) -> None:
        """A connection has ended."""
        del self._live[connection.handle]
        connection.closed = True
        self._closed = connection

    def forget(self) -> None:
        """The device reboots: no connection is left, and no host learns of it."""
        for connection in self:
            self.remove(connection)
            connection.peer.lose(connection)
        self._closed = None


class DeviceState:
    """One connectivity chip of a dialect from boot to reboot, without what it does. Raises UnknownDialectError."""

    @checked
    def __init__(
        self,
        dialect: str | Dialect,
        config: DeviceConfig | None = None,
        firmware: str | Firmware | None = None,
    ) -> None:
        # Tolerant: it takes what the firmware takes.
        self.codec: Codec = Codec(dialect, strict=False)
        self.dialect: Dialect = self.codec.dialect
        self.unknown_opcodes: frozenset[int] = frozenset(
            self.codec.opcode(self.codec.message_class("command", name))
            for name in self.dialect.unknown_calls
        )
        """Of calls that the firmware's dispatcher lacks."""
        self.response_classes: dict[str, type[Packet]] = {}
        self.config: DeviceConfig = config or DeviceConfig()
        self.firmware: Firmware = firmware_of(self.dialect, firmware)
        self.profile: Profile = profile_of(self.dialect)
        self.now: float = 0.0
        self.random: random.Random = random.Random(self.config.address)
        """Keys, digits .. that a real chip makes by chance."""
        self.outbox: list[bytes] = []
        self.connections: Connections = Connections()
        self.ether: Ether | None = None
        self.guests: list[InItsTime] = []
        """Peers that live in this device's time."""
        self.roused: Callable[[], object] = _nobody_waits
        """Called when something waits for the host that another chip has caused."""
        self.reboot()

    def reboot(self) -> None:
        """Forget everything but the configuration: table, connections, what waits to be sent."""
        config = self.config
        self.connections.forget()
        self.outbox.clear()
        self.reboot_cause: str | None = None
        self.at_fault: bool = False
        self.is_off: bool = False
        """Switched off by a command: until somebody switches it on."""
        self.gap: GapState = GapState(config.address, config.device_name)
        self.bases: VendorBases = VendorBases(config.vendor_bases, once_each=self.profile.api == 1)
        self.table_size: int = config.table_size or self.profile.table_size
        self.service_changed: bool = config.service_changed
        self.tags: set[int] = set()
        """Of configurations that the host has made."""
        self.queue_sizes: dict[int, int] = {}
        self.bandwidths: dict[Role, ConnBandwidth] = {
            Role.PERIPH: ConnBandwidth.HIGH,
            Role.CENTRAL: ConnBandwidth.MID,
        }
        self.longest_packet: int = SHORTEST
        """In octets: what the chip of v3 offers on connections made from now on."""
        self.command_queue_sizes: dict[int, int] = {}
        self.link_counts: dict[int, int] = {}
        self.role_counts: dict[Role, int] = {}
        self.central_sec_count: int | None = None
        """How many connections may pair at a time as central; None: nobody has said."""
        self.max_mtus: dict[int, int] = {}
        self.event_lengths: dict[int, int] = {}
        self.can_survey: bool = False
        self.survey_s: float | None = None
        """How often the host is told how loud channels are, in seconds; None: it is not."""
        self.survey_due: float | None = None
        self.cids: set[int] = set()
        """L2CAP channels that the host has registered, up to v3."""
        self.l2cap: ConnL2cap = NO_CHANNELS
        self.sdu_pool: SduPool = SduPool()
        self.l2cap_credits: int = 1
        """How many the peer of a channel that is set up later gets for each buffer."""
        self.table: AttributeTable = self._new_table()

    def fault(self, cause: str) -> None:
        """The firmware's fault handler runs: what this packet has led to is lost."""
        self.reboot_cause, self.at_fault = cause, True

    def rebuild_table(self) -> None:
        """Give the table the size and services that were configured, unless the application has filled it already."""
        if self.table.last_service:
            self.table.size = self.table_size
        else:
            self.table = self._new_table()

    def _new_table(self) -> AttributeTable:
        return stack.new_table(
            self.table_size, self.gap, self.service_changed, self.profile.resolves_addresses
        )

    def show_gap(self) -> None:
        """Let peers read what the GAP calls have set."""
        stack.show_gap(self.table, self.gap)

    def store(self, attribute: Attribute, value: bytes) -> None:
        """A peer has written a value, which may be the chip's name."""
        attribute.value = value
        if attribute.handle == stack.NAME_HANDLE:
            self.gap.name = value

    def service_uuid(self, service_handle: int) -> Uuid:
        """The UUID that a service declaration carries."""
        service = self.table.find(service_handle)
        return self.bases.shorten(service.value) if service is not None else Uuid(0, 0)

    def longest_value(self, variable: bool) -> int:
        """How long a value may be, in bytes."""
        name = "BLE_GATTS_VAR_ATTR_LEN_MAX" if variable else "BLE_GATTS_FIX_ATTR_LEN_MAX"
        return self.profile.constants[name]

    @property
    def service_changed_value(self) -> Attribute | None:
        """The Service Changed characteristic's value, if there is one."""
        wanted = Uuid(stack.SERVICE_CHANGED)
        return next((row for row in self.table if row.stack and row.uuid == wanted), None)

    def queue_size(self, tag: int, role: Role) -> int:
        """How many notifications of a new connection may wait."""
        if tag in self.queue_sizes or self.config.notification_queue:
            return self.queue_sizes.get(tag, self.config.notification_queue or 0)
        if self.profile.has_bandwidths:
            return BANDWIDTH_PACKETS[self.bandwidths[role]]
        return self.profile.notification_queue

    def group_of(self, attribute: Attribute) -> SysAttrFlags:
        """Which system attributes it belongs to: the stack's services' or the application's."""
        return SysAttrFlags.SYS_SRVCS if attribute.stack else SysAttrFlags.USR_SRVCS

    def owner(self, conn_handle: int) -> Connection:
        """The connection that a CCCD's value belongs to, or the refusal for none."""
        refuse_unless(conn_handle != BLE_CONN_HANDLE_INVALID, self.profile.no_connection_result)
        return self.connections.require(conn_handle)

    def emit(self, event: Event | bytes) -> None:
        """Queue an event, a message or a script's payload, for the host; some are more than a build can send."""
        longest = self.firmware.longest_write
        if isinstance(event, ScConfirmEvent) and self.firmware.faults_at_sc_confirm:
            self.fault("SC_CONFIRM cannot be encoded")
        elif isinstance(event, WriteEvent) and longest is not None and len(event.data) > longest:
            self.fault(f"WRITE event with {len(event.data)} bytes, there is room for {longest}")
        else:
            self.outbox.append(event if isinstance(event, bytes) else self.codec.pack(event))
            if self.ether is not None:
                self.roused()


def _nobody_waits() -> None:
    """No lambda: a device can be copied, and sent to another process."""
