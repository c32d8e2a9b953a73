"""Where the walk through a layout stands that writes a decoder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from struct import calcsize
from typing import NamedTuple

from gatts_codec.schema.compiler.function_source import unused
from gatts_codec.schema.compiler.steps import Meet, Step, Walk
from gatts_codec.schema.record import FieldPath, Record
from gatts_codec.schema.stream import Flag

_PADS = re.compile("xx+")


class Position(NamedTuple):
    """A position in the data: a constant, behind ``at`` once something of variable length has been read."""

    variable: str
    offset: int

    def __str__(self) -> str:
        if not self.variable:
            return str(self.offset)
        return f"{self.variable} + {self.offset}" if self.offset else self.variable

    def __add__(self, size: int) -> Position:  # type: ignore[override]
        return Position(self.variable, self.offset + size)


@dataclass(repr=False, eq=False)
class Reading(Walk):
    """``run`` are the fields from ``begin`` on that are yet to be read: (code, variable; none for skipped bytes)."""

    strict: bool = True
    begin: Position = field(default_factory=lambda: Position("", 0))
    run: list[tuple[str, str]] = field(default_factory=list)
    afterwards: list[str] = field(default_factory=list)
    values: dict[FieldPath, str] = field(default_factory=dict)
    places: dict[FieldPath, tuple[Position, int]] = field(default_factory=dict)
    builds: list[tuple[FieldPath, Record]] = field(default_factory=list)
    ended: bool = False

    @property
    def place(self) -> Position:
        """Of the next byte."""
        return self.begin + calcsize("<" + "".join(code for code, _ in self.run))

    def read(self, code: str, path: FieldPath) -> str:
        """The next number: the variable that will hold it."""
        name = self.name(*path)
        self.places[path] = self.place, calcsize(f"<{code}")
        self.run.append((code, name))
        self.values[path] = name
        self.numbers.add(path)
        return name

    def read_aside(self, code: str, wanted: str) -> str:
        """The next number, which is not a field: a variable like ``wanted``, of which there may be several."""
        name = unused(self.names.values(), wanted)
        path = "", name
        self.names[path] = name
        return self.read(code, path)

    def skip(self, size: int) -> None:
        self.run += [("x", "")] * size

    def after(self, line: str) -> None:
        """A line that needs what is yet to be read."""
        self.afterwards.append(line)

    def doubt_after(self, condition: str) -> None:
        """A doubt that needs what is yet to be read."""
        self.afterwards.append(f"if {condition}: {self.source.give_up}")

    def flag(self, flag: Flag) -> tuple[str, str]:
        """Skip a presence byte; when it says present, and absent."""
        byte = f"{self.source.argument}[{self.place}]"
        self.skip(1)
        if self.strict or flag is Flag.STRUCT:
            return f"{byte} == 1", f"{byte} == 0"
        return (f"{byte} != 0" if flag is Flag.RAW else f"{byte} == 1"), ""

    def flush(self) -> None:
        """Write the reading of the run."""
        begin, self.begin = self.begin, self.place
        run, self.run = self.run, []
        while run and not run[-1][1]:
            run.pop()  # bytes to skip: what reads behind them, or the packet's end, sees whether they are there
        if len(run) == 1 and run[0][0] == "B":  # indexing costs less than a Struct
            self.source.line(f"{run[0][1]} = {self.source.argument}[{begin}]")
        elif run:
            where = f", {begin.variable}" if begin.variable else ""
            self._unpack("unpack_from", begin.offset, run, where)
        self._write_afterwards()

    def flush_all(self) -> None:
        """Write the reading of a run that ends the packet, whose length is known: one exact Struct."""
        run, self.run = self.run, []
        self._unpack("unpack", self.begin.offset, run, "")
        self._write_afterwards()

    def _unpack(self, method: str, skipped: int, run: list[tuple[str, str]], where: str) -> None:
        codes = "x" * skipped + "".join(code for code, _ in run)
        codes = _PADS.sub(lambda pads: f"{len(pads[0])}x", codes)
        names = [name for _, name in run if name]
        call = f"{self.source.struct(method, codes)}({self.source.argument}{where})"
        self.source.line(f"{listed(names)} = {call}" if names else call)

    def _write_afterwards(self) -> None:
        for line in self.afterwards:
            self.source.line(line)
        self.afterwards = []

    def inside(self, begin: Position) -> Reading:
        """The same at the beginning of an item of a list."""
        way = self.copy()
        way.begin, way.run, way.afterwards, way.builds = begin, [], [], []
        return way

    def jump(self) -> str:
        """Have everything read; the variable or number that is the position."""
        self.flush()
        if not self.begin.variable:
            return str(self.begin)
        # One name in all arms, since the lines behind them are written once.
        self.source.let("begin", str(self.begin))
        return "begin"

    def build(self) -> None:
        """Write the making of every record that is complete."""
        # Filled as an unfrozen twin, which then becomes the frozen class: ``twin_of`` says why.
        for path, record in self.builds:
            name, cls = self.values[path], record.cls
            self.source.line(f"{name} = {self.source.twin(cls)}()")
            for field_name in record.field_names:
                field_path = (*path, field_name)
                self.source.line(f"{name}.{field_name} = {self.values[field_path]}")
            self.source.line(f"{name}.__class__ = {self.source.constant(cls.__name__, cls)}")
        self.builds = []

    def part(self, fields: Sequence[FieldPath]) -> Step:
        self.flush()
        self.build()  # here, and not in every arm
        return Step(Meet({path: self.name(*path) for path in fields}))

    def met(self, meet: Meet) -> None:
        self.values.update(meet.variables)
        self.begin = Position("at", 0)


def listed(names: Sequence[str]) -> str:
    """Variables that a tuple is assigned to."""
    return ", ".join(names) + "," * (len(names) == 1)
