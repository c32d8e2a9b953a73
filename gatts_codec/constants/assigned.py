"""Names of numbers that the Bluetooth SIG has assigned: UUIDs of services, characteristics and descriptors, companies.

The names are those of the package bluetooth-numbers, which the extra ``cli`` brings. Without it numbers have no names.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from gatts_codec.constants.appearance import Appearance

_UUIDS = ("service", "characteristic", "descriptor")
_U16 = range(0x10000)


@cache
def _names(kind: str) -> Any:
    """A table of numbers and their names. It takes a tenth of a second to load, so it loads when it is first needed."""
    try:
        import bluetooth_numbers
    except ImportError:
        return {}
    return getattr(bluetooth_numbers, kind)


def uuids_named(name: str) -> list[int]:
    """The 16-bit UUIDs of this name, in whichever case."""
    wanted = name.strip().lower()
    tables = (_names(kind).items() for kind in _UUIDS)
    return [number for table in tables for number, each in table if each.lower() == wanted and number in _U16]


def appearance_name(appearance: int) -> str | None:
    """What a device of that appearance is: ``"generic watch"``; None where the SoftDevice's headers have no name."""
    known = appearance in Appearance.__members__.values()
    return Appearance(appearance).name.lower().replace("_", " ") if known else None


def uuid_name(uuid: int | UUID) -> str | None:
    """What a UUID stands for: ``"Heart Rate"`` for 0x180D; None where it has no name."""
    return next((str(found) for kind in _UUIDS if (found := _names(kind).get(uuid))), None)


def company_name(company: int) -> str | None:
    """Whose company identifier it is; None where it has no name."""
    found = _names("company").get(company)
    return found and str(found)


def uuid_text(uuid: int | UUID) -> str:
    """A UUID as a person wants to see it: ``"Heart Rate (0x180D)"``, ``"0xabcd"`` without a name, or all 128 bits."""
    return _named(uuid_name(uuid), uuid)


def company_text(company: int) -> str:
    """A company identifier as a person wants to see it: ``"Nordic Semiconductor ASA (0x0059)"``."""
    return _named(company_name(company), company)


def _named(name: str | None, number: int | UUID) -> str:
    if isinstance(number, UUID):
        return f"{name} ({number})" if name else str(number)
    return f"{name} (0x{number:04X})" if name else f"0x{number:04x}"
