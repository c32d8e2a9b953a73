"""Messages from plain fields: whatever stands in a field, the outcome is a message and its bytes, or a GattsError.

bytes 0-1   which golden vector's fields
then        edits of two bytes: which field, and what to put there
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from fuzz.material import DIALECT_NAMES, vectors
from gatts_codec import Codec, GattsError
from gatts_codec.constants.table import short_name
from gatts_codec.schema.field_types import field_types
from gatts_codec.schema.message import Message

_VALUES: list[Any] = [
    *(None, True, False, 0, 1, 2, 3, 255, 256, 511, 512, 513, 0xFFFF, 0x10000, 2**32, -1, 10**30),
    *(0.5, float("nan"), "", "00", "zz", "0", "00" * 512, "00" * 513, "\ud800", [], [0], {}, {"len": 1}),
]
_CODECS = {dialect: Codec(dialect) for dialect in DIALECT_NAMES}
_RECORDS = list(vectors("valid", "unencodable"))


def seeds() -> list[bytes]:
    """Every vector as it is."""
    return [at.to_bytes(2, "big") for at in range(len(_RECORDS))]


def check(data: bytes) -> None:
    """Build a message from edited fields and encode it; what encodes must decode to the same message."""
    record = _RECORDS[int.from_bytes(data[:2], "big") % len(_RECORDS)]
    codec = _CODECS[record["dialect"]]
    cls = codec.message_class(record["kind"], short_name(record["name"]))
    fields = deepcopy(record["fields"])
    for where, what in zip(data[2:10:2], data[3:10:2], strict=False):
        _edit(fields, where, what)
    try:
        message = cls.from_dict(fields)
        payload = codec.pack(message)
    except GattsError as error:
        assert str(error)
        return
    found = codec.unpack(payload)
    assert _same(found, message), "encoding and decoding again gives another message"
    assert codec.pack(found) == payload, "decoding and encoding again gives other bytes"


def _same(found: Any, given: Any) -> bool:
    """Equal, but that a number may stand where none was given: an id, a field that only later dialects have."""
    if isinstance(given, tuple):
        return isinstance(found, tuple) and len(found) == len(given) and all(map(_same, found, given))
    if not isinstance(given, Message) or type(found) is not type(given):
        return bool(found == given) or (given is None and isinstance(found, int))
    return all(_same(getattr(found, name), getattr(given, name)) for name in field_types(type(given)))


def _edit(fields: dict[str, Any], where: int, what: int) -> None:
    """Replace one field, however deep, or its name."""
    places = list(_places(fields))
    holder, name = places[where % len(places)]
    if what == 255:
        holder.pop(name, None)
    elif what == 254:
        holder[f"{name}_"] = holder.pop(name, None)
    else:
        holder[name] = deepcopy(_VALUES[what % len(_VALUES)])


def _places(fields: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    yield fields, "handle"
    for name, value in fields.items():
        yield fields, name
        if isinstance(value, dict):
            yield from _places(value)
