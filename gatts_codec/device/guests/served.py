"""Peripherals with one service: a heart rate sensor, a battery, a Nordic UART service."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.advertising.data import AdvData
from gatts_codec.constants import HvxType
from gatts_codec.device.guests.guest import MTU, Guest
from gatts_codec.packets.common.uuid_vs_add import Uuid128, UuidVsAdd
from gatts_codec.packets.gap.connection_events import ConnectedEvent, DisconnectedEvent
from gatts_codec.packets.gap.pairing import SecParamsReply
from gatts_codec.packets.gap.security_events import SecParamsRequestEvent
from gatts_codec.packets.gap.structs import SecParams
from gatts_codec.packets.gatts.characteristic_add import CharacteristicAdd
from gatts_codec.packets.gatts.hvx import Hvx, HvxParams
from gatts_codec.packets.gatts.service_add import ServiceAdd
from gatts_codec.packets.gatts.value_set import Value, ValueSet
from gatts_codec.packets.gatts.write_event import WriteEvent
from gatts_codec.plans.advertise import Advertise
from gatts_codec.plans.start import Start
from gatts_codec.schema.characteristic import CharMd, CharProps
from gatts_codec.schema.message import Event
from gatts_codec.schema.structs import OPEN, Attr, AttrMd, Uuid

_LONGEST = MTU - 3


class Served(Guest):
    """A peripheral that advertises whenever nobody is connected, and pairs with whoever wants to.

    ``ticks_s`` is how often ``on_tick`` is called while a peer listens, in seconds; 0: never.
    """

    name: ClassVar[str]
    ticks_s: ClassVar[float] = 0.0

    def __init__(self) -> None:
        super().__init__()
        self._due: float | None = None
        self._listened = 0

    def begin(self) -> None:
        """Table and advertising."""
        self.carry_out(Start(att_mtu=MTU, device_name=self.name, vs_uuid_count=1, hvn_tx_queue_size=8))
        self.fill()
        self._advertise()

    def fill(self) -> None:
        """Add the service."""
        raise NotImplementedError

    def on_write(self, handle: int, data: bytes) -> None:
        """A peer has written a value."""

    def on_tick(self) -> None:
        """Time for another notification."""

    def add(self, uuid: Uuid, value: bytes = b"", **properties: int) -> int:
        """A characteristic of variable length, open to all; its value's handle."""
        attribute = Attr(uuid, AttrMd(read_perm=OPEN, write_perm=OPEN, vlen=1), _LONGEST, value)
        handles = self.call(CharacteristicAdd(0, CharMd(CharProps(**properties)), attribute)).handles
        assert handles is not None
        if handles.cccd_handle:
            self._listened = handles.cccd_handle
        return handles.value_handle

    def notify(self, handle: int, data: bytes) -> None:
        """Notify, if the peer listens and there is room."""
        if self.conn is not None:
            self.try_call(Hvx(self.conn, HvxParams(handle, data=data)))

    def next_deadline(self) -> float | None:
        """When the next notification is due, too."""
        dues = (super().next_deadline(), self._due)
        return min((due for due in dues if due is not None), default=None)

    def tick(self, now: float) -> None:
        """Let the time be ``now``."""
        super().tick(now)
        if self._due is not None and self._due <= now:
            self._due = now + self.ticks_s
            self.on_tick()

    def on_event(self, event: Event) -> None:
        """What a peer does."""
        match event:
            case ConnectedEvent():
                self._due = None
            case DisconnectedEvent():
                self._due = None
                self._advertise()
            case SecParamsRequestEvent():
                self.call(SecParamsReply(event.conn_handle, 0, SecParams(), None))
            case WriteEvent() if event.handle == self._listened:
                listens = bool(event.data and event.data[0] & HvxType.NOTIFICATION)
                self._due = self.device.now + self.ticks_s if listens and self.ticks_s else None
            case WriteEvent():
                self.on_write(event.handle, event.data)

    def _advertise(self) -> None:
        self.carry_out(Advertise(AdvData(name=self.name)))


class HeartRate(Served):
    """Heart Rate (0x180D): a measurement each second, from the chest; the rate goes up and down."""

    name = "Heart rate"
    address: bytes = bytes.fromhex("d0000000180d")
    ticks_s = 1.0

    def fill(self) -> None:
        """Measurement and body location."""
        self.call(ServiceAdd(1, Uuid(0x180D)))
        self._measurement = self.add(Uuid(0x2A37), b"\x00\x48", notify=1)
        self.add(Uuid(0x2A38), b"\x01", read=1)

    def on_tick(self) -> None:
        """Flags, then beats a minute."""
        self.notify(self._measurement, bytes([0, 60 + self.device.random.randrange(40)]))


class Battery(Served):
    """Battery (0x180F): a level that falls by a percent each ten seconds, and is charged at none."""

    name = "Battery"
    address: bytes = bytes.fromhex("d0000000180f")
    ticks_s = 10.0
    level = 100

    def fill(self) -> None:
        """The level."""
        self.call(ServiceAdd(1, Uuid(0x180F)))
        self._value = self.add(Uuid(0x2A19), bytes([self.level]), read=1, notify=1)

    def on_tick(self) -> None:
        """The next level."""
        self.level = self.level - 1 or 100
        self.call(ValueSet(0xFFFF, self._value, Value(bytes([self.level]))))
        self.notify(self._value, bytes([self.level]))


class Uart(Served):
    """Nordic UART service: what is written to RX comes back from TX."""

    name = "UART"
    address: bytes = bytes.fromhex("d000000000ab")

    def fill(self) -> None:
        """RX, then TX."""
        base = Uuid128.from_text("6E400000-B5A3-F393-E0A9-E50E24DCCA9E")
        kind = self.call(UuidVsAdd(base)).uuid_type or 0
        self.call(ServiceAdd(1, Uuid(0x0001, kind)))
        self._rx = self.add(Uuid(0x0002, kind), write=1, write_wo_resp=1)
        self._tx = self.add(Uuid(0x0003, kind), notify=1)

    def on_write(self, handle: int, data: bytes) -> None:
        """Echo."""
        if handle == self._rx:
            self.notify(self._tx, data)
