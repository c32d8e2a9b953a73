"""Two adapters of pc-ble-driver-py in one process, as a suite for two boards has them: a server, and its client.

    python two_boards.py NRF52|NRF51 PORT PORT

NRF52 speaks sd_api_v5, NRF51 sd_api_v2. Says as JSON lines what came of each step.
"""

from __future__ import annotations

import json
import queue
import sys
from typing import Any

from pc_ble_driver_py import config

config.__conn_ic_id__ = sys.argv[1]

from pc_ble_driver_py import ble_driver as nordic  # noqa: E402 - which chip it is has to be said before
from pc_ble_driver_py.ble_adapter import BLEAdapter  # noqa: E402
from pc_ble_driver_py.observers import BLEAdapterObserver, BLEDriverObserver  # noqa: E402

LATE = sys.argv[1] == "NRF52"
PATIENCE_S = 120
TAG = 1
BASE = nordic.BLEUUIDBase(
    [0xDE, 0xAD, 0xBE, 0xEF, 0x00, 0x11, 0x23, 0x45, 0x66, 0x79, 0xAB, 0x12, 0xCC, 0xD4, 0xF5, 0x50]
)
SERVICE, VALUE = nordic.BLEUUID(0x1234, BASE), nordic.BLEUUID(0x1235, BASE)


def say(what: str, **more: Any) -> None:
    print(json.dumps({"what": what, **more}), flush=True)


class Board(BLEDriverObserver, BLEAdapterObserver):  # type: ignore[misc]
    """An adapter that is enabled, and what it was told, by event."""

    def __init__(self, port: str) -> None:
        super().__init__()
        self.serves = False
        self.lesc, self.shows, self.io_caps = False, False, nordic.BLEGapIOCaps.none
        self.other: Board | None = None
        self.heard: dict[str, queue.Queue[dict[str, Any]]] = {}
        self.adapter = BLEAdapter(nordic.BLEDriver(port, baud_rate=1000000))
        self.driver = self.adapter.driver
        self.adapter.observer_register(self)
        self.driver.observer_register(self)
        self.adapter.default_mtu = 100
        self.adapter.open()
        self._enable()
        self.driver.ble_vs_uuid_add(BASE)

    def _enable(self) -> None:
        if not LATE:
            enable = nordic.BLEEnableParams(
                vs_uuid_count=2,
                service_changed=False,
                periph_conn_count=1,
                central_conn_count=1,
                central_sec_count=1,
            )
            self.driver.ble_enable(enable)
            return
        gatt = nordic.BLEConfigConnGatt(att_mtu=100)
        gatt.tag = TAG
        self.driver.ble_cfg_set(nordic.BLEConfig.conn_gatt, gatt)
        gap = nordic.BLEConfigConnGap(conn_count=1, event_length=6)
        gap.tag = TAG
        self.driver.ble_cfg_set(nordic.BLEConfig.conn_gap, gap)
        self.driver.ble_enable()

    def tell(self, event: str, **what: Any) -> None:
        self.heard.setdefault(event, queue.Queue()).put(what)

    def wait(self, event: str) -> dict[str, Any]:
        return self.heard.setdefault(event, queue.Queue()).get(timeout=PATIENCE_S)

    def on_gatts_evt_write(self, ble_driver: Any, **what: Any) -> None:
        array = nordic.driver.uint8_array.frompointer(what["data"])
        self.tell("on_gatts_evt_write", data=[array[at] for at in range(what["length"])])

    def on_notification(self, ble_adapter: Any, conn_handle: int, uuid: Any, data: list[int]) -> None:
        self.tell("on_notification", data=data)

    def on_gap_evt_sec_params_request(self, ble_driver: Any, conn_handle: int, **_: Any) -> None:
        """The server takes what the client wants; the client's adapter answers by itself, but with public keys."""
        if not self.serves and not self.lesc:
            return
        keyset = ble_driver.generate_lesc_keyset() if self.lesc else None
        nobody = nordic.BLEGapSecKDist(enc=False, id=False, sign=False, link=False)
        params = nordic.BLEGapSecParams(
            False, bool(self.shows), self.lesc, False, self.io_caps, False, 7, 16, nobody, nobody
        )
        status, answer = nordic.BLEGapSecStatus.success, params if self.serves else None
        ble_driver.ble_gap_sec_params_reply(conn_handle, status, answer, keyset)

    def on_gap_evt_auth_key_request(self, ble_driver: Any, conn_handle: int, **_: Any) -> None:
        """The user types what the other board shows."""
        assert self.other is not None
        digits = nordic.util.list_to_uint8_array(self.other.wait("on_gap_evt_passkey_display")["passkey"])
        kind = nordic.driver.BLE_GAP_AUTH_KEY_TYPE_PASSKEY
        nordic.driver.sd_ble_gap_auth_key_reply(ble_driver.rpc_adapter, conn_handle, kind, digits.cast())

    def on_gap_evt_lesc_dhkey_request(
        self, ble_driver: Any, conn_handle: int, peer_public_key: Any, **_: Any
    ) -> None:
        ble_driver.ble_gap_lesc_dhkey_reply(conn_handle, ble_driver.generate_lesc_dhkey(peer_public_key))


def _listens_to(event: str) -> Any:
    def listen(self: Board, ble_driver: Any = None, **what: Any) -> None:
        self.tell(event, **what)

    return listen


