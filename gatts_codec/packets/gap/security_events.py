"""security_events: what pairing asks for, and how it goes."""

from __future__ import annotations

from typing import Annotated, ClassVar

from construct import Construct

from gatts_codec.constants.gap import AuthKeyType, KeypressNotification, SecStatus, SecStatusSource
from gatts_codec.packets.gap.keys import KEY_SET, KEY_SET_V1, KEY_SET_V2, KeySet, KeySetV1
from gatts_codec.packets.gap.structs import (
    ADDR,
    ADDR_V2,
    CONN_SEC,
    KDIST,
    KDIST_V1,
    MASTER_ID,
    PUBLIC_KEY,
    SEC_PARAMS,
    SEC_PARAMS_V1,
    Addr,
    ConnSec,
    KeyDistribution,
    MasterId,
    PublicKey,
    SecParams,
    SecParamsV1,
)
from gatts_codec.schema.blocks import Presence, Raw, Trailing, u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import Bits
from gatts_codec.schema.message import Event, Handle, Message
from gatts_codec.schema.record import Absent, Record, named
from gatts_codec.schema.shown import LATER, Key
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class SecLevels(Message):
    """Levels that keys reach (SDK: ble_gap_sec_levels_t).

        lv1  bit 0  1: level 1
        lv2  bit 1  1: level 2
        lv3  bit 2  1: level 3
        lv4  bit 3  1: level 4. From sd_api_v2; None: before

    Source: `specs/gap/auth_status_event.toml`.
    """

    lv1: int
    lv2: int
    lv3: int
    lv4: Annotated[int | None, LATER] = None


@dataclass(frozen=True, slots=True, repr=False)
class SecParamsRequestEvent(Event):
    """The peer wants to pair; sec_params_reply answers (SDK: BLE_GAP_EVT_SEC_PARAMS_REQUEST).

        conn_handle  2  connection
        peer_params  5  what it has and wants; SecParamsV1 in s110_v8 and s130_v1

    Behind the event id (u16), little endian. Source: `specs/gap/sec_params_request_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_SEC_PARAMS_REQUEST"
    conn_handle: Handle
    peer_params: SecParams | SecParamsV1


@dataclass(frozen=True, slots=True, repr=False)
class SecInfoRequestEvent(Event):
    """The peer wants to encrypt; sec_info_reply answers (SDK: BLE_GAP_EVT_SEC_INFO_REQUEST).

        conn_handle  2      connection
        peer_addr    7      the peer
        master_id    10     by what it names the key
        enc_info     bit 0  1: the long term key is wanted
        id_info      bit 1  1: the identity resolving key is wanted
        sign_info    bit 2  1: the signature resolving key is wanted

    Behind the event id (u16), little endian. Source: `specs/gap/sec_info_request_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_SEC_INFO_REQUEST"
    conn_handle: Handle
    peer_addr: Addr
    master_id: MasterId
    enc_info: int
    id_info: int
    sign_info: int


@dataclass(frozen=True, slots=True, repr=False)
class SecRequestEvent(Event):
    """The peripheral wants security; authenticate or encrypt answers (SDK: BLE_GAP_EVT_SEC_REQUEST).

        conn_handle  2      connection
        bond         bit 0  1: keep the keys
        mitm         bit 1  1: protect against a man in the middle
        lesc         bit 2  1: LE Secure Connections. From sd_api_v2; None: before
        keypress     bit 3  1: tell about key presses. From sd_api_v2; None: before

    Behind the event id (u16), little endian. Source: `specs/gap/sec_request_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_SEC_REQUEST"
    conn_handle: Handle
    bond: int
    mitm: int
    lesc: Annotated[int | None, LATER] = None
    keypress: Annotated[int | None, LATER] = None


