"""SLIP and H5 written down byte for byte, as a textbook would: what the library's fast code is held against.

Shares no line with the library: the tests compare results, the benchmarks compare time.
"""

from __future__ import annotations


class BadFrame(Exception):
    """Not a frame; ``code`` as in the library's FramingError."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def crc16(data: bytes) -> int:
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def crc_table() -> list[int]:
    table = []
    for index in range(256):
        crc = index << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
        table.append(crc)
    return table


_TABLE = crc_table()


def crc16_by_table(data: bytes) -> int:
    crc = 0xFFFF
    for byte in data:
        crc = (crc << 8 & 0xFF00) ^ _TABLE[crc >> 8 ^ byte]
    return crc


def slip_encode(data: bytes) -> bytes:
    out = bytearray([0xC0])
    for byte in data:
        if byte == 0xC0:
            out += b"\xdb\xdc"
        elif byte == 0xDB:
            out += b"\xdb\xdd"
        else:
            out.append(byte)
    out.append(0xC0)
    return bytes(out)


def slip_decode(body: bytes) -> bytes:
    out = bytearray()
    escaped = False
    for byte in body:
        if escaped:
            if byte not in (0xDC, 0xDD):
                raise BadFrame("bad_escape")
            out.append(0xC0 if byte == 0xDC else 0xDB)
            escaped = False
        elif byte == 0xDB:
            escaped = True
        elif byte == 0xC0:
            raise BadFrame("bad_escape")
        else:
            out.append(byte)
    if escaped:
        raise BadFrame("bad_escape")
    return bytes(out)


def encode_frame(type_: int, payload: bytes, seq: int, ack: int, reliable: bool, crc: bool) -> bytes:
    size = len(payload)
    header = [
        seq + ack * 8 + (64 if crc else 0) + (128 if reliable else 0),
        type_ + size % 16 * 16,
        size // 16,
    ]
    header.append((256 - sum(header) % 256) % 256)
    data = bytes(header) + payload
    if crc:
        number = crc16_by_table(data)
        data += bytes([number % 256, number // 256])
    return slip_encode(data)


def decode_body(body: bytes) -> tuple[int, bytes, int, int, bool, bool]:
    """(type, payload, seq, ack, reliable, crc) of what stands between two C0, or BadFrame."""
    data = slip_decode(body)
    if len(data) < 4:
        raise BadFrame("short_frame")
    crc = data[0] // 64 % 2 == 1
    size = data[1] // 16 + data[2] * 16
    if len(data) != 4 + size + (2 if crc else 0):
        raise BadFrame("length_mismatch")
    if sum(data[:4]) % 256:
        raise BadFrame("header_checksum")
    if crc and crc16_by_table(data[:-2]) != data[-2] + data[-1] * 256:
        raise BadFrame("crc")
    return data[1] % 16, data[4 : 4 + size], data[0] % 8, data[0] // 8 % 8, data[0] >= 128, crc


def split(stream: bytes) -> list[bytes]:
    """The bodies of the frames in a stream, one byte after the other."""
    bodies = []
    body: bytearray | None = None
    for byte in stream:
        if byte != 0xC0:
            if body is not None:
                body.append(byte)
        elif not body:
            body = bytearray()
        else:
            bodies.append(bytes(body))
            body = None
    return bodies
