"""Tables that occur more than once, written once: for generated sources that people read and that load fast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from gatts_codec.constants import Kind
from gatts_codec.dissectors.tables import DialectTables, PacketDescription
from gatts_codec.schema.describe import Description

# What only the list of Wireshark's fields needs, if anything.
_LEFT_OUT = {"message"}


class Reference(str):
    """The name of a table that was written before; as a literal it stands without quotes."""

    __slots__ = ()
    __repr__ = str.__str__


class SharedTables:
    """Gives each table that it meets a name, and collects the statements that define them in ``statements``.

    ``literal`` writes a value in the target language, ``prefix`` stands before every name. A field whose block is a
    record becomes a block ``nested`` around the shared record.
    """

    def __init__(
        self, literal: Callable[[Any], str], prefix: str = "", leave_out: frozenset[str] = frozenset()
    ):
        self.statements: list[str] = []
        self._literal, self._prefix, self._left_out = literal, prefix, _LEFT_OUT | leave_out
        self._known: dict[str, Reference] = {}
        self._used = Counter[str]()

    def dialect(self, table: DialectTables) -> dict[str, Any]:
        """A dialect as plain data with references."""
        return {
            "name": table.name,
            "firmware": table.firmware,
            "max_payload": table.max_payload,
            "generic_command": table.generic_command,
            "groups": self._share("groups", table.groups),
            "results": self._share("results", table.results),
            "packets": {
                kind: self._share(
                    f"{kind}s", {number: self._packet(kind, packet) for number, packet in of_kind.items()}
                )
                for kind, of_kind in table.packets.items()
            },
        }

    def _packet(self, kind: Kind, packet: PacketDescription) -> Reference:
        content = {
            "name": packet.name,
            "short": packet.short,
            "group": packet.group,
            "layout": self._layout(packet.layout),
        }
        return self._share(f"{packet.short.replace('.', '_')}_{kind}", content)

    def _layout(self, block: Description) -> Any:
        inner = {key: self._inner(key, value) for key, value in block.items() if key not in self._left_out}
        if block["block"] != "record":
            return inner
        name = inner.pop("name", None)
        record = self._share(block["message"], inner)
        return {"name": name, "block": "nested", "of": record} if name else record

    def _inner(self, key: str, value: Any) -> Any:
        if key in ("of", "default") and isinstance(value, dict):
            return self._layout(value)
        if key == "cases":
            return [[number, self._layout(case)] for number, case in value]
        if key == "members":
            return [self._layout(member) for member in value]
        return self._share("labels", value) if key == "labels" and value else value

    def _share(self, name: str, content: Any) -> Reference:
        text = self._literal(content)
        if text not in self._known:
            self._used[name] += 1
            number = f"_{self._used[name]}" if self._used[name] > 1 else ""
            self._known[text] = Reference(f"{self._prefix}{name}{number}")
            self.statements.append(f"{self._known[text]} = {text}")
        return self._known[text]
