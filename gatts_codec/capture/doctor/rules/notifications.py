"""Notifications and indications: buffers, lengths, subscriptions, confirmations."""

from __future__ import annotations

from dataclasses import dataclass, field

from gatts_codec.capture.calls.exchanges import Exchange
from gatts_codec.capture.calls.session import Call, EventSeen
from gatts_codec.capture.doctor.finding import of_delivery
from gatts_codec.capture.doctor.rules.connections import CONNECTED
from gatts_codec.capture.doctor.rules.rule import Rule
from gatts_codec.capture.doctor.scene import Scene
from gatts_codec.constants import DEFAULT_MTU, HvxType
from gatts_codec.packets.gattc.exchange_mtu_request import ExchangeMtuRequest
from gatts_codec.packets.gattc.exchange_mtu_rsp_event import ExchangeMtuRspEvent
from gatts_codec.packets.gatts.exchange_mtu_reply import ExchangeMtuReply
from gatts_codec.packets.gatts.exchange_mtu_request_event import ExchangeMtuRequestEvent
from gatts_codec.packets.gatts.hvx import Hvx, HvxParams
from gatts_codec.packets.gatts.sys_attr_set import SysAttrSet
from gatts_codec.packets.gatts.write_event import WriteEvent, WriteEventV1

ATT_HEADER = 3  # opcode and handle, before the value of a notification or a write
_CCCD = 0x2902
_CCCD_BYTES = 2
_KEPT = 64
_POLLED = 3  # times in a row: who waits for the event fails once
_AGAIN = 2  # one refusal may be a race, which a program meets and goes on
_NO_BUFFER = {"NRF_ERROR_RESOURCES", "BLE_ERROR_NO_TX_BUFFERS", "BLE_ERROR_NO_TX_PACKETS"}


@dataclass
class _Connection:
    """What one connection knows of its peer's subscriptions."""

    # By CCCD: value, and frame of the write.
    subscribed: dict[int, tuple[bytes, int]] = field(default_factory=dict)
    set_without_data: bool = False
    restored: bool = False
    unsubscribed: list[Call] = field(default_factory=list)


class Buffers(Rule):
    """Notifications queued faster than they go out."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._refused: dict[int, list[Call]] = {}

    def call(self, call: Call) -> None:
        params, conn_handle = hvx_params(call), call.conn_handle
        if params is None or conn_handle is None or params.type != HvxType.NOTIFICATION:
            return
        if self.scene.result_name(call.result) in _NO_BUFFER:
            refused = self._refused.setdefault(conn_handle, [])
            refused.append(call)
            del refused[_KEPT:]
        elif call.result == 0:
            self._polled(self._refused.pop(conn_handle, []))

    def end(self) -> None:
        for calls in self._refused.values():
            self._polled(calls)

    def _polled(self, calls: list[Call]) -> None:
        if len(calls) < _POLLED:
            return
        has_event = "hvn_tx_complete" in self.scene.dialect.events
        event = "HVN_TX_COMPLETE" if has_event else "BLE_EVT_TX_COMPLETE"
        for call in calls:
            said = self.scene.describer.result(call.result or 0)
            evidence = of_delivery(call.command, f"hvx: {said}")
            self.cases.add("no notification buffer", evidence, {"result": said, "event": event})


class Sizes(Rule):
    """Values longer than one notification carries."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._mtu: dict[int, int] = {}
        self._asked: dict[int, int] = {}  # by the peer, or by this end as a client
        self._whole: set[int] = set()  # connections whose beginning is in the recording

    def event(self, event: EventSeen) -> None:
        message, conn_handle = event.delivery.packet.message, event.conn_handle
        if event.delivery.packet.name == CONNECTED and conn_handle is not None:
            self._whole.add(conn_handle)
        elif isinstance(message, ExchangeMtuRequestEvent):
            self._asked[message.conn_handle] = message.client_rx_mtu
        elif isinstance(message, ExchangeMtuRspEvent):
            self._agree(message.conn_handle, message.server_rx_mtu)
        elif conn_handle is not None and self.scene.ends_connection(event.delivery):
            self._mtu.pop(conn_handle, None)
            self._asked.pop(conn_handle, None)
            self._whole.discard(conn_handle)

    def call(self, call: Call) -> None:
        message, conn_handle = call.message, call.conn_handle
        if isinstance(message, ExchangeMtuRequest) and call.result == 0:
            self._asked[message.conn_handle] = message.client_rx_mtu
        elif isinstance(message, ExchangeMtuReply) and call.result == 0:
            self._agree(message.conn_handle, message.server_rx_mtu)
        params = hvx_params(call)
        if params is not None and conn_handle is not None and params.len:
            self._sized(call, params.len, self._mtu.get(conn_handle, DEFAULT_MTU))

    def _agree(self, conn_handle: int, server_rx_mtu: int) -> None:
        asked = self._asked.get(conn_handle, server_rx_mtu)
        self._mtu[conn_handle] = max(DEFAULT_MTU, min(asked, server_rx_mtu))

    def _sized(self, call: Call, asked: int, mtu: int) -> None:
        taken = getattr(call.reply, "bytes_written", None)
        values = {"asked": asked, "taken": taken, "mtu": mtu, "room": mtu - ATT_HEADER}
        if call.result == 0 and taken is not None and taken < asked:
            evidence = of_delivery(call.command, f"hvx of {asked} bytes, response len {taken}")
            self.cases.add("hvx taken in part", evidence, values | {"mtu": taken + ATT_HEADER})
        elif self.scene.result_name(call.result) == "NRF_ERROR_DATA_SIZE" and asked > mtu - ATT_HEADER:
            evidence = of_delivery(call.command, f"hvx of {asked} bytes: NRF_ERROR_DATA_SIZE")
            self.cases.add("hvx longer than the mtu", evidence, values)
        elif call.result == 0 and asked > mtu - ATT_HEADER and call.conn_handle in self._whole:
            evidence = of_delivery(
                call.command, f"hvx of {asked} bytes, an MTU of {mtu} since the connection began"
            )
            self.cases.add("hvx longer than the mtu", evidence, values)


