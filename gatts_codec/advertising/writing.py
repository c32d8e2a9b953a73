"""From the fields of AdvData to the structures of advertising data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from gatts_codec.advertising.structure import LONGEST, SERVICE_DATA, SERVICES, AdStructure
from gatts_codec.constants.advertising import AdType
from gatts_codec.errors import EncodeError, brief


def structures_of(said: Any) -> Iterator[AdStructure]:
    """The structures of an AdvData, in the order in which they travel. Raises EncodeError that names the field."""
    yield from _numbers(said)
    yield from _services(said)
    yield from _texts(said)


def _numbers(said: Any) -> Iterator[AdStructure]:
    if said.flags is not None:
        flags = _number(said.flags, "flags", 0, 0xFFFF)
        yield AdStructure(AdType.FLAGS, flags.to_bytes(2 if flags > 0xFF else 1, "little"))
    if said.appearance is not None:
        yield AdStructure(AdType.APPEARANCE, _u16(said.appearance, "appearance"))
    if said.tx_power is not None:
        power = _number(said.tx_power, "tx_power", -128, 127)
        yield AdStructure(AdType.TX_POWER_LEVEL, power.to_bytes(1, "little", signed=True))


def _services(said: Any) -> Iterator[AdStructure]:
    of_size: dict[int, bytes] = {}
    for uuid in said.services:
        raw = _uuid_bytes(uuid)
        of_size[len(raw)] = of_size.get(len(raw), b"") + raw
    for size, data in sorted(of_size.items()):
        yield _structure(SERVICES[size][said.more_services], data, "services")


def _texts(said: Any) -> Iterator[AdStructure]:
    if said.name is not None:
        kind = AdType.SHORT_LOCAL_NAME if said.short_name else AdType.COMPLETE_LOCAL_NAME
        yield _structure(kind, _name_bytes(said.name), "name")
    for uuid, data in said.service_data:
        raw = _uuid_bytes(uuid)
        yield _structure(SERVICE_DATA[len(raw)], raw + data, "service_data")
    if said.manufacturer is not None:
        company, data = said.manufacturer
        whole = _u16(company, "manufacturer") + data
        yield _structure(AdType.MANUFACTURER_SPECIFIC_DATA, whole, "manufacturer")
    for kind, data in said.others:
        yield _structure(_number(kind, "others", 0, 0xFF), data, "others")


def _structure(kind: int, data: bytes, path: str) -> AdStructure:
    if len(data) > LONGEST:
        raise _wrong(f"{len(data)} bytes do not fit in one structure, which takes {LONGEST}", path, data)
    return AdStructure(kind, data)


def listed(values: Any, path: str) -> list[Any]:
    """A list or tuple. Raises EncodeError."""
    if isinstance(values, list | tuple):
        return list(values)
    raise _wrong(f"expected a list, got {brief(values)}", path, values)


def pairs(values: Any, path: str) -> list[tuple[Any, bytes]]:
    """A list of pairs of a number and bytes. Raises EncodeError."""
    for each in listed(values, path):
        if not (isinstance(each, tuple) and len(each) == 2 and isinstance(each[1], bytes)):
            raise _wrong(f"expected a number and its bytes, got {brief(each)}", path, each)
    return list(values)


def uuid_of(uuid: Any, path: str) -> int | UUID:
    """A UUID as number or, where it has 128 bits, as UUID. Raises EncodeError."""
    if isinstance(uuid, UUID):
        return uuid
    if isinstance(uuid, str):
        try:
            return UUID(uuid)
        except ValueError:
            raise _wrong(f"no UUID of 128 bits: {brief(uuid)}", path, uuid) from None
    return _number(uuid, path, 0, 0xFFFFFFFF)


def _uuid_bytes(uuid: Any) -> bytes:
    if isinstance(uuid, UUID):
        return uuid.bytes[::-1]
    return int(uuid).to_bytes(2 if uuid <= 0xFFFF else 4, "little")


def _name_bytes(name: Any) -> bytes:
    try:
        return str.encode(name)
    except (TypeError, UnicodeEncodeError):
        raise _wrong(f"expected text, got {brief(name)}", "name", name) from None


def _u16(value: Any, path: str) -> bytes:
    return _number(value, path, 0, 0xFFFF).to_bytes(2, "little")


def _number(value: Any, path: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _wrong(f"must be a whole number from {least} to {most}, not {brief(value)}", path, value)
    return value


def _wrong(reason: str, path: str, value: object) -> EncodeError:
    return EncodeError(reason, path=path, value=value, packet="advertising data")
