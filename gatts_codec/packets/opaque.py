"""Packets that no class stands for: named by group and opcode, their bytes kept, never an error and never a guess."""

from __future__ import annotations

from typing import Annotated

from gatts_codec.constants import Kind, RpcPacketType
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Message, byte_count

# The packet type before the body of each kind, and back; how wide the number at the head of the body is. The other
# packet types have none.
PACKET_TYPES: dict[Kind, RpcPacketType] = {
    "command": RpcPacketType.COMMAND,
    "response": RpcPacketType.RESPONSE,
    "event": RpcPacketType.EVENT,
}
KINDS: dict[int, Kind] = {packet_type: kind for kind, packet_type in PACKET_TYPES.items()}
OPCODE_BYTES: dict[Kind, int] = {"command": 1, "response": 1, "event": 2}


@dataclass(frozen=True, slots=True, repr=False)
class Opaque(Message):
    """A packet that the dialect does not have, outside the GATTS range; or one of a type without a body we know.

        packet_type  1     RpcPacketType, or any other number
        opcode       0..2  1 byte in a command or response, the 2-byte id of an event; None: the type has none
        data         0+    the bytes behind it, any number; of a response the u32 result first
        kind         -     command, response, event, dtm_command, dtm_response, reset_command, generic_command, unknown
        group        -     common, gap, gattc, l2cap, gatts or unknown

    ``kind`` and ``group`` say in words what type and opcode mean; packing ignores them. Source: the opcode ranges of
    each dialect in `constants/numbers`, `specs/dialects.toml`.
    """

    packet_type: int
    kind: str
    group: str
    opcode: Annotated[int, "#04x"] | None
    data: bytes

    @property
    def result(self) -> int | None:
        """The u32 result that every response begins with; None for other packets, and for one below 4 bytes of data."""
        if self.packet_type != RpcPacketType.RESPONSE or len(self.data) < 4:
            return None
        return int.from_bytes(self.data[:4], "little")


def opaque_payload(message: Opaque) -> bytes:
    """Packet type, opcode and bytes as they travel; the data may be of any length. Raises construct's errors."""
    from gatts_codec.schema.stream import (  # which load construct: who keeps bytes needs none of it
        Refused,
        as_integer,
    )

    packet_type = as_integer(message.packet_type, 0, 0xFF, "(building) -> packet_type")
    if byte_count(message.data) is None:
        raise Refused("expected bytes", "(building) -> data", value=message.data)
    return bytes((packet_type,)) + _head(packet_type, message.opcode) + bytes(message.data)


def _head(packet_type: int, opcode: int | None) -> bytes:
    from gatts_codec.schema.stream import Refused, as_integer

    path, width = "(building) -> opcode", OPCODE_BYTES[KINDS[packet_type]] if packet_type in KINDS else 0
    if width:
        return as_integer(opcode, 0, 256**width - 1, path).to_bytes(width, "little")
    if opcode is not None:
        raise Refused(f"must be None in a packet of type {packet_type}", path, value=opcode)
    return b""
