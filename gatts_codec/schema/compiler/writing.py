"""Where the walk through a layout stands that writes an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gatts_codec.constants import MAX_VALUE_LEN
from gatts_codec.schema.compiler.steps import Meet, Step, Walk
from gatts_codec.schema.record import FieldPath


class Packed(NamedTuple):
    """A number or flag to be written: its struct code, and the expression of its value."""

    code: str
    expression: str


class ByteRun(NamedTuple):
    """A variable that holds bytes to be written, and the one that holds their number, if it is known."""

    variable: str
    size: str = ""


class Constant(NamedTuple):
    """Bytes that are always the same."""

    data: bytes


Piece = Constant | Packed | ByteRun
_SIZES = list(range(MAX_VALUE_LEN + 1))


@dataclass(repr=False, eq=False)
class Writing(Walk):
    """``pieces`` are to be written here, ``held`` before them. ``variables`` hold the values of fields."""

    pieces: list[Piece] = field(default_factory=list)
    held: list[Piece] = field(default_factory=list)
    variables: dict[FieldPath, str] = field(default_factory=lambda: {(): "message"})
    sizes: dict[str, str] = field(default_factory=dict)  # variables that were set to the length of another

    def value(self, path: FieldPath) -> str:
        """The expression of a field's value."""
        return self.variables.get(path) or f"{self.variables[path[:-1]]}.{path[-1]}"

    def variable(self, path: FieldPath) -> str:
        """The same in a variable, for what is needed more than once."""
        if path not in self.variables:
            value, self.variables[path] = self.value(path), self.name(*path)
            self.source.line(f"{self.variables[path]} = {value}")
        return self.variables[path]

    def size(self, path: FieldPath) -> str:
        """A length that is a number and not over the longest value: what can be an index is what a Struct packs."""
        return f"{self.source.constant('sizes', _SIZES)}[{self.value(path)}]"

    def limit(self, size: str, most: int | None) -> None:
        """Doubt a size over ``most``; one over the longest value is not written here anyway."""
        if most is not None and most < MAX_VALUE_LEN:
            self.source.doubt(f"{size} > {most}")

    def counted(self, path: FieldPath, of: FieldPath) -> str:
        """The variable of a count that is not a field: how much there is of another field."""
        name, counted = self.name(*path), self.variable(of)
        self.variables[path] = self.sizes[counted] = name
        self.source.line(f"{name} = len({counted})")
        return name

    def inside(self, path: FieldPath, variable: str) -> Writing:
        """The same at the beginning of an item of a list."""
        way = self.copy()
        way.pieces, way.held, way.variables[path] = [], [], variable
        return way

    def part(self, fields: Sequence[FieldPath]) -> Step:
        self.held, self.pieces = self.pieces, []
        return Step(Meet({(): self.name(*fields[0], "", "part")}))

    def met(self, meet: Meet) -> None:
        self.pieces = [*self.held, *map(ByteRun, meet.variables.values())]

    def result(self) -> str:
        """The expression of all the pieces, one after the other."""
        chunks = [piece for piece in self.pieces if isinstance(piece, ByteRun)]
        if len(chunks) == 1 and chunks[0].size:
            return self._pack_sized(chunks[0].size)
        for chunk in chunks:
            if chunk.size:
                self.source.doubt(f"{chunk.size} > {MAX_VALUE_LEN}")
        parts, run = [], list[Constant | Packed]()
        for piece in [*self.pieces, ByteRun("")]:
            if not isinstance(piece, ByteRun):
                run.append(piece)
                continue
            parts += [self._pack(run), piece.variable] if run else [piece.variable]
            run = []
        parts = list(filter(None, parts)) or ["b''"]
        # Each sum copies what stands before it: that is cheap for few parts only.
        return " + ".join(parts) if len(parts) < 4 else f"b''.join(({', '.join(parts)}))"

    def _pack(self, run: Sequence[Constant | Packed]) -> str:
        if all(isinstance(piece, Constant) for piece in run):
            return repr(b"".join(piece.data for piece in run if isinstance(piece, Constant)))
        codes, arguments = _packed(run)
        return f"{self.source.struct('pack', ''.join(codes))}({', '.join(arguments)})"

    def _pack_sized(self, size: str) -> str:
        # Bytes within a Struct cost a fifth of what adding them to its result does. The list ends at the longest value.
        codes, arguments = _packed(self.pieces)
        packs = self.source.sized_packs("".join(codes), codes.index("{}"))
        return f"{packs}[{size}]({', '.join(arguments)})"


def _packed(pieces: Sequence[Piece]) -> tuple[list[str], list[str]]:
    """The codes and the arguments with which a Struct writes pieces; ``{}`` is the code of bytes."""
    packed: list[Packed] = []
    constant = b""
    for piece in [*pieces, None]:
        if isinstance(piece, Constant):
            constant += piece.data
            continue
        if constant:
            code = "B" if len(constant) == 1 else f"{len(constant)}s"
            packed.append(Packed(code, str(constant[0]) if len(constant) == 1 else repr(constant)))
            constant = b""
        if piece is not None:
            packed.append(Packed("{}", piece.variable) if isinstance(piece, ByteRun) else piece)
    return [piece.code for piece in packed], [piece.expression for piece in packed]
