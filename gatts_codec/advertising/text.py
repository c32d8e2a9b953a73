"""Advertising data as a person wants to see it: with the names of types, services, companies and appearances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gatts_codec.advertising.reading import said_by
from gatts_codec.advertising.structure import AdStructure, split
from gatts_codec.constants.advertising import AdvFlags
from gatts_codec.constants.appearance import Appearance
from gatts_codec.constants.assigned import company_text, uuid_text


def advertising_text(data: bytes) -> str:
    """What the structures in ``data`` say. Raises DecodeError where one does not end within them."""
    return ", ".join(structure_text(structure) for _, structure in split(data))


def structure_text(structure: AdStructure) -> str:
    """What a structure says, with the names of known numbers: ``"name 'Heart'"``; its bytes if that is nothing."""
    plain = f"{structure.name} {structure.data.hex()}".rstrip()
    try:
        said = said_by(structure)
    except ValueError as error:
        return f"{plain} ({error})"
    if said is None:
        return plain
    field, value = next(iter(said.items()))  # what follows is about how it says it
    return _TEXTS[field](value)


def _manufacturer(pair: tuple[int, bytes]) -> str:
    return f"manufacturer {company_text(pair[0])} {pair[1].hex()}".rstrip()


def _service_data(pairs: Any) -> str:
    ((uuid, data),) = pairs
    return f"data of {uuid_text(uuid)} {data.hex()}".rstrip()


def _appearance(number: int) -> str:
    known = number in Appearance.__members__.values()
    return f"appearance {Appearance(number).name if known else f'0x{number:04x}'}"


def _flags(flags: int) -> str:
    names = [flag.name for flag in AdvFlags if flag & flags and flag.name]
    unknown = flags & ~sum(AdvFlags)
    return "flags " + "|".join(names + [f"0x{unknown:02x}"] * bool(unknown))


_TEXTS: dict[str, Callable[[Any], str]] = {
    "name": lambda name: f"name {name!r}",
    "flags": _flags,
    "services": lambda services: f"services {', '.join(map(uuid_text, services))}",
    "manufacturer": _manufacturer,
    "service_data": _service_data,
    "appearance": _appearance,
    "tx_power": lambda power: f"tx power {power} dBm",
}
