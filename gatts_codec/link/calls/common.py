"""The calls of the stack as a whole."""

from __future__ import annotations

from typing import Final

from gatts_codec.link.calls.base import Calls, WayT, command
from gatts_codec.packets.common.cfg_set import CfgSet
from gatts_codec.packets.common.enable import Enable, EnableV3
from gatts_codec.packets.common.opt import OptGet, OptSet
from gatts_codec.packets.common.tx_count_get import TxBufferCountGet, TxPacketCountGet
from gatts_codec.packets.common.user_mem_reply import UserMemReply
from gatts_codec.packets.common.uuid_decode import UuidDecode
from gatts_codec.packets.common.uuid_encode import UuidEncode
from gatts_codec.packets.common.uuid_vs_add import UuidVsAdd
from gatts_codec.packets.common.version_get import VersionGet


class CommonCalls(Calls[WayT]):
    """Enabling, configuration, options, vendor UUIDs."""

    cfg_set: Final = command(CfgSet)
    enable_v3: Final = command(EnableV3)
    enable: Final = command(Enable)
    opt_set: Final = command(OptSet)
    opt_get: Final = command(OptGet)
    tx_packet_count_get: Final = command(TxPacketCountGet)
    tx_buffer_count_get: Final = command(TxBufferCountGet)
    user_mem_reply: Final = command(UserMemReply)
    uuid_decode: Final = command(UuidDecode)
    uuid_encode: Final = command(UuidEncode)
    uuid_vs_add: Final = command(UuidVsAdd)
    version_get: Final = command(VersionGet)
