"""Hosts that pair: each answers what its chip asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from device.bench import Bench
from device.neighbours import joined

from gatts_codec.constants.gap import AuthKeyType, SecStatus
from gatts_codec.packets.gap.encryption import ConnSecGet, Encrypt, SecInfoReply
from gatts_codec.packets.gap.keys import EncKey, KeySet, KeySetV1, SecKeys, SecKeysV1
from gatts_codec.packets.gap.lesc import DhKey, LescDhkeyReply, LescOobDataGet, LescOobDataSet, OobData
from gatts_codec.packets.gap.pairing import Authenticate, AuthKeyReply, SecParamsReply
from gatts_codec.packets.gap.security_events import (
    AuthKeyRequestEvent,
    AuthStatusEvent,
    AuthStatusEventV1,
    LescDhkeyRequestEvent,
    PasskeyDisplayEvent,
    SecInfoRequestEvent,
    SecParamsRequestEvent,
)
from gatts_codec.packets.gap.structs import (
    Addr,
    EncInfo,
    Irk,
    KeyDistribution,
    MasterId,
    PublicKey,
    SecParams,
    SecParamsV1,
)
from gatts_codec.packets.gap.whitelist import IdKey
from gatts_codec.schema.structs import SecMode

ALL_KEYS = KeyDistribution(enc=1, id=1)
_ENC = EncKey(EncInfo(bytes(16), 0, 0), MasterId(0, bytes(8)))
_ID = IdKey(Irk(bytes(16)), Addr(bytes(6)))


def places(bench: Bench, *, lesc: bool) -> KeySet | KeySetV1:
    """A key set with a place for each key that may come."""
    if bench.device.profile.api == 1:
        return KeySetV1(SecKeysV1(_ENC, _ID), SecKeysV1(_ENC, _ID))
    own = PublicKey(bytes([bench.device.gap.address[-1]]) * 64) if lesc else None
    place = PublicKey(bytes(64)) if lesc else None
    return KeySet(SecKeys(_ENC, _ID, pk=own), SecKeys(_ENC if not lesc else None, _ID, pk=place))


def params(bench: Bench, **more: Any) -> SecParams | SecParamsV1:
    """Bonding, with all keys."""
    given = {"bond": 1, **more}
    if bench.device.profile.api == 1:
        given.pop("lesc", None)
        return SecParamsV1(kdist_periph=ALL_KEYS, kdist_central=ALL_KEYS, **given)
    return SecParams(kdist_own=ALL_KEYS, kdist_peer=ALL_KEYS, **given)


Answer = Callable[[Any, Any], Any]
"""What a host answers to an event: a command, or None."""


@dataclass
class Host:
    """A host that answers what its chip asks. ``answers`` has other answers, by event type."""

    bench: Bench
    params: SecParams | SecParamsV1
    central: bool = False
    passkey: bytes = b""
    answers: dict[type, Answer] = field(default_factory=dict)
    seen: list[Any] = field(default_factory=list)
    keyset: Any = None

    def __post_init__(self) -> None:
        self.lesc = bool(getattr(self.params, "lesc", 0))
        self.keyset = places(self.bench, lesc=self.lesc)

    def pump(self) -> None:
        for event in self.bench.events():
            self.seen.append(event)
            answer = self.answers.get(type(event), _ANSWERS.get(type(event)))
            command = answer(self, event) if answer is not None else None
            if command is not None:
                self.bench.ok(command)

    def saw(self, kind: type) -> list[Any]:
        return [event for event in self.seen if isinstance(event, kind)]

    @property
    def status(self) -> Any:
        (status,) = self.saw(AuthStatusEvent) + self.saw(AuthStatusEventV1)
        return status

    @property
    def level(self) -> int:
        mode: SecMode = self.bench.ok(ConnSecGet(0)).conn_sec.sec_mode
        return mode.lv


def _params(host: Host, event: Any) -> Any:
    return SecParamsReply(0, SecStatus.SUCCESS, None if host.central else host.params, host.keyset)


def _key(host: Host, event: AuthKeyRequestEvent) -> Any:
    return AuthKeyReply(0, event.key_type, host.passkey) if host.passkey else None


def _shown(host: Host, event: PasskeyDisplayEvent) -> Any:
    host.passkey = event.passkey
    return AuthKeyReply(0, AuthKeyType.PASSKEY, None) if event.match_request else None


_ANSWERS: dict[type, Answer] = {
    SecParamsRequestEvent: _params,
    AuthKeyRequestEvent: _key,
    PasskeyDisplayEvent: _shown,
    LescDhkeyRequestEvent: lambda host, event: LescDhkeyReply(0, DhKey(b"\x55" * 32)),
}


def meet(one: str, other: str, periph: dict[str, Any], central: dict[str, Any]) -> tuple[Host, Host]:
    """The hosts of a peripheral and of a central that are connected."""
    _, peripheral, initiator = joined(one, other)
    return Host(peripheral, params(peripheral, **periph)), Host(
        initiator, params(initiator, **central), central=True
    )


def run(*hosts: Host, seconds: float = 3.0) -> None:
    """Let time pass. Who was shown digits tells them the other's user."""
    for _ in range(int(seconds / 0.03)):
        for host, other in (hosts, hosts[::-1]):
            host.pump()
            if host.passkey and not other.passkey and other.saw(AuthKeyRequestEvent):
                other.passkey = host.passkey
                other.bench.ok(AuthKeyReply(0, AuthKeyType.PASSKEY, host.passkey))
            host.bench.after(0.03)


def paired(
    one: str = "sd_api_v5",
    other: str = "sd_api_v5",
    periph: dict[str, Any] | None = None,
    central: dict[str, Any] | None = None,
) -> tuple[Host, Host]:
    hosts = meet(one, other, periph or {}, central or {})
    hosts[1].bench.ok(Authenticate(0, hosts[1].params))
    run(*hosts)
    return hosts


def _named(key: EncKey) -> tuple[Any, ...]:
    """Without what only some dialects have."""
    return key.enc_info.ltk, key.enc_info.auth, key.enc_info.ltk_len, key.master_id


def _identity(key: IdKey) -> tuple[Any, ...]:
    return key.id_info, key.id_addr_info.addr, key.id_addr_info.addr_type


def sides(host: Host) -> dict[str, Any]:
    keys = host.status.sec_keyset
    if isinstance(keys, KeySetV1):
        return {"periph": keys.keys_periph, "central": keys.keys_central}
    own, peer = ("central", "periph") if host.central else ("periph", "central")
    return {own: keys.keys_own, peer: keys.keys_peer}


def reencrypt(host: Host, central: Host, key: EncKey, known: EncInfo | None) -> None:
    host.answers[SecInfoRequestEvent] = lambda _, event: SecInfoReply(0, known)
    central.bench.ok(Encrypt(0, key.master_id, key.enc_info))
    run(host, central, seconds=0.5)
    (asked,) = host.saw(SecInfoRequestEvent)
    assert (asked.master_id, asked.enc_info) == (key.master_id, 1)


def oob_of(host: Host) -> OobData:
    data = host.bench.ok(LescOobDataGet(0, host.keyset.keys_own.pk)).oobd_own
    assert isinstance(data, OobData)
    return data


def give_oob(own: OobData, peer: OobData) -> Callable[[Host, Any], Any]:
    def answer(host: Host, event: LescDhkeyRequestEvent) -> Any:
        assert event.oobd_req
        host.bench.ok(LescOobDataSet(0, own, peer))
        return LescDhkeyReply(0, DhKey(b"\x55" * 32))

    return answer
