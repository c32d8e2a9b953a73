"""Two blatann devices in one process: a peripheral with a characteristic, and a central that finds and uses it.

    python two_devices.py PORT PORT

Says as JSON lines what came of each step.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
from typing import Any

from blatann import BleDevice
from blatann.gap import advertising
from blatann.gatt import gatts
from blatann.uuid import Uuid128

PATIENCE_S = 120
SERVICE, VALUE = (
    Uuid128("deadbeef-0011-2345-6679-ab12ccd4f550"),
    Uuid128("deadbeef-0011-2345-6679-ab12ccd4f551"),
)


def say(what: str, **more: Any) -> None:
    print(json.dumps({"what": what, **more}), flush=True)


def serve(device: Any) -> Any:
    """A characteristic that can be read, written and notified, and advertising under a name."""
    service = device.database.add_service(SERVICE)
    properties = gatts.GattsCharacteristicProperties(
        read=True, write=True, notify=True, max_length=20, variable_length=True
    )
    characteristic = service.add_characteristic(VALUE, properties, b"first")
    device.advertiser.set_advertise_data(advertising.AdvertisingData(flags=0x06, local_name="Air"))
    device.advertiser.start(timeout_sec=PATIENCE_S, auto_restart=False)
    return characteristic


def find(device: Any) -> Any:
    """The address of the device that is called Air."""
    device.scanner.set_default_scan_params(timeout_seconds=PATIENCE_S)
    for report in device.scanner.start_scan().scan_reports:
        if report.advertise_data.local_name == "Air":
            device.scanner.stop()
            return report.peer_address
    raise SystemExit("nobody called Air")


def main() -> None:
    peripheral, central = (BleDevice(port) for port in sys.argv[1:3])
    for device in (peripheral, central):
        device.configure()
        device.open()
    characteristic = serve(peripheral)
    address = find(central)
    say("found")
    peer = central.connect(address).wait(PATIENCE_S)
    say("connected", there=peer is not None)
    _, events = peer.discover_services().wait(PATIENCE_S, exception_on_timeout=False)
    remote = peer.database.find_characteristic(VALUE)
    say("discovered", status=events.status.name, there=remote is not None)
    _, read = remote.read().wait(PATIENCE_S)
    say("read", value=read.value.decode())
    heard: queue.Queue[bytes] = queue.Queue()
    characteristic.on_write.register(lambda _, event: heard.put(event.value))
    _, written = remote.write(b"second").wait(PATIENCE_S)
    say("written", status=written.status.name, value=heard.get(timeout=PATIENCE_S).decode())
    subscribed = threading.Event()
    characteristic.on_subscription_change.register(lambda *_: subscribed.set())
    remote.subscribe(lambda _, event: heard.put(event.value)).wait(PATIENCE_S)
    subscribed.wait(PATIENCE_S)  # the central may know of it before the peripheral's program does
    characteristic.notify(b"third")
    say("notified", value=heard.get(timeout=PATIENCE_S).decode())
    peer.disconnect().wait(PATIENCE_S)
    say("disconnected")
    for device in (central, peripheral):
        device.close()


main()
