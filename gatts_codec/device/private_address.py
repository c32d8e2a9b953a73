"""Private addresses: made by chance, some so that whoever has the key knows whose they are. Needs ``cryptography``."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from functools import cache

from gatts_codec.constants.gap import AddrType
from gatts_codec.packets.gap.structs import Addr

_HASH_BYTES, _BLOCK_BYTES = 3, 16
# The two highest bits of each kind of random address.
_MARKS: dict[int, int] = {
    AddrType.RANDOM_STATIC: 0b11,
    AddrType.RANDOM_PRIVATE_RESOLVABLE: 0b01,
    AddrType.RANDOM_PRIVATE_NON_RESOLVABLE: 0b00,
}
_log = logging.getLogger(__name__)


def can_resolve() -> bool:
    """Whether there is AES; says once in the log what to install otherwise."""
    return _aes() is not None


def fits(address: Addr) -> bool:
    """Whether the address may be of its type: the highest bits of a random one say which it is."""
    if address.addr_type == AddrType.PUBLIC:
        return True
    return address.addr[-1] >> 6 == _MARKS.get(address.addr_type)


def resolvable(irk: bytes, chance: random.Random) -> Addr:
    """An address that the key resolves. ``can_resolve`` has to be true."""
    part = _part(chance, AddrType.RANDOM_PRIVATE_RESOLVABLE)
    return Addr(_hash(irk, part) + part, AddrType.RANDOM_PRIVATE_RESOLVABLE)


def non_resolvable(chance: random.Random) -> Addr:
    """An address that tells nobody anything."""
    kind = AddrType.RANDOM_PRIVATE_NON_RESOLVABLE
    return Addr(chance.randbytes(_HASH_BYTES) + _part(chance, kind), kind)


def is_of(irk: bytes, address: Addr) -> bool:
    """Whether the key resolves the address. A key of zeros is none, and without AES none does."""
    if address.addr_type != AddrType.RANDOM_PRIVATE_RESOLVABLE or not any(irk) or not can_resolve():
        return False
    found, part = address.addr[:_HASH_BYTES], address.addr[_HASH_BYTES:]
    return _hash(irk, part) == found


def _part(chance: random.Random, kind: AddrType) -> bytes:
    """What chance gives an address, its mark in the highest bits."""
    part = bytearray(chance.randbytes(_HASH_BYTES))
    part[-1] = part[-1] & 0x3F | _MARKS[kind] << 6
    return bytes(part)


def _hash(irk: bytes, part: bytes) -> bytes:
    """Bluetooth's ah. Keys and addresses travel with their least significant byte first, AES has the most."""
    aes = _aes()
    assert aes is not None
    return aes(irk[::-1], part[::-1].rjust(_BLOCK_BYTES, b"\0"))[::-1][:_HASH_BYTES]


@cache
def _aes() -> Callable[[bytes, bytes], bytes] | None:
    """One block of AES-128; None without the package."""
    try:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    except ImportError:
        _log.warning("resolvable private addresses need the privacy extra: pip install cryptography")
        return None
    return lambda key, block: Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)
