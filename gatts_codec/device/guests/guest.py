"""A peer that shares the air of a chip: a device of its own, and a program on it, in the chip's time.

air.host(chip, DfuTarget())         # from then on the chip's ``tick`` is the guest's, too
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, TypeVar

from gatts_codec.constants import NrfError, RpcPacketType
from gatts_codec.device.config import DeviceConfig
from gatts_codec.device.device import Device
from gatts_codec.errors import PeerError
from gatts_codec.link.commands import command_failed
from gatts_codec.packets.gap.connection_events import (
    ConnectedEvent,
    DataLengthUpdateRequestEvent,
    DisconnectedEvent,
    PhyUpdateRequestEvent,
)
from gatts_codec.packets.gap.link_layer import DataLengthUpdate, PhyUpdate
from gatts_codec.packets.gatts.exchange_mtu_reply import ExchangeMtuReply
from gatts_codec.packets.gatts.exchange_mtu_request_event import ExchangeMtuRequestEvent
from gatts_codec.packets.gatts.sys_attr_missing_event import SysAttrMissingEvent
from gatts_codec.packets.gatts.sys_attr_set import SysAttrSet
from gatts_codec.plans.plan import Plan
from gatts_codec.schema.message import Command, Event, Response

R = TypeVar("R", bound=Response)
DIALECT = "sd_api_v7"
MTU = 247


class Guest:
    """What all guests have in common: they agree to what a peer wants of the link.

    A subclass says what it is in ``begin``, and what it does in ``on_event``. ``conn`` is its connection, if it has
    one.
    """

    address: bytes = bytes.fromhex("d00000000001")

    def __init__(self) -> None:
        self.device: Device = Device(DIALECT, DeviceConfig(address=self.address))
        self.conn: int | None = None

    def begin(self) -> None:
        """The guest is in the air now."""
        raise NotImplementedError

    def on_event(self, event: Event) -> None:
        """What is not of the link."""

    # -- in the chip's time

    def next_deadline(self) -> float | None:
        """When ``tick`` has something to do."""
        return self.device.now if self.device.outbox else self.device.next_deadline()

    def tick(self, now: float) -> None:
        """Let the time be ``now``."""
        self.device.tick(now)
        while self.device.outbox:
            for payload in self.device.payloads_to_send():
                event = self.device.codec.unpack(payload)
                if isinstance(event, Event):
                    self._take(event)

    def _take(self, event: Event) -> None:
        match event:
            case ConnectedEvent():
                self.conn = event.conn_handle
            case DisconnectedEvent():
                self.conn = None
            case SysAttrMissingEvent():
                self.call(SysAttrSet(event.conn_handle))
            case ExchangeMtuRequestEvent():
                self.call(ExchangeMtuReply(event.conn_handle, self.mtu_for(event.client_rx_mtu)))
            case PhyUpdateRequestEvent():
                self.call(PhyUpdate(event.conn_handle))
            case DataLengthUpdateRequestEvent():
                self.call(DataLengthUpdate(event.conn_handle))
        self.on_event(event)

    def mtu_for(self, wanted: int) -> int:
        """What to answer to a peer that wants this MTU."""
        return min(wanted, MTU)

    # -- what its program does

    def call(self, command: Command[R]) -> R:
        """Carry out a command. Raises PeerError where it fails."""
        response = self.try_call(command)
        if response.result != NrfError.SUCCESS:
            raise PeerError(f"{type(self).__name__}: {command.name} failed: 0x{response.result:04x}")
        return response

    def try_call(self, command: Command[R]) -> R:
        """The same, whatever the result."""
        codec, waiting = self.device.codec, self.device.outbox
        self.device.outbox = []
        self.device.receive(codec.pack(command), self.device.now)
        answer, *events = self.device.payloads_to_send()
        self.device.outbox = [*waiting, *events]
        assert answer[0] == RpcPacketType.RESPONSE
        response: Any = codec.unpack(answer)
        return response  # type: ignore[no-any-return]

    def carry_out(self, plan: Plan[Any]) -> None:
        """Send what a plan consists of. Raises CommandFailed."""
        steps = plan.steps(self.device.codec)
        with suppress(StopIteration):
            command = next(steps)
            while True:
                response = self.try_call(command)
                if response.result:
                    command = steps.throw(command_failed(self.device.codec, command, response.result))
                else:
                    command = steps.send(response)
