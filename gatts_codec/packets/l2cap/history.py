"""What each dialect has of the L2CAP group: fixed channels up to sd_api_v3, others from sd_api_v5 on, none in v4.

Source: the bytes that Nordic's codecs of both sides produce for each version.
"""

from __future__ import annotations

from gatts_codec.packets.group import Call, PacketGroup
from gatts_codec.packets.l2cap import (
    ch_credit_event,
    ch_flow_control,
    ch_release,
    ch_released_event,
    ch_rx,
    ch_rx_event,
    ch_sdu_buf_released_event,
    ch_setup,
    ch_setup_event,
    ch_setup_refused_event,
    ch_setup_request_event,
    ch_tx,
    ch_tx_event,
    cid_register,
    cid_unregister,
    rx_event,
    tx,
)

S110_V8 = PacketGroup(
    "l2cap",
    calls={
        "cid_register": Call(0xB0, cid_register.COMMAND, cid_register.RESPONSE),
        "cid_unregister": Call(0xB1, cid_unregister.COMMAND, cid_unregister.RESPONSE),
        "tx": Call(0xB2, tx.COMMAND, tx.RESPONSE),
    },
    events={"rx": (0x70, rx_event.EVENT)},
)

V4 = PacketGroup("l2cap", calls={}, events={})

V5 = PacketGroup(
    "l2cap",
    calls={
        "ch_setup": Call(0xB0, ch_setup.COMMAND, ch_setup.RESPONSE),
        "ch_release": Call(0xB1, ch_release.COMMAND, ch_release.RESPONSE),
        "ch_rx": Call(0xB2, ch_rx.COMMAND, ch_rx.RESPONSE),
        "ch_tx": Call(0xB3, ch_tx.COMMAND, ch_tx.RESPONSE),
        "ch_flow_control": Call(0xB4, ch_flow_control.COMMAND, ch_flow_control.RESPONSE),
    },
    events={
        "ch_setup_request": (0x70, ch_setup_request_event.EVENT),
        "ch_setup_refused": (0x71, ch_setup_refused_event.EVENT),
        "ch_setup": (0x72, ch_setup_event.EVENT),
        "ch_released": (0x73, ch_released_event.EVENT),
        "ch_sdu_buf_released": (0x74, ch_sdu_buf_released_event.EVENT),
        "ch_credit": (0x75, ch_credit_event.EVENT),
        "ch_rx": (0x76, ch_rx_event.EVENT),
        "ch_tx": (0x77, ch_tx_event.EVENT),
    },
)

# More GAP calls push the opcodes up by eight.
V6 = V5.moved(opcodes=8)
