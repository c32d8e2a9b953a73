"""What waits for an answer beyond the response to a call: requests of the peer, and what was sent to it.

A reply answers a request when the chip has taken it: one that it refuses leaves the request open.

authorization      RW_AUTHORIZE_REQUEST         answered by rw_authorize_reply
mtu                EXCHANGE_MTU_REQUEST         answered by exchange_mtu_reply
system attributes  SYS_ATTR_MISSING             answered by sys_attr_set
user memory        USER_MEM_REQUEST             answered by user_mem_reply
pairing            SEC_PARAMS_REQUEST           answered by sec_params_reply
encryption         SEC_INFO_REQUEST             answered by sec_info_reply
passkey            AUTH_KEY_REQUEST             answered by auth_key_reply
dhkey              LESC_DHKEY_REQUEST           answered by lesc_dhkey_reply
phy                PHY_UPDATE_REQUEST           answered by phy_update
data length        DATA_LENGTH_UPDATE_REQUEST   answered by data_length_update
notification       hvx                          sent: HVN_TX_COMPLETE, up to v3 TX_COMPLETE
indication         hvx                          confirmed: HVC
service changed    service_changed              confirmed: SC_CONFIRM
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from gatts_codec.capture.calls.deliveries import Delivery, between
from gatts_codec.constants import HvxType
from gatts_codec.packets.gatts.hvx import Hvx
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Packet

_KEPT = 64  # the longest queue of notifications that firmware offers is far shorter
_REFUSED_KEPT = 4
# Kind, the event that asks, the command that answers.
_OWED = (
    ("authorization", "BLE_GATTS_EVT_RW_AUTHORIZE_REQUEST", "sd_ble_gatts_rw_authorize_reply"),
    ("mtu", "BLE_GATTS_EVT_EXCHANGE_MTU_REQUEST", "sd_ble_gatts_exchange_mtu_reply"),
    ("system attributes", "BLE_GATTS_EVT_SYS_ATTR_MISSING", "sd_ble_gatts_sys_attr_set"),
    ("user memory", "BLE_EVT_USER_MEM_REQUEST", "sd_ble_user_mem_reply"),
    ("pairing", "BLE_GAP_EVT_SEC_PARAMS_REQUEST", "sd_ble_gap_sec_params_reply"),
    ("encryption", "BLE_GAP_EVT_SEC_INFO_REQUEST", "sd_ble_gap_sec_info_reply"),
    ("passkey", "BLE_GAP_EVT_AUTH_KEY_REQUEST", "sd_ble_gap_auth_key_reply"),
    ("dhkey", "BLE_GAP_EVT_LESC_DHKEY_REQUEST", "sd_ble_gap_lesc_dhkey_reply"),
    ("phy", "BLE_GAP_EVT_PHY_UPDATE_REQUEST", "sd_ble_gap_phy_update"),
    ("data length", "BLE_GAP_EVT_DATA_LENGTH_UPDATE_REQUEST", "sd_ble_gap_data_length_update"),
)
_REQUESTS = {event: kind for kind, event, _ in _OWED}
_ANSWERS = {command: kind for kind, _, command in _OWED}
REPLIES: dict[str, str] = {kind: command for kind, _, command in _OWED}
"""The command that answers each kind of request, by its whole name."""
DISCONNECTED = "BLE_GAP_EVT_DISCONNECTED"
_CONFIRMATIONS = {
    "BLE_GATTS_EVT_HVC": "indication",
    "BLE_GATTS_EVT_SC_CONFIRM": "service changed",
    "BLE_GATTS_EVT_HVN_TX_COMPLETE": "notification",
    "BLE_EVT_TX_COMPLETE": "notification",
}


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
    """The connection that a message is about, None for those about none."""
    handle = getattr(message, "conn_handle", None)
    return handle if isinstance(handle, int) else None


class Exchanges:
    """Keeps what is open, for each connection."""

    def __init__(self) -> None:
        self._open: dict[tuple[int, str], deque[Delivery]] = {}
        self._refused: dict[tuple[int, str], deque[tuple[Delivery, int]]] = {}

    def event(self, delivery: Delivery) -> Iterator[Exchange]:
        """An event from the chip."""
        message = delivery.packet.message
        conn_handle = connection_of(message)
        if message is None or conn_handle is None:
            return
        if isinstance(message, Opaque):
            return
        if message.name == DISCONNECTED:
            yield from self._drop(conn_handle, "disconnected")
            return
        name = message.name
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
        kind = _ANSWERS.get(message.name)
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
        elif message.name == "sd_ble_gatts_service_changed":
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
