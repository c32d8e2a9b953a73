"""Which fields the layouts have for Wireshark: one for each path, the same in every packet and dialect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gatts_codec.schema.describe import Description


class Field(NamedTuple):
    """``kind`` is a ProtoField's, ``base`` a number's; ``mask`` the bits of a shared byte.

    Names of known numbers are not here: one path can mean different things in two packets.
    """

    path: str
    kind: str
    base: str | None = None
    mask: int | None = None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]


def unique_fields(layouts: Iterable[Description]) -> list[Field]:
    """Every field of all layouts, by path. Raises TypeError where two layouts disagree about one."""
    known: dict[str, Field] = {}
    for layout in layouts:
        for field in _of_members(layout, ""):
            if known.setdefault(field.path, field) != field:
                raise TypeError(f"one path, two kinds of field: {known[field.path]} and {field}")
    return [known[path] for path in sorted(known)]


def _of_members(several: Description, path: str) -> Iterator[Field]:
    for member in several["members"]:
        if "name" in member:
            yield from _of_field(member, member, _join(path, member["name"]))
        elif member["block"] == "bits":
            yield from _of_bits(member, path)
        else:
            yield from _of_members(member, path)


def _of_field(block: Description, named: Description, path: str) -> Iterator[Field]:
    if "of" in block:
        yield from _of_field(block["of"], named, path)
    elif block["block"] == "record":
        yield Field(path, "none")
        yield from _of_members(block, path)
    elif block["block"] == "number":
        yield _of_number(block, named, path)
    else:
        yield Field(path, "bool" if block["block"] == "given" else "bytes")


def _of_number(block: Description, named: Description, path: str) -> Field:
    kind = ("int" if block["signed"] else "uint") + str(8 * block["size"])
    # Handles, flags and codes are written in hex everywhere, lengths and small enumerations in decimal.
    is_code = "shown" in named or any(number > 0xFF for number in named.get("labels", ()))
    return Field(path, kind, "HEX" if is_code else "DEC")


def _of_bits(block: Description, path: str) -> Iterator[Field]:
    for name, shift, width in block["groups"]:
        yield Field(_join(path, name), "uint8", "DEC", ((1 << width) - 1) << shift)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
