"""lesc: LE Secure Connections, from sd_api_v2 on."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.gap.structs import ADDR, ADDR_V2, PUBLIC_KEY, Addr, PublicKey
from gatts_codec.packets.response import Result, ResultAlone, response
from gatts_codec.schema.blocks import Given, Presence, Raw
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle, Message, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.shown import Key
from gatts_codec.schema.stream import Flag
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class DhKey(Message):
    """A Diffie-Hellman key (SDK: ble_gap_lesc_dhkey_t).

        key  32  least significant byte first

    Source: `specs/gap/lesc_dhkey_reply.toml`.
    """

    key: Key


@dataclass(frozen=True, slots=True, repr=False)
class OobData(Message):
    """What goes another way than over the air (SDK: ble_gap_lesc_oob_data_t).

        addr  7      of the device
        r     1..17  random number; up to sd_api_v2 behind a flag. None: flag alone
        c     1..17  confirm value; up to sd_api_v2 behind a flag. None: flag alone

    Source: `specs/gap/lesc_oob_data_set.toml`.
    """

    addr: Addr
    r: Key | None
    c: Key | None


@dataclass(frozen=True, slots=True, repr=False)
class LescDhkeyReply(Command["LescDhkeyReplyResponse"]):
    """Give the key that the chip asked for (SDK: sd_ble_gap_lesc_dhkey_reply).

        conn_handle  2      connection
        dhkey        1..33  presence flag, then DhKey; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/lesc_dhkey_reply.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_lesc_dhkey_reply"
    conn_handle: Handle
    dhkey: DhKey | None


class LescDhkeyReplyResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_lesc_dhkey_reply"


@dataclass(frozen=True, slots=True, repr=False)
class LescOobDataGet(Command["LescOobDataGetResponse"]):
    """Make out of band data (SDK: sd_ble_gap_lesc_oob_data_get).

        conn_handle       2      connection
        pk_own            1..65  presence flag, then this side's PublicKey; None: flag alone
        oobd_own_present  1      whether the data is wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/lesc_oob_data_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_lesc_oob_data_get"
    conn_handle: Handle
    pk_own: PublicKey | None
    oobd_own_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class LescOobDataGetResponse(Response):
    """The data to hand to the peer.

        result    4      0 success; anything else ends the packet here
        oobd_own  1..42  presence flag, then OobData; None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/lesc_oob_data_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_lesc_oob_data_get"
    result: Result
    oobd_own: OobData | None = None


@dataclass(frozen=True, slots=True, repr=False)
class LescOobDataSet(Command["LescOobDataSetResponse"]):
    """Give the chip out of band data (SDK: sd_ble_gap_lesc_oob_data_set).

        conn_handle  2      connection
        oobd_own     1..42  presence flag, then what was handed to the peer; None: flag alone
        oobd_peer    1..42  presence flag, then what the peer handed over; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/lesc_oob_data_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_lesc_oob_data_set"
    conn_handle: Handle
    oobd_own: OobData | None
    oobd_peer: OobData | None


class LescOobDataSetResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_lesc_oob_data_set"


_DHKEY = Record(DhKey, named("key", Raw(32)))
_FIXED = Presence(Raw(16), Flag.DATA)
_OOB_V2 = Record(OobData, named("addr", ADDR_V2), named("r", _FIXED), named("c", _FIXED))
_OOB = Record(OobData, named("addr", ADDR), named("r", Raw(16)), named("c", Raw(16)))


def _set(data: Record) -> Record:
    return Record(
        LescOobDataSet, CONN_HANDLE, named("oobd_own", Presence(data)), named("oobd_peer", Presence(data))
    )


def _got(data: Record) -> Record:
    return response(LescOobDataGetResponse, named("oobd_own", Presence(data)))


DHKEY_REPLY = Record(LescDhkeyReply, CONN_HANDLE, named("dhkey", Presence(_DHKEY)))
DHKEY_REPLY_RESPONSE = response(LescDhkeyReplyResponse)
OOB_GET = Record(
    LescOobDataGet,
    CONN_HANDLE,
    named("pk_own", Presence(PUBLIC_KEY)),
    named("oobd_own_present", Given()),
)
OOB_GET_RESPONSE_V2, OOB_GET_RESPONSE = _got(_OOB_V2), _got(_OOB)
OOB_SET_V2, OOB_SET = _set(_OOB_V2), _set(_OOB)
OOB_SET_RESPONSE = response(LescOobDataSetResponse)
