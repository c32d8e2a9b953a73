"""A host on pc-ble-driver-py: enables BLE, offers a heart rate service, says as JSON lines what it sees, and notifies.

    python driver_session.py NRF52|NRF51 PORT

NRF52 speaks sd_api_v5, NRF51 sd_api_v2. It ends when a peer has come, subscribed, written and gone.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

from pc_ble_driver_py import config

config.__conn_ic_id__ = sys.argv[1]

from pc_ble_driver_py import ble_driver as nordic  # noqa: E402 - which chip it is has to be said before
from pc_ble_driver_py.observers import BLEDriverObserver  # noqa: E402

LATE = sys.argv[1] == "NRF52"
BASE = [0x6E, 0x40, 0x00, 0x00, 0xB5, 0xA3, 0xF3, 0x93, 0xE0, 0xA9, 0xE5, 0x0E, 0x24, 0xDC, 0xCA, 0x9E]


def say(what: str, **more: Any) -> None:
    print(json.dumps({"what": what, **more}), flush=True)


class Host(BLEDriverObserver):  # type: ignore[misc]
    """Says what it is told. It acts in the main thread: the driver's own threads must not call the driver."""

    def __init__(self) -> None:
        super().__init__()
        self.connected, self.written, self.subscribed = (
            threading.Event(),
            threading.Event(),
            threading.Event(),
        )
        self.sent, self.gone = threading.Event(), threading.Event()
        self.confirmed = threading.Event()

    def on_rpc_status(self, ble_driver: Any, code: Any, message: str) -> None:
        say("status", code=code.name, message=message)

    def on_gap_evt_connected(
        self, ble_driver: Any, conn_handle: int, peer_addr: Any, role: Any, conn_params: Any
    ) -> None:
        interval = conn_params.min_conn_interval_ms
        say("connected", conn=conn_handle, peer=peer_addr.addr, role=role.name, interval_ms=interval)
        self.connected.set()

    def on_gap_evt_disconnected(self, ble_driver: Any, conn_handle: int, reason: Any) -> None:
        say("disconnected", conn=conn_handle, reason=reason.name)
        self.gone.set()

    def on_gatts_evt_sys_attr_missing(self, ble_driver: Any, conn_handle: int, **_: Any) -> None:
        say("sys_attr_missing", conn=conn_handle)

    def on_gatts_evt_write(
        self, ble_driver: Any, conn_handle: int, attr_handle: int, data: Any, length: int, **_: Any
    ) -> None:
        say("write", conn=conn_handle, handle=attr_handle, data=nordic.util.uint8_array_to_list(data, length))
        (self.written if self.subscribed.is_set() else self.subscribed).set()

    def on_gatts_evt_exchange_mtu_request(self, ble_driver: Any, conn_handle: int, client_mtu: int) -> None:
        say("exchange_mtu_request", conn=conn_handle, mtu=client_mtu)

    def on_gatts_evt_hvn_tx_complete(self, ble_driver: Any, conn_handle: int, count: int) -> None:
        say("sent", conn=conn_handle, count=count)
        self.sent.set()

    def on_evt_tx_complete(self, ble_driver: Any, conn_handle: int, count: int) -> None:
        say("sent", conn=conn_handle, count=count)
        self.sent.set()

    def on_gatts_evt_hvc(self, ble_driver: Any, conn_handle: int, attr_handle: int) -> None:
        say("confirmed", conn=conn_handle, handle=attr_handle)
        self.confirmed.set()


def wait(event: threading.Event, what: str) -> None:
    if not event.wait(120):
        say("missed", event=what)
        sys.exit(1)


def enable(driver: Any) -> None:
    if LATE:
        gatt = nordic.BLEConfigConnGatt()
        gatt.att_mtu = 100
        driver.ble_cfg_set(nordic.BLEConfig.conn_gatt, gatt)
        driver.ble_enable()
    else:
        driver.ble_enable(nordic.BLEEnableParams(10, True, 1, 1, 1, 0))
    version = driver.ble_version_get()
    say("version", number=version.version_number, company=version.company_id)
    say("address", address=driver.ble_gap_addr_get().addr)
    driver.ble_vs_uuid_add(nordic.BLEUUIDBase(BASE))


def add_service(driver: Any) -> Any:
    opened = nordic.BLEGapConnSecMode(1, 1)
    service = nordic.BLEGattHandle()
    driver.ble_gatts_service_add(1, nordic.BLEUUID(0x180D), service)
    md = nordic.BLEGattsCharMD(nordic.BLEGattCharProps(read=True, write=True, notify=True, indicate=True))
    attr_md = nordic.BLEGattsAttrMD(read_perm=opened, write_perm=opened)
    value = nordic.BLEGattsAttr(nordic.BLEUUID(0x2A37), attr_md, 20, value=[1, 2, 3])
    handles = nordic.BLEGattsCharHandles()
    driver.ble_gatts_characteristic_add(service.handle, md, value, handles)
    say("service", service=service.handle, value=handles.value_handle, cccd=handles.cccd_handle)
    return handles


def main() -> None:
    driver = nordic.BLEDriver(serial_port=sys.argv[2], auto_flash=False, baud_rate=1000000)
    host = Host()
    driver.observer_register(host)
    driver.open()
    enable(driver)
    handles = add_service(driver)
    driver.ble_gap_adv_data_set(nordic.BLEAdvData(complete_local_name="driver"), nordic.BLEAdvData())
    driver.ble_gap_adv_start(nordic.BLEDriver.adv_params_setup())
    say("advertising")
    wait(host.connected, "connected")
    driver.ble_gatts_sys_attr_set(0, None, 0, 0)
    say("ready")
    wait(host.subscribed, "subscribed")
    wait(host.written, "written")
    notification = nordic.BLEGattHVXType.notification.value
    driver.ble_gatts_hvx(0, nordic.BLEGattsHVXParams(handles, notification, [0, 72]))
    wait(host.sent, "sent")
    indication = nordic.BLEGattHVXType.indication.value
    driver.ble_gatts_hvx(0, nordic.BLEGattsHVXParams(handles, indication, [0, 73]))
    wait(host.confirmed, "confirmed")
    wait(host.gone, "gone")
    driver.close()
    say("done")


if __name__ == "__main__":
    main()
