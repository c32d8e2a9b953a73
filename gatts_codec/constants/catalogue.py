"""Every meaning of every number: the entries that `explain` searches."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

from gatts_codec.constants.assigned import appearance_name, company_name, uuid_name
from gatts_codec.constants.codes import SdRpcError
from gatts_codec.constants.hints import GENERAL, command_hints
from gatts_codec.constants.meanings import EVENTS, OPCODES, STATUSES
from gatts_codec.constants.subjects import ANY_REASON, DISCONNECT_REASONS, DRIVER_STATUSES, SUBJECTS
from gatts_codec.constants.table import (
    NUMBERS,
    SD_RPC_PREFIX,
    Group,
    gatt_status_name,
    group_of,
    is_event,
    is_marker,
    ranges,
    tables,
)

Category: TypeAlias = Literal[
    "result",
    "host error",
    "gatt status",
    "command",
    "event",
    "reason",
    "uuid",
    "company",
    "appearance",
    "driver status",
    "subject",
    "constant",
]

_CATEGORY_PREFIXES: tuple[tuple[str, Category], ...] = (
    ("NRF_ERROR_", "result"),
    ("NRF_SUCCESS", "result"),
    ("BLE_ERROR_", "result"),
    ("BLE_GATT_STATUS_", "gatt status"),
    ("SD_BLE_", "command"),
    ("BLE_HCI_", "reason"),
    ("BLE_UUID_", "uuid"),
)
_NO_UUIDS = ("BLE_UUID_TYPE_", "BLE_UUID_VS_", "BLE_UUID_UNKNOWN")
_LIBRARIES = {
    "NRF_ERROR_SDM_": "an error of the SoftDevice manager: clock or interrupt settings",
    "NRF_ERROR_SOC_": "an error of the SoC library, not of BLE",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One meaning of a number, with the dialects that have it.

    ``code`` is None for a subject, which is not a number. ``name`` is the SoftDevice's own, or names the group where an
    opcode or event has no known name. ``by_command`` holds (command, meaning) for each call that gives a result code a
    meaning of its own.
    """

    code: int | None
    category: Category
    name: str
    dialects: tuple[str, ...]
    meaning: str = ""
    group: Group | None = None
    by_command: tuple[tuple[str, str], ...] = ()


@cache
def named() -> tuple[Explanation, ...]:
    """Every named constant, once for each number it has, with the dialects that agree."""
    holders: dict[tuple[str, int], list[str]] = {}
    for dialect, constants in tables().items():
        for name, code in constants.items():
            if not is_marker(name):
                holders.setdefault((name, code), []).append(dialect)
    measured = [_measured(name, code, tuple(dialects)) for (name, code), dialects in holders.items()]
    return (*measured, *(_host_error(code) for code in SdRpcError), *_statuses())


@cache
def subjects() -> dict[str, Explanation]:
    """What is known by name without being a number, by each of its names in lower case."""
    everywhere = tuple(NUMBERS)
    return {
        name: Explanation(None, "subject", title, everywhere, text)
        for title, (names, text) in SUBJECTS.items()
        for name in names
    }


def _statuses() -> list[Explanation]:
    everywhere = tuple(NUMBERS)
    return [
        Explanation(code, "driver status", name, everywhere, text)
        for name, (code, text) in DRIVER_STATUSES.items()
    ]


def uuids(code: int) -> list[Explanation]:
    """What a 16-bit UUID stands for."""
    name = uuid_name(code)
    return [] if name is None else [_assigned(code, "uuid", name)]


def assigned(code: int) -> list[Explanation]:
    """What else the Bluetooth SIG has given that number to: a company, an appearance."""
    names: dict[Category, str | None] = {"company": company_name(code), "appearance": appearance_name(code)}
    return [_assigned(code, category, name) for category, name in names.items() if name]


def _assigned(code: int, category: Category, name: str) -> Explanation:
    return Explanation(code, category, name, tuple(NUMBERS), "as the Bluetooth SIG has assigned it")


def unnamed(code: int) -> list[Explanation]:
    """What else ``code`` can be: in a group's range without a known name, or an application's own GATT status."""
    dialects = tuple(NUMBERS)
    found = [] if (status := _application_status(dialects, code)) is None else [status]
    for category in ("command", "event"):
        holders: dict[tuple[Group, int], list[str]] = {}
        for dialect in _without_name(category, code):
            group = group_of(dialect, category, code)
            if group not in ("unknown", "gatts"):  # every GATTS number in use has a name
                position = code - ranges(dialect, category)[group].start
                holders.setdefault((group, position), []).append(dialect)
        for (group, position), having in holders.items():
            found.append(_in_group(category, code, group, position, tuple(having)))
    return found


def _measured(name: str, code: int, dialects: tuple[str, ...]) -> Explanation:
    category = _category(name)
    if category == "reason":  # of Bluetooth itself, whichever headers name it
        dialects = tuple(NUMBERS)
    group = group_of(dialects[0], category, code) if category in ("command", "event") else None
    return Explanation(
        code, category, name, dialects, _meaning(name, category), group, tuple(command_hints(name).items())
    )


def _host_error(error: SdRpcError) -> Explanation:
    name = SD_RPC_PREFIX + error.name
    return Explanation(error.value, "host error", name, tuple(NUMBERS), GENERAL[name])


def _category(name: str) -> Category:
    if name.startswith(_NO_UUIDS):
        return "constant"
    if is_event(name):
        return "event"
    return next((category for prefix, category in _CATEGORY_PREFIXES if name.startswith(prefix)), "constant")


def _meaning(name: str, category: Category) -> str:
    if category == "command":
        return OPCODES.get(name.removeprefix("SD_BLE_GATTS_"), "") or _summaries().get(name, "")
    if category == "event":
        return EVENTS.get(name, "") or _summaries().get(name, "")
    if category == "gatt status":
        return STATUSES.get(name.removeprefix("BLE_GATT_STATUS_"), "")
    if category == "reason":
        plain = name.removeprefix("BLE_HCI_").removeprefix("STATUS_CODE_")
        return DISCONNECT_REASONS.get(plain, ANY_REASON)
    if category == "uuid":
        return "a UUID that the Bluetooth SIG has assigned"
    of_library = next((text for prefix, text in _LIBRARIES.items() if name.startswith(prefix)), "")
    return GENERAL.get(name, of_library)


@cache
def _summaries() -> dict[str, str]:
    """What the packets of the other groups are for, by name: written from their docstrings."""
    text = files("gatts_codec.constants").joinpath("summaries.json").read_text("utf-8")
    found: dict[str, str] = json.loads(text)
    return found


def _without_name(category: Category, code: int) -> list[str]:
    having = {
        dialect
        for entry in named()
        if entry.code == code and entry.category == category
        for dialect in entry.dialects
    }
    return [dialect for dialect in NUMBERS if dialect not in having]


def _in_group(
    category: Literal["command", "event"], code: int, group: Group, position: int, dialects: tuple[str, ...]
) -> Explanation:
    what = "opcode" if category == "command" else "event"
    name = f"{group.upper() if group != 'common' else group} {what}, base + {position}"
    return Explanation(code, category, name, dialects, "", group)


def _application_status(dialects: tuple[str, ...], code: int) -> Explanation | None:
    name = gatt_status_name(dialects[0], code)
    if name is None or " + " not in name:
        return None
    return Explanation(code, "gatt status", name, dialects, "an error that the application defines")
