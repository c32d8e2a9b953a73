"""The eight dialects. S110 v8 stands in full; every later one is the one before plus its differences.

No opcode tells the dialect (0xA8 is rw_authorize_reply up to v5 and service_add from v6 on), and a wrong one can
decode without any error, so the caller always names it. Source of every difference: the bytes that Nordic's codecs of
both sides produce for that version; the tables are in specs/.

To add a dialect: derive it here. To add a packet: write its file in packets/gatts/ and enter it where it first
appeared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from gatts_codec.errors import UnknownDialectError
from gatts_codec.packets.gatts import (
    attr_get,
    characteristic_add,
    descriptor_add,
    exchange_mtu_reply,
    exchange_mtu_request_event,
    hvc_event,
    hvn_tx_complete_event,
    hvx,
    include_add,
    initial_user_handle_get,
    rw_authorize_reply,
    rw_authorize_request_event,
    sc_confirm_event,
    service_add,
    service_changed,
    sys_attr_get,
    sys_attr_missing_event,
    sys_attr_set,
    timeout_event,
    value_get,
    value_set,
    write_event,
)
from gatts_codec.schema.record import Record


class Call(NamedTuple):
    """A command with its response. Its opcode is the dialect's base plus ``offset``."""

    offset: int
    command: Record
    response: Record


@dataclass(frozen=True, eq=False)
class Dialect:
    """One version of the serialization.

    ``calls`` by name without ``sd_ble_gatts_``; ``events`` by name without ``BLE_GATTS_EVT_``, as (id, layout).
    ``max_payload`` is the longest packet, type byte included, that the stock firmware's transport takes, in bytes: of
    firmware that was run, `specs/dialects.toml`; a longer packet gets no ACK.
    ``firmware`` says what it talks to; ``numbers`` which table of constants.json has its codes and opcode groups;
    ``generic_command`` that packet type 5 is a generic command, no reset.
    """

    name: str
    firmware: str
    opcode_base: int
    max_payload: int
    calls: Mapping[str, Call]
    events: Mapping[str, tuple[int, Record]]
    numbers: str
    generic_command: bool = False

    def __repr__(self) -> str:
        return f"<Dialect {self.name}>"

    def derive(
        self,
        name: str,
        *,
        firmware: str,
        calls: Mapping[str, Call] | None = None,
        events: Mapping[str, tuple[int, Record]] | None = None,
        **changes: int | str,
    ) -> Dialect:
        """A later dialect: this one with other or more calls and events."""
        return replace(
            self,
            name=name,
            firmware=firmware,
            calls={**self.calls, **(calls or {})},
            events={**self.events, **(events or {})},
            **changes,  # type: ignore[arg-type]
        )

    def opcode(self, call: str) -> int:
        """The opcode of a call, by its name without ``sd_ble_gatts_``. Raises KeyError where there is none."""
        return self.opcode_base + self.calls[call].offset


S110_V8 = Dialect(
    "s110_v8",
    firmware="S110 v8 (SDK 8-10)",
    opcode_base=0xA0,
    max_payload=384,
    numbers="s110_v8",
    calls={
        "service_add": Call(0, service_add.COMMAND, service_add.RESPONSE),
        "include_add": Call(1, include_add.COMMAND, include_add.RESPONSE),
        "characteristic_add": Call(2, characteristic_add.COMMAND, characteristic_add.RESPONSE),
        "descriptor_add": Call(3, descriptor_add.COMMAND, descriptor_add.RESPONSE),
        "value_set": Call(4, value_set.COMMAND, value_set.RESPONSE),
        "value_get": Call(5, value_get.COMMAND, value_get.RESPONSE),
        "hvx": Call(6, hvx.COMMAND, hvx.RESPONSE),
        "service_changed": Call(7, service_changed.COMMAND, service_changed.RESPONSE),
        "rw_authorize_reply": Call(8, rw_authorize_reply.COMMAND_V1, rw_authorize_reply.RESPONSE),
        "sys_attr_set": Call(9, sys_attr_set.COMMAND, sys_attr_set.RESPONSE),
        "sys_attr_get": Call(10, sys_attr_get.COMMAND, sys_attr_get.RESPONSE),
    },
    events={
        "write": (0x50, write_event.EVENT_V1),
        "rw_authorize_request": (0x51, rw_authorize_request_event.EVENT_V1),
        "sys_attr_missing": (0x52, sys_attr_missing_event.EVENT),
        "hvc": (0x53, hvc_event.EVENT),
        "sc_confirm": (0x54, sc_confirm_event.EVENT),
        "timeout": (0x55, timeout_event.EVENT),
    },
)

