"""Names of numbers that the Bluetooth SIG has assigned: UUIDs of services, characteristics and descriptors, companies.

The names are those of the package bluetooth-numbers, which the extra ``cli`` brings. Without it numbers have no names.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

_UUIDS = ("service", "characteristic", "descriptor")


@cache
def _names(kind: str) -> Any:
    """A table of numbers and their names. It takes a tenth of a second to load, so it loads when it is first needed."""
    try:
        import bluetooth_numbers
    except ImportError:
        return {}
    return getattr(bluetooth_numbers, kind)


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
