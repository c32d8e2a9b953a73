"""The page that says how each dialect differs from the one before: computed from the tables in specs/."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import ndiff
from itertools import pairwise

from schema.spec_tables import Spec, Table, dialects, packets, structs

from tools.site.markdown_text import fenced, table

_INTRODUCTION = """# Dialects, and how they differ

Nothing in a packet tells its dialect, so every call names it. This page compares the tables of each dialect with those
of the one before, row by row; a line that begins with `-` went away, one with `+` is new.

"""
_SETTINGS = ("max_payload", "packet_type_5")


def pages() -> dict[str, str]:
    """Site path to Markdown."""
    return {"reference/dialects.md": _INTRODUCTION + _overview() + "".join(_histories())}


def _overview() -> str:
    rows = [
        (f"[`{name}`](#{name})", each["firmware"], f"{each['max_payload']} bytes")
        for name, each in dialects().items()
    ]
    return table(("dialect", "firmware", "longest packet"), rows) + "\n"


def _histories() -> Iterator[str]:
    names = list(dialects())
    yield f"## {names[0]}\n\nThe first: every other dialect is this one and its differences.\n\n"
    for before, after in pairwise(names):
        yield f"## {after}\n\n{dialects()[after]['firmware']}, compared with `{before}`.\n\n"
        changes = [*_settings(before, after), *_packets(before, after), *_structs(before, after)]
        yield "".join(changes) or "No difference in the packets.\n\n"


def _settings(before: str, after: str) -> Iterator[str]:
    old, new = dialects()[before], dialects()[after]
    for setting in _SETTINGS:
        if old[setting] != new[setting]:
            was, now = (_shown(setting, each[setting]) for each in (old, new))
            yield f"- {setting.replace('_', ' ')}: {was}, now {now}\n"
    if any(old[setting] != new[setting] for setting in _SETTINGS):
        yield "\n"


def _shown(setting: str, value: int | str) -> str:
    return f"{value}{' bytes' * (setting == 'max_payload')}"


def _packets(before: str, after: str) -> Iterator[str]:
    for file, spec in packets().items():
        link = f"[{file}](packets/{file}.md)"
        if after not in spec.numbers:
            if before in spec.numbers:
                yield f"**{link}** is gone: {spec.summary}\n\n"
            continue
        if before not in spec.numbers:
            yield f"**{link}** is new: {spec.summary}\n\n"
            continue
        if spec.numbers[before] != spec.numbers[after]:
            yield f"**{link}**: 0x{spec.numbers[before]:02X}, now 0x{spec.numbers[after]:02X}.\n\n"
        yield from _rows(spec, link, before, after)


def _structs(before: str, after: str) -> Iterator[str]:
    for name, spec in structs().items():
        link = f"[{name}](packets/structures.md#{name})"
        had, has = (any(dialect in each.dialects for each in spec.tables) for dialect in (before, after))
        if had and has:
            yield from _rows(spec, link, before, after)
        elif had:
            yield f"**{link}** is no longer used.\n\n"


def _rows(spec: Spec, link: str, before: str, after: str) -> Iterator[str]:
    for kind in dict.fromkeys(each.kind for each in spec.tables):
        old, new = spec.table(kind, before), spec.table(kind, after)
        if old.rows != new.rows:
            what = "" if kind in ("struct", "event") else f" {kind}"
            yield f"**{link}**{what}:\n\n" + fenced(_difference(old, new), "diff") + "\n"
        if old.ignores_trailing and not new.ignores_trailing:
            yield f"**{link}** {kind}: bytes behind the packet are no longer ignored.\n\n"


def _difference(old: Table, new: Table) -> str:
    lines = ndiff(_lines(old), _lines(new))
    return "\n".join(line.rstrip() for line in lines if not line.startswith("?"))


def _lines(each: Table) -> list[str]:
    return [
        f"{length:<8}  {field:<26}  {when:<14}  {what}".rstrip() for length, field, when, what, _ in each.rows
    ]