# The same packets; the SoftDevice's other groups and codes differ.
S130_V1 = S110_V8.derive("s130_v1", firmware="S130 v1 (SDK 9-10)", numbers="s130_v1")

# Events lose the attribute context for a UUID and auth_required; a write can be answered with data.
SD_API_V2 = S130_V1.derive(
    "sd_api_v2",
    firmware="S130/S132 v2 (SDK 11)",
    numbers="sd_api_v2",
    calls={
        "rw_authorize_reply": Call(8, rw_authorize_reply.COMMAND, rw_authorize_reply.RESPONSE),
        "initial_user_handle_get": Call(
            11, initial_user_handle_get.COMMAND, initial_user_handle_get.RESPONSE
        ),
        "attr_get": Call(12, attr_get.COMMAND_V2, attr_get.RESPONSE_V2),
    },
    events={
        "write": (0x50, write_event.EVENT),
        "rw_authorize_request": (0x51, rw_authorize_request_event.EVENT),
    },
)

# pc-ble-driver patches attr_get, which SDK 11 serialized by mistake, and lengthens the packets.
SD_API_V2_PC = SD_API_V2.derive(
    "sd_api_v2_pc",
    firmware="S130/S132 v2 built with pc-ble-driver's patch",
    max_payload=768,
    calls={"attr_get": Call(12, attr_get.COMMAND, attr_get.RESPONSE)},
)

# Rewritten serializers: the offset before the length, output flags in responses, no loose presence bytes but those
# behind a length. MTU exchange is new, and takes event id 0x55 from timeout.
SD_API_V3 = SD_API_V2_PC.derive(
    "sd_api_v3",
    firmware="S132 v3 (SDK 12)",
    numbers="sd_api_v3",
    max_payload=384,
    calls={
        "service_add": Call(0, service_add.COMMAND, service_add.RESPONSE_V3),
        "include_add": Call(1, include_add.COMMAND_V3, include_add.RESPONSE_V3),
        "descriptor_add": Call(3, descriptor_add.COMMAND, descriptor_add.RESPONSE_V3),
        "value_set": Call(4, value_set.COMMAND_V3, value_set.RESPONSE_V3),
        "value_get": Call(5, value_get.COMMAND_V3, value_get.RESPONSE_V3),
        "hvx": Call(6, hvx.COMMAND_V3, hvx.RESPONSE),
        "sys_attr_set": Call(9, sys_attr_set.COMMAND_V3, sys_attr_set.RESPONSE),
        "sys_attr_get": Call(10, sys_attr_get.COMMAND_V3, sys_attr_get.RESPONSE_V3),
        "exchange_mtu_reply": Call(13, exchange_mtu_reply.COMMAND, exchange_mtu_reply.RESPONSE),
    },
    events={
        "exchange_mtu_request": (0x55, exchange_mtu_request_event.EVENT),
        "timeout": (0x56, timeout_event.EVENT),
    },
)

# Notifications are counted per connection by an event of their own.
SD_API_V5 = SD_API_V3.derive(
    "sd_api_v5",
    firmware="S132/S140 v5 (SDK 14)",
    numbers="sd_api_v5",
    events={"hvn_tx_complete": (0x57, hvn_tx_complete_event.EVENT)},
)

# More GAP calls push the GATTS opcodes up by eight; packet type 5 becomes a generic command.
SD_API_V6 = SD_API_V5.derive(
    "sd_api_v6",
    firmware="S132/S140 v6 (SDK 15)",
    numbers="sd_api_v6",
    opcode_base=0xA8,
    max_payload=512,
    generic_command=True,
)

SD_API_V7 = SD_API_V6.derive("sd_api_v7", firmware="S132/S140 v7 (SDK 16-17)", numbers="sd_api_v7")

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect
    for dialect in (S110_V8, S130_V1, SD_API_V2, SD_API_V2_PC, SD_API_V3, SD_API_V5, SD_API_V6, SD_API_V7)
}


def find_dialect(dialect: str | Dialect) -> Dialect:
    """A dialect by name or as itself. Raises UnknownDialectError, which lists the known ones."""
    if isinstance(dialect, Dialect):
        return dialect
    try:
        return DIALECTS[dialect]
    except (KeyError, TypeError):
        raise UnknownDialectError(f"unknown dialect {dialect!r}; known are {', '.join(DIALECTS)}") from None