@dataclass(frozen=True, slots=True, repr=False)
class PasskeyDisplayEvent(Event):
    """A passkey is to be shown (SDK: BLE_GAP_EVT_PASSKEY_DISPLAY).

        conn_handle    2      connection
        passkey        6      six digits in ASCII
        match_request  bit 0  1: auth_key_reply says whether it is the peer's. From sd_api_v2; None: before

    Behind the event id (u16), little endian. Source: `specs/gap/passkey_display_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_PASSKEY_DISPLAY"
    conn_handle: Handle
    passkey: Key
    match_request: Annotated[int | None, LATER] = None


@dataclass(frozen=True, slots=True, repr=False)
class KeyPressedEvent(Event):
    """A key was pressed at the peer (SDK: BLE_GAP_EVT_KEY_PRESSED), from sd_api_v2 on.

        conn_handle  2  connection
        kp_not       1  KeypressNotification

    Behind the event id (u16), little endian. Source: `specs/gap/key_pressed_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_KEY_PRESSED"
    conn_handle: Handle
    kp_not: Annotated[int, KeypressNotification]


@dataclass(frozen=True, slots=True, repr=False)
class AuthKeyRequestEvent(Event):
    """A key is wanted; auth_key_reply answers (SDK: BLE_GAP_EVT_AUTH_KEY_REQUEST).

        conn_handle  2  connection
        key_type     1  AuthKeyType: 1 passkey, 2 out of band

    Behind the event id (u16), little endian. Source: `specs/gap/auth_key_request_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_AUTH_KEY_REQUEST"
    conn_handle: Handle
    key_type: Annotated[int, AuthKeyType]


@dataclass(frozen=True, slots=True, repr=False)
class LescDhkeyRequestEvent(Event):
    """A Diffie-Hellman key is wanted; lesc_dhkey_reply answers (SDK: BLE_GAP_EVT_LESC_DHKEY_REQUEST).

        conn_handle  2      connection
        pk_peer      1..65  presence flag, then the peer's PublicKey; None: flag alone
        oobd_req     bit 0  1: out of band data is wanted too

    Behind the event id (u16), little endian. Source: `specs/gap/lesc_dhkey_request_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_LESC_DHKEY_REQUEST"
    conn_handle: Handle
    pk_peer: PublicKey | None
    oobd_req: int


@dataclass(frozen=True, slots=True, repr=False)
class AuthStatusEvent(Event):
    """Pairing is over (SDK: BLE_GAP_EVT_AUTH_STATUS).

        conn_handle  2         connection
        auth_status  1         SecStatus: 0 success
        error_src    bits 0-1  SecStatusSource: who ended it
        bonded       bit 2     1: keys are to be kept
        lesc         bit 3     1: by LE Secure Connections. From sd_api_v5; None: before
        sm1_levels   1         levels of mode 1
        sm2_levels   1         levels of mode 2
        kdist_own    1         keys that this side gave
        kdist_peer   1         keys that the peer gave
        sec_keyset   8..268    KeySet, if any bytes are left; None: none were wanted

    Behind the event id (u16), little endian. Source: `specs/gap/auth_status_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_AUTH_STATUS"
    conn_handle: Handle
    auth_status: Annotated[int, SecStatus]
    error_src: Annotated[int, SecStatusSource]
    bonded: int
    sm1_levels: SecLevels
    sm2_levels: SecLevels
    kdist_own: KeyDistribution
    kdist_peer: KeyDistribution
    lesc: Annotated[int | None, LATER] = None
    sec_keyset: KeySet | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AuthStatusEventV1(Event):
    """`AuthStatusEvent` of s110_v8 and s130_v1, which tell the sides by their roles.

        conn_handle    2         connection
        auth_status    1         SecStatus: 0 success
        error_src      bits 0-1  SecStatusSource: who ended it
        bonded         bit 2     1: keys are to be kept
        sm1_levels     1         levels of mode 1
        sm2_levels     1         levels of mode 2
        kdist_periph   1         keys that the peripheral gave
        kdist_central  1         keys that the central gave
        sec_keyset     6..138    KeySetV1, if any bytes are left; None: none were wanted

    Behind the event id (u16), little endian. Source: `specs/gap/auth_status_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_AUTH_STATUS"
    conn_handle: Handle
    auth_status: Annotated[int, SecStatus]
    error_src: Annotated[int, SecStatusSource]
    bonded: int
    sm1_levels: SecLevels
    sm2_levels: SecLevels
    kdist_periph: KeyDistribution
    kdist_central: KeyDistribution
    sec_keyset: KeySetV1 | None = None


