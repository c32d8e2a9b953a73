"""encryption: encrypt with keys of an earlier pairing, and ask how safe a connection is."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.gap.structs import (
    CONN_SEC,
    ENC_INFO,
    ENC_INFO_V1,
    IRK,
    MASTER_ID,
    SIGN_INFO,
    ConnSec,
    EncInfo,
    Irk,
    MasterId,
    SignInfo,
)
from gatts_codec.packets.response import Result, ResultAlone, response
from gatts_codec.schema.blocks import Given, Presence
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class Encrypt(Command["EncryptResponse"]):
    """Encrypt a connection as central (SDK: sd_ble_gap_encrypt).

        conn_handle  2      connection
        master_id    1..11  presence flag, then by what the peer names the key; None: flag alone
        enc_info     1..18  presence flag, then the key; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/encrypt.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_encrypt"
    conn_handle: Handle
    master_id: MasterId | None
    enc_info: EncInfo | None


class EncryptResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_encrypt"


@dataclass(frozen=True, slots=True, repr=False)
class SecInfoReply(Command["SecInfoReplyResponse"]):
    """Give the keys that the chip asked for (SDK: sd_ble_gap_sec_info_reply).

        conn_handle  2      connection
        enc_info     1..18  presence flag, then EncInfo; None: flag alone, there is none
        id_info      1..17  presence flag, then Irk; None: flag alone, there is none
        sign_info    1..17  presence flag, then SignInfo; None: flag alone, there is none

    Behind the opcode (u8), little endian. Source: `specs/gap/sec_info_reply.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_sec_info_reply"
    conn_handle: Handle
    enc_info: EncInfo | None = None
    id_info: Irk | None = None
    sign_info: SignInfo | None = None


class SecInfoReplyResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_sec_info_reply"


@dataclass(frozen=True, slots=True, repr=False)
class ConnSecGet(Command["ConnSecGetResponse"]):
    """Ask how safe a connection is (SDK: sd_ble_gap_conn_sec_get).

        conn_handle       2  connection
        conn_sec_present  1  whether it is wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/conn_sec_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_conn_sec_get"
    conn_handle: Handle
    conn_sec_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class ConnSecGetResponse(Response):
    """Security of the connection.

        result    4     0 success; anything else ends the packet here
        conn_sec  1..3  presence flag, then ConnSec; None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/conn_sec_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_conn_sec_get"
    result: Result
    conn_sec: ConnSec | None = None


def _encrypt(enc_info: Record, *, tolerates_trailing: bool = False) -> Record:
    return Record(
        Encrypt,
        CONN_HANDLE,
        named("master_id", Presence(MASTER_ID)),
        named("enc_info", Presence(enc_info)),
        tolerates_trailing=tolerates_trailing,
    )


def _info(enc_info: Record) -> Record:
    return Record(
        SecInfoReply,
        CONN_HANDLE,
        named("enc_info", Presence(enc_info)),
        named("id_info", Presence(IRK)),
        named("sign_info", Presence(SIGN_INFO)),
    )


ENCRYPT_V1 = _encrypt(ENC_INFO_V1, tolerates_trailing=True)
ENCRYPT_V2, ENCRYPT = _encrypt(ENC_INFO, tolerates_trailing=True), _encrypt(ENC_INFO)
ENCRYPT_RESPONSE = response(EncryptResponse)
INFO_REPLY_V1, INFO_REPLY = _info(ENC_INFO_V1), _info(ENC_INFO)
INFO_REPLY_RESPONSE = response(SecInfoReplyResponse)
SEC_GET = Record(ConnSecGet, CONN_HANDLE, named("conn_sec_present", Given()))
SEC_GET_RESPONSE = response(ConnSecGetResponse, named("conn_sec", Presence(CONN_SEC)))
