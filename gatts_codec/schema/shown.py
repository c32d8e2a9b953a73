"""How bytes are shown to a person where hex is not what they want: addresses, keys, advertising data.

peer: Address        prints "F0:12:34:56:78:9A", most significant byte first; the field holds wire order
ltk: Key             prints its size alone, never the bytes
data: Advertised     prints as hex; the tools show what its structures say
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Annotated

from gatts_codec.errors import EncodeError, brief


class Look(Enum):
    """What ``repr()`` and the tools make of a field's bytes. ``to_dict()`` has them as hex all the same."""

    ADDRESS = "address"
    KEY = "key"
    ADVERTISING = "advertising"

    def text(self, value: bytes) -> str:
        """The bytes as people write them."""
        if self is Look.ADDRESS:
            return address_text(value)
        return f"<{len(value)} bytes, not shown>" if self is Look.KEY else value.hex()

    def literal(self, value: bytes) -> str:
        """The same within a repr."""
        if self is Look.KEY:
            return self.text(value)
        return f"'{self.text(value)}'" if self is Look.ADDRESS else f"bytes.fromhex('{value.hex()}')"


Address = Annotated[bytes, Look.ADDRESS]
Key = Annotated[bytes, Look.KEY]
Advertised = Annotated[bytes, Look.ADVERTISING]


class Mark(Enum):
    """What else an annotation says of a field: ``Annotated[int | None, LATER]``."""

    LATER = "a field of later dialects only: to_dict() leaves it out while it is None"
    GIVEN = "None is what a response may hold, and does not travel: to be given"


LATER, GIVEN = Mark.LATER, Mark.GIVEN


def address_text(address: bytes) -> str:
    """A device address as people write it: most significant byte first, while it travels last."""
    return ":".join(f"{byte:02X}" for byte in reversed(address))


def address_bytes(text: str, path: str = "addr") -> bytes:
    """The six bytes of "F0:12:34:56:78:9A" in the order in which they travel. Raises EncodeError."""
    if not re.fullmatch(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}", text, re.ASCII):
        raise EncodeError(f"not an address like F0:12:34:56:78:9A: {brief(text)}", path=path, value=text)
    return bytes.fromhex(re.sub("[:-]", "", text))[::-1]
