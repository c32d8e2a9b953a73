"""hvx with more than 512 bytes, of which pc-ble-driver's builds keep no count: they write on behind the buffer.

There lies the handle, already decoded: it is another by then, also with eight bytes too many. Beyond them pointers are,
and the firmware crashes.
"""

from __future__ import annotations

from gatts_codec.constants import MAX_VALUE_LEN

# Where they stand in the command, counted from its opcode: three flags, and what is behind each.
_HAS_PARAMS, _HANDLE, _TYPE, _OFFSET, _HAS_LENGTH, _LENGTH, _HAS_DATA, _DATA = 3, 4, 6, 7, 9, 10, 12, 13
_ROOM = 8


def as_overrun(body: bytes) -> bytes:
    """The command that the SoftDevice gets instead; one that overruns nothing, or too much, is returned as it is.

    It has 512 bytes, and ends where the longer one would: beyond every value.
    """
    size = len(body) - _DATA
    over = size - MAX_VALUE_LEN
    if not 0 < over <= _ROOM or body[_LENGTH:_HAS_DATA] != size.to_bytes(2, "little"):
        return body
    if (body[_HAS_PARAMS], body[_HAS_LENGTH], body[_HAS_DATA]) != (1, 1, 1):
        return body
    handle = (body[-over:] + body[_HANDLE + over : _TYPE])[:2]
    numbers = handle + body[_TYPE:_OFFSET] + over.to_bytes(2, "little")
    length = body[_HAS_LENGTH:_LENGTH] + MAX_VALUE_LEN.to_bytes(2, "little")
    return body[:_HANDLE] + numbers + length + body[_HAS_DATA:-over]
