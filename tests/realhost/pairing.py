"""Two blatann devices pair, bond, part and meet again.

    python pairing.py just-works|passkey|passkey-lesc|comparison|private PORT PORT

Says as JSON lines what came of each step. A peripheral's characteristic opens at the level that comes of it. In private
the peripheral has another address each time, and only who has its key knows it.
"""

from __future__ import annotations

import json
import queue
import sys
import tempfile
from pathlib import Path
from typing import Any

from blatann import BleDevice
from blatann.gap import IoCapabilities, advertising
from blatann.gatt import SecurityLevel, gatts
from blatann.uuid import Uuid128

PATIENCE_S = 120
SERVICE, VALUE = (
    Uuid128("deadbeef-0011-2345-6679-ab12ccd4f550"),
    Uuid128("deadbeef-0011-2345-6679-ab12ccd4f551"),
)
# What the peripheral and the central have, whether a passkey protects, whether by LE Secure Connections.
WAYS = {
    "just-works": (IoCapabilities.NONE, IoCapabilities.NONE, False, False),
    "passkey": (IoCapabilities.DISPLAY_ONLY, IoCapabilities.KEYBOARD_ONLY, True, False),
    "passkey-lesc": (IoCapabilities.DISPLAY_ONLY, IoCapabilities.KEYBOARD_ONLY, True, True),
    "comparison": (IoCapabilities.KEYBOARD_DISPLAY, IoCapabilities.KEYBOARD_DISPLAY, True, True),
    "private": (IoCapabilities.NONE, IoCapabilities.NONE, False, True),
}
PERIPHERAL, CENTRAL, PROTECTED, LESC = WAYS[sys.argv[1]]
PRIVATE = sys.argv[1] == "private"


def say(what: str, **more: Any) -> None:
    print(json.dumps({"what": what, **more}), flush=True)


class Users:
    """Whoever sits before the devices: reads what one shows, and types it at the other."""

    def __init__(self) -> None:
        self._shown: queue.Queue[str] = queue.Queue()

    def watch(self, security: Any, capabilities: Any) -> None:
        security.set_security_params(
            passcode_pairing=PROTECTED,
            io_capabilities=capabilities,
            bond=True,
            out_of_band=False,
            lesc_pairing=LESC,
        )
        security.on_passkey_display_required.register(self._read)
        security.on_passkey_required.register(self._type)

    def _read(self, peer: Any, event: Any) -> None:
        self._shown.put(event.passkey)
        if event.match_request:
            event.match_confirm(True)

    def _type(self, peer: Any, event: Any) -> None:
        event.resolve(self._shown.get(timeout=PATIENCE_S))


def serve(device: Any) -> None:
    level = SecurityLevel.MITM if PROTECTED else SecurityLevel.JUST_WORKS
    properties = gatts.GattsCharacteristicProperties(
        read=True, write=True, max_length=20, variable_length=True, security_level=level
    )
    device.database.add_service(SERVICE).add_characteristic(VALUE, properties, b"secret")
    device.advertiser.set_advertise_data(advertising.AdvertisingData(flags=0x06, local_name="Air"))
    advertise(device)


def advertise(device: Any) -> None:
    if PRIVATE:
        device.advertiser.stop()
        device.set_privacy_settings(True)  # a new address each time
    device.advertiser.start(timeout_sec=0, auto_restart=True)


def connect(device: Any, users: Users) -> Any:
    for report in device.scanner.start_scan().scan_reports:
        if report.advertise_data.local_name == "Air":
            device.scanner.stop()
            break
    peer = device.connect(report.peer_address).wait(PATIENCE_S)
    users.watch(peer.security, CENTRAL)
    peer.discover_services().wait(PATIENCE_S)
    return peer


def read(peer: Any) -> Any:
    _, event = peer.database.find_characteristic(VALUE).read().wait(PATIENCE_S)
    return event.status.name


def main() -> None:
    bonds = Path(tempfile.mkdtemp())
    peripheral, central = (
        BleDevice(port, bond_db_filename=str(bonds / f"{at}.json")) for at, port in enumerate(sys.argv[2:4])
    )
    users = Users()
    for device in (peripheral, central):
        device.configure()
        device.open()
        device.scanner.set_default_scan_params(timeout_seconds=PATIENCE_S)
    users.watch(peripheral.client.security, PERIPHERAL)
    serve(peripheral)
    peer = connect(central, users)
    say("closed", read=read(peer))
    _, event = peer.security.pair().wait(PATIENCE_S)
    say("paired", status=event.status.name, level=event.security_level.name)
    say("open", read=read(peer))
    address = peer.peer_address
    peer.disconnect().wait(PATIENCE_S)
    if PRIVATE:
        advertise(peripheral)
    peer = connect(central, users)
    say("met again", moved=peer.peer_address != address, known=peer.security.is_previously_bonded)
    _, event = peer.security.pair().wait(PATIENCE_S)
    say("encrypted", status=event.status.name, level=event.security_level.name)
    say("open", read=read(peer))
    peer.disconnect().wait(PATIENCE_S)
    for device in (central, peripheral):
        device.close()


main()
