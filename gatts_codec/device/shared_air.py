"""One air for several chips: they hear each other advertise, connect, talk and lose each other.

    air = Air(seed=1)
    thermometer = air.add(VirtualChip("sd_api_v5"))
    phone = air.add(VirtualChip("sd_api_v6"))
    air.move(thermometer, phone, rssi=-90)
    air.part(thermometer, phone)                # out of reach; ``meet`` brings them back

Time is the chips': each sends its advertising events when it is ticked. All chips of an air belong to one thread, and
those of a ``ChipFarm`` to one loop.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TypeVar

from gatts_codec.arguments import check_share, checked
from gatts_codec.constants.gap import Role
from gatts_codec.device import air, link_layer, privacy, radio
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.connection import Connection
from gatts_codec.device.device import Device
from gatts_codec.device.ether import AdvPdu, ConnectRequest
from gatts_codec.device.gap_state import same_address
from gatts_codec.device.guests.guest import Guest
from gatts_codec.device.remote import Path, RemoteChip
from gatts_codec.device.state import DeviceState
from gatts_codec.errors import PeerError
from gatts_codec.packets.gap.structs import Addr

Chip = TypeVar("Chip", VirtualChip, Device)
_STATIC = 0xC0  # the two highest bits of a random static address
_MOST_DELAY_S = 0.01
_MOST_REPEATS = 100


class Air:
    """``loss`` is the share of packets that nobody hears, 0 to 1; it may be changed at any time.

    In a connection a lost packet comes at a later connection event, and what follows it waits.
    """

    @checked
    def __init__(self, *, seed: int = 0, loss: float = 0.0) -> None:
        check_share("loss", loss)
        self.loss = loss
        self._random = random.Random(seed)
        self._devices: list[DeviceState] = []
        self._paths: dict[frozenset[int], Path] = {}

    @checked
    def add(self, chip: Chip) -> Chip:
        """Bring a chip into the air, before its host starts. It gets another address if its own is in use."""
        device = _device(chip)
        if any(other.gap.address == device.gap.address for other in self._devices):
            address = bytearray(self._random.randbytes(6))
            address[0] |= _STATIC
            device.config = replace(device.config, address=bytes(address))
            device.gap.address = bytes(address)
        device.ether = self
        self._devices.append(device)
        return chip

    @checked
    def host(self, chip: VirtualChip | Device, guest: Guest) -> None:
        """Bring a peer into the chip's air that lives in the chip's time: what ticks the chip ticks the guest."""
        host = _device(chip)
        self.add(guest.device)
        guest.device.roused = lambda: host.roused()  # whoever runs the chip by then
        host.guests.append(guest)
        guest.begin()

    @checked
    def remove(self, chip: VirtualChip | Device) -> None:
        """Take a chip out: it loses its connections. Raises PeerError for one that is not in."""
        device = _device(chip)
        if device not in self._devices:
            raise PeerError("the chip is not in this air")
        device.reboot()
        self.leave(device)

    # -- what may be changed while it runs

    @checked
    def move(self, one: VirtualChip | Device, other: VirtualChip | Device, *, rssi: int) -> None:
        """Let two chips hear each other so strongly, in dBm."""
        self.path(_device(one), _device(other)).rssi = rssi

    @checked
    def part(self, one: VirtualChip | Device, other: VirtualChip | Device) -> None:
        """Out of each other's reach: connections end when their supervision timeout is over."""
        path = self.path(_device(one), _device(other))
        gone, path.in_reach = path.in_reach, False
        if gone:
            for end in self._ends(_device(one), _device(other)):
                end.part(max(_device(one).now, _device(other).now))

    @checked
    def meet(self, one: VirtualChip | Device, other: VirtualChip | Device) -> None:
        """In each other's reach again: what waits arrives."""
        path = self.path(_device(one), _device(other))
        back, path.in_reach = not path.in_reach, True
        if back:
            for end in self._ends(_device(one), _device(other)):
                end.meet()

    def path(self, one: DeviceState, other: DeviceState) -> Path:
        """What lies between two chips."""
        return self._paths.setdefault(frozenset((id(one), id(other))), Path())

    def _ends(self, one: DeviceState, other: DeviceState) -> list[RemoteChip]:
        """Both ends of every connection between two chips."""
        pairs = ((one, other), (other, one))
        ends = [connection.remote for near, _ in pairs for connection in near.connections]
        wanted = {id(one), id(other)}
        return [end for end in ends if isinstance(end, RemoteChip) and end.between() == wanted]

    # -- what chips do (``Ether``)

    def broadcast(self, device: DeviceState, pdu: AdvPdu) -> None:
        """An advertiser sends."""
        for other in list(self._devices):
            path = None if other is device else self.path(device, other)
            if path is not None and path.in_reach and self._random.random() >= self.loss:
                other.now = max(other.now, device.now)
                radio.hear(other, pdu, path.rssi)

    def request_scan(self, device: DeviceState, advertiser: Addr) -> AdvPdu | None:
        """A scanner asks."""
        other = self._who(advertiser)
        if other is None:
            return None
        return radio.answer_scan(other, privacy.air_address(device), self.path(device, other).rssi)

    def request_connection(self, device: DeviceState, request: ConnectRequest) -> bool:
        """An initiator asks: the advertiser's host learns of the connection first."""
        other = self._who(request.advertiser)
        if other is None or not radio.takes_connection(other, request):
            return False
        path = self.path(device, other)
        central, peripheral = RemoteChip(path, device, other), RemoteChip(path, other, device)
        initiator, advertiser = request.initiator, request.advertiser
        peripheral.connection = _end(other, central, initiator, request, Role.PERIPH, other.gap.tag)
        central.connection = _end(device, peripheral, advertiser, request, Role.CENTRAL, request.tag)
        air.begin(other, peripheral.connection)
        air.begin(device, central.connection)
        for chip, end in ((other, peripheral), (device, central)):
            link_layer.offer_lengths(chip, end.connection)
        return True

    def leave(self, device: DeviceState) -> None:
        """A chip without connections is here no more, nor are its guests."""
        device.ether = None
        for guest in device.guests:
            self.leave(guest.device)
        device.guests.clear()
        self._devices.remove(device)
        self._paths = {ends: path for ends, path in self._paths.items() if id(device) not in ends}

    def vanish(self, device: DeviceState) -> None:
        """A chip restarts without a word: its peers wait in vain, on a path that is no more."""
        for other in self._devices:
            if ends := self._ends(device, other):
                lost = self._paths.pop(frozenset((id(device), id(other))))
                self.path(device, other).rssi = lost.rssi
                lost.in_reach = False
                for end in ends:
                    end.part(max(device.now, other.now))
        device.reboot()

    def delay(self) -> float:
        """0 to 10 ms, as Bluetooth has it."""
        return self._random.uniform(0, _MOST_DELAY_S)

    def repeats(self) -> int:
        """A packet is sent again at each connection event until it is heard; ``part`` is for what never is."""
        lost = 0
        while self.loss and lost < _MOST_REPEATS and self._random.random() < self.loss:
            lost += 1
        return lost

    def listens(self, share: float) -> bool:
        """By chance, the window's share of the interval."""
        return self._random.random() < share

    def _who(self, address: Addr) -> DeviceState | None:
        known = (other for other in self._devices if same_address(privacy.air_address(other), address))
        return next(known, None)


def _end(
    device: DeviceState, peer: RemoteChip, address: Addr, request: ConnectRequest, role: Role, tag: int
) -> Connection:
    connection = air.new_connection(device, peer, address.addr[::-1], address.addr_type, tag, role)
    connection.remote = peer
    air.set_timing(connection, request.params)
    return connection


def _device(chip: VirtualChip | Device) -> DeviceState:
    return chip.device if isinstance(chip, VirtualChip) else chip
