"""What a number is called in one dialect, and to which group an opcode belongs.

The numbers are measured: a file of ``numbers`` holds every constant of a dialect's public headers as the compiler
evaluates it. It is read once, on the first question, so that importing the library costs nothing.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, Literal, Protocol, TypeAlias

from gatts_codec.errors import UnknownDialectError, brief

Kind: TypeAlias = Literal["command", "response", "event"]
Group: TypeAlias = Literal["common", "gap", "gattc", "gatts", "l2cap", "unknown"]


class HasNumbers(Protocol):
    """What says whose numbers it has: a Dialect."""

    @property
    def numbers(self) -> str: ...


SD_RPC_PREFIX = "NRF_ERROR_SD_RPC_"
_STATUS_PREFIX = "BLE_GATT_STATUS_"
_RESULT_PREFIXES = ("NRF_SUCCESS", "NRF_ERROR_", "BLE_ERROR_")
_MARKERS = ("_BASE", "_LAST", "_BASE_NUM", "_ALIGNMENT")
_STEMS: dict[Group, str] = {
    "common": "BLE",
    "gap": "BLE_GAP",
    "gattc": "BLE_GATTC",
    "gatts": "BLE_GATTS",
    "l2cap": "BLE_L2CAP",
}
GROUPS = tuple(_STEMS)
_EVENT = re.compile(r"BLE_(?:(?:GAP|GATTC|GATTS|L2CAP)_)?EVT_(?!.*_REASON_)")

# Every dialect in the order in which they appeared, and whose numbers it has. pc-ble-driver's firmware differs from its
# SD API in layouts only.
NUMBERS = {
    name: name.removesuffix("_pc")
    for name in (
        "s110_v8",
        "s130_v1",
        "sd_api_v2",
        "sd_api_v2_pc",
        "sd_api_v3",
        "sd_api_v3_pc",
        "sd_api_v4",
        "sd_api_v5",
        "sd_api_v5_pc",
        "sd_api_v6",
        "sd_api_v6_pc",
        "sd_api_v7",
    )
}


def tables() -> dict[str, dict[str, int]]:
    """Constants by name, by dialect, in the order the dialects appeared."""
    return {dialect: table(dialect) for dialect in NUMBERS}


def table(dialect: str) -> dict[str, int]:
    """Every constant of ``dialect`` by name. Raises UnknownDialectError, which lists the known ones."""
    if dialect not in list(NUMBERS):  # which nobody has to be hashable for
        raise UnknownDialectError(f"unknown dialect {dialect!r}; known are {', '.join(NUMBERS)}")
    return _measured(NUMBERS[dialect])


@cache
def _measured(numbers: str) -> dict[str, int]:
    import json

    # Not by importlib.resources: that takes ten times as long to import as all this. A loader knows archives too.
    loader: Any = globals()["__loader__"]
    folder = __file__[: __file__.rindex("table.")]
    found: dict[str, int] = json.loads(loader.get_data(f"{folder}numbers/{numbers}.json"))
    return found


def numbers_of(dialect: str | HasNumbers) -> str:
    """The name under which the numbers of a dialect are known. Raises UnknownDialectError for what is none."""
    name = dialect if isinstance(dialect, str) else getattr(dialect, "numbers", None)
    if not isinstance(name, str):
        raise UnknownDialectError(f"expected a dialect or its name, got {brief(dialect)}")
    return name


@lru_cache(maxsize=1024)
def group_and_name(name: str) -> tuple[Group, str]:
    """A SoftDevice name as its group and what it is called there: ``sd_ble_gap_adv_start``, ("gap", "adv_start")."""
    plain = name.lower()
    for group, stem in reversed(_STEMS.items()):
        for prefix in (f"sd_{stem.lower()}_", f"{stem.lower()}_evt_"):
            if plain.startswith(prefix):
                return group, plain.removeprefix(prefix)
    return "unknown", plain


@lru_cache(maxsize=1024)
def short_name(name: str) -> str:
    """What a packet is called where the dialect is known, lower case: ``value_set``, ``enable``, ``gap.adv_start``.

    GATTS and Common packets have no group before their name. Anything but a SoftDevice name stays as it is.
    """
    group, plain = group_and_name(name)
    return plain if group in ("gatts", "common", "unknown") else f"{group}.{plain}"


def is_marker(name: str) -> bool:
    """Whether a constant bounds a range (``.._BASE``, ``.._RFU_..``) rather than naming one number."""
    return name.endswith(_MARKERS) or "_RFU_" in name


def is_event(name: str) -> bool:
    """Whether a constant is the id of an event, rather than one of its reasons, an option, or a bound."""
    return bool(_EVENT.match(name)) and not name.endswith("_INVALID") and not is_marker(name)


def _names(dialect: str, prefixes: tuple[str, ...]) -> dict[int, str]:
    return {
        code: name
        for name, code in table(dialect).items()
        if name.startswith(prefixes) and not is_marker(name)
    }


@cache
def _results(dialect: str) -> dict[int, str]:
    from gatts_codec.constants.codes import SdRpcError  # not needed to code packets

    return _names(dialect, _RESULT_PREFIXES) | {code.value: SD_RPC_PREFIX + code.name for code in SdRpcError}


@cache
def _statuses(dialect: str) -> dict[int, str]:
    return _names(dialect, (_STATUS_PREFIX,))


def result_name(dialect: str | HasNumbers, code: int) -> str | None:
    """Name of a result code, ``NRF_ERROR_INVALID_PARAM`` for 7; None where the dialect has none.

    Covers NRF_SUCCESS, NRF_ERROR_*, BLE_ERROR_* and the host's own NRF_ERROR_SD_RPC_*. Raises UnknownDialectError.
    """
    return _results(numbers_of(dialect)).get(code)


def gatt_status_name(dialect: str | HasNumbers, code: int) -> str | None:
    """Name of a GATT status, None where it is reserved. Application errors count from ATTERR_APP_BEGIN.

    Raises UnknownDialectError.
    """
    dialect = numbers_of(dialect)
    names = _statuses(dialect)
    first, last = (table(dialect)[_STATUS_PREFIX + bound] for bound in ("ATTERR_APP_BEGIN", "ATTERR_APP_END"))
    if first < code <= last:
        return f"{names[first]} + {code - first}"
    return names.get(code)


@cache
def ranges(dialect: str, kind: Kind) -> dict[Group, range]:
    """Opcodes (of commands and their responses) or event ids that belong to each group."""
    constants, what = table(dialect), "EVT" if kind == "event" else "SVC"
    return {
        group: range(constants[f"{stem}_{what}_BASE"], constants[f"{stem}_{what}_LAST"] + 1)
        for group, stem in _STEMS.items()
    }


def group_of(dialect: str | HasNumbers, kind: Kind, opcode: int) -> Group:
    """The part of the SoftDevice that an opcode or event id belongs to; ``unknown`` outside every range.

    Raises UnknownDialectError.
    """
    return next(
        (group for group, numbers in ranges(numbers_of(dialect), kind).items() if opcode in numbers),
        "unknown",
    )