class Subscriptions(Rule):
    """Notifications to a peer that has not subscribed, or whose subscription was lost with its last connection."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._now: dict[int, _Connection] = {}
        self._before: dict[int, tuple[bytes, int]] = {}

    def event(self, event: EventSeen) -> None:
        message, conn_handle = event.delivery.packet.message, event.conn_handle
        if conn_handle is None:
            return
        if self.scene.ends_connection(event.delivery):
            self._over(self._now.pop(conn_handle, None), conn_handle)
        elif isinstance(message, (WriteEvent, WriteEventV1)) and _is_cccd(message):
            written = bytes(message.data), event.delivery.first.frame
            self._connection(conn_handle).subscribed[message.handle] = written

    def call(self, call: Call) -> None:
        message, conn_handle = call.message, call.conn_handle
        if conn_handle is None:
            return
        connection = self._connection(conn_handle)
        if isinstance(message, SysAttrSet) and call.result == 0:
            connection.restored |= bool(message.sys_attr_data)
            connection.set_without_data |= not message.sys_attr_data
        elif hvx_params(call) and self.scene.result_name(call.result) == "NRF_ERROR_INVALID_STATE":
            connection.unsubscribed.append(call)
            del connection.unsubscribed[_KEPT:]

    def end(self) -> None:
        for conn_handle, connection in self._now.items():
            self._over(connection, conn_handle)

    def _connection(self, conn_handle: int) -> _Connection:
        return self._now.setdefault(conn_handle, _Connection())

    def _over(self, connection: _Connection | None, conn_handle: int) -> None:
        """A connection ends: its refused notifications are judged, and its subscriptions become those before."""
        if connection is None:
            return
        for call in connection.unsubscribed:
            self._judge(call, connection, conn_handle)
        self._before |= connection.subscribed

    def _judge(self, call: Call, connection: _Connection, conn_handle: int) -> None:
        params = hvx_params(call)
        handle = params.handle if params else 0
        cccds = [cccd for cccd in (handle + 1, handle + 2) if cccd in connection.subscribed]
        if cccds or connection.restored:
            return
        said = self.scene.describer.result(call.result or 0)
        values: dict[str, object] = {"conn": conn_handle, "result": said, "cccd": f"0x{handle + 1:04x}"}
        evidence = of_delivery(call.command, f"hvx of handle 0x{handle:04x}: {said}")
        lost = next((cccd for cccd in (handle + 1, handle + 2) if cccd in self._before), None)
        if lost is not None and any(self._before[lost][0]) and connection.set_without_data:
            written, frame = self._before[lost]
            values |= {"written": written.hex(), "cccd": f"0x{lost:04x}", "frame": frame}
            self.cases.add("subscription lost", evidence, values, apart=conn_handle)
        elif len(connection.unsubscribed) >= _AGAIN:
            self.cases.add("not subscribed", evidence, values, apart=conn_handle)


def _is_cccd(message: WriteEvent | WriteEventV1) -> bool:
    uuid = message.uuid if isinstance(message, WriteEvent) else message.context.desc_uuid
    return uuid.uuid == _CCCD and len(message.data) == _CCCD_BYTES


class Confirmations(Rule):
    """Indications sent before the last was confirmed."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._busy: dict[int, list[Call]] = {}
        self._unconfirmed: dict[int, int] = {}

    def call(self, call: Call) -> None:
        params, conn_handle = hvx_params(call), call.conn_handle
        if params is None or conn_handle is None or params.type != HvxType.INDICATION:
            return
        if self.scene.result_name(call.result) == "NRF_ERROR_BUSY":
            busy = self._busy.setdefault(conn_handle, [])
            busy.append(call)
            del busy[_KEPT:]

    def exchange(self, exchange: Exchange) -> None:
        if exchange.kind == "indication" and exchange.closed is None:
            self._unconfirmed[exchange.conn_handle] = exchange.opened.first.frame

    def end(self) -> None:
        for conn_handle, calls in self._busy.items():
            frame = self._unconfirmed.get(conn_handle)
            if len(calls) < _AGAIN and frame is None:
                continue
            state = "each was confirmed (HVC), later than the next was sent"
            if frame is not None:
                state = f"no HVC came for the one in frame {frame} in the whole recording"
            for call in calls:
                said = self.scene.describer.result(call.result or 0)
                evidence = of_delivery(call.command, f"hvx: {said}")
                values = {"result": said, "state": state}
                self.cases.add("indication unconfirmed", evidence, values, apart=conn_handle)


def hvx_params(call: Call) -> HvxParams | None:
    """What a call of hvx sends; None for other calls."""
    return call.message.hvx_params if isinstance(call.message, Hvx) else None
