"""The chip behind the link: payloads of H5 vendor packets in, payloads out. No clock, no port.

    device = Device("sd_api_v5")
    device.receive(payload, now)                # one packet from the host
    for payload in device.payloads_to_send():   # its response, then events, in order
        ...
    device.tick(now)                            # when next_deadline() has come

``reboot_cause`` is set when firmware would restart: after a reset packet or, ``at_fault``, at anything that ends in
its fault handler. The owner then starts the link anew and calls ``reboot()``. Peers act on the device by
``gatts_codec.device.peer.Peer``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gatts_codec.codec import Codec
from gatts_codec.constants import BleError, NrfError, RpcPacketType, SysAttrFlags
from gatts_codec.device import common, events, gap, population, server, stack, sys_attrs, values
from gatts_codec.device.attribute_table import Attribute, AttributeTable
from gatts_codec.device.config import DeviceConfig
from gatts_codec.device.connection import Connection
from gatts_codec.device.connections import Connections
from gatts_codec.device.firmware import Firmware, firmware_of
from gatts_codec.device.gap_state import GapState
from gatts_codec.device.profile import Profile, profile_of
from gatts_codec.device.refusal import Refusal, UndecodableCommand, refuse_unless
from gatts_codec.device.uuids import VendorBases
from gatts_codec.dialects import Dialect
from gatts_codec.errors import DecodeError, EncodeError, UnknownOpcodeError
from gatts_codec.packets.gatts.sc_confirm_event import ScConfirmEvent
from gatts_codec.packets.gatts.write_event import WriteEvent
from gatts_codec.schema.message import Event
from gatts_codec.schema.structs import Uuid

_GATTS: dict[str, Callable[[Any, Any], dict[str, object]]] = {
    "service_add": population.service_add,
    "include_add": population.include_add,
    "characteristic_add": population.characteristic_add,
    "descriptor_add": population.descriptor_add,
    "value_set": values.value_set,
    "value_get": values.value_get,
    "hvx": server.hvx,
    "service_changed": server.service_changed,
    "rw_authorize_reply": server.rw_authorize_reply,
    "sys_attr_set": sys_attrs.sys_attr_set,
    "sys_attr_get": sys_attrs.sys_attr_get,
    "initial_user_handle_get": values.initial_user_handle_get,
    "attr_get": values.attr_get,
    "exchange_mtu_reply": server.exchange_mtu_reply,
}
_CALLS = {
    **{f"sd_ble_gatts_{name}": call for name, call in _GATTS.items()},
    **common.CALLS,
    **gap.CALLS,
}
# Packet types: what is executed, and what firmware takes without any effect here (radio tests, generic commands).
_COMMAND = bytes([RpcPacketType.COMMAND])
NO_CONNECTION = 0xFFFF
_WITHOUT_EFFECT = (bytes([RpcPacketType.DTM_COMMAND]), bytes([RpcPacketType.RESET_COMMAND]))


class Device:
    """One connectivity chip of a dialect, from boot to reboot. Raises UnknownDialectError."""

    def __init__(
        self,
        dialect: str | Dialect,
        config: DeviceConfig | None = None,
        firmware: str | Firmware | None = None,
    ) -> None:
        # Tolerant: it takes what the firmware takes.
        self.codec: Codec = Codec(dialect, strict=False)
        self.dialect: Dialect = self.codec.dialect
        self.config: DeviceConfig = config or DeviceConfig()
        self.firmware: Firmware = firmware_of(self.dialect, firmware)
        self.profile: Profile = profile_of(self.dialect)
        self.now: float = 0.0
        self.outbox: list[bytes] = []
        self.connections: Connections = Connections(self)
        self.reboot()

    def reboot(self) -> None:
        """Forget everything but the configuration: table, connections, what waits to be sent."""
        config = self.config
        self.connections.forget()
        self.outbox.clear()
        self.reboot_cause: str | None = None
        self.at_fault: bool = False
        self.gap: GapState = GapState(config.address, config.device_name)
        self.bases: VendorBases = VendorBases(config.vendor_bases, once_each=self.profile.api == 1)
        self.table_size: int = config.table_size
        self.service_changed: bool = config.service_changed
        self.queue_sizes: dict[int, int] = {}
        self.max_mtus: dict[int, int] = {}
        self.table: AttributeTable = self._new_table()

    def receive(self, payload: bytes, now: float) -> None:
        """A packet from the host. Any bytes: what firmware does not expect is a fault."""
        self.tick(now)
        if self.reboot_cause is not None:
            return
        if payload.startswith(self.firmware.reset_packets):
            self.reboot_cause = "reset packet"
        elif payload[:1] == _COMMAND:
            self._execute(bytes(payload[1:]))
        elif payload[:1] not in _WITHOUT_EFFECT:
            self.fault(f"packet of type {payload[0]}" if payload else "empty packet")

    def fault(self, cause: str) -> None:
        """The firmware's fault handler strikes: what the packet at hand has led to is lost."""
        self.reboot_cause, self.at_fault = cause, True

    def payloads_to_send(self) -> list[bytes]:
        """What is for the host, in order. Each payload is handed out once."""
        payloads, self.outbox = self.outbox, []
        return payloads

    def next_deadline(self) -> float | None:
        """When ``tick`` has something to do; None: nothing is due."""
        dues = (self.connections.next_deadline(), self.gap.next_deadline())
        return min((due for due in dues if due is not None), default=None)

    def tick(self, now: float) -> None:
        """Let the time be ``now``, and do what is due: notifications leave, what takes too long ends."""
        self.now = max(self.now, now)
        self.connections.tick()
        for activity in self.gap.ended(self.now):
            self.emit(events.time_is_over(self, activity))

    def _execute(self, body: bytes) -> None:
        before = len(self.outbox)
        try:
            response = self._answer(body)
        except (DecodeError, UndecodableCommand) as error:
            del self.outbox[before:]
            self.fault(f"command cannot be decoded: {str(error).splitlines()[0]}")
            return
        except EncodeError as error:  # the firmware's encoder fails as ours does
            self.fault(f"response cannot be encoded: {str(error).splitlines()[0]}")
            return
        # Events that the call gave rise to come after its response.
        self.outbox.insert(before, bytes([RpcPacketType.RESPONSE]) + response)

    def _answer(self, body: bytes) -> bytes:
        try:
            command = self.codec.decode_command(body)
        except UnknownOpcodeError:
            return self._unknown(body)
        name = command.name
        if name in self.dialect.unknown_calls:
            return self._unknown(body)
        try:
            self._check_enabled(name)
            outputs = _CALLS.get(name, _without_server)(self, command)
        except Refusal as refusal:
            return _result(body[0], refusal.result)
        response = self.codec.message_class("response", name)(result=NrfError.SUCCESS, **outputs)  # type: ignore[call-arg]
        return self.codec.encode(response)

    def _unknown(self, body: bytes) -> bytes:
        if self.firmware.refuses_unknown:
            return _result(body[0], NrfError.NOT_SUPPORTED)
        raise UndecodableCommand(f"unknown opcode 0x{body[0]:02x}")

    def _check_enabled(self, name: str) -> None:
        if self.config.require_enable and not self.gap.enabled and name not in common.BEFORE_ENABLE:
            raise Refusal(BleError.NOT_ENABLED)

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

    def group_of(self, attribute: Attribute) -> SysAttrFlags:
        """Which system attributes it belongs to: the stack's services' or the application's."""
        return SysAttrFlags.SYS_SRVCS if attribute.stack else SysAttrFlags.USR_SRVCS

    def owner(self, conn_handle: int) -> Connection:
        """The connection that a CCCD's value belongs to, or the refusal for none."""
        refuse_unless(conn_handle != NO_CONNECTION, self.profile.no_connection_result)
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


def _without_server(device: Device, command: Any) -> dict[str, object]:
    """GATT client and L2CAP calls: the simulated peer has neither a server nor channels."""
    conn_handle = getattr(command, "conn_handle", None)
    if conn_handle is not None:
        device.connections.require(conn_handle)
    raise Refusal(NrfError.NOT_SUPPORTED)


def _result(opcode: int, result: int) -> bytes:
    return bytes([opcode]) + int(result).to_bytes(4, "little")
