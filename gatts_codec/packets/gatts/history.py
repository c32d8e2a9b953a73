"""What each dialect has of the GATTS group: S110 v8 in full, each later one as what it changed.

Source: the bytes that Nordic's codecs of both sides produce for each version.
"""

from __future__ import annotations

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
from gatts_codec.packets.group import Call, PacketGroup

S110_V8 = PacketGroup(
    "gatts",
    calls={
        "service_add": Call(0xA0, service_add.COMMAND, service_add.RESPONSE),
        "include_add": Call(0xA1, include_add.COMMAND, include_add.RESPONSE),
        "characteristic_add": Call(0xA2, characteristic_add.COMMAND, characteristic_add.RESPONSE),
        "descriptor_add": Call(0xA3, descriptor_add.COMMAND, descriptor_add.RESPONSE),
        "value_set": Call(0xA4, value_set.COMMAND, value_set.RESPONSE),
        "value_get": Call(0xA5, value_get.COMMAND, value_get.RESPONSE),
        "hvx": Call(0xA6, hvx.COMMAND, hvx.RESPONSE),
        "service_changed": Call(0xA7, service_changed.COMMAND, service_changed.RESPONSE),
        "rw_authorize_reply": Call(0xA8, rw_authorize_reply.COMMAND_V1, rw_authorize_reply.RESPONSE),
        "sys_attr_set": Call(0xA9, sys_attr_set.COMMAND, sys_attr_set.RESPONSE),
        "sys_attr_get": Call(0xAA, sys_attr_get.COMMAND, sys_attr_get.RESPONSE),
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

# Events lose the attribute context for a UUID and auth_required; a write can be answered with data.
V2 = S110_V8.derive(
    calls={
        "rw_authorize_reply": Call(0xA8, rw_authorize_reply.COMMAND, rw_authorize_reply.RESPONSE),
        "initial_user_handle_get": Call(
            0xAB, initial_user_handle_get.COMMAND, initial_user_handle_get.RESPONSE
        ),
        "attr_get": Call(0xAC, attr_get.COMMAND_V2, attr_get.RESPONSE_V2),
    },
    events={
        "write": (0x50, write_event.EVENT),
        "rw_authorize_request": (0x51, rw_authorize_request_event.EVENT),
    },
)

# pc-ble-driver patches attr_get, which SDK 11 serialized by mistake.
V2_PC = V2.derive(
    calls={"attr_get": Call(0xAC, attr_get.COMMAND, attr_get.RESPONSE)},
)

# Rewritten serializers: the offset before the length, output flags in responses, no loose presence bytes but those
# behind a length. MTU exchange is new, and takes event id 0x55 from timeout.
V3 = V2_PC.derive(
    calls={
        "service_add": Call(0xA0, service_add.COMMAND, service_add.RESPONSE_V3),
        "include_add": Call(0xA1, include_add.COMMAND_V3, include_add.RESPONSE_V3),
        "descriptor_add": Call(0xA3, descriptor_add.COMMAND, descriptor_add.RESPONSE_V3),
        "value_set": Call(0xA4, value_set.COMMAND_V3, value_set.RESPONSE_V3),
        "value_get": Call(0xA5, value_get.COMMAND_V3, value_get.RESPONSE_V3),
        "hvx": Call(0xA6, hvx.COMMAND_V3, hvx.RESPONSE),
        "sys_attr_set": Call(0xA9, sys_attr_set.COMMAND_V3, sys_attr_set.RESPONSE),
        "sys_attr_get": Call(0xAA, sys_attr_get.COMMAND_V3, sys_attr_get.RESPONSE_V3),
        "exchange_mtu_reply": Call(0xAD, exchange_mtu_reply.COMMAND, exchange_mtu_reply.RESPONSE),
    },
    events={
        "exchange_mtu_request": (0x55, exchange_mtu_request_event.EVENT),
        "timeout": (0x56, timeout_event.EVENT),
    },
)

# Notifications are counted per connection by an event of their own.
V4 = V3.derive(
    events={"hvn_tx_complete": (0x57, hvn_tx_complete_event.EVENT)},
)

# More GAP calls push the opcodes up.
V6 = V4.moved(opcodes=8)
