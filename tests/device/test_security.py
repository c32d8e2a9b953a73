"""Pairing between two chips of one air: who is asked what, which level comes of it, whose keys fit later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from device.hosts import (
    _ENC,
    Host,
    _identity,
    _named,
    give_oob,
    meet,
    oob_of,
    paired,
    params,
    places,
    reencrypt,
    run,
    sides,
)
from device.neighbours import advertise, initiate, joined, pair

from gatts_codec.common import CfgSet, RoleCount
from gatts_codec.constants import BleError, GattStatus, NrfError
from gatts_codec.constants.gap import AuthKeyType, HciStatus, IoCaps, SecStatus, SecStatusSource
from gatts_codec.packets.gap.connection_events import DisconnectedEvent, TimeoutEventV4
from gatts_codec.packets.gap.encryption import ConnSecGet, Encrypt, SecInfoReply
from gatts_codec.packets.gap.lesc import DhKey, LescDhkeyReply, LescOobDataSet
from gatts_codec.packets.gap.pairing import Authenticate, AuthKeyReply, KeypressNotify, SecParamsReply
from gatts_codec.packets.gap.security_events import (
    AuthKeyRequestEvent,
    AuthStatusEvent,
    ConnSecUpdateEvent,
    KeyPressedEvent,
    LescDhkeyRequestEvent,
    PasskeyDisplayEvent,
    SecInfoRequestEvent,
    SecParamsRequestEvent,
    SecRequestEvent,
)
from gatts_codec.packets.gap.structs import (
    EncInfo,
    MasterId,
    SecParams,
)
from gatts_codec.packets.gattc.read import Read
from gatts_codec.packets.gattc.read_rsp_event import ReadRspEvent
from gatts_codec.schema.structs import SecMode

# -- the way to pair


@pytest.mark.parametrize("lesc", [0, 1])
@pytest.mark.parametrize("central", IoCaps)
@pytest.mark.parametrize("periph", IoCaps)
def test_what_both_have_decides_who_shows_and_who_types(central: IoCaps, periph: IoCaps, lesc: int) -> None:
    wish = {"mitm": 1, "lesc": lesc}
    if central == periph == IoCaps.KEYBOARD_ONLY:
        pytest.skip("both users think of the same number: tested by itself")
    host, initiator = paired(periph={**wish, "io_caps": periph}, central={**wish, "io_caps": central})
    shown = bool(host.saw(PasskeyDisplayEvent)), bool(initiator.saw(PasskeyDisplayEvent))
    typed = bool(host.saw(AuthKeyRequestEvent)), bool(initiator.saw(AuthKeyRequestEvent))
    how = {
        ((False, False), (False, False)): "J",
        ((True, True), (False, False)): "N",
        ((True, False), (False, True)): "P",
        ((False, True), (True, False)): "C",
    }[shown, typed]
    tables = ("JJCJC", "JJCJC", "PPBJP", "JJJJJ", "PPCJC"), ("JJCJC", "JNCJN", "PPBJP", "JJJJJ", "PNCJN")
    assert how == tables[lesc][central][periph]
    expected = 2 if how == "J" else 4 if lesc else 3
    assert (host.level, initiator.level) == (expected, expected)
    assert {host.status.auth_status, initiator.status.auth_status} == {SecStatus.SUCCESS}


def test_both_type_the_same_or_fail() -> None:
    for same in (True, False):
        wish = {"mitm": 1, "io_caps": IoCaps.KEYBOARD_ONLY}
        hosts = meet("sd_api_v5", "sd_api_v5", wish, wish)
        hosts[0].passkey, hosts[1].passkey = b"123456", b"123456" if same else b"654321"
        hosts[1].bench.ok(Authenticate(0, hosts[1].params))
        run(*hosts)
        status = SecStatus.SUCCESS if same else SecStatus.CONFIRM_VALUE
        assert [(host.status.auth_status, host.status.error_src) for host in hosts] == [
            (status, SecStatusSource.LOCAL),
            (status, SecStatusSource.LOCAL if same else SecStatusSource.REMOTE),
        ]
        assert [host.level for host in hosts] == ([3, 3] if same else [1, 1])


DIALECTS = ["s130_v1", "sd_api_v2_pc", "sd_api_v3", "sd_api_v5", "sd_api_v6", "sd_api_v7"]


@pytest.mark.parametrize("other", DIALECTS)
@pytest.mark.parametrize("one", ["s110_v8", *DIALECTS])
def test_chips_of_any_dialects_bond_and_meet_again(one: str, other: str) -> None:
    host, initiator = paired(one, other)
    assert (host.status.bonded, initiator.status.bonded, host.level, initiator.level) == (1, 1, 2, 2)
    host_keys, central_keys = sides(host), sides(initiator)
    assert _named(host_keys["periph"].enc_key) == _named(central_keys["periph"].enc_key)
    assert _identity(host_keys["central"].id_key) == _identity(central_keys["central"].id_key)
    assert host_keys["periph"].id_key.id_addr_info.addr == host.bench.device.gap.address[::-1]
    again, master = meet(one, other, {}, {})
    reencrypt(again, master, central_keys["periph"].enc_key, host_keys["periph"].enc_key.enc_info)
    assert (again.level, master.level) == (2, 2)
    assert not again.saw(AuthStatusEvent)


def test_a_host_that_answers_no_request_for_a_key_costs_the_connection() -> None:
    _, central = paired()
    key = sides(central)["periph"].enc_key
    again, master = meet("sd_api_v5", "sd_api_v5", {}, {})
    master.bench.ok(Encrypt(0, key.master_id, key.enc_info))
    again.bench.after(0.1)
    (asked,) = again.bench.events()
    assert isinstance(asked, SecInfoRequestEvent)
    assert again.bench.result(SecInfoReply(0, replace(key.enc_info, ltk_len=6))) == NrfError.INVALID_PARAM
    master.bench.after(40.0)
    assert master.bench.event(DisconnectedEvent).reason == HciStatus.LMP_RESPONSE_TIMEOUT


def test_with_le_secure_connections_both_have_the_same_key() -> None:
    wish = {"lesc": 1, "mitm": 1, "io_caps": IoCaps.DISPLAY_YESNO}
    host, central = paired("sd_api_v5", "sd_api_v6", wish, wish)
    keys = [each.status.sec_keyset for each in (host, central)]
    assert keys[0].keys_own.enc_key == keys[1].keys_own.enc_key
    assert keys[0].keys_own.enc_key.master_id == MasterId(0, bytes(8))
    assert (keys[0].keys_peer.pk, keys[1].keys_peer.pk) == (keys[1].keys_own.pk, keys[0].keys_own.pk)
    assert (host.status.lesc, host.status.kdist_own.enc, host.status.kdist_peer.enc) == (1, 1, 0)
    again, master = meet("sd_api_v5", "sd_api_v6", {}, {})
    key = keys[1].keys_own.enc_key
    reencrypt(again, master, key, keys[0].keys_own.enc_key.enc_info)
    assert (again.level, master.level) == (4, 4)


# -- keys of before that do not fit


def test_without_the_key_the_link_stays_open() -> None:
    host, central = meet("sd_api_v5", "sd_api_v5", {}, {})
    reencrypt(host, central, _ENC, None)
    (update,) = central.saw(ConnSecUpdateEvent)
    assert (update.conn_sec.sec_mode.lv, host.saw(ConnSecUpdateEvent), host.level) == (1, [], 1)


def test_another_key_ends_the_connection() -> None:
    host, central = meet("sd_api_v5", "sd_api_v5", {}, {})
    reencrypt(host, central, _ENC, EncInfo(b"\1" * 16, 0, 16))
    (lost,), (gone,) = host.saw(DisconnectedEvent), central.saw(DisconnectedEvent)
    assert lost.reason == HciStatus.CONN_TERMINATED_DUE_TO_MIC_FAILURE
    assert gone.reason == HciStatus.CONNECTION_TIMEOUT


# -- failures


def _failure(periph: dict[type, Any], central: dict[type, Any], wish: dict[str, Any]) -> tuple[Any, Any]:
    hosts = meet("sd_api_v5", "sd_api_v5", wish, wish)
    hosts[0].answers.update(periph)
    hosts[1].answers.update(central)
    hosts[1].bench.ok(Authenticate(0, hosts[1].params))
    run(*hosts)
    assert [host.level for host in hosts] == [1, 1]
    assert not any(host.saw(ConnSecUpdateEvent) for host in hosts)
    return tuple((host.status.auth_status, host.status.error_src) for host in hosts)  # type: ignore[return-value]


LOCAL, REMOTE = SecStatusSource.LOCAL, SecStatusSource.REMOTE
COMPARE = {"lesc": 1, "mitm": 1, "io_caps": IoCaps.DISPLAY_YESNO}


def no(_: Host, event: Any) -> Any:
    return AuthKeyReply(0, AuthKeyType.NONE, None)


def refuse(host: Host, event: Any) -> Any:
    return SecParamsReply(0, SecStatus.PAIRING_NOT_SUPP, None, None)


def other_dhkey(host: Host, event: Any) -> Any:
    return LescDhkeyReply(0, DhKey(b"\x66" * 32))


@pytest.mark.parametrize(
    ("periph", "central", "wish", "status", "by_peripheral"),
    [
        ({SecParamsRequestEvent: refuse}, {}, {}, SecStatus.PAIRING_NOT_SUPP, True),
        ({}, {SecParamsRequestEvent: refuse}, {}, SecStatus.PAIRING_NOT_SUPP, False),
        ({LescDhkeyRequestEvent: other_dhkey}, {}, {"lesc": 1}, SecStatus.DHKEY_FAILURE, True),
        ({}, {LescDhkeyRequestEvent: other_dhkey}, {"lesc": 1}, SecStatus.DHKEY_FAILURE, True),
        ({PasskeyDisplayEvent: no}, {}, COMPARE, SecStatus.NUM_COMP_FAILURE, True),
        ({}, {PasskeyDisplayEvent: no}, COMPARE, SecStatus.NUM_COMP_FAILURE, False),
        (
            {},
            {AuthKeyRequestEvent: no},
            {"mitm": 1, "io_caps": IoCaps.KEYBOARD_ONLY},
            SecStatus.PASSKEY_ENTRY_FAILED,
            False,
        ),
        ({AuthKeyRequestEvent: no}, {}, {"oob": 1}, SecStatus.OOB_NOT_AVAILABLE, True),
    ],
)
def test_who_ends_it_has_a_local_status(
    periph: dict[type, Any],
    central: dict[type, Any],
    wish: dict[str, Any],
    status: SecStatus,
    by_peripheral: bool,
) -> None:
    sources = (LOCAL, REMOTE) if by_peripheral else (REMOTE, LOCAL)
    assert _failure(periph, central, wish) == tuple((status, source) for source in sources)


def test_after_a_failure_pairing_may_begin_again() -> None:
    host, central = meet("sd_api_v5", "sd_api_v5", {}, {})
    host.answers[SecParamsRequestEvent] = refuse
    central.bench.ok(Authenticate(0, central.params))
    run(host, central, seconds=0.5)
    del host.answers[SecParamsRequestEvent]
    central.bench.ok(Authenticate(0, central.params))
    run(host, central)
    assert (host.level, central.level) == (2, 2)


def test_a_host_that_does_not_answer_lets_both_run_out_of_time() -> None:
    host, central = meet("sd_api_v5", "sd_api_v5", {}, {})
    host.answers[SecParamsRequestEvent] = lambda host, event: None
    central.bench.ok(Authenticate(0, central.params))
    run(host, central, seconds=29)
    assert not host.saw(AuthStatusEvent)
    run(host, central, seconds=2)
    assert [each.status.auth_status for each in (host, central)] == [SecStatus.TIMEOUT] * 2
    assert central.bench.result(Authenticate(0, central.params)) == NrfError.TIMEOUT


def test_key_sizes_that_do_not_meet() -> None:
    hosts = meet("sd_api_v5", "sd_api_v5", {"max_key_size": 10}, {"min_key_size": 16})
    hosts[1].bench.ok(Authenticate(0, hosts[1].params))
    run(*hosts)
    assert [(host.status.auth_status, host.status.error_src) for host in hosts] == [
        (SecStatus.ENC_KEY_SIZE, REMOTE),
        (SecStatus.ENC_KEY_SIZE, LOCAL),
    ]


def test_the_smaller_key_size_is_used() -> None:
    host, central = paired(periph={"max_key_size": 10})
    assert [each.bench.ok(ConnSecGet(0)).conn_sec.encr_key_size for each in (host, central)] == [10, 10]
    assert host.status.sec_keyset.keys_own.enc_key.enc_info.ltk_len == 10


# -- out of band


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("lesc", [0, 1])
def test_what_was_given_out_of_band_has_to_be_the_peers(lesc: int, same: bool) -> None:
    wish = {"oob": 1, "lesc": lesc}
    host, central = meet("sd_api_v5", "sd_api_v5", wish, wish)
    if lesc:
        data = [oob_of(each) for each in (host, central)]
        heard = data[1] if same else replace(data[1], r=bytes(16))
        host.answers[LescDhkeyRequestEvent] = give_oob(data[0], heard)
        central.answers[LescDhkeyRequestEvent] = give_oob(data[1], data[0])
    else:
        host.passkey, central.passkey = b"0123456789abcdef", b"0123456789abcdef" if same else bytes(16)
    central.bench.ok(Authenticate(0, central.params))
    run(host, central)
    assert host.status.auth_status == (SecStatus.SUCCESS if same else SecStatus.CONFIRM_VALUE)
    assert host.level == ((4 if lesc else 3) if same else 1)


# -- who asks


@pytest.mark.parametrize("dialect", ["s130_v1", "sd_api_v4", "sd_api_v5", "sd_api_v7"])
def test_a_peripheral_asks_and_the_central_pairs_or_refuses_or_is_silent(dialect: str) -> None:
    for way in ("pairs", "refuses", "is silent"):
        host, central = meet(dialect, dialect, {}, {})
        host.bench.ok(Authenticate(0, host.params))
        run(host, central, seconds=0.3)
        (request,) = central.saw(SecRequestEvent)
        assert (request.bond, request.mitm) == (1, 0)
        if way != "is silent":
            central.bench.ok(Authenticate(0, central.params if way == "pairs" else None))
        run(host, central, seconds=31 if way == "is silent" else 3)
        early = host.bench.device.profile.api <= 4
        if way == "pairs":
            assert (host.level, central.level) == (2, 2)
        elif way == "is silent" and early:
            assert [event.src for event in host.saw(TimeoutEventV4)] == [1]
        elif dialect != "s130_v1":  # where a status without a key set is lost
            expected = (
                (SecStatus.TIMEOUT, LOCAL) if way == "is silent" else (SecStatus.PAIRING_NOT_SUPP, REMOTE)
            )
            assert (host.status.auth_status, host.status.error_src) == expected


def test_keys_pressed_at_one_end_are_seen_at_the_other() -> None:
    wish = {"mitm": 1, "keypress": 1}
    host, central = meet(
        "sd_api_v5",
        "sd_api_v5",
        {**wish, "io_caps": IoCaps.DISPLAY_ONLY},
        {**wish, "io_caps": IoCaps.KEYBOARD_ONLY},
    )
    central.answers[AuthKeyRequestEvent] = lambda _, event: KeypressNotify(0, 1)
    assert central.bench.result(KeypressNotify(0, 1)) == NrfError.INVALID_STATE
    central.bench.ok(Authenticate(0, central.params))
    run(host, central, seconds=1)
    assert [event.kp_not for event in host.saw(KeyPressedEvent)] == [1]


@pytest.mark.parametrize(("most", "result"), [(0, NrfError.NO_MEM), (1, 0)])
def test_as_central_so_many_pair_at_a_time_as_was_configured(most: int, result: int) -> None:
    _, peripheral, central = pair()
    central.ok(CfgSet(RoleCount(0, central_role_count=1, central_sec_count=most)))
    advertise(peripheral)
    initiate(central, peripheral)
    peripheral.after(0)
    assert central.result(Authenticate(0, params(central))) == result


# -- calls out of turn


def test_replies_that_nobody_asked_for() -> None:
    host, central = meet("sd_api_v5", "sd_api_v5", {}, {})
    for bench in (host.bench, central.bench):
        for command in (
            SecParamsReply(0, 0, None, None),
            AuthKeyReply(0, AuthKeyType.PASSKEY, b"123456"),
            LescDhkeyReply(0, DhKey(bytes(32))),
            LescOobDataSet(0, None, None),
            SecInfoReply(0),
        ):
            assert bench.result(command) == NrfError.INVALID_STATE
        assert bench.result(Authenticate(7, host.params)) == BleError.INVALID_CONN_HANDLE
    assert host.bench.result(Encrypt(0, _ENC.master_id, _ENC.enc_info)) == 0x3004  # INVALID_ROLE of v5
    assert central.bench.result(Authenticate(0, None)) == NrfError.INVALID_PARAM
    assert central.bench.result(Authenticate(0, SecParams(min_key_size=3))) == NrfError.INVALID_PARAM
    central.bench.ok(Authenticate(0, central.params))
    assert central.bench.result(Authenticate(0, central.params)) == NrfError.INVALID_STATE
    assert central.bench.result(Encrypt(0, _ENC.master_id, _ENC.enc_info)) == NrfError.BUSY


@pytest.mark.parametrize("dialect", ["sd_api_v2", "sd_api_v3"])
def test_up_to_v3_some_data_out_of_band_have_to_be_given(dialect: str) -> None:
    host, _ = meet(dialect, dialect, {}, {})
    assert host.bench.result(LescOobDataSet(0, None, None)) == NrfError.INVALID_ADDR


def test_le_secure_connections_need_a_public_key() -> None:
    wish = {"lesc": 1}
    host, central = meet("sd_api_v5", "sd_api_v5", wish, wish)
    central.bench.ok(Authenticate(0, central.params))
    host.bench.after(0.03)
    (event,) = host.bench.events()
    assert isinstance(event, SecParamsRequestEvent)
    assert (
        host.bench.result(SecParamsReply(0, 0, host.params, places(host.bench, lesc=False)))
        == NrfError.INVALID_ADDR
    )
    host.bench.ok(SecParamsReply(0, 0, host.params, host.keyset))


# -- what it is good for


def test_attributes_open_at_their_level() -> None:
    protected: dict[str, Any] = {"read_perm": SecMode(1, 2)}
    _, peripheral, initiator = joined()
    peripheral.service()
    handle = peripheral.characteristic(value=b"secret", **protected).value_handle
    host, central = Host(peripheral, params(peripheral)), Host(initiator, params(initiator), central=True)

    def read() -> ReadRspEvent:
        initiator.ok(Read(0, handle, 0))
        run(host, central, seconds=0.2)
        event = central.saw(ReadRspEvent)[-1]
        assert isinstance(event, ReadRspEvent)
        return event

    assert read().gatt_status == GattStatus.ATTERR_INSUF_AUTHENTICATION
    initiator.ok(Authenticate(0, central.params))
    run(host, central)
    assert (read().gatt_status, read().data) == (GattStatus.SUCCESS, b"secret")


@pytest.mark.parametrize("accepts", [True, False])
@pytest.mark.parametrize("dialect", ["s130_v1", "sd_api_v2", "sd_api_v3"])
def test_up_to_v2_a_reply_without_a_key_set_is_never_answered(dialect: str, accepts: bool) -> None:
    """The firmware fails at the response: what the call has done is done."""
    host, central = meet(dialect, dialect, {}, {})
    host.answers[SecParamsRequestEvent] = lambda *_: None
    central.bench.ok(Authenticate(0, central.params))
    run(host, central, seconds=0.3)
    status, own = (SecStatus.SUCCESS, host.params) if accepts else (SecStatus.PAIRING_NOT_SUPP, None)
    reply = host.bench.codec.pack(SecParamsReply(0, status, own, None))
    assert host.bench.faults_at(reply) is (dialect != "sd_api_v3")
