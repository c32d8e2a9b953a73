"""The far end of a simulated peer's connection, as this chip's client and link layer find it.

A phone without attributes: its server answers that nothing is there, its chip has no later procedures and does not
pair, and it agrees to other timing. Its air takes no time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gatts_codec.constants import GattStatus
from gatts_codec.constants.gap import HciStatus, SecStatus
from gatts_codec.constants.gattc import ChStatus
from gatts_codec.device import radio, smp
from gatts_codec.device.channel_pdus import ChannelAnswer, ChannelRequest
from gatts_codec.device.connection import AttRequest, Connection, FoundAttribute, Op, Reply
from gatts_codec.device.link_layer import LengthAnswer, LengthRequest, PhyAnswer, PhyRequest
from gatts_codec.device.link_state import Lengths
from gatts_codec.device.remote import HEARS
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gap.connection_events import ConnParamUpdateEvent
from gatts_codec.packets.gap.radio import Phys
from gatts_codec.packets.gap.structs import ConnParams

_MTU = 247
# What it says to what this end's chip tells it; to all else nothing.
_ANSWERS: dict[type, Callable[[Any], object]] = {
    PhyRequest: lambda _: PhyAnswer(Phys(), HciStatus.UNSUPPORTED_REMOTE_FEATURE),
    LengthRequest: lambda _: LengthAnswer(Lengths()),
    ChannelRequest: lambda pdu: ChannelAnswer(pdu.cid, ChStatus.LE_PSM_NOT_SUPPORTED),
    smp.SecurityRequest: lambda _: smp.PairingFailed(SecStatus.PAIRING_NOT_SUPP),
}


class SimulatedChip:
    """``connection`` as its simulated peer sees it. Out of reach it answers nothing."""

    rssi = -60

    def __init__(self, device: DeviceState, connection: Connection) -> None:
        self._device, self._connection = device, connection

    def ask(self, request: AttRequest, answer: Callable[[Reply], None]) -> None:
        """There is no attribute; the MTU is that of a phone."""
        if self._in_reach:
            answer(_reply(request))

    def command(self, request: AttRequest, sent: Callable[[], None]) -> None:
        """It goes out, and nobody takes it."""
        if self._in_reach:
            sent()

    def confirm(self) -> None:
        """It has never indicated anything."""

    def find(self, first: int, last: int, answer: Callable[[list[FoundAttribute]], None]) -> None:
        """Nothing."""
        if self._in_reach:
            answer([])

    def want(self, params: ConnParams) -> None:
        """It agrees."""
        connection = self._connection
        connection.wish = connection.link.timing_due = None
        connection.params = radio.chosen(params)
        self._device.emit(ConnParamUpdateEvent(connection.handle, connection.params))

    def use(self, params: ConnParams) -> None:
        """It is the central: the other end has decided nothing."""

    def carry(self, pdu: object) -> None:
        """It answers at once."""
        if self._in_reach and type(pdu) in _ANSWERS:
            answer = _ANSWERS[type(pdu)](pdu)
            HEARS[type(answer)](self._device, self._connection, answer)

    @property
    def _in_reach(self) -> bool:
        return self._connection.peer.in_reach


def _reply(request: AttRequest) -> Reply:
    match request.op:
        case Op.EXCHANGE_MTU:
            return Reply(mtu=_MTU)
        case Op.EXECUTE | Op.CANCEL:
            return Reply()
        case _:
            return Reply(GattStatus.ATTERR_INVALID_HANDLE)
