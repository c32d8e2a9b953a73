"""What each dialect has of the Common group: S110 v8 in full, each later one as what it changed.

Source: the bytes that Nordic's codecs of both sides produce for each version.
"""

from __future__ import annotations

from gatts_codec.packets.common import (
    cfg_set,
    enable,
    events,
    opt,
    tx_count_get,
    user_mem_reply,
    uuid_decode,
    uuid_encode,
    uuid_vs_add,
    version_get,
)
from gatts_codec.packets.group import Call, PacketGroup
from gatts_codec.schema.record import Record


def _options(opcode: int, settable: Record, got: Record, get: Record = opt.GET) -> dict[str, Call]:
    """opt_set and opt_get, one after the other."""
    return {
        "opt_set": Call(opcode, settable, opt.SET_RESPONSE),
        "opt_get": Call(opcode + 1, get, got),
    }


S110_V8 = PacketGroup(
    "common",
    calls={
        "enable": Call(0x60, enable.COMMAND_V1, enable.RESPONSE),
        "tx_buffer_count_get": Call(0x62, tx_count_get.BUFFER_COMMAND, tx_count_get.BUFFER_RESPONSE),
        "uuid_vs_add": Call(0x63, uuid_vs_add.COMMAND, uuid_vs_add.RESPONSE),
        "uuid_decode": Call(0x64, uuid_decode.COMMAND, uuid_decode.RESPONSE),
        "uuid_encode": Call(0x65, uuid_encode.COMMAND, uuid_encode.RESPONSE),
        "version_get": Call(0x66, version_get.COMMAND_V2, version_get.RESPONSE),
        "user_mem_reply": Call(0x67, user_mem_reply.COMMAND_V2, user_mem_reply.RESPONSE),
        **_options(0x68, opt.SET_V1, opt.GOT_V1, opt.GET_V1),
    },
    events={
        "tx_complete": (0x01, events.TX_COMPLETE),
        "user_mem_request": (0x02, events.USER_MEM_REQUEST),
        "user_mem_release": (0x03, events.USER_MEM_RELEASE_V1),
    },
)

# enable gets parameters of all groups; packets are counted per connection.
V2 = S110_V8.derive(
    calls={
        "enable": Call(0x60, enable.COMMAND_V2, enable.RESPONSE),
        "tx_packet_count_get": Call(0x62, tx_count_get.COMMAND, tx_count_get.RESPONSE),
        **_options(0x68, opt.SET_V2, opt.GOT_V2, opt.GET_V2),
    },
    events={"user_mem_release": (0x03, events.USER_MEM_RELEASE)},
    without=("tx_buffer_count_get",),
)

V3 = V2.derive(
    calls={
        "enable": Call(0x60, enable.COMMAND_V3, enable.RESPONSE),
        "version_get": Call(0x66, version_get.COMMAND, version_get.RESPONSE),
        "user_mem_reply": Call(0x67, user_mem_reply.COMMAND, user_mem_reply.RESPONSE),
        **_options(0x68, opt.SET_V3, opt.GOT_V3),
    },
    events={"data_length_changed": (0x04, events.DATA_LENGTH_CHANGED)},
)

# Packets are no longer counted: what stood behind that call and that event moves down by one. cfg_set takes over what
# enable carried.
V4 = (
    V3.derive(
        without=("enable", "tx_packet_count_get", "tx_complete", "data_length_changed", "opt_set", "opt_get")
    )
    .moved(opcodes=-1, events=-1)
    .derive(
        calls={
            "enable": Call(0x60, enable.COMMAND, enable.RESPONSE),
            "cfg_set": Call(0x69, cfg_set.COMMAND_V4, cfg_set.RESPONSE),
            **_options(0x67, opt.SET_V4, opt.GOT_V4),
        },
    )
)

# L2CAP channels can be configured.
V5 = V4.derive(
    calls={
        "cfg_set": Call(0x69, cfg_set.COMMAND_V5, cfg_set.RESPONSE),
        **_options(0x67, opt.SET_V5, opt.GOT_V5),
    },
)

# So can advertising sets.
V6 = V5.derive(
    calls={
        "cfg_set": Call(0x69, cfg_set.COMMAND, cfg_set.RESPONSE),
        **_options(0x67, opt.SET_V6, opt.GOT_V6),
    },
)
