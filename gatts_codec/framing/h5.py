"""H5: Nordic's dialect of the Bluetooth three-wire UART, one packet in one SLIP frame.

    byte 0      seq (bits 0-2), ack (3-5), CRC present (6), reliable (7)
    byte 1      packet type (0-3), low nibble of the payload length (4-7)
    byte 2      payload length >> 4
    byte 3      two's complement of the sum of bytes 0-2
    payload     0..4095 bytes
    CRC         only if bit 6 says so: 2 bytes little endian, over the header and the payload

The CRC is CRC-16/CCITT-FALSE (poly 0x1021, init 0xFFFF, not reflected). The H5 of the Bluetooth specification
has it bit-reversed, so general H5 tools reject these frames. (Source: captured traffic of both ends.)
"""

from __future__ import annotations

from binascii import crc_hqx
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Literal

from ..errors import EncodeError, FramingError
from .slip import END
from .slip import decode as slip_decode
from .slip import encode as slip_encode
from .unfrozen import unfrozen

HEADER_SIZE = 4
CRC_SIZE = 2
MAX_PAYLOAD = 0xFFF
CRC_INIT = 0xFFFF
CRC_PRESENT, RELIABLE = 0x40, 0x80
_HEADER, _BODY = slice(HEADER_SIZE), slice(1, -1)

LinkName = Literal["SYNC", "SYNC_RSP", "CONFIG", "CONFIG_RSP", "WAKEUP", "WOKEN", "SLEEP"]
Link = LinkName | None


class H5Type(IntEnum):
    """Packet types. 6 to 13 have no name and stay plain ints."""

    ACK = 0
    HCI_COMMAND = 1
    HCI_ACL = 2
    HCI_SCO = 3
    HCI_EVENT = 4
    RESET = 5
    VENDOR_SPECIFIC = 14
    LINK_CONTROL = 15


TYPE_NAMES: dict[int, str] = {int(member): member.name for member in H5Type}

LINK_PAYLOADS: dict[LinkName, bytes] = {
    "SYNC": b"\x01\x7e",
    "SYNC_RSP": b"\x02\x7d",
    "CONFIG": b"\x03\xfc",
    "CONFIG_RSP": b"\x04\x7b",
    "WAKEUP": b"\x05\xfa",
    "WOKEN": b"\x06\xf9",
    "SLEEP": b"\x07\x78",
}
CONFIG_FIELD = b"\x11"
"""Behind CONFIG and CONFIG_RSP: window 1, no out-of-frame flow control, CRC, version 0."""
_LINK_NAMES = {payload: name for name, payload in LINK_PAYLOADS.items()}


@dataclass(frozen=True, slots=True)
class H5Packet:
    """One H5 packet.

        type      0..15           what it is: H5Type, or another number
        payload   0..4095 bytes   without header and CRC
        seq, ack  0..7            its own number; the number that its sender expects next
        reliable  bool            to be acknowledged
        crc       bool            travels with a CRC; a decoded packet's was right

    Where each stands in the header is said at the top of `gatts_codec.framing.h5`.
    """

    type: int
    payload: bytes = b""
    seq: int = 0
    ack: int = 0
    reliable: bool = False
    crc: bool = False

    @property
    def type_name(self) -> str:
        """``"VENDOR_SPECIFIC"``, or ``"UNKNOWN_6"`` for a type without a name."""
        return TYPE_NAMES.get(self.type, f"UNKNOWN_{self.type}")

    @property
    def link(self) -> Link:
        """Which link control packet this is; None for other types and for unknown payloads."""
        return link_name(self.payload) if self.type == H5Type.LINK_CONTROL else None


_NewPacket = unfrozen(H5Packet)


def link_name(payload: bytes) -> Link:
    """The name of a link control payload, None if unknown."""
    name = _LINK_NAMES.get(payload[:2])
    # CONFIG and CONFIG_RSP carry a configuration field behind these two bytes, nothing else carries anything.
    if len(payload) > 2 and name not in ("CONFIG", "CONFIG_RSP"):
        return None
    return name


def encode(packet: H5Packet) -> bytes:
    """Header, payload and CRC, not yet escaped. Raises EncodeError for a field out of range."""
    try:
        return _assemble(packet.type, packet.payload, packet.seq, packet.ack, packet.reliable, packet.crc)
    except TypeError as error:
        raise EncodeError(f"a field has the wrong type: {error}", value=packet, packet="H5") from error


def encode_frame(packet: H5Packet) -> bytes:
    """The frame as it travels, SLIP included. Raises EncodeError for a field out of range."""
    return slip_encode(encode(packet))


def encode_reliable(payload: bytes, seq: int, ack: int) -> bytes:
    """``encode_frame`` for commands, responses and events: vendor specific, reliable, with CRC. Raises EncodeError."""
    return slip_encode(_assemble(14, payload, seq, ack, True, True))


def _assemble(type_: int, payload: bytes, seq: int, ack: int, reliable: bool, crc: bool) -> bytes:
    header, header_crc = _header(type_, len(payload), seq, ack, reliable, crc)
    if not crc:
        return header + payload
    return header + payload + crc_hqx(payload, header_crc).to_bytes(2, "little")


