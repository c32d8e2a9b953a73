"""Vendor UUID bases: what the chip was taught by uuid_vs_add, in order; types count from 2."""

from __future__ import annotations

from gatts_codec.constants import NrfError, UuidType
from gatts_codec.device.refusal import Refusal, refuse_unless
from gatts_codec.schema.structs import Uuid

# 00000000-0000-1000-8000-00805f9b34fb, least significant byte first, as UUIDs travel.
BLUETOOTH_BASE = bytes.fromhex("fb349b5f8000008000100000") + bytes(4)


class VendorBases:
    """128-bit bases by UUID type. The 16 bits that make a UUID of a base are its bytes 12 and 13."""

    def __init__(self, capacity: int, *, once_each: bool) -> None:
        self.capacity = capacity
        self._once_each = once_each
        self._bases: list[bytes] = []

    def add(self, uuid128: bytes) -> int:
        """The type of this base, which a base that is known keeps; FORBIDDEN up to S130 v1. NO_MEM when full."""
        base = _base_of(uuid128)
        if base not in self._bases:
            refuse_unless(len(self._bases) < self.capacity, NrfError.NO_MEM)
            self._bases.append(base)
        elif self._once_each:
            raise Refusal(NrfError.FORBIDDEN)
        return UuidType.VENDOR_BEGIN + self._bases.index(base)

    def knows(self, uuid: Uuid) -> bool:
        """Whether the UUID's type is the Bluetooth SIG's or a base that was added."""
        return uuid.type == UuidType.BLE or 0 <= uuid.type - UuidType.VENDOR_BEGIN < len(self._bases)

    def expand(self, uuid: Uuid) -> bytes:
        """The UUID as attributes carry it: 2 bytes of the SIG's, 16 of a vendor's. INVALID_PARAM: unknown type."""
        if not self.knows(uuid):
            raise Refusal(NrfError.INVALID_PARAM)
        short = uuid.uuid.to_bytes(2, "little")
        if uuid.type == UuidType.BLE:
            return short
        base = self._bases[uuid.type - UuidType.VENDOR_BEGIN]
        return base[:12] + short + base[14:]

    def shorten(self, raw: bytes) -> Uuid:
        """The reverse of ``expand``. NOT_FOUND for a base that is not known."""
        if len(raw) == 2:
            return Uuid(int.from_bytes(raw, "little"))
        short = int.from_bytes(raw[12:14], "little")
        base = _base_of(raw)
        if base == BLUETOOTH_BASE:
            return Uuid(short)
        refuse_unless(base in self._bases, NrfError.NOT_FOUND)
        return Uuid(short, UuidType.VENDOR_BEGIN + self._bases.index(base))


def _base_of(uuid128: bytes) -> bytes:
    return uuid128[:12] + bytes(2) + uuid128[14:]
