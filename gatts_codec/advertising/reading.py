"""From the structures of advertising data to the fields of AdvData."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gatts_codec.advertising.structure import SERVICE_DATA, SERVICES, AdStructure, bad, split
from gatts_codec.constants.advertising import AdType

_REPEATED = ("services", "service_data", "more_services")


def fields_in(data: bytes) -> dict[str, Any]:
    """What the structures in ``data`` say, by field. Raises DecodeError where a length does not fit."""
    values: dict[str, Any] = {}
    others: list[AdStructure] = []
    for offset, structure in split(data):
        try:
            said = said_by(structure)
        except ValueError as error:
            raise bad(f"{structure.name}: {error}", data, offset) from None
        if said is None or any(name in values for name in said if name not in _REPEATED):
            others.append(structure)
        else:
            values |= {name: _joined(name, values, value) for name, value in said.items()}
    return {**values, "others": tuple(others)}


def said_by(structure: AdStructure) -> dict[str, Any] | None:
    """What a structure says, by field; None for one that has no field. Raises ValueError for a length."""
    number, data = structure
    if number in (AdType.COMPLETE_LOCAL_NAME, AdType.SHORT_LOCAL_NAME):
        return _name_in(data, number == AdType.SHORT_LOCAL_NAME)
    if number == AdType.FLAGS:  # of those there may be more some day
        return {"flags": int.from_bytes(data, "little")}
    if number == AdType.APPEARANCE:
        return {"appearance": int.from_bytes(_exactly(2, data), "little")}
    if number == AdType.TX_POWER_LEVEL:
        return {"tx_power": int.from_bytes(_exactly(1, data), "little", signed=True)}
    if number == AdType.MANUFACTURER_SPECIFIC_DATA:
        company, rest = _split_at(2, data)
        return {"manufacturer": (int.from_bytes(company, "little"), rest)}
    return _services_in(number, data)


def _name_in(data: bytes, short: bool) -> dict[str, Any] | None:
    try:
        return {"name": data.decode(), "short_name": short}
    except UnicodeDecodeError:
        return None


def _services_in(number: int, data: bytes) -> dict[str, Any] | None:
    for size, (whole, some) in SERVICES.items():
        if number in (whole, some):
            if len(data) % size:
                raise ValueError(f"{len(data)} bytes, which is not a multiple of {size}")
            uuids = tuple(_uuid_in(data[at : at + size]) for at in range(0, len(data), size))
            return {"services": uuids} | ({"more_services": True} if number == some else {})
        if number == SERVICE_DATA[size]:
            service, rest = _split_at(size, data)
            return {"service_data": ((_uuid_in(service), rest),)}
    return None


def _joined(name: str, values: dict[str, Any], value: Any) -> Any:
    return values.get(name, ()) + value if isinstance(value, tuple) and name in _REPEATED else value


def _uuid_in(data: bytes) -> int | UUID:
    return UUID(bytes=data[::-1]) if len(data) == 16 else int.from_bytes(data, "little")


def _exactly(size: int, data: bytes) -> bytes:
    if len(data) != size:
        raise ValueError(f"{len(data)} bytes instead of {size}")
    return data


def _split_at(size: int, data: bytes) -> tuple[bytes, bytes]:
    if len(data) < size:
        raise ValueError(f"{len(data)} bytes; the number that it begins with has {size}")
    return data[:size], data[size:]
