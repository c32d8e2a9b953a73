"""USB captures of a serial port (CDC): the data of bulk transfers are the bytes of the UART.

    189, 220  usbmon: u64 id, u8 event (S submitted, C completed), u8 transfer (3 bulk), u8 endpoint (bit 7: to the
              host), u8 device, u16 bus, 2 flags, s64 s, s32 us, s32 status, u32 length, u32 kept, 8 setup; 48 or 64
    249       USBPcap: u16 header, u64 irp, u32 status, u16 function, u8 info (bit 0: completed), u16 bus, u16 device,
              u8 endpoint, u8 transfer, u32 length

All little endian. What goes to the device is in the submitted transfer, what comes from it in the completed one.
(Source: the link types' public descriptions.)
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from gatts_codec.capture.readers.pcapng import PcapPacket
from gatts_codec.capture.wire.chunks import TO_DEVICE, TO_HOST, Chunk

_USBMON, _USBMON_MMAPPED, _USBPCAP = 189, 220, 249
LINKS = (_USBMON, _USBMON_MMAPPED, _USBPCAP)

_MON = struct.Struct("<8xBBBBH2x8x4x4x4xI8x")
_MON_SIZES = {_USBMON: 48, _USBMON_MMAPPED: 64}
_PCAP = struct.Struct("<H8x4x2xBHHBBI")
_BULK, _TO_HOST, _SUBMITTED, _COMPLETED = 3, 0x80, ord("S"), ord("C")
_STATUS, _FTDI, _PACKETS = 2, 0x01, (64, 512)  # bytes of status; its low bits; bytes of a packet, by speed
_MASS_STORAGE = (b"USBC", b"USBS")


class Transfer(NamedTuple):
    """A transfer, or one end of it. ``endpoint`` with bit 7: to the host."""

    bus: int
    device: int
    endpoint: int
    bulk: bool
    completed: bool
    data: bytes


class SerialPorts:
    """Picks the bytes of serial ports out of a capture. An endpoint for mass storage is not a serial port.

    An FTDI chip is known by its idle packets, status and no data, which come every 16 ms.
    """

    def __init__(self) -> None:
        self._disks: set[tuple[int, int, int]] = set()
        self._ftdi: set[tuple[int, int, int]] = set()

    def chunk(self, packet: PcapPacket) -> Chunk | None:
        """The bytes that a packet of one of ``LINKS`` carries; None where it is not serial data."""
        transfer = _transfer(packet)
        return None if transfer is None else self.taken(transfer, packet.t_us)

    def taken(self, transfer: Transfer, t_us: int | None) -> Chunk | None:
        """The same of a transfer."""
        if not transfer.bulk or not transfer.data:
            return None
        to_host = bool(transfer.endpoint & _TO_HOST)
        if transfer.completed != to_host:
            return None
        where = transfer.bus, transfer.device, transfer.endpoint
        if transfer.data.startswith(_MASS_STORAGE):
            self._disks.add(where)
        if where in self._disks:
            return None
        data = self._without_status(where, transfer.data) if to_host else transfer.data
        if not data:
            return None
        link = f"usb {transfer.bus}.{transfer.device}"
        return Chunk(t_us, TO_HOST if to_host else TO_DEVICE, data, f"endpoint {transfer.endpoint:02x}", link)

    def _without_status(self, where: tuple[int, int, int], data: bytes) -> bytes:
        """What an FTDI chip sends: each of its packets begins with two bytes of modem and line status."""
        if len(data) == _STATUS and data[0] & 0x0F == _FTDI and not data[1] & 0x0F:
            self._ftdi.add(where)
        if where not in self._ftdi:
            return data
        size = next((size for size in _PACKETS if data[size : size + 1] == data[:1]), _PACKETS[-1])
        return b"".join(data[at + _STATUS : at + size] for at in range(0, len(data), size))


def _transfer(packet: PcapPacket) -> Transfer | None:
    data = packet.data
    if packet.link == _USBPCAP:
        if len(data) < _PCAP.size:
            return None
        size, info, bus, device, endpoint, kind, length = _PCAP.unpack_from(data)
        return Transfer(bus, device, endpoint, kind == _BULK, bool(info & 1), data[size : size + length])
    size = _MON_SIZES[packet.link]
    if len(data) < size:
        return None
    event, kind, endpoint, device, bus, length = _MON.unpack_from(data)
    bulk = kind == _BULK and event in (_SUBMITTED, _COMPLETED)
    return Transfer(bus, device, endpoint, bulk, event == _COMPLETED, data[size : size + length])
