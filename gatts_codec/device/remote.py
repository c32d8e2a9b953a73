"""The other end of a connection between two chips of one air.

Requests take no time on the way, their answers a connection interval; out of reach they wait, until the supervision
timeout ends the connection.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gatts_codec.constants import GattStatus, HvxType
from gatts_codec.device import air, channels, connectionless, link_layer, secured
from gatts_codec.device.attribute_table import LAST_HANDLE, Attribute
from gatts_codec.device.connection import AttRequest, Connection, FoundAttribute, Reply
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gap.connection_events import ConnParamUpdateRequestEvent
from gatts_codec.packets.gap.structs import ConnParams
from gatts_codec.packets.gattc.hvx_event import HvxEvent

_TIMEOUT_UNIT_S = 0.01
HEARS = {**secured.HEARS, **link_layer.HEARS, **channels.HEARS, **connectionless.HEARS}


@dataclass(slots=True)
class Path:
    """What lies between two chips: how strong they hear each other, in dBm, and whether at all."""

    rssi: int = -60
    in_reach: bool = True


class RemoteChip:
    """``device`` as its peer ``other`` sees it in a connection."""

    connection: Connection

    def __init__(self, path: Path, device: DeviceState, other: DeviceState) -> None:
        self._path, self.device, self._other = path, device, other
        self._held: list[Callable[[], None]] = []

    @property
    def in_reach(self) -> bool:
        """Whether both hear each other."""
        return self._path.in_reach

    @property
    def rssi(self) -> int:
        """How strong it is heard, in dBm."""
        return self._path.rssi

    def between(self) -> set[int]:
        """Which two chips it joins."""
        return {id(self.device), id(self._other)}

    # -- what the peer's server and connection tell its client

    def hear(self, handle: int, data: bytes, *, indication: bool) -> None:
        """HVX."""
        if not self.in_reach:
            return
        kind = HvxType.INDICATION if indication else HvxType.NOTIFICATION
        if indication:
            self.connection.unconfirmed = handle
        self.device.emit(HvxEvent(self.connection.handle, GattStatus.SUCCESS, 0, handle, kind, data))

    def time_out(self, connection: Connection) -> None:
        """The client's request, if one was under way, is never answered: TIMEOUT."""
        if self.connection.answer_due is not None:
            air.give_up(self.device, self.connection)

    def lose(self, connection: Connection) -> None:
        """The peer has ended the connection, or it does not exist any more."""
        if self.in_reach:
            air.close(self.device, self.connection, connection.farewell)

    # -- what the peer's client asks

    def ask(self, request: AttRequest, answer: Callable[[Reply], None]) -> None:
        """An ATT request; ``answer`` is called with the reply, unless the connection ends first."""
        self._reached(lambda: air.ask(self.device, self.connection, request, answer))

    def command(self, request: AttRequest, sent: Callable[[], None]) -> None:
        """A write command; ``sent`` is called when it has gone out."""

        def arrive() -> None:
            air.command(self.device, self.connection, request)
            sent()

        self._reached(arrive)

    def confirm(self) -> None:
        """The confirmation of its indication."""
        self._reached(lambda: air.confirm(self.device, self.connection))

    def find(self, first: int, last: int, answer: Callable[[list[FoundAttribute]], None]) -> None:
        """Ask for its attributes from one handle to another."""
        self._reached(
            lambda: answer([self._found(row) for row in self.device.table if first <= row.handle <= last])
        )

    def _found(self, row: Attribute) -> FoundAttribute:
        table = self.device.table
        end = table.service_end(row.handle)
        kind = self.device.bases.expand(row.uuid)
        return FoundAttribute(row, kind, LAST_HANDLE if end == len(table) else end)

    # -- timing

    def want(self, params: ConnParams) -> None:
        """The peer, a peripheral, wants other timing: this end's host decides."""
        self.connection.wish = params
        self.device.emit(ConnParamUpdateRequestEvent(self.connection.handle, params))

    def use(self, params: ConnParams) -> None:
        """The peer, the central, has decided: the host learns of other timing, and of the outcome if it has asked."""
        asked, self.connection.wish = self.connection.wish, None
        self.connection.link.timing_due = None
        if asked is not None or params != self.connection.params:
            air.retime(self.device, self.connection, params)

    # -- what the peer's chip tells its chip

    def carry(self, pdu: object) -> None:
        """It arrives a connection interval later."""
        self._reached(
            lambda: air.deliver(
                self.device, self.connection, lambda: HEARS[type(pdu)](self.device, self.connection, pdu)
            )
        )

    # -- the path

    def part(self, now: float) -> None:
        """The path is gone: from now on the supervision timeout runs."""
        timeout_s = self.connection.params.conn_sup_timeout * _TIMEOUT_UNIT_S
        self.connection.supervision = now + timeout_s
        self.device.roused()

    def meet(self) -> None:
        """The path is back: what waited arrives."""
        self.connection.supervision = None
        held, self._held = self._held, []
        for arrive in held:
            arrive()
        air.flush(self.device, self.connection)

    def _reached(self, arrive: Callable[[], None]) -> None:
        if self.in_reach:
            arrive()
            self.device.roused()
        else:
            self._held.append(arrive)
