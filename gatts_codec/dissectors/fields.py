"""Which fields the layouts have for Wireshark: one for each group, path and kind, whatever packet or dialect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gatts_codec.schema.describe import Description


class WiresharkField(NamedTuple):
    """``kind`` is a ProtoField's, of bits with their mask behind a colon, ``base`` a number's.

    Names of known numbers are not here: one path can mean different things in two packets.
    """

    path: str
    kind: str
    base: str | None = None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    @property
    def type(self) -> str:
        """The ProtoField's type."""
        return self.kind.partition(":")[0]

    @property
    def mask(self) -> str:
        """The bits of a shared number, in hex; nothing where the field has it alone."""
        return self.kind.partition(":")[2]


def unique_fields(layouts: Iterable[Description]) -> dict[str, list[WiresharkField]]:
    """The fields of all layouts of one group by path, each kind once; the first packet's kind stands first.

    A number is in hex where any packet has it so.
    """
    known: dict[str, dict[str, WiresharkField]] = {}
    for layout in layouts:
        for field in _of_members(layout, ""):
            kinds = known.setdefault(field.path, {})
            if kinds.get(field.kind) is None or field.base == "HEX":
                kinds[field.kind] = field
    return {path: list(known[path].values()) for path in sorted(known)}


def _of_members(several: Description, path: str) -> Iterator[WiresharkField]:
    for member in several["members"]:
        if "name" in member:
            yield from _of_field(member, _join(path, member["name"]))
        elif member["block"] == "bits":
            yield from _of_bits(member, path)
        elif "members" in member:
            yield from _of_members(member, path)


def _of_field(block: Description, path: str) -> Iterator[WiresharkField]:
    if "of" in block:
        yield from _of_field(block["of"], path)
    elif block["block"] == "switch":
        for case in [*dict(block["cases"]).values(), block["default"]]:
            yield from _of_field(case, path) if case else ()
    elif block["block"] == "record":
        yield WiresharkField(path, "none")
        yield from _of_members(block, path)
    elif block["block"] == "number":
        yield _of_number(block, path)
    elif block["block"] != "never":
        yield WiresharkField(path, "bool" if block["block"] == "given" else "bytes")


def _of_number(block: Description, path: str) -> WiresharkField:
    kind = ("int" if block["signed"] else "uint") + str(8 * block["size"])
    # Handles, flags and codes are written in hex everywhere, lengths and small enumerations in decimal.
    is_code = "shown" in block or any(number > 0xFF for number in block.get("labels", ()))
    return WiresharkField(path, kind, "HEX" if is_code and not block["signed"] else "DEC")


def _of_bits(block: Description, path: str) -> Iterator[WiresharkField]:
    size = block["size"]
    for name, shift, width in block["groups"]:
        mask = f"0x{((1 << width) - 1) << shift:0{2 * size}x}"
        yield WiresharkField(_join(path, name), f"uint{8 * size}:{mask}", "DEC")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
