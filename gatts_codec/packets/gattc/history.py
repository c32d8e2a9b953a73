"""What each dialect has of the GATTC group: S110 v8 in full, each later one as what it changed.

Source: the bytes that Nordic's codecs of both sides produce for each version.
"""

from __future__ import annotations

from gatts_codec.packets.gattc import (
    attr_info_disc_rsp_event,
    attr_info_discover,
    char_disc_rsp_event,
    char_val_by_uuid_read_rsp_event,
    char_vals_read_rsp_event,
    char_value_by_uuid_read,
    char_values_read,
    characteristics_discover,
    desc_disc_rsp_event,
    descriptors_discover,
    exchange_mtu_request,
    exchange_mtu_rsp_event,
    hv_confirm,
    hvx_event,
    prim_srvc_disc_rsp_event,
    primary_services_discover,
    read,
    read_rsp_event,
    rel_disc_rsp_event,
    relationships_discover,
    timeout_event,
    write,
    write_cmd_tx_complete_event,
    write_rsp_event,
)
from gatts_codec.packets.group import Call, PacketGroup

S110_V8 = PacketGroup(
    "gattc",
    calls={
        "primary_services_discover": Call(
            0x90, primary_services_discover.COMMAND, primary_services_discover.RESPONSE
        ),
        "relationships_discover": Call(0x91, relationships_discover.COMMAND, relationships_discover.RESPONSE),
        "characteristics_discover": Call(
            0x92, characteristics_discover.COMMAND, characteristics_discover.RESPONSE
        ),
        "descriptors_discover": Call(0x93, descriptors_discover.COMMAND, descriptors_discover.RESPONSE),
        "char_value_by_uuid_read": Call(
            0x94, char_value_by_uuid_read.COMMAND, char_value_by_uuid_read.RESPONSE
        ),
        "read": Call(0x95, read.COMMAND, read.RESPONSE),
        "char_values_read": Call(0x96, char_values_read.COMMAND, char_values_read.RESPONSE),
        "write": Call(0x97, write.COMMAND, write.RESPONSE),
        "hv_confirm": Call(0x98, hv_confirm.COMMAND, hv_confirm.RESPONSE),
    },
    events={
        "prim_srvc_disc_rsp": (0x30, prim_srvc_disc_rsp_event.EVENT),
        "rel_disc_rsp": (0x31, rel_disc_rsp_event.EVENT),
        "char_disc_rsp": (0x32, char_disc_rsp_event.EVENT),
        "desc_disc_rsp": (0x33, desc_disc_rsp_event.EVENT),
        "char_val_by_uuid_read_rsp": (0x34, char_val_by_uuid_read_rsp_event.EVENT),
        "read_rsp": (0x35, read_rsp_event.EVENT),
        "char_vals_read_rsp": (0x36, char_vals_read_rsp_event.EVENT),
        "write_rsp": (0x37, write_rsp_event.EVENT),
        "hvx": (0x38, hvx_event.EVENT),
        "timeout": (0x39, timeout_event.EVENT),
    },
)

# attr_info_discover and its answer come in the middle and push what follows up by one.
_LATER_CALLS = ("char_value_by_uuid_read", "read", "char_values_read", "write", "hv_confirm")
_LATER_EVENTS = (
    "char_val_by_uuid_read_rsp",
    "read_rsp",
    "char_vals_read_rsp",
    "write_rsp",
    "hvx",
    "timeout",
)
V2 = S110_V8.derive(
    calls={
        "attr_info_discover": Call(0x94, attr_info_discover.COMMAND, attr_info_discover.RESPONSE),
        **S110_V8.only(_LATER_CALLS).moved(opcodes=1).calls.declared,
    },
    events={
        "attr_info_disc_rsp": (0x34, attr_info_disc_rsp_event.EVENT),
        **S110_V8.only(events=_LATER_EVENTS).moved(events=1).events.declared,
    },
)

# More GAP calls push the opcodes up by four. MTU exchange is new, and takes event id 0x3A from timeout, which gains
# status and handle.
V3 = V2.moved(opcodes=4).derive(
    calls={
        "write": Call(0x9C, write.COMMAND_V3, write.RESPONSE),
        "exchange_mtu_request": Call(0x9E, exchange_mtu_request.COMMAND, exchange_mtu_request.RESPONSE),
    },
    events={
        "exchange_mtu_rsp": (0x3A, exchange_mtu_rsp_event.EVENT),
        "timeout": (0x3B, timeout_event.EVENT_V3),
    },
)
# Built by pc-ble-driver: with the serializers of SDK 15, which take longer writes.
V3_PC = V3.derive(calls={"write": Call(0x9C, write.COMMAND_LONG, write.RESPONSE)})

# Write commands are counted by an event.
V4 = V3.derive(events={"write_cmd_tx_complete": (0x3C, write_cmd_tx_complete_event.EVENT)})
V5_PC = V4.derive(calls={"write": Call(0x9C, write.COMMAND_LONG, write.RESPONSE)})

# More GAP calls push the opcodes up by seven.
V6 = V5_PC.moved(opcodes=7)
