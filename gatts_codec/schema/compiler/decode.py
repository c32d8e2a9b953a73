"""From a layout to a function that decodes it: one emitter for each kind of block.

Numbers that stand side by side are read at once by one precompiled ``Struct``, and only when a value is needed: at a
fork, before bytes of variable length, at the end. Reading past the end raises and leaves it to the interpreter, so
nothing is checked on the way but the flags and the limits; at the end the position must be the length.

To compile a new kind of block, register its emitter here and in encode.py.
"""

from __future__ import annotations

from functools import lru_cache, singledispatch
from typing import Any, NamedTuple

from gatts_codec.schema.blocks import Counted, Data, Given, Number, OneOf, Presence, Raw, Trailing
from gatts_codec.schema.compiler.function_source import FunctionSource
from gatts_codec.schema.compiler.reading import Position, Reading, listed
from gatts_codec.schema.compiler.steps import (
    Arm,
    Build,
    Fixed,
    Known,
    Meet,
    NotCompilable,
    Step,
    Steps,
    fork,
    learn,
    leave_out,
    members_of,
    walk,
)
from gatts_codec.schema.members import Bits
from gatts_codec.schema.message import Message
from gatts_codec.schema.record import Absent, FieldPath, Flagged, Record, When
from gatts_codec.schema.stream import Flag


def write_decoder(
    layout: Record, skipped: int, rest_of_head: bytes, strict: bool, source: FunctionSource
) -> None:
    """Write a function that decodes a layout behind ``skipped`` bytes and ``rest_of_head``, which is checked."""
    way = Reading(source, read, strict=strict)
    way.skip(skipped)
    for byte in rest_of_head:
        way.doubt_after(f"{way.read_aside('B', 'rest_of_id')} != {byte}")
    walk(way, [Step(layout), Step(Finish(layout))])


