"""How blocks make a packet: records, and members that cover several fields of the message at once.

    Bits(vlen=1, vloc=2)     one byte, lowest bit first; the rest of the byte is reserved. Bits(u16, data_id=12): two
    Flagged(*members, flag=F)  one flag byte, then all the members, or none: then their fields are None
    When("result", 0, *m)    members that travel only while an earlier field has this value
    Absent("uuid")           a field that the message has and this dialect's wire has not
    Count("count", u16, of="infos")  a count that is not a field and does not stand beside what it counts
    AtMost("len", 124)       no bytes: a limit of an earlier number

``Record(cls, *members)`` ties members to a message class and checks at import that the names match. A member is
either ``named(name, block)``, one field, or one of the above. They share the record's context, a mapping from field
name to value: parsing fills it, building reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields as dataclass_fields
from functools import cached_property
from io import BytesIO
from typing import Any

from construct import Construct, Container, Renamed
from construct.core import stream_read, stream_write

from gatts_codec.errors import brief
from gatts_codec.schema.blocks import (
    Flag,
    Number,
    Refused,
    as_integer,
    is_strict,
    note,
    read_flag,
    u8,
    write_flag,
)
from gatts_codec.schema.lists import Switch
from gatts_codec.schema.message import Message, from_plain, join, size_of

FieldPath = tuple[str, ...]


class Member(Construct):
    """A block that covers several fields: it reads them from, and writes them into, the record's context."""

    @property
    def field_names(self) -> tuple[str, ...]:
        raise NotImplementedError


class Bits(Member):
    """Fields that share one number, lowest bit first. ``required`` fields have one legal value.

    Reserved bits are written 0; strict decoding refuses them, tolerant ignores them. ``counts`` are bits that are no
    field of the message, but the number of bytes or items of the one they name: ``Bits(type=3, dlen=5,
    counts={"dlen": "data"})``. ``if_none`` is what None encodes as: a field of later dialects that was not given.
    """

    def __init__(
        self,
        number: Number = u8,
        /,
        *,
        required: dict[str, int] | None = None,
        counts: dict[str, str] | None = None,
        if_none: dict[str, int] | None = None,
        **widths: int,
    ) -> None:
        super().__init__()
        self.number, self.widths, self.required, self.counts = number, widths, required or {}, counts or {}
        self.if_none = if_none or {}
        if min(widths.values(), default=1) < 1 or sum(widths.values()) > 8 * number.length:
            raise ValueError(f"Bits: {widths} do not fit into {8 * number.length} bits, at least one each")
        # The bits above the groups: 0 when we write, and in strict decoding.
        self.reserved = number.high & ~((1 << sum(widths.values())) - 1)

    @property
    def field_names(self) -> tuple[str, ...]:
        return tuple(name for name in self.widths if name not in self.counts)

    def groups(self) -> Iterator[tuple[str, int, int]]:
        """(field, lowest bit, width) of every group."""
        shift = 0
        for name, width in self.widths.items():
            yield name, shift, width
            shift += width

    def _parse(self, stream: BytesIO, context: Container, path: str) -> None:
        start, size = stream.tell(), self.number.length
        whole = int.from_bytes(stream_read(stream, size, path), "little")
        strict = is_strict(context)
        if strict and whole & self.reserved:
            found = f"{whole & self.reserved:0{2 * size}x} are set in {whole:0{2 * size}x}"
            raise Refused(f"reserved bits {found}", path, offset=start)
        offsets = context["_offsets"]
        for name, shift, width in self.groups():
            value = context[name] = whole >> shift & (1 << width) - 1
            offsets[name] = start
            note(stream, f"{path} -> {name}", start, value, (shift, width))
            if strict and value != self.required.get(name, value):
                self._refuse(name, value, path, start)

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        whole = 0
        for name, shift, width in self.groups():
            whole |= self._field(name, width, context, path) << shift
        stream_write(stream, whole.to_bytes(self.number.length, "little"), self.number.length, path)

    def _field(self, name: str, width: int, context: Container, path: str) -> int:
        highest, of = (1 << width) - 1, self.counts.get(name)
        if of is not None:
            context[name] = _counted(context[of], highest, f"{path} -> {of}")
        given = self.if_none.get(name) if context[name] is None else context[name]
        value = context[name] = as_integer(given, 0, highest, f"{path} -> {name}")
        if value != self.required.get(name, value):
            self._refuse(name, value, path, None)
        return value

    def _refuse(self, name: str, value: int, path: str, offset: int | None) -> None:
        raise Refused(
            f"must be {self.required[name]:d}, found {value}", f"{path} -> {name}", offset=offset, value=value
        )


def _counted(value: Any, most: int, path: str) -> int:
    """How many bytes or items a field has: 0 where it has none, which its own block refuses."""
    size = size_of(value) or 0
    if size > most:
        raise Refused(f"{size} are more than its count can say, {most}", path, value=value)
    return size


