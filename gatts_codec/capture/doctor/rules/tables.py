"""The attribute table: handles of a time before the restart, a RESET that restarts nothing, memory that cannot be."""

from __future__ import annotations

from gatts_codec.capture.calls.deliveries import LinkChange
from gatts_codec.capture.calls.names import AttributeNames
from gatts_codec.capture.calls.selection import handles_of
from gatts_codec.capture.calls.session import Call, EventSeen
from gatts_codec.capture.decoding.packets import PacketRecord
from gatts_codec.capture.doctor.finding import of_delivery, of_record
from gatts_codec.capture.doctor.rules.connections import CONNECTED
from gatts_codec.capture.doctor.rules.rule import Rule
from gatts_codec.capture.doctor.scene import Scene
from gatts_codec.capture.wire.chunks import TO_HOST
from gatts_codec.constants import BLE_CONN_HANDLE_INVALID, AttrVloc
from gatts_codec.packets.gatts.characteristic_add import CharacteristicAdd
from gatts_codec.packets.gatts.descriptor_add import DescriptorAdd
from gatts_codec.packets.gatts.service_add import ServiceAdd, ServiceAddResponse
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Packet


class OldHandles(Rule):
    """Calls that use, and fail with, a handle that belonged to something before the chip restarted."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._now, self._before = AttributeNames(), AttributeNames()

    def link(self, change: LinkChange) -> None:
        if change.what != "up" and len(self._now):
            self._before, self._now = self._now, AttributeNames()

    def call(self, call: Call) -> None:
        message, reply = call.message, call.reply
        if isinstance(message, Packet) and isinstance(reply, Packet):
            self._now.learn(message, reply)
        if not call.result or message is None or isinstance(message, Opaque):
            return
        for handle in handles_of(message):
            called = self._before.name_of(handle)
            if called and not self._now.name_of(handle):
                name = self.name(call.command)
                said = self.scene.describer.result(call.result)
                evidence = of_delivery(call.command, f"{name}, handle 0x{handle:04x}: {said}")
                values = {"name": name, "handle": f"0x{handle:04x}", "called": called}
                self.cases.add("old handles", evidence, values, apart=name)


class ResetNotObeyed(Rule):
    """A RESET that firmware does not know: the link is set up again, and everything else stays."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._first: int | None = None
        self._added = False
        self._up = False
        self._reset: PacketRecord | None = None
        self._connected: set[int] | None = None  # since the last RESET; None before one

    def record(self, record: PacketRecord) -> None:
        h5 = record.h5
        if h5 is None or record.frame.dir != TO_HOST or self._reset is None:
            return
        if h5.link == "SYNC":
            self._reset = None  # it restarted, or would have begun again in any case: nothing is proven
        elif h5.link == "SYNC_RSP" and self._up:
            said = "RESET, and the chip answers SYNC without a SYNC of its own"
            self.cases.add("reset unknown", of_record(self._reset, said), {"what": said})
            self._reset = None

    def link(self, change: LinkChange) -> None:
        if change.what == "reset":
            self._reset, self._added = change.record, False
            self._connected = set()
        elif change.what == "up":
            self._up = True
        elif change.what.startswith("chip restarted"):
            self._first = None

    def event(self, event: EventSeen) -> None:
        conn_handle = event.conn_handle
        if self._connected is None or conn_handle is None or conn_handle == BLE_CONN_HANDLE_INVALID:
            return
        if event.delivery.packet.name == CONNECTED or conn_handle in self._connected:
            self._connected.add(conn_handle)
            return
        self._connected = None  # told once
        said = f"{self.name(event.delivery)} of connection {conn_handle}, which was not made since the RESET"
        self.cases.add("reset unknown", of_delivery(event.delivery, said), {"what": said})

    def call(self, call: Call) -> None:
        message, reply = call.message, call.reply
        if not isinstance(message, ServiceAdd) or not isinstance(reply, ServiceAddResponse) or call.result:
            return
        added, self._added = self._added, True
        if added or not reply.handle:
            return
        if self._first is not None and reply.handle > self._first:
            what = (
                f"service_add gives handle 0x{reply.handle:04x}, the first one before was 0x{self._first:04x}"
            )
            self.cases.add("reset not obeyed", of_delivery(call.command, what), {"what": what})
        self._first = self._first or reply.handle


class ValueMemory(Rule):
    """Values that are to live in the application's memory, which a chip cannot reach."""

    def call(self, call: Call) -> None:
        message = call.message
        if isinstance(message, CharacteristicAdd):
            attr = message.attr_char_value
        elif isinstance(message, DescriptorAdd):
            attr = message.attr
        else:
            return
        if attr is not None and attr.attr_md is not None and attr.attr_md.vloc == AttrVloc.USER:
            name = self.name(call.command)
            evidence = of_delivery(call.command, f"{name}: vloc USER ({int(AttrVloc.USER)})")
            self.cases.add("value in the application", evidence, {"name": name}, apart=name)
