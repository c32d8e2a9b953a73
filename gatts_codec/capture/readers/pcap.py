"""pcap and pcapng with H5 frames or the bytes of a serial line.

    147 (USER0)        H5 frames without SLIP, one a packet; pcapng's packet flags tell the direction
    250 (RTAC_SERIAL)  u32 seconds, u32 microseconds (big endian), u8 event, u8 lines, u16 footer, then the bytes

    189, 220, 249      USB: the bulk transfers of a serial port (usb.py)

RTAC events: 1 TX start, 2 RX start, 3 TX end, 4 RX end, 5 lost data, 6 framing error, 7 parity error.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from gatts_codec.capture.readers import pcapng, usb
from gatts_codec.capture.readers.format import Format, Head
from gatts_codec.capture.readers.pcapng import PcapPacket
from gatts_codec.capture.wire.chunks import Chunk, Entries, Entry, LineFault
from gatts_codec.capture.wire.clock import SECOND_US
from gatts_codec.errors import CaptureError
from gatts_codec.framing import slip

USER0, RTAC_SERIAL = 147, 250
_OTHER_LINKS = {
    272: "nRF Sniffer (link type 272): Bluetooth over the air, another protocol",
    251: "Bluetooth over the air (link type 251), another protocol",
    256: "Bluetooth over the air (link type 256), another protocol",
    201: "Bluetooth HCI (link type 201), another protocol",
    187: "Bluetooth HCI (link type 187), another protocol",
}
_MAGICS = {b"\xa1\xb2\xc3\xd4": (">", 1), b"\xa1\xb2\x3c\x4d": (">", 1000)}
_MAGICS |= {magic[::-1]: ("<", divisor) for magic, (_, divisor) in _MAGICS.items()}
_MAX_PACKET = 1 << 18
_RTAC_HEADER = struct.Struct(">IIBBH")
_RTAC_CHANNELS = {1: "TX", 2: "RX", 3: "TX", 4: "RX"}
_RTAC_FAULTS = {5: "lost data", 6: "framing error", 7: "parity error"}


def _recognises(head: Head) -> bool:
    return head.data[:4] in _MAGICS or head.data[:4] == pcapng.MAGIC


def read(stream: io.BufferedReader, name: str) -> Entries:
    """The frames or bytes. Raises CaptureError for link types of other protocols."""
    ports = usb.SerialPorts()
    packets = pcapng.packets(stream, name) if stream.peek(4)[:4] == pcapng.MAGIC else _pcap(stream, name)
    for packet in packets:
        if packet.link == RTAC_SERIAL:
            yield _serial(packet, name)
        elif packet.link == USER0:
            yield Chunk(packet.t_us, packet.dir, _framed(packet.data))
        elif packet.link in usb.LINKS:
            if (chunk := ports.chunk(packet)) is not None:
                yield chunk
        else:
            what = _OTHER_LINKS.get(packet.link, f"link type {packet.link}, which is not a serial line")
            raise CaptureError(
                f"this is {what}. Known are 147 (USER0), 250 (RTAC serial) and USB (189, 220, 249)", file=name
            )


def _framed(data: bytes) -> bytes:
    """A frame with SLIP around it, unless it has kept its own."""
    header_fits = len(data) >= 4 and sum(data[:4]) & 0xFF == 0
    if data[:1] == data[-1:] == slip.END_BYTE and len(data) > 1 and not header_fits:
        return data
    return slip.encode(data)


def _serial(packet: PcapPacket, name: str) -> Entry:
    if len(packet.data) < _RTAC_HEADER.size:
        return CaptureError(
            f"an RTAC packet of {len(packet.data)} bytes is shorter than its header", file=name
        )
    seconds, micros, event, _lines, _footer = _RTAC_HEADER.unpack_from(packet.data)
    t_us = seconds * SECOND_US + micros
    if event in _RTAC_FAULTS:
        return LineFault(t_us, None, _RTAC_FAULTS[event])
    return Chunk(t_us, None, packet.data[_RTAC_HEADER.size :], _RTAC_CHANNELS.get(event, ""))


def _pcap(stream: io.BufferedReader, name: str) -> Iterator[PcapPacket]:
    header = _exactly(stream, 24, name)
    if header[:4] not in _MAGICS:
        raise CaptureError("neither pcap nor pcapng", file=name)
    order, divisor = _MAGICS[header[:4]]
    link = struct.unpack(order + "I", header[20:])[0] & 0xFFFF
    record = struct.Struct(order + "IIII")
    while stream.peek(1):
        seconds, fraction, size, _original = record.unpack(_exactly(stream, record.size, name))
        if size > _MAX_PACKET:
            raise CaptureError(f"a packet of {size} bytes: the file is damaged here", file=name)
        data = _exactly(stream, size, name)
        yield PcapPacket(link, seconds * SECOND_US + fraction // divisor, None, data)


def _exactly(stream: io.BufferedReader, size: int, name: str) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise CaptureError(f"the file ends within a packet, {size - len(data)} bytes short", file=name)
    return data


FORMAT = Format("pcap", "pcap or pcapng", _recognises, read)
