"""Requests of peers: answered, answered only by replies that the chip refuses, or never."""

from __future__ import annotations

from gatts_codec.capture.calls.deliveries import Delivery, between
from gatts_codec.capture.calls.exchanges import REPLIES, Exchange
from gatts_codec.capture.calls.selection import handles_of
from gatts_codec.capture.calls.session import Call, EventSeen
from gatts_codec.capture.decoding.packets import PacketDecoder
from gatts_codec.capture.doctor.finding import Evidence, of_delivery
from gatts_codec.capture.doctor.rules.rule import Rule
from gatts_codec.capture.doctor.scene import Scene
from gatts_codec.constants import WriteOp, hint
from gatts_codec.constants.table import short_name
from gatts_codec.packets.gatts.hvx import Hvx
from gatts_codec.packets.gatts.rw_authorize_reply import AuthorizeParams, RwAuthorizeReply
from gatts_codec.packets.gatts.sys_attr_set import SysAttrSet
from gatts_codec.packets.gatts.timeout_event import TimeoutEvent

# A reply takes milliseconds; who has been silent for a second while others speak forgot it.
_PATIENCE_US = 1_000_000
_AT_THE_END_US = 5_000_000
_SYS_ATTR_MISSING = "BLE_ERROR_GATTS_SYS_ATTR_MISSING"
_KEPT = 64  # of what is open at the same time
_AT_THE_END = "the recording ends"
_HOW = {
    "authorization": ". Write commands (op WRITE_CMD) are not answered to the peer, WRITE_REQ are",
    "mtu": ", with the MTU that the chip was configured for",
    "user memory": ": with a block for the queued writes, or with none to have each of them authorized or refused",
    "pairing": ", also to refuse: then with a status",
    "encryption": ", also without keys where none are kept",
    "passkey": ", with the key type NONE to refuse",
}
_ATT_REQUESTS = {
    "BLE_GATTS_EVT_RW_AUTHORIZE_REQUEST",
    "BLE_GATTS_EVT_EXCHANGE_MTU_REQUEST",
    "BLE_EVT_USER_MEM_REQUEST",
}
_NO_UPDATE = (
    "the reply allows the write with update=0: from API v2 on it must have update=1 and carry the request's data",
    "set update=1 and give back the request's offset and data",
)


