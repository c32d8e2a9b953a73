"""The init packet of Secure DFU: what an image is, for whom, and who vouches for it. Protocol buffers, package dfu.

Packet         1 Command, or 2 SignedCommand
SignedCommand  1 Command, 2 u32 signature type (0: ECDSA P-256 with SHA-256), 3 signature, R then S, least byte first
Command        1 u32 operation (1: init), 2 InitCommand
InitCommand    1 fw_version, 2 hw_version, 3 sd_req, 4 type, 5 sd_size, 6 bl_size, 7 app_size, 8 Hash, 9 is_debug
Hash           1 u32 type (3: SHA-256), 2 bytes, last byte first
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_VARINT, _BYTES = 0, 2
_LONGEST_VARINT = 10
_INIT = 1


@dataclass(frozen=True, slots=True)
class InitPacket:
    """What an init packet says; None is what it does not. ``signed`` are the bytes that the signature is of."""

    fw_version: int | None
    hw_version: int | None
    sd_req: tuple[int, ...]
    type: int | None
    sizes: tuple[int, int, int]
    hash_type: int | None
    hash: bytes
    is_debug: bool
    signed: bytes
    signature_type: int | None = None
    signature: bytes | None = None

    @property
    def image_size(self) -> int:
        """Bytes of SoftDevice, bootloader and application together."""
        return sum(self.sizes)


def read_init_packet(data: bytes) -> InitPacket | None:
    """The init packet; None for anything else."""
    try:
        return _packet(_fields(data))
    except (ValueError, KeyError, IndexError, TypeError):
        return None


def _packet(fields: dict[int, list[int | bytes]]) -> InitPacket:
    signature_type = signature = None
    if 2 in fields:
        signed = _fields(_bytes(fields, 2))
        command, signature_type, signature = _fields(_bytes(signed, 1)), _number(signed, 2), _bytes(signed, 3)
    else:
        command = _fields(_bytes(fields, 1))
    if _number(command, 1) != _INIT:
        raise ValueError("no init command")
    return _init(_bytes(command, 2), signature_type, signature)


def _init(data: bytes, signature_type: int | None, signature: bytes | None) -> InitPacket:
    fields = _fields(data)
    digest = _fields(_bytes(fields, 8)) if 8 in fields else {}
    return InitPacket(
        _number(fields, 1),
        _number(fields, 2),
        tuple(_numbers(fields.get(3, []))),
        _number(fields, 4),
        (_number(fields, 5) or 0, _number(fields, 6) or 0, _number(fields, 7) or 0),
        _number(digest, 1),
        _bytes(digest, 2) if 2 in digest else b"",
        bool(_number(fields, 9)),
        data,
        signature_type,
        signature,
    )


def _fields(data: bytes) -> dict[int, list[int | bytes]]:
    """All fields by number, numbers and bytes. Raises ValueError where the bytes are no message."""
    found: dict[int, list[int | bytes]] = {}
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        value: int | bytes
        if key & 7 == _VARINT:
            value, at = _varint(data, at)
        elif key & 7 == _BYTES:
            size, at = _varint(data, at)
            value, at = data[at : at + size], at + size
            if at > len(data):
                raise ValueError("a field ends behind the message")
        else:
            raise ValueError("a field of a kind that is not used here")
        found.setdefault(key >> 3, []).append(value)
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(_LONGEST_VARINT):
        byte = data[at + shift]
        value |= (byte & 0x7F) << 7 * shift
        if not byte & 0x80:
            return value, at + shift + 1
    raise ValueError("a number without an end")


def _numbers(values: list[int | bytes]) -> Iterator[int]:
    """One by one, or packed."""
    for value in values:
        if isinstance(value, int):
            yield value
            continue
        at = 0
        while at < len(value):
            number, at = _varint(value, at)
            yield number


def _number(fields: dict[int, list[int | bytes]], field: int) -> int | None:
    value = fields[field][-1] if field in fields else None
    if isinstance(value, bytes):
        raise TypeError("bytes where a number belongs")
    return value


def _bytes(fields: dict[int, list[int | bytes]], field: int) -> bytes:
    value = fields[field][-1]
    if isinstance(value, int):
        raise TypeError("a number where bytes belong")
    return value
