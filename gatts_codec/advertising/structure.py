"""The structures that advertising data consists of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gatts_codec.constants.advertising import AdType
from gatts_codec.errors import DecodeError

LONGEST = 254  # bytes of a structure behind its type

# By the bytes of a UUID: the structure of all services, that of some, and that of one service's data.
SERVICES = {
    2: (AdType.UUID_16BIT_SERVICE_UUID_COMPLETE, AdType.UUID_16BIT_SERVICE_UUID_MORE_AVAILABLE),
    4: (AdType.UUID_32BIT_SERVICE_UUID_COMPLETE, AdType.UUID_32BIT_SERVICE_UUID_MORE_AVAILABLE),
    16: (AdType.UUID_128BIT_SERVICE_UUID_COMPLETE, AdType.UUID_128BIT_SERVICE_UUID_MORE_AVAILABLE),
}
SERVICE_DATA = {
    2: AdType.SERVICE_DATA,
    4: AdType.SERVICE_DATA_32BIT_UUID,
    16: AdType.SERVICE_DATA_128BIT_UUID,
}


class AdStructure(NamedTuple):
    """One structure: ``type`` says what ``data`` is (AdType). It travels as u8 length of both, u8 type, data."""

    type: int
    data: bytes

    @property
    def name(self) -> str:
        """The type's name in lower case, or its number."""
        known = self.type in AdType.__members__.values()
        return AdType(self.type).name.lower() if known else f"type 0x{self.type:02x}"

    def packed(self) -> bytes:
        """As it travels."""
        return bytes((len(self.data) + 1, self.type)) + self.data


def split(data: bytes) -> Iterator[tuple[int, AdStructure]]:
    """The structures with their offsets. A length of 0 ends them early. Raises DecodeError where one ends too late."""
    at = 0
    while at < len(data) and (length := data[at]):
        left = len(data) - at - 1
        if length > left:
            raise bad(f"a structure of {length} bytes, of which there are {left}", data, at)
        yield at, AdStructure(data[at + 1], bytes(data[at + 2 : at + 1 + length]))
        at += 1 + length


def bad(reason: str, data: bytes, offset: int) -> DecodeError:
    """The error for the structure at an offset."""
    return DecodeError(reason, packet="advertising data", path="data", offset=offset, data=data)