for _event in (
    "on_gap_evt_adv_report",
    "on_gap_evt_connected",
    "on_gap_evt_disconnected",
    "on_gap_evt_conn_param_update",
    "on_gap_evt_conn_sec_update",
    "on_gap_evt_auth_status",
    "on_gap_evt_passkey_display",
    "on_gap_evt_rssi_changed",
    "on_gap_evt_phy_update",
    "on_gap_evt_data_length_update",
):
    setattr(Board, _event, _listens_to(_event))


def serve(board: Board) -> Any:
    """A service with a characteristic, and advertising."""
    board.serves = True
    service, handles = nordic.BLEGattHandle(), nordic.BLEGattsCharHandles()
    board.driver.ble_gatts_service_add(0x01, SERVICE, service)
    properties = nordic.BLEGattCharProps(read=True, write=True, notify=True)
    open_to_all = nordic.BLEGapConnSecMode(1, 1)
    metadata = nordic.BLEGattsAttrMD(read_perm=open_to_all, write_perm=open_to_all)
    attribute = nordic.BLEGattsAttr(VALUE, metadata, 20, value=[1, 2, 3])
    board.driver.ble_gatts_characteristic_add(
        service.handle, nordic.BLEGattsCharMD(properties), attribute, handles
    )
    board.driver.ble_gap_adv_data_set(nordic.BLEAdvData(complete_local_name="Two boards"))
    board.driver.ble_gap_adv_start(**({"tag": TAG} if LATE else {}))
    return handles


def meet(server: Board, client: Board) -> tuple[int, int]:
    """Both connection handles."""
    client.driver.ble_gap_scan_start()
    report = client.wait("on_gap_evt_adv_report")
    name = report["adv_data"].records.get(nordic.BLEAdvData.Types.complete_local_name, [])
    say("found", name=bytes(name).decode())
    client.adapter.connect(report["peer_addr"], **({"tag": TAG} if LATE else {}))
    handles = [board.wait("on_gap_evt_connected")["conn_handle"] for board in (server, client)]
    say("connected")
    return handles[0], handles[1]


def link_layer(server: Board, client: Board, conn: int) -> None:
    timing = nordic.BLEGapConnParams(50, 50, 4000, 0)
    client.driver.ble_gap_conn_param_update(conn, timing)
    for board in (server, client):
        found = board.wait("on_gap_evt_conn_param_update")["conn_params"]
        say("timing", interval_ms=found.max_conn_interval_ms)
    client.driver.ble_gap_rssi_start(conn, 0, 0)
    say("signal", strong=-70 < client.wait("on_gap_evt_rssi_changed")["rssi"] < -50)
    client.driver.ble_gap_rssi_stop(conn)
    if not LATE:
        return
    say("mtu", mtu=client.adapter.att_mtu_exchange(conn, 100))
    client.adapter.data_length_update(conn, 150)
    for board in (server, client):
        say("lengths", tx=board.wait("on_gap_evt_data_length_update")["data_length_params"].max_tx_octets)
    client.adapter.phy_update(conn, [2, 2])
    for board in (server, client):
        found = board.wait("on_gap_evt_phy_update")
        say("radio mode", status=found["status"].name, tx=found["tx_phy"])


def attributes(server: Board, client: Board, conn: int, served: int, handles: Any) -> None:
    client.adapter.service_discovery(conn)
    found = [char.uuid.value for service in client.adapter.db_conns[conn].services for char in service.chars]
    say("discovered", there=VALUE.value in found)
    status, value = client.adapter.read_req(conn, VALUE)
    say("read", status=status.name, value=value)
    client.adapter.write_req(conn, VALUE, [4, 5, 6])
    say("written", value=server.wait("on_gatts_evt_write")["data"])
    client.adapter.enable_notification(conn, VALUE)
    server.driver.ble_gatts_hvx(
        served, nordic.BLEGattsHVXParams(handles, nordic.BLEGattHVXType.notification.value, [7, 8, 9])
    )
    say("notified", value=list(client.wait("on_notification")["data"]))


def pairing(server: Board, client: Board, conn: int, *, passkey: bool, lesc: bool) -> None:
    """The client asks; with a passkey the server shows it."""
    caps = nordic.BLEGapIOCaps
    client.other, server.shows = server, passkey
    server.io_caps, client.io_caps = (
        (caps.display_only, caps.keyboard_only) if passkey else (caps.none, caps.none)
    )
    server.lesc = client.lesc = lesc
    client.adapter.authenticate(
        conn, nordic.BLEGapRoles.central, mitm=passkey, lesc=lesc, io_caps=client.io_caps
    )
    for board in (server, client):
        say("paired", status=board.wait("on_gap_evt_auth_status")["auth_status"].name)
        say("secure", level=board.wait("on_gap_evt_conn_sec_update")["conn_sec"].sec_mode.lv)


def main() -> None:
    server, client = (Board(port) for port in sys.argv[2:4])
    handles = serve(server)
    served, conn = meet(server, client)
    link_layer(server, client, conn)
    attributes(server, client, conn, served, handles)
    for lesc in (False, True):
        for passkey in (False, True):
            pairing(server, client, conn, passkey=passkey, lesc=lesc)
    client.adapter.disconnect(conn)
    for board in (server, client):
        say("gone", reason=board.wait("on_gap_evt_disconnected")["reason"].name)
    for board in (client, server):
        board.adapter.close()


main()
