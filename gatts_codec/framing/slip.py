"""SLIP: marks where a frame begins and ends in a stream of bytes.

    C0 | data, with C0 written DB DC and DB written DB DD | C0

Every frame has its own leading and its own trailing C0, and only those two bytes are escaped. (RFC 1055 with
a C0 at both ends; seen in every capture.)
"""

from __future__ import annotations

from ..errors import FramingError

END = 0xC0
ESC = 0xDB
ESC_END = 0xDC
ESC_ESC = 0xDD

END_BYTE = bytes([END])
RELEASE = bytes([END, ESC_ESC, END])
"""No frame. It frees a receiver that waits for DC or DD behind a lone DB, and is dropped by any other."""
_ESC_BYTE = bytes([ESC])
_ESCAPED_END = bytes([ESC, ESC_END])
_ESCAPED_ESC = bytes([ESC, ESC_ESC])
_ORIGINALS = {ESC_END: END_BYTE, ESC_ESC: _ESC_BYTE}


def encode(data: bytes) -> bytes:
    """The whole frame for ``data``, with both C0."""
    # DB before C0: the other way round would escape the DB of every DB DC just written.
    escaped = data.replace(_ESC_BYTE, _ESCAPED_ESC).replace(END_BYTE, _ESCAPED_END)
    return END_BYTE + escaped + END_BYTE


def decode(body: bytes) -> bytes:
    """The data of a frame, from what stands between its two C0.

    Raises FramingError (layer ``"slip"``, code bad_escape) for a DB before anything but DC or DD, and for a
    C0.
    """
    if END in body:
        raise FramingError(
            "a C0 inside a frame: only DB DC may stand for it",
            layer="slip",
            code="bad_escape",
            offset=body.index(END),
            data=body,
        )
    return unescape(body) if ESC in body else body


def unescape(body: bytes) -> bytes:
    """``decode`` for a body known to hold no C0. Raises FramingError, code bad_escape."""
    plain, *escaped = body.split(_ESC_BYTE)
    # Where escapes are rare, piece by piece costs less than searching the whole body for either pair.
    if len(escaped) * 40 < len(body):
        data = [plain]
        try:
            for piece in escaped:
                data.append(_ORIGINALS[piece[0]])
                data.append(piece[1:])
        except LookupError:
            raise _bad_escape(body) from None
        return b"".join(data)
    # DB DC first: DB DD DC would otherwise become DB DC and be taken for an escape again.
    whole = body.replace(_ESCAPED_END, END_BYTE).replace(_ESCAPED_ESC, _ESC_BYTE)
    # Each pair became one byte, so if as many went as there were DBs, every DB was in a pair.
    if len(body) - len(whole) != len(escaped):
        raise _bad_escape(body)
    return whole


def _bad_escape(body: bytes) -> FramingError:
    at = body.index(ESC)
    while body[at + 1 : at + 2] in (b"\xdc", b"\xdd"):
        at = body.index(ESC, at + 1)
    found = f"{body[at + 1]:02X}" if at + 1 < len(body) else "the end of the frame"
    return FramingError(
        f"DB must be followed by DC or DD, found {found}",
        layer="slip",
        code="bad_escape",
        offset=at,
        data=body,
    )
