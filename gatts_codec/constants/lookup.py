"""Everything known about a number or a name, for a person who has only that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from gatts_codec.constants.catalogue import Explanation, named, unnamed
from gatts_codec.constants.table import table

_USUAL_PREFIXES = (
    "NRF_",
    "NRF_ERROR_",
    "NRF_ERROR_SD_RPC_",
    "BLE_ERROR_",
    "BLE_ERROR_GATTS_",
    "BLE_GATT_STATUS_",
    "SD_BLE_GATTS_",
    "BLE_GATTS_EVT_",
)
_LEAST_PART = 3  # letters: shorter parts of names match nearly everything


def explain(text: str, dialect: str | None = None) -> list[Explanation]:
    """Every meaning of ``text``: a code in hex or decimal (``0x3401``, ``13313``, ``a4``), or a name or part of one.

    Plain digits are decimal; where that means nothing they are tried as hex. Without ``dialect``, meanings that
    differ come one by one, each with its dialects. Nothing known gives []. Numbers and names are those of each
    dialect's headers (``constants.json``, measured); what they mean is in our words. Raises UnknownDialectError.
    """
    if dialect is not None:
        table(dialect)
    for code in _readings(text):
        if found := _of(dialect, [*_by_code(code), *unnamed(code)]):
            return found
    for matches in _ways_to_match(text):
        if found := _of(dialect, (entry for entry in named() if matches(entry))):
            return found
    return []


def _of(dialect: str | None, entries: Iterable[Explanation]) -> list[Explanation]:
    if dialect is None:
        return list(entries)
    return [replace(entry, dialects=(dialect,)) for entry in entries if dialect in entry.dialects]


def _readings(text: str) -> Iterator[int]:
    word = text.strip().lower()
    if re.fullmatch(r"[0-9]{1,10}", word):
        yield int(word)
    if re.fullmatch(r"(0x)?[0-9a-f]{1,8}", word):
        yield int(word, 16)


def _by_code(code: int) -> list[Explanation]:
    """Results, statuses, opcodes and events; the other constants are too many to answer a bare number."""
    return [entry for entry in named() if entry.code == code and entry.category != "constant"]


def _spelled_out(word: str) -> set[str]:
    return {prefix + word for prefix in _USUAL_PREFIXES}


def _ways_to_match(text: str) -> list[Callable[[Explanation], bool]]:
    """From the whole name to any part of it: the first way that finds something is the answer."""
    word = re.sub(r"[\s-]+", "_", text.strip().upper())
    if len(word) < _LEAST_PART:
        return []
    return [
        lambda entry: entry.name == word,
        lambda entry: entry.name in _spelled_out(word),
        lambda entry: entry.name.endswith("_" + word) and entry.category != "constant",
        lambda entry: entry.name.endswith("_" + word),
        lambda entry: word in entry.name and entry.category != "constant",
        lambda entry: word in entry.name,
    ]
