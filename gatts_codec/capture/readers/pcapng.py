"""pcapng: the packets of a file that comes as a stream, a block at a time.

    block      u32 type, u32 length, body, u32 length again; the length counts all of it, in multiples of 4
    section    0A0D0D0A: u32 1A2B3C4D in its byte order, which holds up to the next section; interfaces start again
    interface  1: u16 link type, u16, u32 longest packet; options 9 and 14: unit and offset of its times
    packets    6 (enhanced), 2 (obsolete), 3 (simple: no time, interface 0)
    options    u16 code, u16 length, value, padded to 4; code 0 ends them. Code 2 of a packet: u32 flags

Blocks of other types are passed over. Memory is bounded: by the longest block of these types, and the most interfaces.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import NamedTuple

from gatts_codec.capture.wire.chunks import TO_DEVICE, TO_HOST, Direction
from gatts_codec.capture.wire.clock import SECOND_US
from gatts_codec.errors import CaptureError

MAGIC = b"\x0a\x0d\x0d\x0a"
MAX_BLOCK = 1 << 20  # bytes
MAX_INTERFACES = 1000  # in a section; Wireshark's own recordings of a whole machine have a few dozen

_SECTION, _INTERFACE, _OBSOLETE, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
_NEEDED = (_INTERFACE, _OBSOLETE, _SIMPLE, _ENHANCED)
_ORDERS = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
_AROUND = 12  # bytes of a block beside its body
_FLAGS, _UNIT, _OFFSET = 2, 9, 14
_DIRECTIONS: dict[int, Direction] = {1: TO_HOST, 2: TO_DEVICE}


class PcapPacket(NamedTuple):
    """One packet of a file: its link type, and what the file knows of it."""

    link: int
    t_us: int | None
    dir: Direction | None
    data: bytes


class _Interface(NamedTuple):
    link: int
    longest: int  # what is cut off of longer packets; 0 if nothing is
    units_a_second: int = SECOND_US
    offset_s: int = 0

    def time(self, high: int, low: int) -> int:
        units = (high << 32 | low) * SECOND_US
        return (units + self.units_a_second // 2) // self.units_a_second + self.offset_s * SECOND_US


def packets(stream: io.BufferedReader, name: str) -> Iterator[PcapPacket]:
    """The packets in order. Raises CaptureError where the file is damaged, or holds more than files do."""
    order, interfaces = "<", list[_Interface]()
    while head := stream.read(8):
        _whole(head, 8, name)
        if head[:4] == MAGIC:
            order, interfaces = _section(stream, head, name), []
            continue
        kind, size = struct.unpack(order + "II", head)
        body = _body(stream, size, order, name, keep=kind in _NEEDED)
        try:
            if kind == _INTERFACE:
                interfaces.append(_interface(body, order))
            elif kind in _NEEDED:
                yield _packet(kind, body, order, interfaces)
        except (struct.error, IndexError):
            raise _damaged(f"a block of type {kind} and {size} bytes", name) from None
        if len(interfaces) > MAX_INTERFACES:
            raise CaptureError(f"more than {MAX_INTERFACES} interfaces in a section", file=name)


def _section(stream: io.BufferedReader, head: bytes, name: str) -> str:
    """Pass over a section's header; return the section's byte order."""
    mark = _whole(stream.read(4), 4, name)
    if mark not in _ORDERS:
        raise _damaged("a section without a byte order", name)
    order = _ORDERS[mark]
    (size,) = struct.unpack(order + "I", head[4:])
    _body(stream, size - len(mark), order, name, keep=False, told=size)
    return order


def _body(
    stream: io.BufferedReader, size: int, order: str, name: str, *, keep: bool, told: int | None = None
) -> bytes:
    """What stands between a block's head and its second length; nothing where it is not to be kept."""
    length = size - _AROUND
    if length < 0 or length % 4:
        raise _damaged(f"a block of {told or size} bytes", name)
    if keep and size > MAX_BLOCK:
        raise _damaged(f"a packet of {size} bytes", name)
    body = b""
    if keep:
        body = _whole(stream.read(length), length, name)
    else:
        _pass(stream, length, name)
    if struct.unpack(order + "I", _whole(stream.read(4), 4, name)) != (told or size,):
        raise _damaged("a block with two lengths", name)
    return body


def _pass(stream: io.BufferedReader, size: int, name: str) -> None:
    while size:
        passed = len(stream.read(min(size, MAX_BLOCK)))
        _whole(b"", 0 if passed else size, name)
        size -= passed


def _interface(body: bytes, order: str) -> _Interface:
    link, _, longest = struct.unpack_from(order + "HHI", body)
    units, offset_s = SECOND_US, 0
    for code, value in _options(body[8:], order):
        if code == _UNIT and len(value) == 1:
            units = 2 ** (value[0] & 0x7F) if value[0] & 0x80 else 10 ** value[0]
        elif code == _OFFSET and len(value) == 8:
            (offset_s,) = struct.unpack(order + "q", value)
    return _Interface(link, longest, units, offset_s)


def _packet(kind: int, body: bytes, order: str, interfaces: list[_Interface]) -> PcapPacket:
    if kind == _SIMPLE:
        (size,) = struct.unpack_from(order + "I", body)
        size = min(size, interfaces[0].longest or size)
        return PcapPacket(interfaces[0].link, None, None, body[4 : 4 + size])
    number, high, low, size, _ = struct.unpack_from(order + "IIIII", body)
    if kind == _OBSOLETE:
        (number,) = struct.unpack_from(order + "H", body)  # the other half counts drops
    interface, data = interfaces[number], body[20 : 20 + size]
    if len(data) < size:
        raise IndexError
    flags = dict(_options(body[20 + (size + 3) // 4 * 4 :], order)).get(_FLAGS, b"")
    direction = _DIRECTIONS.get(struct.unpack(order + "I", flags)[0] & 3) if len(flags) == 4 else None
    return PcapPacket(interface.link, interface.time(high, low), direction, data)


def _options(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        code, size = struct.unpack_from(order + "HH", data, at)
        if not code:
            return
        if at + 4 + size > len(data):
            raise IndexError
        yield code, data[at + 4 : at + 4 + size]
        at += 4 + (size + 3) // 4 * 4


def _whole(data: bytes, size: int, name: str) -> bytes:
    if len(data) < size:
        raise CaptureError(f"the file ends within a block, {size - len(data)} bytes short", file=name)
    return data


def _damaged(what: str, name: str) -> CaptureError:
    return CaptureError(f"{what}: the file is damaged here", file=name)