class Count(Member):
    """A number that is not a field: how many bytes or items the later field ``of`` has. Blocks find it by its name."""

    def __init__(self, name: str, number: Number, *, of: str) -> None:
        super().__init__()
        self.counter, self.number, self.of = name, number, of

    @property
    def field_names(self) -> tuple[str, ...]:
        return ()

    def _parse(self, stream: BytesIO, context: Container, path: str) -> None:
        context._offsets[self.counter] = stream.tell()
        context[self.counter] = self.number._parse(stream, context, f"{path} -> {self.of} (count)")

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        context[self.counter] = _counted(context[self.of], self.number.high, f"{path} -> {self.of}")
        self.number._build(context[self.counter], stream, context, path)


class AtMost(Member):
    """No bytes: the earlier number ``field`` is at most ``most``, both ways.

    ``when`` names a field: the limit holds only where that is not 0.
    """

    def __init__(self, field: str, most: int, *, when: str | None = None) -> None:
        super().__init__()
        self.field, self.most, self.when = field, most, when

    @property
    def field_names(self) -> tuple[str, ...]:
        return ()

    def _parse(self, stream: BytesIO, context: Container, path: str) -> None:
        self._check(context, path)

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        self._check(context, path)

    def _check(self, context: Container, path: str) -> None:
        value, applies = context[self.field], self.when is None or context[self.when]
        if applies and value > self.most:
            offset = context._offsets.get(self.field)
            reason = f"must be at most {self.most}, found {value}"
            raise Refused(reason, f"{path} -> {self.field}", offset=offset, value=value)


class Members(Member):
    """Several members one after the other."""

    def __init__(self, *members: Construct) -> None:
        super().__init__()
        self.members = members

    @cached_property
    def field_names(self) -> tuple[str, ...]:
        return tuple(name for member in self.members for name in names_of(member))

    def _parse(self, stream: BytesIO, context: Container, path: str) -> None:
        offsets = context["_offsets"]  # as an attribute of a Container it would take five times as long
        for member in self.members:
            if isinstance(member, Member):
                member._parsereport(stream, context, path)
            else:
                offsets[member.name] = stream.tell()
                context[member.name] = member._parsereport(stream, context, path)

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        for member in self.members:
            if isinstance(member, Member):
                member._build(None, stream, context, path)
            else:  # keep what was written: later members compare with it
                context[member.name] = member._build(context[member.name], stream, context, path)

    def _refuse_given(self, context: Container, path: str, why: str) -> None:
        for name in self.field_names:
            if context[name] is not None:
                reason = f"must be None {why}, found {brief(context[name])}"
                raise Refused(reason, f"{path} -> {name}", value=context[name])


class Flagged(Members):
    """One flag byte, then all members or none of them.

    ``key`` is the field that decides on building (default: the first). ``absent`` gives fields that are not None in
    an absent group. ``filler``: a byte 00 stands in an absent group's place, which the firmware skips unread.
    """

    def __init__(
        self,
        *members: Construct,
        flag: Flag = Flag.STRUCT,
        key: str = "",
        absent: dict[str, int] | None = None,
        filler: bool = False,
    ) -> None:
        super().__init__(*members)
        self.flag, self.filler = flag, filler
        self.absent: dict[str, int | None] = {**dict.fromkeys(self.field_names), **(absent or {})}
        self.key = key or self.field_names[0]

    def _parse(self, stream: BytesIO, context: Container, path: str) -> None:
        if read_flag(self.flag, stream, context, f"{path} -> {self.key}"):
            return super()._parse(stream, context, path)
        context.update(self.absent)
        return self._skip_filler(stream, context, path) if self.filler else None

    def _skip_filler(self, stream: BytesIO, context: Container, path: str) -> None:
        start = stream.tell()
        byte = stream_read(stream, 1, path)[0]
        note(stream, f"{path} -> {self.key} (filler)", start, byte)
        if byte and is_strict(context):
            raise Refused(f"an absent {self.key} is followed by 00, found {byte:02x}", path, offset=start)

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        present = context[self.key] is not None
        write_flag(present, stream, path)
        if present:
            return super()._build(obj, stream, context, path)
        for name, expected in self.absent.items():
            self._check_absent(name, expected, context, path)
        return write_flag(False, stream, path) if self.filler else None

    def _check_absent(self, name: str, expected: int | None, context: Container, path: str) -> None:
        value = context[name]
        if expected is None and value is not None:
            raise Refused(f"is None, but {name} is given", f"{path} -> {self.key}", value=None)
        if expected is not None and as_integer(value, 0, 0xFFFF, f"{path} -> {name}") != expected:
            reason = f"must be {expected} without {self.key}, found {brief(value)}"
            raise Refused(reason, f"{path} -> {name}", value=value)


