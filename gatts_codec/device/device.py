"""The chip behind the link: payloads of H5 vendor packets in, payloads out. No clock, no port.

    device = Device("sd_api_v5")
    device.receive(payload, now)                # one packet from the host
    for payload in device.payloads_to_send():   # its response, then events, in order
        ...
    device.tick(now)                            # when next_deadline() has come

``reboot_cause`` is set when firmware would restart: after a reset packet or, ``at_fault``, at anything that ends in
its fault handler; also when it has switched the board off (``is_off``). The owner then restarts the link and calls
``reboot()``. Peers act on the device by ``gatts_codec.device.peer.Peer``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gatts_codec.constants import BleError, NrfError, RpcPacketType
from gatts_codec.device import (
    air,
    channels,
    common,
    connectionless,
    events,
    gap,
    gattc,
    link_layer,
    population,
    privacy,
    radio,
    roles,
    rssi,
    secured,
    security,
    server,
    survey,
    sys_attrs,
    values,
)
from gatts_codec.device.overrun import as_overrun
from gatts_codec.device.refusal import Crash, Refusal, UndecodableCommand
from gatts_codec.device.state import DeviceState
from gatts_codec.errors import DecodeError, EncodeError, UnknownOpcodeError
from gatts_codec.schema.message import Packet

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
    **roles.CALLS,
    **privacy.CALLS,
    **security.CALLS,
    **link_layer.CALLS,
    **rssi.CALLS,
    **channels.CALLS,
    **connectionless.CALLS,
    **survey.CALLS,
    **gattc.CALLS,
}
# Packet types: what is executed, and what firmware takes without any effect here (radio tests, generic commands).
_COMMAND = bytes([RpcPacketType.COMMAND])
_WITHOUT_EFFECT = (bytes([RpcPacketType.DTM_COMMAND]), bytes([RpcPacketType.RESET_COMMAND]))


class Device(DeviceState):
    """One connectivity chip of a dialect: packets in, packets out. Raises UnknownDialectError."""

    # Assigned here too: without these, type checkers would infer narrower ones from that.
    now: float
    outbox: list[bytes]
    reboot_cause: str | None
    is_off: bool

    def receive(self, payload: bytes, now: float) -> None:
        """A packet from the host. Any bytes: what firmware does not expect is a fault."""
        self.tick(now)
        if self.reboot_cause is not None:
            return
        if payload.startswith(self.firmware.reset_packets):
            self.reboot_cause = "reset packet"
        elif payload[:1] == _COMMAND and payload[1:] == self.firmware.power_off:
            self.reboot_cause, self.is_off = "power off", True
        elif payload[:1] == _COMMAND:
            self._execute(bytes(payload[1:]))
        elif payload[:1] not in _WITHOUT_EFFECT:
            self.fault(f"packet of type {payload[0]}" if payload else "empty packet")

    def payloads_to_send(self) -> list[bytes]:
        """What is for the host, in order. Each payload is handed out once."""
        payloads, self.outbox = self.outbox, []
        return payloads

    def next_deadline(self) -> float | None:
        """When ``tick`` has something to do; None: nothing is due."""
        guests = (guest.next_deadline() for guest in self.guests)
        dues = (
            air.next_deadline(self),
            radio.next_deadline(self),
            self.gap.next_deadline(),
            self.survey_due,
            *guests,
        )
        return min((due for due in dues if due is not None), default=None)

    def tick(self, now: float) -> None:
        """Let the time be ``now``, and do what is due: notifications leave, what takes too long ends."""
        self.now = max(self.now, now)
        air.tick(self)
        radio.tick(self)
        secured.tick(self)
        rssi.tick(self)
        link_layer.tick(self)
        channels.tick(self)
        survey.tick(self)
        for activity in self.gap.ended(self.now):
            self.emit(events.time_is_over(self, activity))
        for guest in self.guests:
            guest.tick(self.now)

    def _execute(self, body: bytes) -> None:
        before = len(self.outbox)
        try:
            response = self._answer(body)
        except (DecodeError, UndecodableCommand) as error:
            del self.outbox[before:]
            self.fault(f"command cannot be decoded: {str(error).splitlines()[0]}")
            return
        except Crash as error:
            del self.outbox[before:]
            self.fault(str(error))
            return
        except EncodeError as error:  # the firmware's encoder fails as ours does
            self.fault(f"response cannot be encoded: {str(error).splitlines()[0]}")
            return
        # Events that the call gave rise to come after its response.
        self.outbox.insert(before, response)

    def _answer(self, body: bytes) -> bytes:
        if body and body[0] in self.unknown_opcodes:  # whatever follows
            return self._unknown(body)
        if self.firmware.overruns_hvx and body[:1] == bytes([self.dialect.opcode("hvx")]):
            body = as_overrun(body)
        try:
            command = self.codec.decode_command(body)
        except UnknownOpcodeError:
            return self._unknown(body)
        name = command.name
        try:
            self._check_enabled(name)
            outputs = _CALLS.get(name, _unheard_of)(self, command)
        except Refusal as refusal:
            return _result(body[0], refusal.result)
        return self.codec.pack(self._response_class(name)(result=NrfError.SUCCESS, **outputs))

    def _response_class(self, name: str) -> Callable[..., Packet]:
        if name not in self.response_classes:
            self.response_classes[name] = self.codec.message_class("response", name)
        return self.response_classes[name]

    def _unknown(self, body: bytes) -> bytes:
        if self.firmware.refuses_unknown:
            return _result(body[0], NrfError.NOT_SUPPORTED)
        raise UndecodableCommand(f"unknown opcode 0x{body[0]:02x}")

    def _check_enabled(self, name: str) -> None:
        if self.config.require_enable and not self.gap.enabled and name not in common.BEFORE_ENABLE:
            raise Refusal(BleError.NOT_ENABLED)


def _unheard_of(device: DeviceState, command: Any) -> dict[str, object]:
    """Calls that only a user's own dialect has."""
    conn_handle = getattr(command, "conn_handle", None)
    if conn_handle is not None:
        device.connections.require(conn_handle)
    raise Refusal(NrfError.NOT_SUPPORTED)


def _result(opcode: int, result: int) -> bytes:
    return bytes([RpcPacketType.RESPONSE, opcode]) + int(result).to_bytes(4, "little")
