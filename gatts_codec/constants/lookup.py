"""Everything known about a number or a name, for a person who has only that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache

from gatts_codec.arguments import checked
from gatts_codec.constants.assigned import uuids_named
from gatts_codec.constants.catalogue import Explanation, assigned, named, subjects, unnamed, uuids
from gatts_codec.constants.sentence import categories_of, is_name, is_security, phrases, spellings, words_of
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
_ATT_STATUS = ("gatt status",)
_ATT_ERRORS, _LARGEST_ATT_ERROR = (
    0x100,
    0xFF,
)  # ATT's own numbers stand behind the first of the SDK's statuses
_SECURITY_STATUS = "BLE_GAP_SEC_STATUS_"
_MOST_MENTIONED = 40
_LEAST_PART = 3  # letters: shorter parts of names match nearly everything


@checked
def explain(text: str, dialect: str | None = None) -> list[Explanation]:
    """Every meaning of ``text``: a code in hex or decimal (``0x3401``, ``13313``, ``a4``), or a name or part of one.

    Plain digits are decimal; where that means nothing they are tried as hex. Without ``dialect``, meanings that
    differ come one by one, each with its dialects. Of a sentence, what it mentions. Nothing known gives []. Numbers and
    names are those of each dialect's headers (``numbers``, measured); what they mean is in our words. Raises
    UnknownDialectError.
    """
    if dialect is not None:
        table(dialect)
    for code in _readings(text):
        if found := _of(dialect, [*_about(text.strip()), *_meanings(code)]):
            return found
    if named_so := uuids_named(text):
        return _of(dialect, (each for number in named_so for each in uuids(number)))
    for matches in _ways_to_match(text):
        if found := _of(dialect, (entry for entry in named() if matches(entry))):
            return _with_subject(text, found)
    for code in _readings(text):  # nearly every small number is a company's: only if it is nothing else
        if found := _of(dialect, assigned(code)):
            return found
    return _of(dialect, _mentioned(text))


def _with_subject(word: str, found: list[Explanation]) -> list[Explanation]:
    return [*_about(re.sub(r"[\s-]+", "_", word.strip())), *found]


@cache
def _by_name() -> dict[str, list[Explanation]]:
    known: dict[str, list[Explanation]] = {}
    for entry in named():
        known.setdefault(entry.name, []).append(entry)
    return known


def _mentioned(text: str) -> list[Explanation]:
    """What the words of a sentence stand for, in its order: what is asked about, codes, names in any spelling."""
    found = dict.fromkeys(subjects()[name] for name in phrases(text, subjects()))
    for word, before in words_of(text):
        found |= dict.fromkeys(_stands_for(word, before))
        if len(found) > _MOST_MENTIONED:
            break
    return list(found)


def _stands_for(word: str, before: str) -> list[Explanation]:
    if word[0].isdigit():
        code = int(word, 0) if word[:2].lower() == "0x" else int(word[:10])
        return _asked_for(code, before) or [*_about(word), *_by_code(code), *uuids(code)] or unnamed(code)
    found = _about(word)
    for name in spellings(word) if is_name(word) else ():
        if name in _by_name():
            return [*found, *(entry for entry in _by_name()[name] if entry not in found)]
    return found


def _asked_for(code: int, before: str) -> list[Explanation]:
    """The meanings of a code that the words before it ask for, first or alone."""
    if is_security(before):
        return [entry for entry in named() if entry.code == code and entry.name.startswith(_SECURITY_STATUS)]
    categories, alone = categories_of(before)
    if categories == _ATT_STATUS and code <= _LARGEST_ATT_ERROR:
        code += _ATT_ERRORS
    every = _by_code(code)
    first = [entry for entry in every if entry.category in categories]
    return first if alone or not first else [*first, *(entry for entry in every if entry not in first)]


def _about(word: str) -> list[Explanation]:
    """The subject that a word names, alone or as the last part of a longer name."""
    subject = subjects().get(word.lower()) or next(
        (
            known
            for name, known in subjects().items()
            if "_" in name and word.lower().endswith(("_" + name, "." + name))
        ),
        None,
    )
    return [] if subject is None else [subject]


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


def _meanings(code: int) -> list[Explanation]:
    return [*_by_code(code), *uuids(code), *unnamed(code)]


def _by_code(code: int) -> list[Explanation]:
    """Results, statuses, opcodes and events; the other constants are too many to answer a bare number."""
    return [entry for entry in named() if entry.code == code and entry.category != "constant"]


def _ways_to_match(text: str) -> list[Callable[[Explanation], bool]]:
    """From the whole name to any part of it: the first way that finds something is the answer."""
    word = re.sub(r"[\s-]+", "_", text.strip().upper())
    if len(word) < _LEAST_PART:
        return []
    spelled_out = {prefix + word for prefix in _USUAL_PREFIXES}
    return [
        lambda entry: entry.name == word,
        lambda entry: entry.name in spelled_out,
        lambda entry: entry.name.endswith("_" + word) and entry.category != "constant",
        lambda entry: entry.name.endswith("_" + word),
        lambda entry: word in entry.name and entry.category != "constant",
        lambda entry: word in entry.name,
    ]
