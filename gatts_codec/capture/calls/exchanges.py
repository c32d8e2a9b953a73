"""What waits for an answer beyond the response to a call: requests of the peer, and what was sent to it.

A reply answers a request when the chip has taken it: one that it refuses leaves the request open.

authorization      RW_AUTHORIZE_REQUEST     answered by rw_authorize_reply
mtu                EXCHANGE_MTU_REQUEST     answered by exchange_mtu_reply
system attributes  SYS_ATTR_MISSING         answered by sys_attr_set
notification       hvx                      sent: HVN_TX_COMPLETE, up to v3 TX_COMPLETE
indication         hvx                      confirmed: HVC
service changed    service_changed          confirmed: SC_CONFIRM
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from gatts_codec.capture.calls.deliveries import Delivery, between
from gatts_codec.constants import HvxType
from gatts_codec.constants.table import short_name, table
from gatts_codec.dialects import Dialect
from gatts_codec.packets.gatts.hvx import Hvx
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Packet

_KEPT = 64  # the longest queue of notifications that firmware offers is far shorter
_REFUSED_KEPT = 4
_REQUESTS = {
    "rw_authorize_request": "authorization",
    "exchange_mtu_request": "mtu",
    "sys_attr_missing": "system attributes",
}
_REPLIES = {
    "rw_authorize_reply": "authorization",
    "exchange_mtu_reply": "mtu",
    "sys_attr_set": "system attributes",
}
_CONFIRMATIONS = {"hvc": "indication", "sc_confirm": "service changed", "hvn_tx_complete": "notification"}


@dataclass(frozen=True, slots=True)
class Exchange:
    """Something opened by a packet and closed by another; ``closed`` is None where ``why`` it never was.

    ``refused`` are the replies that the chip refused meanwhile, each with its result, the last few of them.
    """

    kind: str
    conn_handle: int
    opened: Delivery
    closed: Delivery | None
    why: str = ""
    refused: tuple[tuple[Delivery, int], ...] = ()

    @property
    def latency_us(self) -> int | None:
        """From opening to closing packet, first transmissions, in microseconds; None where either is not known."""
        return between(self.opened.first, self.closed.first if self.closed else None)


def connection_of(message: Packet | Opaque | None) -> int | None:
    """The connection that a message is about, None for those about none. GAP events have theirs first."""
    if isinstance(message, Opaque):
        belongs = message.kind == "event" and len(message.data) >= 2
        return int.from_bytes(message.data[:2], "little") if belongs else None
    handle = getattr(message, "conn_handle", None)
    return handle if isinstance(handle, int) else None


class Exchanges:
    """Keeps what is open, for each connection."""

    def __init__(self, dialect: Dialect) -> None:
        constants = table(dialect.numbers)
        self._tx_complete = constants.get("BLE_EVT_TX_COMPLETE")
        self._disconnected = constants.get("BLE_GAP_EVT_DISCONNECTED")
        self._open: dict[tuple[int, str], deque[Delivery]] = {}
        self._refused: dict[tuple[int, str], deque[tuple[Delivery, int]]] = {}

    def event(self, delivery: Delivery) -> Iterator[Exchange]:
        """An event from the chip."""
        message = delivery.packet.message
        conn_handle = connection_of(message)
        if message is None or conn_handle is None:
            return
        if isinstance(message, Opaque):
            if message.opcode == self._disconnected:
                yield from self._drop(conn_handle, "disconnected")
            elif message.opcode == self._tx_complete and len(message.data) > 2:
                yield from self._close(conn_handle, "notification", delivery, message.data[2])
            return
        name = short_name(message.name)
        if name in _REQUESTS:
            self._opened(conn_handle, _REQUESTS[name], delivery)
        elif name in _CONFIRMATIONS:
            yield from self._close(conn_handle, _CONFIRMATIONS[name], delivery, getattr(message, "count", 1))

    def called(self, delivery: Delivery, result: int | None) -> Iterator[Exchange]:
        """A command that is over, with its result."""
        message = delivery.packet.message
        conn_handle = connection_of(message)
        if result is None or conn_handle is None or not isinstance(message, Packet):
            return
        kind = _REPLIES.get(short_name(message.name))
        if kind is not None and result:
            refused = self._refused.setdefault((conn_handle, kind), deque(maxlen=_REFUSED_KEPT))
            refused.append((delivery, result))
        elif kind is not None:
            yield from self._close(conn_handle, kind, delivery, 1)
        elif result == 0:
            self._sent(delivery, message, conn_handle)

    def _sent(self, delivery: Delivery, message: Packet, conn_handle: int) -> None:
        if isinstance(message, Hvx) and message.hvx_params is not None:
            indicated = message.hvx_params.type == HvxType.INDICATION
            self._opened(conn_handle, "indication" if indicated else "notification", delivery)
        elif short_name(message.name) == "service_changed":
            self._opened(conn_handle, "service changed", delivery)

    def drop_all(self, why: str) -> list[Exchange]:
        """Everything open ends unanswered."""
        return [
            dropped
            for conn_handle in sorted({conn for conn, _ in self._open})
            for dropped in self._drop(conn_handle, why)
        ]

    def _opened(self, conn_handle: int, kind: str, delivery: Delivery) -> None:
        self._open.setdefault((conn_handle, kind), deque(maxlen=_KEPT)).append(delivery)

    def _close(self, conn_handle: int, kind: str, closer: Delivery, count: int) -> Iterator[Exchange]:
        waiting = self._open.get((conn_handle, kind))
        refused = self._refused.pop((conn_handle, kind), ())
        while waiting and count > 0:
            yield Exchange(kind, conn_handle, waiting.popleft(), closer, refused=tuple(refused))
            count -= 1

    def _drop(self, conn_handle: int, why: str) -> Iterator[Exchange]:
        for key in [key for key in self._open if key[0] == conn_handle]:
            refused = tuple(self._refused.pop(key, ()))
            for opened in self._open.pop(key):
                after = tuple(pair for pair in refused if pair[0].first.frame > opened.first.frame)
                yield Exchange(key[1], conn_handle, opened, None, why, after)
