"""keys: what pairing exchanges, in the form that each side's keys travel."""

from __future__ import annotations

from construct import Construct

from gatts_codec.packets.gap.structs import (
    ENC_INFO,
    ENC_INFO_V1,
    MASTER_ID,
    PUBLIC_KEY,
    SIGN_INFO,
    EncInfo,
    MasterId,
    PublicKey,
    SignInfo,
)
from gatts_codec.packets.gap.whitelist import ID_KEY, ID_KEY_V2, IdKey
from gatts_codec.schema.blocks import Presence
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Message
from gatts_codec.schema.record import Record, named


@dataclass(frozen=True, slots=True, repr=False)
class EncKey(Message):
    """A long term key with its name (SDK: ble_gap_enc_key_t).

        enc_info   17  the key
        master_id  10  by which the peer names it

    Source: `specs/gap/sec_params_reply.toml`.
    """

    enc_info: EncInfo
    master_id: MasterId


@dataclass(frozen=True, slots=True, repr=False)
class SecKeys(Message):
    """The keys of a side (SDK: ble_gap_sec_keys_t).

        enc_key   1..28  presence flag, then EncKey; None: flag alone
        id_key    1..24  presence flag, then IdKey; None: flag alone
        sign_key  1..17  presence flag, then SignInfo; None: flag alone
        pk        1..65  presence flag, then PublicKey; None: flag alone

    Source: `specs/gap/sec_params_reply.toml`.
    """

    enc_key: EncKey | None = None
    id_key: IdKey | None = None
    sign_key: SignInfo | None = None
    pk: PublicKey | None = None


@dataclass(frozen=True, slots=True, repr=False)
class SecKeysV1(Message):
    """`SecKeys` of s110_v8 and s130_v1, without a public key.

        enc_key   1..28  presence flag, then EncKey; None: flag alone
        id_key    1..24  presence flag, then IdKey; None: flag alone
        sign_key  1..17  presence flag, then SignInfo; None: flag alone

    Source: `specs/gap/sec_params_reply.toml`.
    """

    enc_key: EncKey | None = None
    id_key: IdKey | None = None
    sign_key: SignInfo | None = None


@dataclass(frozen=True, slots=True, repr=False)
class KeySet(Message):
    """The keys of both sides (SDK: ble_gap_sec_keyset_t).

        keys_own   4..134  this side's
        keys_peer  4..134  the peer's

    Source: `specs/gap/sec_params_reply.toml`.
    """

    keys_own: SecKeys = SecKeys()
    keys_peer: SecKeys = SecKeys()


@dataclass(frozen=True, slots=True, repr=False)
class KeySetV1(Message):
    """`KeySet` of s110_v8 and s130_v1, which tell the sides by their roles.

        keys_periph   3..69  the peripheral's
        keys_central  3..69  the central's

    Source: `specs/gap/sec_params_reply.toml`.
    """

    keys_periph: SecKeysV1 = SecKeysV1()
    keys_central: SecKeysV1 = SecKeysV1()


def _shared(enc_info: Record, id_key: Record) -> tuple[Construct, ...]:
    enc_key = Record(EncKey, named("enc_info", enc_info), named("master_id", MASTER_ID))
    return (
        named("enc_key", Presence(enc_key)),
        named("id_key", Presence(id_key)),
        named("sign_key", Presence(SIGN_INFO)),
    )


_PK = named("pk", Presence(PUBLIC_KEY))
_KEYS_V1 = Record(SecKeysV1, *_shared(ENC_INFO_V1, ID_KEY_V2))
_KEYS_V2 = Record(SecKeys, *_shared(ENC_INFO, ID_KEY_V2), _PK)
_KEYS = Record(SecKeys, *_shared(ENC_INFO, ID_KEY), _PK)
KEY_SET_V1 = Record(KeySetV1, named("keys_periph", _KEYS_V1), named("keys_central", _KEYS_V1))
KEY_SET_V2 = Record(KeySet, named("keys_own", _KEYS_V2), named("keys_peer", _KEYS_V2))
KEY_SET = Record(KeySet, named("keys_own", _KEYS), named("keys_peer", _KEYS))
