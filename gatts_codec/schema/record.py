"""How blocks make a packet: records, and groups of members.

    Flagged(*members, flag=F)  one flag byte, then all the members, or none: then their fields are None
    When("result", 0, *m)    members that travel only while an earlier field has this value
    Absent("uuid")           a field that the message has and this dialect's wire has not

``Record(cls, *members)`` ties members to a message class and checks at import that the names match. A member is
either ``named(name, block)``, one field, or one of these and of members.py. They share the record's context, a mapping
from field name to value: parsing fills it, building reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields as dataclass_fields
from functools import cached_property
from io import BytesIO
from typing import Any

from construct import Construct, Container, Renamed
from construct.core import stream_read

from gatts_codec.errors import brief
from gatts_codec.schema.lists import Switch
from gatts_codec.schema.members import Member
from gatts_codec.schema.message import Message, from_plain, join
from gatts_codec.schema.stream import Flag, Refused, as_integer, is_strict, note, read_flag, write_flag

FieldPath = tuple[str, ...]


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
