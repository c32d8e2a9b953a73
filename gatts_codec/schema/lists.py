"""Lists, and fields whose layout an earlier field selects. blocks.py says how to declare them."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from construct import Construct, Container, Subconstruct

from gatts_codec.errors import brief
from gatts_codec.schema.blocks import Number, u16, u32
from gatts_codec.schema.stream import Refused, as_integer, check_size, lookup, offset_of


class ListOf(Subconstruct):
    """Items one after the other, as a tuple; building takes a list too.

    ``count`` is the number that stands before them and is not a field, or the name of an earlier number.
    """

    def __init__(self, subcon: Construct, count: Number | str = u16) -> None:
        super().__init__(subcon)
        self.count = count

    def _parse(self, stream: BytesIO, context: Container, path: str) -> tuple[Any, ...]:
        if isinstance(self.count, str):
            size = lookup(context, self.count)
        else:
            size = self.count._parse(stream, context, f"{path} (count)")
        return tuple(
            self.subcon._parsereport(stream, context, f"{path}[{position}]") for position in range(size)
        )

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        if not isinstance(obj, (tuple, list)):
            raise Refused(f"expected a tuple, got {brief(obj)}", path, value=obj)
        if isinstance(self.count, str):
            check_size(self.count, len(obj), "items", context, path)
        elif len(obj) > self.count.high:
            raise Refused(f"{len(obj)} items are more than the count can say, {self.count.high}", path)
        else:
            self.count._build(len(obj), stream, context, path)
        for position, item in enumerate(obj):
            self.subcon._build(item, stream, context, f"{path}[{position}]")
        return obj


class Switch(Construct):
    """The block that the earlier ``field`` selects: ``cases`` by its value, ``default`` for all others.

    Without a default other values are refused, both ways.
    """

    def __init__(self, field: str, cases: Mapping[int, Construct], default: Construct | None = None) -> None:
        super().__init__()
        self.field, self.cases, self.default = field, dict(cases), default

    def id(self, of: str, number: Number = u32) -> SwitchId:
        """The number that selects, as a field of its own; ``of`` is the field that has this block."""
        return SwitchId(self, of, number)

    def blocks(self) -> list[Construct]:
        """All that may be selected."""
        return [*self.cases.values(), *([self.default] if self.default else [])]

    def _parse(self, stream: BytesIO, context: Container, path: str) -> Any:
        return self._selected(context, path)._parsereport(stream, context, path)

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        return self._selected(context, path)._build(obj, stream, context, path)

    def _selected(self, context: Container, path: str) -> Construct:
        value = lookup(context, self.field)
        block = self.cases.get(value, self.default)
        if block is None:
            known = ", ".join(map(str, map(int, self.cases)))
            record, offset = path.rpartition(" -> ")[0], offset_of(context, self.field)
            reason = f"must be one of {known}, found {brief(value)}"
            raise Refused(reason, f"{record} -> {self.field}", offset=offset, value=value)
        return block


class SwitchId(Number):
    """The number that selects a structure, as a field: on building None is the id that the structure has.

    Without the structure it is kept as it is.
    """

    def __init__(self, switch: Switch, of: str, number: Number) -> None:
        super().__init__(number.fmtstr[1:])
        self.switch, self.of = switch, of

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        structure = context[self.of]
        if structure is not None:
            obj = self._id(obj, structure, path)
        elif obj is None:
            raise Refused(f"must be given where {self.of} is None", path, value=obj)
        return super()._build(obj, stream, context, path)

    def _id(self, obj: Any, structure: Any, path: str) -> int:
        known_ids = self.ids()
        ids = next((known_ids[cls] for cls in type(structure).__mro__ if cls in known_ids), [])
        if not ids:
            known = ", ".join(cls.__name__ for cls in known_ids)
            record, reason = path.rpartition(" -> ")[0], f"expected one of {known}, got {brief(structure)}"
            raise Refused(reason, f"{record} -> {self.of}", value=structure)
        number = ids[0] if obj is None else as_integer(obj, self.low, self.high, path)
        if number not in ids:
            right = f"{self.of} is a {type(structure).__name__}, whose id is {ids[0]}"
            raise Refused(f"is {number}, but {right}: leave it out, and it is filled in", path, value=obj)
        return number

    def ids(self) -> dict[type, list[int]]:
        """The ids of each structure that the switch knows."""
        found: dict[type, list[int]] = {}
        for number, record in self.switch.cases.items():
            found.setdefault(record.cls, []).append(int(number))
        return found


class Never(Construct):
    """Nothing that could travel: ``Presence(Never(reason))`` is a field that must be absent."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason

    def _parse(self, stream: BytesIO, context: Container, path: str) -> Any:
        raise Refused(self.reason, path, offset=stream.tell() - 1)

    def _build(self, obj: Any, stream: BytesIO, context: Container, path: str) -> Any:
        raise Refused(self.reason, path, value=obj)