@dataclass(frozen=True, slots=True, repr=False)
class ConnSecUpdateEvent(Event):
    """Security of a connection has changed (SDK: BLE_GAP_EVT_CONN_SEC_UPDATE).

        conn_handle  2  connection
        conn_sec     2  what it is now

    Behind the event id (u16), little endian. Source: `specs/gap/conn_sec_update_event.toml`.
    """

    name: ClassVar[str] = "BLE_GAP_EVT_CONN_SEC_UPDATE"
    conn_handle: Handle
    conn_sec: ConnSec


SEC_PARAMS_REQUEST_V1 = Record(SecParamsRequestEvent, CONN_HANDLE, named("peer_params", SEC_PARAMS_V1))
SEC_PARAMS_REQUEST = Record(SecParamsRequestEvent, CONN_HANDLE, named("peer_params", SEC_PARAMS))


def _info_request(addr: Record) -> Record:
    return Record(
        SecInfoRequestEvent,
        CONN_HANDLE,
        named("peer_addr", addr),
        named("master_id", MASTER_ID),
        Bits(enc_info=1, id_info=1, sign_info=1),
    )


SEC_INFO_REQUEST_V2, SEC_INFO_REQUEST = _info_request(ADDR_V2), _info_request(ADDR)
SEC_REQUEST_V1 = Record(SecRequestEvent, CONN_HANDLE, Bits(bond=1, mitm=1), Absent("lesc", "keypress"))
SEC_REQUEST = Record(SecRequestEvent, CONN_HANDLE, Bits(bond=1, mitm=1, lesc=1, keypress=1))
_PASSKEY = named("passkey", Raw(6))
PASSKEY_DISPLAY_V1 = Record(PasskeyDisplayEvent, CONN_HANDLE, _PASSKEY, Absent("match_request"))
PASSKEY_DISPLAY = Record(PasskeyDisplayEvent, CONN_HANDLE, _PASSKEY, Bits(match_request=1))
KEY_PRESSED = Record(KeyPressedEvent, CONN_HANDLE, named("kp_not", u8))
AUTH_KEY_REQUEST = Record(AuthKeyRequestEvent, CONN_HANDLE, named("key_type", u8))
LESC_DHKEY_REQUEST = Record(
    LescDhkeyRequestEvent, CONN_HANDLE, named("pk_peer", Presence(PUBLIC_KEY)), Bits(oobd_req=1)
)

_LEVELS_V1 = Record(SecLevels, Bits(lv1=1, lv2=1, lv3=1), Absent("lv4"))
_LEVELS = Record(SecLevels, Bits(lv1=1, lv2=1, lv3=1, lv4=1))
AUTH_STATUS_V1 = Record(
    AuthStatusEventV1,
    CONN_HANDLE,
    named("auth_status", u8),
    Bits(error_src=2, bonded=1),
    named("sm1_levels", _LEVELS_V1),
    named("sm2_levels", _LEVELS_V1),
    named("kdist_periph", KDIST_V1),
    named("kdist_central", KDIST_V1),
    named("sec_keyset", Trailing(KEY_SET_V1)),
)


def _status(key_set: Record, *how: Construct) -> Record:
    return Record(
        AuthStatusEvent,
        CONN_HANDLE,
        named("auth_status", u8),
        *how,
        named("sm1_levels", _LEVELS),
        named("sm2_levels", _LEVELS),
        named("kdist_own", KDIST),
        named("kdist_peer", KDIST),
        named("sec_keyset", Trailing(key_set)),
    )


_HOW_V4 = Bits(error_src=2, bonded=1), Absent("lesc")
AUTH_STATUS_V2 = _status(KEY_SET_V2, *_HOW_V4)
AUTH_STATUS_V4 = _status(KEY_SET, *_HOW_V4)
AUTH_STATUS = _status(KEY_SET, Bits(error_src=2, bonded=1, lesc=1))
CONN_SEC_UPDATE = Record(ConnSecUpdateEvent, CONN_HANDLE, named("conn_sec", CONN_SEC))
