"""cid_register: take a fixed channel. Up to sd_api_v3."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle
from gatts_codec.schema.record import Record, named


@dataclass(frozen=True, slots=True, repr=False)
class CidRegister(Command["CidRegisterResponse"]):
    """Take a fixed L2CAP channel (SDK: sd_ble_l2cap_cid_register).

        cid  2  the channel, 0x0040 and up

    Behind the opcode (u8), little endian. Source: `specs/l2cap/cid_register.toml`.
    """

    name: ClassVar[str] = "sd_ble_l2cap_cid_register"
    cid: Handle


class CidRegisterResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_l2cap_cid_register"


COMMAND = Record(CidRegister, named("cid", u16))
RESPONSE = response(CidRegisterResponse)