@singledispatch
def read(block: Any, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    """Write the lines that read one block; returns the steps that are left."""
    raise NotCompilable(f"no decoding of {type(block).__name__}")


@read.register(Number)
def _(block: Number, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    way.read(block.fmtstr[1:], path)
    return rest


@read.register(OneOf)
def _(block: OneOf, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    known = tuple(map(int, block.values))
    way.doubt_after(f"{way.read(block.subcon.fmtstr[1:], path)} not in {known}")
    return rest


@read.register(Given)
def _(block: Given, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    byte = way.read("B", path)
    # Indexing past the table's end is the check.
    table = tuple(map(block.flag.present, block.flag.legal(way.strict)))
    way.values[path] = f"{way.source.constant('given_of', table)}[{byte}]"
    return rest


@read.register(Presence)
def _(block: Presence, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    present, absent = way.flag(block.flag)
    return fork(
        way, [Arm(present, [Step(block.subcon, path)]), Arm(absent, [Step(None, path)])], [path], rest
    )


@read.register(type(None))
def _(block: None, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    """A field that is not there."""
    way.values[path] = "None"
    return rest


@read.register(Record)
def _(block: Record, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    if len(block.members) == 1 and isinstance(block.members[0], Bits) and _is_plain(block.members[0]):
        return _one_byte_record(block, path, way, rest)
    return [*members_of(block, path), Step(Build(block), path), *rest]


def _one_byte_record(block: Record, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    """At most 256 different messages, which cannot change: each is made once, and shared."""
    name = way.source.constant(f"{block.cls.__name__}_of", _shared(block, way.strict))
    byte = way.read_aside("B", "bits")
    way.values[path] = f"{name}[{byte}]"
    return rest


class _Shared(dict[int, Message]):
    """The message in every byte that is taken, made when a byte first holds it. KeyError: the byte is not taken."""

    def __init__(self, block: Record, strict: bool) -> None:
        super().__init__()
        self._cls, self._names = block.cls, block.field_names
        self._taken = _taken(block.members[0], strict)

    def __missing__(self, byte: int) -> Message:
        values = dict(zip(self._names, self._taken[byte], strict=True))
        return self.setdefault(byte, self._cls(**values))


_shared = lru_cache(maxsize=256)(_Shared)


@read.register(Bits)
def _(block: Bits, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    places = [(*path, name) for name in block.widths]
    names = [way.name(*place) for place in places]
    whole = way.read_aside(block.number.fmtstr[1:], "bits")
    way.values.update(zip(places, names, strict=True))
    way.numbers.update(places)
    if block.number.length == 1:
        way.after(f"{listed(names)} = {way.source.constant('bits_of', _taken(block, way.strict))}[{whole}]")
    else:
        _wide_bits(block, names, whole, way)
    return rest


def _is_plain(block: Bits) -> bool:
    """Whether a byte is all that there is to them."""
    return block.number.length == 1 and not block.counts


def _wide_bits(block: Bits, names: list[str], whole: str, way: Reading) -> None:
    if way.strict and block.reserved:
        way.doubt_after(f"{whole} & {block.reserved}")
    for variable, (name, shift, width) in zip(names, block.groups(), strict=True):
        way.after(f"{variable} = {whole} >> {shift} & {(1 << width) - 1}")
        if way.strict and name in block.required:
            way.doubt_after(f"{variable} != {int(block.required[name])}")


@lru_cache(maxsize=256)
def _taken(block: Bits, strict: bool) -> dict[int, tuple[int, ...]]:
    """The fields in every byte that is taken."""
    groups = [(shift, (1 << width) - 1) for _, shift, width in block.groups()]
    fixed, wanted = block.reserved, 0
    for name, shift, width in block.groups():
        if name in block.required:
            fixed |= (1 << width) - 1 << shift
            wanted |= block.required[name] << shift
    taken = [byte for byte in range(256) if not strict or byte & fixed == wanted]
    return {byte: tuple([byte >> shift & mask for shift, mask in groups]) for byte in taken}


class Taken(NamedTuple):
    """Bytes, as many as the field at ``length`` says, and not over ``most``."""

    length: FieldPath
    most: int | None


class Limited(NamedTuple):
    """A length that may not say more than the longest value, though no bytes follow."""

    length: FieldPath
    most: int | None


@read.register(Data)
def _(block: Data, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    length = way.found(path, block.length)
    taken = Step(Taken(length, block.most), path)
    if block.flag is None:
        return [taken, *rest]
    if block.flag.always:
        flag = way.read_aside("B", "flag")
        if way.strict or block.flag is Flag.FILLED:
            way.doubt_after(f"{flag} != 1")
        return [taken, *rest]
    present, absent = way.flag(block.flag)
    limits = block.limited and block.most is not None and way.strict
    checked = [Step(Limited(length, block.most), path)] if limits else []
    arms = [Arm(present, [taken]), Arm(absent, [*checked, Step(None, path)])]
    return fork(way, arms, [path], rest)


@read.register(Limited)
def _(block: Limited, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    way.doubt_after(f"{way.values[block.length]} > {block.most}")
    return rest


@read.register(Taken)
def _(block: Taken, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    size = way.values[block.length]
    if block.most is not None:
        way.doubt_after(f"{size} > {block.most}")
    way.flush()
    name = way.values[path] = way.name(*path)
    if not way.begin.variable and all(isinstance(step.block, (Build, Finish)) for step in rest):
        tail = way.source.constant(f"from_{way.begin}", slice(way.begin.offset, None))
        way.source.line(f"{name} = {way.source.argument}[{tail}]")
        way.source.doubt(f"len({name}) != {size}")
        way.ended = True
        return rest
    begin = way.jump()
    way.source.line(f"at = {begin} + {size}")
    way.source.line(f"{name} = {way.source.argument}[{begin}:at]")
    way.begin = Position("at", 0)
    return rest


@read.register(Counted)
def _(block: Counted, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    length = (*path, "", "len")
    return [Step(block.number, length), Step(Taken(length, block.most), path), *rest]


@read.register(Raw)
def _(block: Raw, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    if isinstance(block.size, str):
        return [Step(Taken(way.found(path, block.size), None), path), *rest]
    way.read(f"{block.size}s", path)
    return rest


class AtEnd(NamedTuple):
    """The position is the length."""


@read.register(AtEnd)
def _(block: AtEnd, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    way.ended = True
    return rest


@read.register(Trailing)
def _(block: Trailing, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    arms = [
        Arm(f"len({way.source.argument}) == {way.place}", [Step(AtEnd()), Step(None, path)]),
        Arm("", [Step(block.subcon, path)]),
    ]
    return fork(way, arms, [path], rest)


@read.register(Flagged)
def _(block: Flagged, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    present, absent = way.flag(block.flag)
    filler = [Step(Filler())] if block.filler else []
    absent_fields = [Step(Fixed(value), (*path, name)) for name, value in block.absent.items()]
    arms = [Arm(present, members_of(block, path)), Arm(absent, [*filler, *absent_fields])]
    return fork(way, arms, [(*path, name) for name in block.field_names], rest)


class Filler(NamedTuple):
    """A byte 00 in the place of an absent group."""


@read.register(Filler)
def _(block: Filler, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    if way.strict:
        way.doubt_after(f"{way.read_aside('B', 'filler')}")
    else:
        way.skip(1)
    return rest


@read.register(Fixed)
def _(block: Fixed, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    way.values[path] = repr(block.value)
    return rest


@read.register(When)
def _(block: When, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    condition_field = (*path, block.field)
    members = members_of(block, path)
    fields = [(*path, name) for name in block.field_names if (*path, name) not in way.values]
    absent = [Step(None, name) for name in fields]
    if condition_field in way.known:
        return (members if way.known[condition_field] == block.value else absent) + rest
    known = Step(Known(int(block.value)), condition_field)
    arms = [Arm(_equals(way, condition_field, block.value), [known, *members]), Arm("", absent)]
    return fork(way, arms, fields, rest)


def _equals(way: Reading, path: FieldPath, value: int) -> str:
    """The condition that a number has this value: by its bytes, so that it need not be read before its neighbours."""
    place, size = way.places[path]
    if place.variable:  # ``at`` may stand elsewhere by now
        way.flush()
        return f"{way.values[path]} == {int(value)}"
    if size == 1:
        return f"{way.source.argument}[{place}] == {int(value)}"
    return f"{way.source.argument}[{place}:{place + size}] == {int(value).to_bytes(size, 'little')!r}"


read.register(Known, learn)
read.register(Absent, leave_out)


@read.register(Build)
def _(block: Build, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    way.values[path] = way.name(*(path or ("message",)))
    way.builds.append((path, block.record))
    return rest


@read.register(Meet)
def _(block: Meet, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    way.flush()
    way.build()
    for name, variable in block.variables.items():
        way.source.let(variable, way.values[name])
    way.source.let("at", str(way.begin))
    return rest


class Finish(NamedTuple):
    """The end of the packet."""

    record: Record


@read.register(Finish)
def _(block: Finish, path: FieldPath, way: Reading, rest: Steps) -> Steps:
    trailing = block.record.tolerates_trailing and not way.strict
    if way.run and not way.begin.variable and not trailing:
        way.flush_all()
    else:
        way.flush()
        if not way.ended:
            way.source.doubt(f"len({way.source.argument}) {'<' if trailing else '!='} {way.begin}")
    way.build()
    way.source.line(f"return {way.values[()]}")
    return rest
