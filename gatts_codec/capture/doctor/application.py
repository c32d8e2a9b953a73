"""What the application did not do: answer its peers, set system attributes, wait for buffers."""

from __future__ import annotations

from collections.abc import Iterator

from gatts_codec.capture.calls.deliveries import Delivery, between
from gatts_codec.capture.calls.exchanges import Exchange
from gatts_codec.capture.calls.session import Call, EventSeen
from gatts_codec.capture.decoding.describe import Describer
from gatts_codec.capture.decoding.packets import PacketRecord
from gatts_codec.capture.doctor.finding import Cases, Evidence, Finding, of_delivery
from gatts_codec.constants import HvxType, result_name
from gatts_codec.constants.table import short_name
from gatts_codec.dialects import Dialect
from gatts_codec.packets.gatts.hvx import Hvx
from gatts_codec.packets.gatts.sys_attr_set import SysAttrSet
from gatts_codec.packets.gatts.timeout_event import TimeoutEvent

_PATIENCE_US = (
    1_000_000  # a reply takes milliseconds; who has been silent for a second while others speak forgot it
)
_AT_THE_END_US = 5_000_000
_SYS_ATTR_MISSING = "BLE_ERROR_GATTS_SYS_ATTR_MISSING"
_NO_BUFFER = {"NRF_ERROR_RESOURCES", "BLE_ERROR_NO_TX_BUFFERS", "BLE_ERROR_NO_TX_PACKETS"}
_KEPT = 64  # of what is open at the same time
_POLLED = 3  # times in a row: who waits for the event fails once
_REPLIES = {
    "authorization": "rw_authorize_reply",
    "mtu": "exchange_mtu_reply",
    "system attributes": "sys_attr_set",
}


class Application:
    """Judges what the application owes."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._describer = Describer(dialect.numbers)
        self._cases = Cases()
        self._open: dict[tuple[str, int], list[Delivery]] = {}
        self._refused: dict[int, list[Call]] = {}
        self._unsubscribed: dict[int, list[Evidence]] = {}
        self._now_us: int | None = None
        self._last_command_us: int | None = None

    def record(self, record: PacketRecord) -> None:
        """Takes a frame: time goes on."""
        if record.frame.t_us is not None:
            self._now_us = record.frame.t_us

    def call(self, call: Call) -> None:
        """Takes a call that is over."""
        self._last_command_us = call.command.first.t_us or self._last_command_us
        conn_handle, message = call.conn_handle, call.message
        if conn_handle is None:
            return
        if isinstance(message, SysAttrSet) and call.result == 0:
            self._unsubscribed.pop(conn_handle, None)
        if isinstance(message, Hvx):
            self._notified(call, conn_handle, message)

    def event(self, event: EventSeen) -> None:
        """Takes an event."""
        message = event.delivery.packet.message
        if isinstance(message, TimeoutEvent):
            self._timed_out(event.delivery, message.conn_handle)
        kind = _request_kind(event.delivery)
        if kind is not None and event.conn_handle is not None:
            waiting = self._open.setdefault((kind, event.conn_handle), [])
            waiting.append(event.delivery)
            del waiting[:-_KEPT]

    def exchange(self, exchange: Exchange) -> None:
        """Takes a request that was answered, or never will be."""
        waiting = self._open.get((exchange.kind, exchange.conn_handle))
        if waiting and exchange.opened in waiting:
            waiting.remove(exchange.opened)
        if exchange.closed is None and exchange.kind in _REPLIES:
            self._unanswered(exchange)

    def findings(self) -> Iterator[Finding]:
        """What was found."""
        for conn_handle, evidences in self._unsubscribed.items():
            for evidence in evidences:
                self._cases.add(
                    "system attributes missing", evidence, {"conn": conn_handle}, apart=conn_handle
                )
        for calls in self._refused.values():
            self._polled(calls)
        return self._cases.findings()

    def _notified(self, call: Call, conn_handle: int, message: Hvx) -> None:
        name = result_name(self._dialect.numbers, call.result) if call.result else None
        if name == _SYS_ATTR_MISSING:
            evidence = of_delivery(call.command, f"hvx on connection {conn_handle}: {name}")
            self._keep_unsubscribed(conn_handle, evidence)
        notification = message.hvx_params is not None and message.hvx_params.type == HvxType.NOTIFICATION
        if name in _NO_BUFFER and notification:
            refused = self._refused.setdefault(conn_handle, [])
            refused.append(call)
            del refused[_KEPT:]
        elif call.result == 0:
            self._unsubscribed.pop(conn_handle, None)
            self._polled(self._refused.pop(conn_handle, []))

    def _keep_unsubscribed(self, conn_handle: int, evidence: Evidence) -> None:
        evidences = self._unsubscribed.setdefault(conn_handle, [])
        evidences.append(evidence)
        del evidences[_KEPT:]

    def _polled(self, calls: list[Call]) -> None:
        if len(calls) < _POLLED:
            return
        event = "HVN_TX_COMPLETE" if "hvn_tx_complete" in self._dialect.events else "BLE_EVT_TX_COMPLETE"
        for call in calls:
            said = self._describer.result(call.result or 0)
            self._cases.add(
                "no notification buffer",
                of_delivery(call.command, f"hvx: {said}"),
                {"result": said, "event": event},
            )

    def _timed_out(self, delivery: Delivery, conn_handle: int) -> None:
        owed = [
            request
            for (kind, conn), requests in self._open.items()
            for request in requests
            if conn == conn_handle and kind != "system attributes" and _waited(request, delivery)
        ]
        if owed:
            first = owed[0].first.frame
            evidence = of_delivery(delivery, f"TIMEOUT; the request in frame {first} was never answered")
            self._cases.add("gatt timeout", evidence, {"conn": conn_handle}, apart=conn_handle)

    def _unanswered(self, exchange: Exchange) -> None:
        opened = exchange.opened
        what = short_name(opened.packet.name or "").upper()
        evidence = of_delivery(opened, f"{what} on connection {exchange.conn_handle}, {exchange.why}")
        if not self._forgotten(exchange):
            self._cases.add("request open at the end", evidence, {"what": what}, apart=what)
        elif exchange.kind == "system attributes":
            self._keep_unsubscribed(exchange.conn_handle, evidence)
        else:
            values = {"conn": exchange.conn_handle, "what": what, "reply": _REPLIES[exchange.kind]}
            self._cases.add("unanswered request", evidence, values, apart=(what, exchange.conn_handle))

    def _forgotten(self, exchange: Exchange) -> bool:
        start = exchange.opened.first.t_us
        if start is None or self._now_us is None:
            return exchange.why != "the recording ends"
        spoke = self._last_command_us is not None and self._last_command_us - start >= _PATIENCE_US
        over = exchange.why != "the recording ends" and self._now_us - start >= _PATIENCE_US
        return spoke or over or self._now_us - start >= _AT_THE_END_US


def _waited(request: Delivery, until: Delivery) -> bool:
    waited = between(request.first, until.first)
    return waited is None or waited >= _PATIENCE_US


def _request_kind(delivery: Delivery) -> str | None:
    name = short_name(delivery.packet.name or "")
    return {"rw_authorize_request": "authorization", "exchange_mtu_request": "mtu"}.get(name)
