"""The calls of L2CAP."""

from __future__ import annotations

from typing import Final

from gatts_codec.link.calls.base import View, WayT, command
from gatts_codec.packets.l2cap.ch_flow_control import ChFlowControl
from gatts_codec.packets.l2cap.ch_release import ChRelease
from gatts_codec.packets.l2cap.ch_rx import ChRx
from gatts_codec.packets.l2cap.ch_setup import ChSetup
from gatts_codec.packets.l2cap.ch_tx import ChTx
from gatts_codec.packets.l2cap.cid_register import CidRegister
from gatts_codec.packets.l2cap.cid_unregister import CidUnregister
from gatts_codec.packets.l2cap.tx import Tx


class L2capCalls(View[WayT]):
    """Channels; up to sd_api_v3 plain packets."""

    ch_flow_control: Final = command(ChFlowControl)
    ch_release: Final = command(ChRelease)
    ch_rx: Final = command(ChRx)
    ch_setup: Final = command(ChSetup)
    ch_tx: Final = command(ChTx)
    cid_register: Final = command(CidRegister)
    cid_unregister: Final = command(CidUnregister)
    tx: Final = command(Tx)
