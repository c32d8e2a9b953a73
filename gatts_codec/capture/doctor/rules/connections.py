"""Connections: why they end, what the stack was enabled with, advertising that is never stopped, two MTUs asked for."""

from __future__ import annotations

from gatts_codec.capture.calls.deliveries import Delivery, LinkChange
from gatts_codec.capture.calls.exchanges import DISCONNECTED
from gatts_codec.capture.calls.session import Call, EventSeen
from gatts_codec.capture.decoding.describe import Detail
from gatts_codec.capture.doctor.finding import of_delivery
from gatts_codec.capture.doctor.rules.rule import Rule
from gatts_codec.capture.doctor.scene import Scene
from gatts_codec.constants.gap import HciStatus
from gatts_codec.constants.subjects import DISCONNECT_REASONS
from gatts_codec.packets.opaque import Opaque

_KEPT = 16
# Neither end asked for these: the radio link broke, or could not be made.
BROKEN = {
    HciStatus.CONNECTION_TIMEOUT,
    HciStatus.LMP_RESPONSE_TIMEOUT,
    HciStatus.INSTANT_PASSED,
    HciStatus.CONN_TERMINATED_DUE_TO_MIC_FAILURE,
    HciStatus.CONN_FAILED_TO_BE_ESTABLISHED,
}
CONNECTED = "BLE_GAP_EVT_CONNECTED"


class Disconnects(Rule):
    """Connections that end: one end asked for it, or the peer was not heard any more."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._connected: set[int] = set()

    def event(self, event: EventSeen) -> None:
        packet, conn_handle = event.delivery.packet, event.conn_handle
        if conn_handle is None:
            return
        if packet.name == CONNECTED:
            self._connected.add(conn_handle)
        elif packet.name == DISCONNECTED:
            self._over(event.delivery, conn_handle, getattr(packet.message, "reason", None))

    def _over(self, delivery: Delivery, conn_handle: int, reason: int | None) -> None:
        seen = conn_handle in self._connected
        self._connected.discard(conn_handle)
        if reason is None:
            return
        said = self.scene.field(delivery, "reason")
        code = "connection broke" if seen and reason in BROKEN else "connection ended"
        evidence = of_delivery(delivery, f"DISCONNECTED of connection {conn_handle}: {said}")
        self.cases.add(code, evidence, {"reason": said, "why": why_ended(reason)}, apart=reason)


class Enabling(Rule):
    """A stack that is not enabled for want of memory, with what it was to have."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._configured: list[str] = []

    def call(self, call: Call) -> None:
        name = call.command.packet.name
        if name == "sd_ble_cfg_set":
            self._configured.append(self._parameters(call))
            del self._configured[:-_KEPT]
        elif name == "sd_ble_enable" and self.scene.result_name(call.result) == "NRF_ERROR_NO_MEM":
            wanted = [*self._configured, self._parameters(call)]
            text = f"enable: {self.scene.describer.result(call.result or 0)}"
            what = "; ".join(filter(None, wanted)) or "the defaults"
            self.cases.add("enable without memory", of_delivery(call.command, text), {"what": what})

    def link(self, change: LinkChange) -> None:
        self._configured.clear()

    def _parameters(self, call: Call) -> str:
        message = call.message
        details: list[Detail] = [] if message is None else self.scene.describer.details(message)
        return " ".join(map(str, details))


class Advertising(Rule):
    """Advertising that is on when a program ends, and in the way of the next one."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._on: Delivery | None = None
        self._before: Delivery | None = None  # what was on when the host restarted the link

    def call(self, call: Call) -> None:
        name = call.command.packet.name
        if name == "sd_ble_gap_adv_stop" and call.result == 0:
            self._on = self._before = None
        elif name == "sd_ble_gap_adv_start" and call.result == 0:
            self._on = call.command
        elif name == "sd_ble_gap_adv_start" and self._before is not None:
            said = self.scene.describer.result(call.result or 0)
            text = f"adv_start: {said}; started in frame {self._before.first.frame}, before the link was set up again"
            self.cases.add("still advertising", of_delivery(call.command, text), {"result": said})

    def event(self, event: EventSeen) -> None:
        if event.delivery.packet.name in (CONNECTED, "BLE_GAP_EVT_ADV_SET_TERMINATED"):
            self._on = self._before = None

    def link(self, change: LinkChange) -> None:
        if change.what == "up":
            return
        restarted = change.what.startswith("chip restarted")
        self._before, self._on = None if restarted else self._on or self._before, None

    def end(self) -> None:
        if self._on is not None:
            text = "adv_start; no adv_stop and no connection comes after it"
            self.cases.add("advertising goes on", of_delivery(self._on, text))


class TwoMtus(Rule):
    """An MTU that both sides ask for, with different values of one end."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._asked: dict[tuple[int, bool], tuple[int, Delivery]] = {}

    def call(self, call: Call) -> None:
        name, conn_handle = call.command.packet.name, call.conn_handle
        if call.result or conn_handle is None or isinstance(call.message, Opaque):
            return
        if name == "sd_ble_gattc_exchange_mtu_request":
            self._said(conn_handle, True, getattr(call.message, "client_rx_mtu", None), call.command)
        elif name == "sd_ble_gatts_exchange_mtu_reply":
            self._said(conn_handle, False, getattr(call.message, "server_rx_mtu", None), call.command)

    def event(self, event: EventSeen) -> None:
        if event.delivery.packet.name in (CONNECTED, DISCONNECTED):
            for as_client in (True, False):
                self._asked.pop((event.conn_handle or 0, as_client), None)

    def _said(self, conn_handle: int, as_client: bool, mtu: int | None, delivery: Delivery) -> None:
        if mtu is None:
            return
        self._asked[conn_handle, as_client] = mtu, delivery
        other = self._asked.get((conn_handle, not as_client))
        if other is not None and other[0] != mtu:
            values = {"conn": conn_handle, "one": other[0], "other": mtu}
            text = f"{self.name(delivery)} with {mtu}; frame {other[1].first.frame} says {other[0]}"
            self.cases.add("two mtus", of_delivery(delivery, text), values, apart=conn_handle)


_REASONS: dict[int, str] = {HciStatus[name]: text for name, text in DISCONNECT_REASONS.items()}


def why_ended(reason: int) -> str:
    """What a disconnect reason says about who ended the connection, or what."""
    return _REASONS.get(reason, "the reason is the controller's, as the Bluetooth specification numbers them")
