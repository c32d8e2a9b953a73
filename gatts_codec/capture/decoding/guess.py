"""Bytes that are no frame: what they may be instead, judged by whether they decode."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gatts_codec.detection import DialectDetector, Verdict
from gatts_codec.dialects import DIALECTS
from gatts_codec.errors import FramingError
from gatts_codec.framing import h5
from gatts_codec.packets.opaque import PACKET_TYPES

_MAX_BYTES = 4096
# Of HCI over UART by type: bytes of the header behind it, and where in it the length stands.
_HCI = {1: (3, slice(2, 3)), 2: (4, slice(2, 4)), 4: (2, slice(1, 2))}


@dataclass(frozen=True)
class Guess:
    """``payload`` is a vendor packet's (packet type, then the body) and ``what`` says what the bytes were taken for."""

    what: str
    payload: bytes
    verdict: Verdict


def guesses(data: bytes, dialect: str | None = None) -> list[Guess]:
    """What ``data`` decodes as, the most plausible first; in one dialect if it is known, else in any."""
    dialects = DIALECTS if dialect is None else (dialect,)
    found = []
    for what, payload in _candidates(data[:_MAX_BYTES]):
        detector = DialectDetector(dialects)
        detector.add_payload(payload)
        verdict = detector.verdict()
        if verdict.best.decoded:
            found.append(Guess(what, payload, verdict))
    return sorted(found, key=lambda guess: -sum(fit.decoded for fit in guess.verdict.fits))


def other_protocol(data: bytes) -> str:
    """The protocol that bytes are of, if they are of another that is known; else empty."""
    at, data = 0, data[:_MAX_BYTES]
    while at < len(data) and (form := _HCI.get(data[at])):
        size, length = form
        at += 1 + size + int.from_bytes(data[at + 1 : at + 1 + size][length], "little")
    whole = bool(data) and at == len(data)
    return "Bluetooth HCI over UART (H4), between a host stack and a controller" if whole else ""


def _candidates(data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        packet = h5.decode(data)
    except FramingError:
        pass
    else:
        yield "an H5 packet without its C0", packet.payload
    if data[:1] in (b"\0", b"\1", b"\2"):
        yield "an H5 payload, packet type first", data
    for kind, number in PACKET_TYPES.items():
        yield f"a bare {kind} body", bytes((number,)) + data
