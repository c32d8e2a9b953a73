"""From a command to the payload that is sent, and from its answer to a result or an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from gatts_codec.codec import Codec
from gatts_codec.constants import hint, result_name
from gatts_codec.constants.table import short_name
from gatts_codec.errors import CommandFailed, EncodeError, brief
from gatts_codec.link.variants import VARIANTS, variant_for
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Command

if TYPE_CHECKING:
    from gatts_codec.plans.plan import Plan, Steps

T = TypeVar("T")

_TYPE_AND_OPCODE = 2
_COMMAND_TYPES: Mapping[int, str] = {0: "command", 3: "DTM command"}


def encode_command(codec: Codec, command: object, max_payload: int) -> bytes:
    """The payload, packet type first. Raises EncodeError: not a command, not in this dialect, bad field, too long."""
    if isinstance(command, Command):
        payload = codec.pack(variant_for(codec, command) if type(command) in VARIANTS else command)
    elif isinstance(command, Opaque) and command.packet_type == 0:
        payload = codec.pack(command)
    else:
        raise EncodeError(f"expected a command, got {type(command).__name__}", value=command)
    if len(payload) > max_payload:
        raise _too_long(payload, name_of(command), max_payload, codec)
    return payload


def steps_of(plan: Plan[T], codec: Codec) -> Steps[T]:
    """The commands of a plan, one by one. Raises EncodeError for what is no plan."""
    from gatts_codec.plans.plan import Plan  # loads when it is used

    if not isinstance(plan, Plan):
        raise EncodeError(f"expected a plan, such as Start(), got {brief(plan)}", value=plan)
    return plan.steps(codec)


def check_raw(payload: object, max_payload: int, codec: Codec) -> bytes:
    """A payload that is encoded already, as bytes. Raises EncodeError for what no firmware takes."""
    if not isinstance(payload, (bytes, bytearray, memoryview)):
        raise EncodeError(f"expected bytes, got {type(payload).__name__}", path="payload", value=payload)
    payload = bytes(payload)
    if not payload or (payload[0] in _COMMAND_TYPES and len(payload) < _TYPE_AND_OPCODE):
        raise EncodeError(
            "a payload is a packet type (0 command, 3 DTM command ...), an opcode, and its parameters",
            path="payload",
            value=payload,
        )
    if len(payload) > max_payload:
        raise _too_long(payload, name_of_raw(payload), max_payload, codec)
    return payload


def _too_long(payload: bytes, name: str, max_payload: int, codec: Codec) -> EncodeError:
    # The firmware would drop it without a word.
    return EncodeError(
        f"the packet has {len(payload)} bytes, the firmware takes {max_payload}: send less at a time, "
        "or set max_payload if your firmware takes more",
        path="payload",
        value=payload,
        packet=f"{name} command",
        dialect=codec.dialect.name,
    )


def name_of(command: Command[Any] | Opaque) -> str:
    """What to call a command in an error: ``value_set``, ``gap command 0x6c``."""
    if isinstance(command, Opaque):
        return f"{command.group} command 0x{command.opcode or 0:02x}"
    return short_name(command.name)


def name_of_raw(payload: bytes) -> str:
    """The same for a payload."""
    if payload[0] not in _COMMAND_TYPES:
        return f"packet of type {payload[0]}"
    return f"{_COMMAND_TYPES[payload[0]]} 0x{payload[1]:02x}"


def command_failed(codec: Codec, command: Command[Any] | Opaque, result: int) -> CommandFailed:
    """The error for a result other than 0, with what to do about it."""
    name, numbers = name_of(command), codec.dialect.numbers
    return CommandFailed(
        name, result, name=result_name(numbers, result) or "", hint=hint(numbers, result, name)
    )
