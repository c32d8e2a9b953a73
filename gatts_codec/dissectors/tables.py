"""A dialect as plain data: its packets by number, and the names that its numbers have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gatts_codec.constants import result_name
from gatts_codec.constants.hints import GENERAL, command_hints
from gatts_codec.constants.table import Kind, group_of, ranges, table
from gatts_codec.dialects import Dialect
from gatts_codec.interpreter import Interpreter
from gatts_codec.schema.describe import Description, describe


@dataclass(frozen=True)
class PacketDescription:
    """One packet: the SoftDevice's name, the name without prefix, its group, and the layout."""

    name: str
    short: str
    group: str
    layout: Description


@dataclass(frozen=True)
class DialectTables:
    """``packets`` by kind and opcode or event id; ``groups`` as [first, last, group] by kind, responses with the
    commands; ``results`` by code.
    """

    name: str
    firmware: str
    max_payload: int
    generic_command: bool
    packets: dict[Kind, dict[int, PacketDescription]]
    groups: dict[Kind, list[list[Any]]]
    results: dict[int, str]


def dialect_tables(dialect: Dialect) -> DialectTables:
    """Everything a dissector of ``dialect`` needs."""
    return DialectTables(
        name=dialect.name,
        firmware=dialect.firmware,
        max_payload=dialect.max_payload,
        generic_command=dialect.generic_command,
        packets=_packets(dialect),
        groups={"command": _groups(dialect.numbers, "command"), "event": _groups(dialect.numbers, "event")},
        results=_results(dialect.numbers),
    )


def hints(results: dict[int, str]) -> dict[str, dict[str, str]]:
    """What to do about each result: under "" in general, under a command's name where that gives it a meaning."""
    texts: dict[str, dict[str, str]] = {
        "": {name: GENERAL[name] for name in results.values() if name in GENERAL}
    }
    for name in results.values():
        for command, text in command_hints(name).items():
            texts.setdefault(command, {})[name] = text
    return texts


def _packets(dialect: Dialect) -> dict[Kind, dict[int, PacketDescription]]:
    found: dict[Kind, dict[int, PacketDescription]] = {"command": {}, "response": {}, "event": {}}
    for entry in Interpreter(dialect, strict=True).entries:
        number = int.from_bytes(entry.head, "little")
        group = group_of(dialect.numbers, entry.kind, number)
        found[entry.kind][number] = PacketDescription(
            entry.cls.name, entry.name, group, describe(entry.layout)
        )
    return found


def _groups(numbers: str, kind: Kind) -> list[list[Any]]:
    return [[span.start, span.stop - 1, group] for group, span in ranges(numbers, kind).items()]


def _results(numbers: str) -> dict[int, str]:
    codes = {code: result_name(numbers, code) for code in sorted(set(table(numbers).values()))}
    return {code: name for code, name in codes.items() if name}
