"""The golden vectors of a dialect, whichever folders they lie in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from gatts_codec.dialects import DIALECTS

VECTORS = Path(__file__).parent / "vectors"
Record = dict[str, Any]
# pc-ble-driver's builds: a folder, if there is one, holds only what they do differently; the rest is the base's.
BASES = {name: name.removesuffix("_pc") for name in DIALECTS if name.endswith("_pc")}


def records(dialect: str, category: str) -> Iterator[Record]:
    """Every record of a category, those that a build inherits too."""
    yield from _own(dialect, category)
    if dialect in BASES:
        own = packets_with_vectors(dialect)
        for record in _own(BASES[dialect], category):
            if (record["kind"], record["name"]) not in own:
                yield {**record, "dialect": dialect}


@cache
def packets_with_vectors(dialect: str) -> set[tuple[str, str]]:
    """Kind and name of the packets for which the dialect's own folder has a valid vector."""
    return {(record["kind"], record["name"]) for record in _own(dialect, "valid")}


def longest_value(fields: Any) -> int:
    """Of the hex strings in a record's fields, how many bytes the longest is."""
    if isinstance(fields, dict | list):
        inner = fields.values() if isinstance(fields, dict) else fields
        return max(map(longest_value, inner), default=0)
    return len(fields) // 2 if isinstance(fields, str) else 0


def _own(dialect: str, category: str) -> Iterator[Record]:
    for path in sorted((VECTORS / dialect).rglob(f"{category}.jsonl")):
        yield from map(json.loads, path.read_text("utf-8").splitlines())