class When(Members):
    """Members that travel only while the earlier ``field`` has ``value``; otherwise their fields are None."""

    def __init__(self, field: str, value: int, *members: Construct) -> None:
        super().__init__(*members)
        self.field, self.value = field, value

    def _parse(self, stream: BytesIO, context: Container, path: str) -> None:
        if context[self.field] == self.value:
            return super()._parse(stream, context, path)
        for name in self.field_names:
            context.setdefault(name, None)  # another When may have the same field, under another value
        return None

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        if context[self.field] == self.value:
            return super()._build(obj, stream, context, path)
        return self._refuse_given(context, path, f"unless {self.field} is {self.value}")


class Absent(Members):
    """Fields that the message has and this dialect's wire has not."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = names

    @property
    def field_names(self) -> tuple[str, ...]:
        return self.names

    def _parse(self, stream: BytesIO, context: Container, path: str) -> None:
        context.update(dict.fromkeys(self.names))

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        return self._refuse_given(context, path, "in this dialect, where it does not travel")


class Record(Members):
    """A message class and its layout. Parses into an instance, builds from one.

    ``tolerates_trailing``: the firmware ignores bytes behind this packet.
    """

    def __init__(self, cls: type[Message], *members: Construct, tolerates_trailing: bool = False) -> None:
        super().__init__(*members)
        self.cls, self.tolerates_trailing = cls, tolerates_trailing
        declared = {field.name for field in dataclass_fields(cls)}  # type: ignore[arg-type]
        if declared != set(self.field_names):
            raise TypeError(f"{cls.__name__}: layout and class differ in {declared ^ set(self.field_names)}")

    def from_dict(self, plain: Any, path: str = "") -> Any:
        """As the class's ``from_dict()``, but a field that may hold several structures holds that of this dialect.

        Raises EncodeError.
        """
        if isinstance(plain, Mapping):
            inner = _inner_records(self, plain)
            plain = {
                **plain,
                **{name: _made(record, plain[name], join(path, name)) for name, record in inner},
            }
        return from_plain(self.cls, plain, path)

    def _parse(self, stream: BytesIO, context: Container, path: str) -> Any:
        scope = _scope(context)
        super()._parse(stream, scope, path)
        return self.cls(**{name: scope[name] for name in self.field_names})

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        if not isinstance(obj, self.cls):
            raise Refused(f"expected {self.cls.__name__}, got {brief(obj)}", path, value=obj)
        scope = _scope(context)
        scope.update({name: getattr(obj, name) for name in self.field_names})
        super()._build(None, stream, scope, path)
        return obj


def _made(record: Record, plain: Any, path: str) -> Any:
    if isinstance(plain, (list, tuple)):
        return [_made(record, each, f"{path}[{at}]") for at, each in enumerate(plain)]
    return record.from_dict(plain, path) if isinstance(plain, Mapping) else plain


def _inner_records(members: Members, plain: Mapping[str, Any]) -> Iterator[tuple[str, Record]]:
    """The layouts of those fields that are structures, or lists of them; of a union, if its id is given."""
    for member in members.members:
        if isinstance(member, Members):
            yield from _inner_records(member, plain)
        elif not isinstance(member, Member) and member.name in plain:
            block = innermost(member.subcon)
            if isinstance(block, Switch):
                number = plain.get(block.field)
                block = innermost(block.cases.get(number, block.default)) if isinstance(number, int) else None
            if isinstance(block, Record):
                yield member.name, block


def innermost(block: Any) -> Any:
    """What is behind presence flags, descriptions and lists."""
    while hasattr(block, "subcon"):
        block = block.subcon
    return block


def _scope(context: Container) -> Container:
    """The context of a record inside another: fields of its own, and where they began, for errors about them."""
    return Container(_=context, _params=context["_params"], _building=context["_building"], _offsets={})


def named(name: str, subcon: Construct, docs: str = "") -> Renamed:
    """One field of a record: its name, layout and description."""
    # ``name / subcon * docs`` would wrap twice and double the name in every error path.
    return Renamed(subcon, newname=name, newdocs=docs)


def names_of(member: Construct) -> tuple[str, ...]:
    """The message fields that one member of a record covers."""
    return member.field_names if isinstance(member, Member) else (member.name,)


def inner_blocks(block: Any) -> list[Any]:
    """What stands directly in a block: members, what is wrapped, cases."""
    wrapped = [block.subcon] if hasattr(block, "subcon") else []
    return [*getattr(block, "members", ()), *wrapped, *(block.blocks() if isinstance(block, Switch) else [])]


def inner_records(block: Any) -> Iterator[Record]:
    """Every record in a block, itself first."""
    if isinstance(block, Record):
        yield block
    for inner in inner_blocks(block):
        yield from inner_records(inner)


def mentioned(block: Any) -> frozenset[str]:
    """The last names of the numbers on which something in a block hangs."""
    own = [getattr(block, name, None) for name in ("length", "size", "field", "count", "when")]
    names = {name.rpartition(".")[2] for name in own if isinstance(name, str)}
    return frozenset(names).union(*map(mentioned, inner_blocks(block)))
