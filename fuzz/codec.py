"""Codec: bytes to a message or a GattsError, the same from generated functions and from the layouts.

byte 0    which dialect
then      the payload of a vendor packet, packet type first
"""

from __future__ import annotations

import os
from typing import Any
from unittest import mock

from fuzz.material import DIALECT_NAMES, vectors
from gatts_codec import Codec, GattsError, Opaque
from gatts_codec.codec import INTERPRETED
from gatts_codec.errors import DecodeError
from gatts_codec.packets.opaque import PACKET_TYPES


def _codec(dialect: str, strict: bool, interpreted: bool) -> Codec:
    with mock.patch.dict(os.environ, {INTERPRETED: str(int(interpreted))}):
        return Codec(dialect, strict)


_CODECS = {
    (dialect, strict): (_codec(dialect, strict, False), _codec(dialect, strict, True))
    for dialect in DIALECT_NAMES
    for strict in (True, False)
}


def seeds() -> list[bytes]:
    """Golden vectors, good ones and bad ones, of every dialect."""
    return [
        bytes([DIALECT_NAMES.index(record["dialect"]), PACKET_TYPES[record["kind"]]])
        + bytes.fromhex(record["hex"])
        for record in vectors("valid", "malformed", "tolerated")
    ]


def check(data: bytes) -> None:
    """Decode strictly and tolerantly; what decodes must encode to what it came from."""
    if not data:
        return
    dialect, payload = DIALECT_NAMES[data[0] % len(DIALECT_NAMES)], data[1:]
    strict = _both(dialect, True, payload)
    tolerant = _both(dialect, False, payload)
    codec = _CODECS[dialect, True][0]
    if not isinstance(strict, tuple):
        assert tolerant == strict, "strict decodes otherwise than tolerant"
        assert codec.pack(strict) == payload, "decoding and encoding again gives other bytes"
    elif not isinstance(tolerant, tuple):
        _encode_again(codec, tolerant)
    for kind in PACKET_TYPES:
        spans = codec.annotate(kind, payload[1:])
        assert all(span.start <= span.stop <= len(payload) for span in spans)


def _both(dialect: str, strict: bool, payload: bytes) -> Any:
    compiled, interpreted = (_outcome(codec, payload) for codec in _CODECS[dialect, strict])
    assert compiled == interpreted, f"generated code and layout differ: {compiled} and {interpreted}"
    if not isinstance(compiled, (tuple, Opaque)):
        codec = _CODECS[dialect, strict][0]
        assert codec.from_dict(compiled.kind, compiled.name, compiled.to_dict()) == compiled
        assert repr(compiled)
    return compiled


def _outcome(codec: Codec, payload: bytes) -> Any:
    """The message, or the error as a tuple that can be compared."""
    try:
        return codec.unpack(payload)
    except DecodeError as error:
        assert 0 <= error.offset <= len(payload)
        assert str(error)
        return type(error), error.path, error.offset, error.reason, error.packet


def _encode_again(codec: Codec, message: Any) -> None:
    """What only the firmware takes may not be encodable; if it is, it must be the same message."""
    try:
        body = codec.pack(message)
    except GattsError:
        return
    assert codec.unpack(body) == message
