"""pairing: pair, and answer what pairing asks."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants.gap import AuthKeyType, KeypressNotification, SecStatus
from gatts_codec.packets.gap.keys import KEY_SET, KEY_SET_V1, KEY_SET_V2, KeySet, KeySetV1
from gatts_codec.packets.gap.structs import SEC_PARAMS, SEC_PARAMS_V1, SecParams, SecParamsV1
from gatts_codec.packets.response import Result, ResultAlone, response
from gatts_codec.schema.blocks import OneOf, Presence, Raw, u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.lists import Switch
from gatts_codec.schema.message import Command, Handle, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.shown import Key
from gatts_codec.schema.stream import Flag
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class Authenticate(Command["AuthenticateResponse"]):
    """Begin pairing, or ask for it (SDK: sd_ble_gap_authenticate).

        conn_handle  2     connection
        sec_params   1..6  presence flag, then SecParams, or SecParamsV1 in s110_v8 and s130_v1; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/authenticate.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_authenticate"
    conn_handle: Handle
    sec_params: SecParams | SecParamsV1 | None


class AuthenticateResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_authenticate"


@dataclass(frozen=True, slots=True, repr=False)
class SecParamsReply(Command["SecParamsReplyResponse"]):
    """Answer a peer that wants to pair (SDK: sd_ble_gap_sec_params_reply).

        conn_handle  2       connection
        sec_status   1       SecStatus: 0 pair
        sec_params   1..6    flag, then SecParams (SecParamsV1 in s110_v8 and s130_v1); None: flag alone, as central
        sec_keyset   1..269  presence flag, then where keys go, or KeySetV1 in s110_v8 and s130_v1; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/sec_params_reply.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_sec_params_reply"
    conn_handle: Handle
    sec_status: Annotated[int, SecStatus]
    sec_params: SecParams | SecParamsV1 | None
    sec_keyset: KeySet | KeySetV1 | None


@dataclass(frozen=True, slots=True, repr=False)
class SecParamsReplyResponse(Response):
    """The keys, as far as they are there.

        result      4       0 success; anything else ends the packet here
        sec_keyset  1..269  flag, then KeySet (KeySetV1 in s110_v8 and s130_v1); None: failed, or none wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/sec_params_reply.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_sec_params_reply"
    result: Result
    sec_keyset: KeySet | KeySetV1 | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AuthKeyReply(Command["AuthKeyReplyResponse"]):
    """Answer a request for a key (SDK: sd_ble_gap_auth_key_reply).

        conn_handle  2      connection
        key_type     1      AuthKeyType: 0 none, 1 passkey, 2 out of band
        key          1..17  data flag, then 0, 6 or 16 bytes by key_type; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/auth_key_reply.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_auth_key_reply"
    conn_handle: Handle
    key_type: Annotated[int, AuthKeyType]
    key: Key | None = None


class AuthKeyReplyResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_auth_key_reply"


@dataclass(frozen=True, slots=True, repr=False)
class KeypressNotify(Command["KeypressNotifyResponse"]):
    """Tell the peer that a key was pressed (SDK: sd_ble_gap_keypress_notify), from sd_api_v2 on.

        conn_handle  2  connection
        kp_not       1  KeypressNotification

    Behind the opcode (u8), little endian. Source: `specs/gap/keypress_notify.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_keypress_notify"
    conn_handle: Handle
    kp_not: Annotated[int, KeypressNotification]


class KeypressNotifyResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_keypress_notify"


KEYS: dict[int, Raw] = {AuthKeyType.NONE: Raw(0), AuthKeyType.PASSKEY: Raw(6), AuthKeyType.OOB: Raw(16)}


def _authenticate(params: Record) -> Record:
    return Record(Authenticate, CONN_HANDLE, named("sec_params", Presence(params)))


def _reply(params: Record, key_set: Record) -> Record:
    return Record(
        SecParamsReply,
        CONN_HANDLE,
        named("sec_status", u8),
        named("sec_params", Presence(params)),
        named("sec_keyset", Presence(key_set)),
    )


def _replied(key_set: Record) -> Record:
    return response(SecParamsReplyResponse, named("sec_keyset", Presence(key_set)))


AUTHENTICATE_V1, AUTHENTICATE = _authenticate(SEC_PARAMS_V1), _authenticate(SEC_PARAMS)
AUTHENTICATE_RESPONSE = response(AuthenticateResponse)
REPLY_V1 = _reply(SEC_PARAMS_V1, KEY_SET_V1)
REPLY_V2, REPLY = _reply(SEC_PARAMS, KEY_SET_V2), _reply(SEC_PARAMS, KEY_SET)
REPLY_RESPONSE_V1, REPLY_RESPONSE_V2, REPLY_RESPONSE = map(_replied, (KEY_SET_V1, KEY_SET_V2, KEY_SET))
KEY_REPLY = Record(
    AuthKeyReply,
    CONN_HANDLE,
    named("key_type", OneOf(u8, *KEYS)),
    named("key", Presence(Switch("key_type", KEYS), Flag.DATA)),
)
KEY_REPLY_RESPONSE = response(AuthKeyReplyResponse)
KEYPRESS = Record(KeypressNotify, CONN_HANDLE, named("kp_not", u8))
KEYPRESS_RESPONSE = response(KeypressNotifyResponse)