@lru_cache(maxsize=4096)
def _header(type_: int, length: int, seq: int, ack: int, reliable: bool, crc: bool) -> tuple[bytes, int]:
    """The header, and its CRC, which the payload's continues. Traffic repeats a few hundred headers."""
    for path, value, limit in (
        ("type", type_, 15),
        ("seq", seq, 7),
        ("ack", ack, 7),
        ("payload", length, MAX_PAYLOAD),
    ):
        if not 0 <= value <= limit:
            what = "length" if path == "payload" else path
            raise EncodeError(
                f"{what} must be 0..{limit}, not {value!r}", path=path, value=value, packet="H5"
            )
    first = seq | ack << 3 | (CRC_PRESENT if crc else 0) | (RELIABLE if reliable else 0)
    second, third = type_ | (length & 0xF) << 4, length >> 4
    header = bytes([first, second, third, -(first + second + third) & 0xFF])
    return header, crc_hqx(header, CRC_INIT)


RESET_FRAME = encode_frame(H5Packet(H5Type.RESET))
ACK_FRAMES = tuple(encode_frame(H5Packet(int(H5Type.ACK), ack=number)) for number in range(8))
"""The frame of each ACK, by the number it carries."""


def decode(data: bytes) -> H5Packet:
    """The packet in unescaped ``data``.

    Raises FramingError (layer ``"h5"``) with code short_frame (under 4 bytes), length_mismatch,
    header_checksum or crc: the first that applies, in this order, as the reference host tests them.
    """
    header = _read_header(data[_HEADER])
    if header is None:
        raise _fault(data)
    type_, seq, ack, reliable, crc, whole, tail, header_crc = header
    payload = data[whole]
    if crc:  # which is missing, or too long, where the length is wrong
        if data[tail] != crc_hqx(payload, header_crc).to_bytes(2, "little"):
            raise _fault(data)
    elif len(data) != whole.stop:
        raise _fault(data)
    packet = _NewPacket()
    packet.type = type_
    packet.payload = payload
    packet.seq = seq
    packet.ack = ack
    packet.reliable = reliable
    packet.crc = crc
    packet.__class__ = H5Packet
    return packet  # type: ignore[no-any-return]


@lru_cache(maxsize=4096)
def _read_header(header: bytes) -> tuple[int, int, int, bool, bool, slice, slice, int] | None:
    """Type, seq, ack, reliable, CRC present, where the payload is, where the CRC, the header's CRC; None for none."""
    if len(header) < HEADER_SIZE or sum(header) & 0xFF:
        return None
    first, second, third, _ = header
    end = HEADER_SIZE + (second >> 4 | third << 4)
    flags = first & RELIABLE != 0, first & CRC_PRESENT != 0
    places = slice(HEADER_SIZE, end), slice(end, None)
    return second & 0xF, first & 7, first >> 3 & 7, *flags, *places, crc_hqx(header, CRC_INIT)


def _fault(data: bytes) -> FramingError:
    """What is wrong with ``data``, by the rules in their order."""
    size = len(data)
    if size < HEADER_SIZE:
        return _error(f"a frame has at least {HEADER_SIZE} bytes, this one {size}", "short_frame", size, data)
    first, second, third, checksum = data[:HEADER_SIZE]
    end = HEADER_SIZE + (second >> 4 | third << 4)
    announced = end + (CRC_SIZE if first & CRC_PRESENT else 0)
    if size != announced:
        reason = f"by its header the frame has {announced} bytes, there are {size}"
        return _error(reason, "length_mismatch", 1, data)
    expected = -(first + second + third) & 0xFF
    if checksum != expected:
        reason = f"header checksum is {checksum:02x}, should be {expected:02x}"
        return _error(reason, "header_checksum", 3, data)
    return _wrong_crc(data)


def _wrong_crc(data: bytes) -> FramingError:
    end = len(data) - CRC_SIZE
    found, computed = int.from_bytes(data[end:], "little"), crc_hqx(data[:end], CRC_INIT)
    return _error(f"CRC is 0x{found:04x}, should be 0x{computed:04x}", "crc", end, data)


def decode_whatever_length(data: bytes) -> H5Packet:
    """``decode``, but the payload is what is there, whatever the header says of its length: so firmware reads frames.

    Raises FramingError as ``decode`` does; length_mismatch where the header promises a CRC and there is no room for it.
    """
    if len(data) < HEADER_SIZE or sum(data[_HEADER]) & 0xFF:
        raise _fault(data)
    first, kind = data[0], data[1] & 0xF
    crc, reliable = first & CRC_PRESENT != 0, first & RELIABLE != 0
    end = len(data) - (CRC_SIZE if crc else 0)
    if end < HEADER_SIZE:
        raise _fault(data)
    if crc and data[end:] != crc_hqx(data[:end], CRC_INIT).to_bytes(2, "little"):
        raise _wrong_crc(data)
    return H5Packet(kind, data[HEADER_SIZE:end], first & 7, first >> 3 & 7, reliable, crc)


def decode_frame(frame: bytes) -> H5Packet:
    """The packet in a whole frame, both C0 included.

    Raises FramingError: layer ``"slip"`` with code bad_escape, or as ``decode``. A frame without its two C0
    is a short_frame.
    """
    if len(frame) < 2 or frame[0] != END or frame[-1] != END:
        raise FramingError("a frame begins and ends with C0", layer="slip", code="short_frame", data=frame)
    return decode(slip_decode(frame[_BODY]))


def _error(reason: str, code: str, offset: int, data: bytes) -> FramingError:
    return FramingError(reason, layer="h5", code=code, offset=offset, data=data)