class Requests(Rule):
    """Judges what the application owes its peers."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._open: dict[int, list[Delivery]] = {}
        self._memory: list[tuple[Exchange, bool]] = []
        self._notified: set[int] = set()  # connections on which notifications were taken
        self._last_command_us: int | None = None
        self._written: dict[int, Delivery] = {}  # each connection's last write that asks the application

    def call(self, call: Call) -> None:
        self._last_command_us = call.command.first.t_us or self._last_command_us
        message = call.message
        if isinstance(message, Hvx) and call.result == 0:
            self._notified.add(message.conn_handle)
        if isinstance(message, RwAuthorizeReply) and call.result:
            self._refused(call, message.conn_handle, call.result)

    def event(self, event: EventSeen) -> None:
        delivery, conn_handle = event.delivery, event.conn_handle
        message = delivery.packet.message
        if conn_handle is None or message is None:
            return
        if isinstance(message, TimeoutEvent):
            self._timed_out(delivery, conn_handle)
        if _write_op(delivery) is not None:
            self._written[conn_handle] = delivery
        if _asks(delivery):
            waiting = self._open.setdefault(conn_handle, [])
            waiting.append(delivery)
            del waiting[:-_KEPT]

    def exchange(self, exchange: Exchange) -> None:
        waiting = self._open.get(exchange.conn_handle, [])
        if exchange.opened in waiting:
            waiting.remove(exchange.opened)
        if exchange.closed is not None or exchange.kind not in REPLIES:
            return
        forgotten = self._forgotten(exchange)
        if exchange.kind == "user memory":
            self._memory.append((exchange, forgotten))
            del self._memory[_KEPT:]
        else:
            self._judge(exchange, forgotten=forgotten)

    def end(self) -> None:
        # Judged when it is known which dialects are possible: before sd_api_v4 the same bytes are TX_COMPLETE.
        for exchange, forgotten in self._memory:
            if exchange.conn_handle not in self._notified or self._is_certain(exchange.opened):
                self._judge(exchange, forgotten=forgotten)

    def _is_certain(self, event: Delivery) -> bool:
        """Whether an event is the same one in all dialects that fit the recording."""
        names = {PacketDecoder(tie).decode_payload(event.h5.payload).name for tie in self.scene.ties}
        return names <= {event.packet.name}

    def _judge(self, exchange: Exchange, *, forgotten: bool) -> None:
        if not forgotten:
            what = _what(exchange)
            self.cases.add("request open at the end", _asked(exchange), {"what": what}, apart=what)
        elif exchange.refused:
            self._only_refused(exchange)
        elif exchange.kind != "system attributes":  # these are judged by what fails for want of them
            self._unanswered(exchange)

    def _unanswered(self, exchange: Exchange) -> None:
        what, conn_handle = _what(exchange), exchange.conn_handle
        values = {
            "conn": conn_handle,
            "what": what,
            "reply": short_name(REPLIES[exchange.kind]),
            "how": _HOW.get(exchange.kind, ""),
        }
        self.cases.add("unanswered request", _asked(exchange), values, apart=(what, conn_handle))

    def _only_refused(self, exchange: Exchange) -> None:
        reply, result = exchange.refused[-1]
        said = self.scene.describer.result(result)
        why, advice = self._cause(reply, result)
        values = {
            "conn": exchange.conn_handle,
            "reply": short_name(REPLIES[exchange.kind]),
            "result": said,
            "why": why,
            "advice": advice,
        }
        apart = exchange.kind, exchange.conn_handle
        self.cases.add("reply refused", _asked(exchange), values, apart=apart)
        for reply, result in exchange.refused:
            text = f"{self.name(reply)}: {self.scene.describer.result(result)}"
            self.cases.add("reply refused", of_delivery(reply, text), values, count=0, apart=apart)

    def _cause(self, reply: Delivery, result: int) -> tuple[str, str]:
        message = reply.packet.message
        params = message.rw_authorize_reply_params if isinstance(message, RwAuthorizeReply) else None
        write = getattr(params, "write", None)
        if isinstance(write, AuthorizeParams) and write.gatt_status == 0 and not write.update:
            return _NO_UPDATE
        said = (
            hint(self.scene.dialect.numbers, result, short_name(reply.packet.name or ""))
            or "the chip says no more"
        )
        return said, "mend the reply as its result says, and reply again while the request is open"

    def _refused(self, call: Call, conn_handle: int, result: int) -> None:
        """A reply that no peer waits for: to a write command, which is never answered."""
        written = self._written.get(conn_handle)
        if written is None or _write_op(written) not in (WriteOp.WRITE_CMD, WriteOp.SIGN_WRITE_CMD):
            return
        said = self.scene.describer.result(result)
        text = f"rw_authorize_reply: {said}, after the write command in frame {written.first.frame}"
        self.cases.add("reply to a write command", of_delivery(call.command, text), {"result": said})

    def _timed_out(self, delivery: Delivery, conn_handle: int) -> None:
        owed = [request for request in self._open.get(conn_handle, []) if _waited(request, delivery)]
        if owed:
            text = f"TIMEOUT; the request in frame {owed[0].first.frame} was never answered"
            self.cases.add(
                "gatt timeout", of_delivery(delivery, text), {"conn": conn_handle}, apart=conn_handle
            )
        else:
            self.cases.add("peer timed out", of_delivery(delivery, f"TIMEOUT on connection {conn_handle}"))

    def _forgotten(self, exchange: Exchange) -> bool:
        start, at_end = exchange.opened.first.t_us, exchange.why == _AT_THE_END
        waited = self.scene.since(start)
        if start is None or waited is None:
            return not at_end
        spoke = self._last_command_us is not None and self._last_command_us - start >= _PATIENCE_US
        return spoke or waited >= (_AT_THE_END_US if at_end else _PATIENCE_US)


class SystemAttributes(Rule):
    """System attributes that are asked for and never set."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._missing: dict[int, list[Delivery]] = {}

    def call(self, call: Call) -> None:
        conn_handle, message = call.conn_handle, call.message
        if conn_handle is None or not isinstance(message, (SysAttrSet, Hvx)):
            return
        if call.result == 0:
            self._missing.pop(conn_handle, None)
        elif self.scene.result_name(call.result) == _SYS_ATTR_MISSING:
            self._keep(conn_handle, call.command)

    def exchange(self, exchange: Exchange) -> None:
        if exchange.kind == "system attributes" and exchange.closed is None and exchange.why != _AT_THE_END:
            self._keep(exchange.conn_handle, exchange.opened)

    def end(self) -> None:
        for conn_handle, deliveries in self._missing.items():
            for delivery in deliveries:
                text = f"{self.name(delivery)} on connection {conn_handle}"
                evidence = of_delivery(delivery, text)
                values = {"conn": conn_handle}
                self.cases.add("system attributes missing", evidence, values, apart=conn_handle)

    def _keep(self, conn_handle: int, delivery: Delivery) -> None:
        deliveries = self._missing.setdefault(conn_handle, [])
        deliveries.append(delivery)
        del deliveries[_KEPT:]


def _what(exchange: Exchange) -> str:
    return short_name(exchange.opened.packet.name or "").upper()


def _asked(exchange: Exchange) -> Evidence:
    """The request, with the attribute that it is about."""
    message = exchange.opened.packet.message
    handles = [] if message is None else list(handles_of(message))
    about = f" of handle 0x{handles[0]:04x}" if handles else ""
    text = f"{_what(exchange)}{about} on connection {exchange.conn_handle}, {exchange.why}"
    return of_delivery(exchange.opened, text)


def _write_op(delivery: Delivery) -> int | None:
    """How the peer writes, of a WRITE or a request for authorization; None for other events."""
    message = delivery.packet.message
    op = getattr(message, "op", None) or getattr(getattr(message, "write", None), "op", None)
    return op if isinstance(op, int) else None


def _waited(request: Delivery, until: Delivery) -> bool:
    waited = between(request.first, until.first)
    return waited is None or waited >= _PATIENCE_US


def _asks(delivery: Delivery) -> bool:
    """Whether an event is a request that the peer's ATT transaction waits for."""
    return delivery.packet.name in _ATT_REQUESTS
