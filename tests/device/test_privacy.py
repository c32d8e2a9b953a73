"""Chips that hide behind private addresses, and chips that know who it is."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from device.bench import WITH_MTU, Bench
from device.hosts import Host, params, run
from device.neighbours import TIMING, address, advertise, initiate, listening, pair, scan

from gatts_codec.constants import BleError, NrfError
from gatts_codec.constants.gap import AddrType, PrivacyMode
from gatts_codec.device import private_address
from gatts_codec.packets.common.opt import OptGet, OptSet
from gatts_codec.packets.common.options import PrivacyOpt
from gatts_codec.packets.gap.address import AddressGet, AddressSet, AddrGet, AddrSet
from gatts_codec.packets.gap.adv_events import AdvReportEvent, AdvReportEventV5
from gatts_codec.packets.gap.adv_start import AdvStop
from gatts_codec.packets.gap.connect import Connect
from gatts_codec.packets.gap.connection_events import ConnectedEvent
from gatts_codec.packets.gap.encryption import Encrypt
from gatts_codec.packets.gap.privacy import PrivacyGet, PrivacyParams, PrivacySet
from gatts_codec.packets.gap.scan import ScanParamsV2, ScanStart, ScanStartV5
from gatts_codec.packets.gap.security_events import SecInfoRequestEvent
from gatts_codec.packets.gap.structs import Addr, BleData, EncInfo, Irk, MasterId, Whitelist
from gatts_codec.packets.gap.whitelist import DeviceIdentitiesSet, IdKey, WhitelistSet

RESOLVABLE, NON_RESOLVABLE = AddrType.RANDOM_PRIVATE_RESOLVABLE, AddrType.RANDOM_PRIVATE_NON_RESOLVABLE
KEY, OTHER_KEY = Irk(bytes(range(16))), Irk(bytes(range(1, 17)))
STATIC = Addr.from_text("C0:00:00:00:00:01")
UNFIT = Addr.from_text("00:00:00:00:00:01")
ID = IdKey(KEY, STATIC)

needs_aes = pytest.mark.skipif(not private_address.can_resolve(), reason="needs cryptography")


def privacy(kind: int = RESOLVABLE, key: Irk | None = KEY, **more: Any) -> PrivacySet:
    return PrivacySet(PrivacyParams(PrivacyMode.DEVICE_PRIVACY, kind, device_irk=key, **more))


def hide(bench: Bench) -> None:
    """Behind resolvable addresses of ``KEY``, in the dialect's way."""
    if bench.device.profile.api >= 3:
        bench.ok(privacy())
    else:
        bench.ok(OptSet(PrivacyOpt(KEY, 900)))
        bench.ok(AddressSet(1, Addr(bytes(6), RESOLVABLE)))


def know(bench: Bench, other: Bench, key: Irk = KEY, **more: Any) -> None:
    bench.ok(DeviceIdentitiesSet((IdKey(key, address(other)),), **more))


def heard(bench: Bench) -> Addr:
    (report,) = bench.events()
    assert isinstance(report, (AdvReportEvent, AdvReportEventV5))
    return report.peer_addr


def heard_after(advertiser: Bench, scanner: Bench, seconds: float = 0.2) -> Addr:
    """What the scanner hears of the next advertising event; from v6 on it goes on scanning then."""
    advertiser.after(seconds)
    found = heard(scanner)
    if scanner.device.gap.paused:
        scanner.ok(ScanStart(None, BleData(1, 31)))
    return found


def peer_of(bench: Bench) -> Addr:
    return bench.event(ConnectedEvent).peer_addr


# -- the addresses themselves


@needs_aes
def test_the_sample_of_the_bluetooth_specification() -> None:
    """Core specification, volume 3, part H, D.7: ah(ec0234a3..., 708194) = 0dfbaa."""
    key = bytes.fromhex("ec0234a357c8ad05341010a60a397d9b")[::-1]
    sample = Addr.from_text("70:81:94:0D:FB:AA", RESOLVABLE)
    assert private_address.is_of(key, sample)
    assert not private_address.is_of(key[::-1], sample)
    assert not private_address.is_of(key, Addr(sample.addr, AddrType.RANDOM_STATIC))


@needs_aes
def test_an_address_says_its_kind_and_its_key_alone_resolves_it() -> None:
    chance = Random(7)
    for _ in range(50):
        ours, nobodys = private_address.resolvable(KEY.irk, chance), private_address.non_resolvable(chance)
        assert private_address.fits(ours)
        assert private_address.fits(nobodys)
        assert private_address.is_of(KEY.irk, ours)
        assert not private_address.is_of(OTHER_KEY.irk, ours)
        assert not private_address.is_of(KEY.irk, nobodys)


# -- who is heard


@needs_aes
@pytest.mark.parametrize("scanner", WITH_MTU)
@pytest.mark.parametrize("advertiser", ["s110_v8", "sd_api_v2", "sd_api_v3", "sd_api_v5", "sd_api_v7"])
def test_who_has_the_key_sees_the_identity(advertiser: str, scanner: str) -> None:
    _, peripheral, central = pair(advertiser, scanner)
    hide(peripheral)
    know(central, peripheral)
    advertise(peripheral)
    scan(central)
    peripheral.after(0)
    known = Addr(address(peripheral).addr, address(peripheral).addr_type, 1)
    assert heard(central) == known
    initiate(central, peripheral)
    peripheral.after(0.2)
    assert peer_of(central) == known


@needs_aes
@pytest.mark.parametrize("dialect", ["sd_api_v2", "sd_api_v3", "sd_api_v5", "sd_api_v6", "sd_api_v7"])
def test_others_see_the_address_and_may_connect_to_it(dialect: str) -> None:
    _, peripheral, central = pair(dialect, dialect)
    hide(peripheral)
    advertise(peripheral)
    scan(central)
    peripheral.after(0)
    found = heard(central)
    assert found.addr_type == RESOLVABLE
    assert private_address.is_of(KEY.irk, found)
    central.ok(Connect(found, listening(central), TIMING))
    peripheral.after(0.2)
    assert peer_of(central) == found


@needs_aes
def test_the_central_hides_too() -> None:
    _, peripheral, central = pair("sd_api_v5", "sd_api_v7")
    hide(central)
    know(peripheral, central)
    advertise(peripheral)
    initiate(central, peripheral)
    peripheral.after(0)
    assert peer_of(peripheral) == Addr(address(central).addr, address(central).addr_type, 1)
    seen = Host(peripheral, params(peripheral)), Host(central, params(central), central=True)
    central.ok(Encrypt(0, MasterId(0, bytes(8)), EncInfo(bytes(16), 0, 16)))
    run(*seen, seconds=0.3)
    (asked,) = seen[0].saw(SecInfoRequestEvent)
    assert asked.peer_addr == Addr(address(central).addr, address(central).addr_type, 1)


@needs_aes
def test_the_whitelist_has_identities() -> None:
    _, peripheral, central = pair()
    hide(peripheral)
    central.ok(WhitelistSet((address(peripheral),)))
    advertise(peripheral)
    scan(central, use_whitelist=1)
    peripheral.after(0)
    assert central.events() == []
    central.ok(DeviceIdentitiesSet((IdKey(KEY, address(peripheral)),)))
    peripheral.after(0.2)
    assert heard(central).addr_id_peer == 1


@needs_aes
def test_up_to_v2_the_whitelist_has_keys() -> None:
    _, peripheral, central = pair("sd_api_v2", "sd_api_v2")
    hide(peripheral)
    advertise(peripheral)
    listed = ScanParamsV2(selective=1, whitelist=Whitelist(irks=(OTHER_KEY, KEY)), interval=160, window=160)
    central.ok(ScanStartV5(listed))
    peripheral.after(0)
    assert heard(central).addr_type == RESOLVABLE
    central.ok(Connect(None, listed, TIMING))
    peripheral.after(0.2)
    event = central.event(ConnectedEvent)
    assert (event.irk_match, event.irk_match_idx) == (1, 1)
    assert peripheral.event(ConnectedEvent).own_addr == event.peer_addr


@needs_aes
def test_directed_advertising_to_one_that_is_known_is_for_its_eyes_alone() -> None:
    air, peripheral, central = pair()
    other = Bench()
    air.add(other.device)
    hide(peripheral)
    central.ok(PrivacySet(PrivacyParams(device_irk=OTHER_KEY)))
    know(peripheral, central, OTHER_KEY)
    advertise(peripheral, "directed", peer_addr=address(central), interval=160)
    for bench in (central, other):
        scan(bench)
    peripheral.after(0)
    (report,) = central.events()
    assert isinstance(report, AdvReportEventV5)
    assert report.direct_addr is not None
    assert private_address.is_of(OTHER_KEY.irk, report.direct_addr)
    assert other.events() == []


@needs_aes
@pytest.mark.parametrize(
    ("dialect", "wish", "reports"),
    [
        ("sd_api_v5", {"adv_dir_report": 1}, True),
        ("sd_api_v5", {"adv_dir_report": 1, "use_whitelist": 1}, True),
        ("sd_api_v6", {"filter_policy": 2}, True),
        ("sd_api_v6", {"filter_policy": 3}, False),
        ("sd_api_v6", {"filter_policy": 0}, False),
    ],
)
def test_a_scanner_may_ask_for_what_is_directed_at_addresses_it_does_not_resolve(
    dialect: str, wish: dict[str, int], reports: bool
) -> None:
    _, peripheral, other = pair("sd_api_v5", dialect)
    target = Addr(STATIC.addr, STATIC.addr_type)
    peripheral.ok(privacy())
    peripheral.ok(DeviceIdentitiesSet((IdKey(OTHER_KEY, target),)))
    advertise(peripheral, "directed", peer_addr=target, interval=160)
    other.ok(WhitelistSet((STATIC,)))
    scan(other, **wish)
    peripheral.after(0)
    assert len(other.events()) == reports


@needs_aes
def test_a_key_for_one_peer_alone() -> None:
    _, peripheral, central = pair()
    hide(peripheral)
    know(peripheral, central, KEY, local_irks=(OTHER_KEY,))
    scan(central)
    for key, target in ((OTHER_KEY, central), (KEY, None)):
        advertise(peripheral, peer_addr=None if target is None else address(target))
        assert private_address.is_of(key.irk, heard_after(peripheral, central))
        peripheral.ok(AdvStop())


@needs_aes
def test_with_network_privacy_those_that_could_hide_have_to() -> None:
    _, peripheral, central = pair("sd_api_v5", "sd_api_v6")
    central.ok(PrivacySet(PrivacyParams(PrivacyMode.NETWORK_PRIVACY)))
    know(central, peripheral)
    advertise(peripheral)
    scan(central)
    peripheral.after(0)
    assert central.events() == []
    peripheral.ok(AdvStop())
    hide(peripheral)
    advertise(peripheral)
    assert heard_after(peripheral, central).addr_id_peer == 1


# -- renewal


@needs_aes
@pytest.mark.parametrize("kind", [RESOLVABLE, NON_RESOLVABLE])
def test_addresses_last_a_cycle(kind: int) -> None:
    _, peripheral, central = pair()
    peripheral.ok(privacy(kind, private_addr_cycle_s=60))
    advertise(peripheral)
    scan(central)
    found = [heard_after(peripheral, central, seconds) for seconds in (0, 59, 2)]
    assert found[0] == found[1] != found[2]
    assert {each.addr_type for each in found} == {kind}


@needs_aes
def test_from_v7_on_each_start_of_advertising_has_an_address_of_its_own() -> None:
    for dialect, renews in (("sd_api_v6", False), ("sd_api_v7", True)):
        _, peripheral, central = pair(dialect)
        hide(peripheral)
        scan(central)
        found = []
        for _ in range(2):
            advertise(peripheral)
            found.append(heard_after(peripheral, central))
            peripheral.ok(AdvStop(0))
            peripheral.device.gap.adv_params = None
        assert (found[0] != found[1]) is renews


def test_up_to_v2_the_chip_says_the_address_in_use_and_renews_it_when_told() -> None:
    bench = Bench("sd_api_v2")
    identity = bench.ok(AddressGet()).addr
    bench.ok(AddressSet(1, Addr(bytes(6), NON_RESOLVABLE)))
    one = bench.ok(AddressGet()).addr
    assert bench.ok(AddressGet()).addr == one != identity
    bench.ok(AddressSet(1, Addr(bytes(6), NON_RESOLVABLE)))
    assert bench.ok(AddressGet()).addr != one
    bench.ok(AddressSet(0, identity))
    assert bench.ok(AddressGet()).addr == identity


def test_from_v3_on_the_chip_says_its_identity() -> None:
    bench = Bench()
    identity = bench.ok(AddrGet()).addr
    bench.ok(privacy(NON_RESOLVABLE))
    assert bench.ok(AddrGet()).addr == identity


# -- calls


def test_privacy_is_read_as_it_was_set() -> None:
    bench = Bench()
    bench.ok(privacy(NON_RESOLVABLE, private_addr_cycle_s=60))
    assert bench.ok(PrivacyGet()).privacy_params == PrivacyParams(1, NON_RESOLVABLE, 60, KEY)
    without = PrivacyParams(device_irk=None)
    assert bench.ok(PrivacyGet(without)).privacy_params == PrivacyParams(1, NON_RESOLVABLE, 60, None)
    bench.ok(privacy(NON_RESOLVABLE, None))
    params = bench.ok(PrivacyGet()).privacy_params
    assert (params.private_addr_cycle_s, params.device_irk != KEY) == (900, True)


@pytest.mark.parametrize(
    ("dialect", "command", "result"),
    [
        ("sd_api_v5", PrivacySet(None), NrfError.INVALID_ADDR),
        ("sd_api_v5", privacy(AddrType.PUBLIC), BleError.GAP_INVALID_BLE_ADDR),
        ("sd_api_v5", PrivacySet(PrivacyParams(3)), NrfError.INVALID_PARAM),
        ("sd_api_v4", PrivacySet(PrivacyParams(2)), NrfError.INVALID_PARAM),
        ("sd_api_v5", privacy(private_addr_cycle_s=41401), NrfError.INVALID_PARAM),
        ("sd_api_v5", AddrSet(UNFIT), BleError.GAP_INVALID_BLE_ADDR),
        ("sd_api_v5", AddrSet(Addr(bytes(6), 3)), BleError.GAP_INVALID_BLE_ADDR),
        ("sd_api_v2", AddressSet(2, STATIC), NrfError.INVALID_PARAM),
        ("sd_api_v2", AddressSet(1, STATIC), NrfError.INVALID_PARAM),
        ("sd_api_v2", AddressSet(0, UNFIT), BleError.GAP_INVALID_BLE_ADDR),
        ("sd_api_v2", AddressSet(0, Addr(bytes(6), 9)), BleError.GAP_INVALID_BLE_ADDR),
        ("sd_api_v5", DeviceIdentitiesSet(()), NrfError.DATA_SIZE),
        ("sd_api_v5", DeviceIdentitiesSet((ID, ID)), BleError.GAP_DEVICE_IDENTITIES_DUPLICATE),
        ("sd_api_v5", DeviceIdentitiesSet((IdKey(KEY, UNFIT),)), BleError.GAP_INVALID_BLE_ADDR),
        ("sd_api_v4", Connect(Addr(bytes(6), 0, 1), None, None), NrfError.INVALID_ADDR),
    ],
)
def test_what_cannot_be(dialect: str, command: Any, result: int) -> None:
    assert Bench(dialect).result(command) == result


@pytest.mark.parametrize(
    ("dialect", "takes"), [("sd_api_v3", False), ("sd_api_v4", False), ("sd_api_v6", True)]
)
def test_an_identity_to_connect_to_has_to_be_known_in_v3_and_v4(dialect: str, takes: bool) -> None:
    bench = Bench(dialect)
    wish = Connect(Addr(STATIC.addr, STATIC.addr_type, 1), listening(bench), TIMING)
    assert bench.result(wish) == (0 if takes else NrfError.INVALID_PARAM)
    if not takes:
        bench.ok(DeviceIdentitiesSet((ID,)))
        bench.ok(wish)


def test_what_is_in_use_stays() -> None:
    bench = Bench()
    bench.ok(DeviceIdentitiesSet((ID,)))
    advertise(bench)
    assert bench.result(privacy(NON_RESOLVABLE)) == NrfError.INVALID_STATE
    assert bench.result(AddrSet(STATIC)) == NrfError.INVALID_STATE
    assert bench.result(DeviceIdentitiesSet(None)) == BleError.GAP_DEVICE_IDENTITIES_IN_USE
    bench.ok(AdvStop())
    bench.ok(DeviceIdentitiesSet(None))
    assert bench.device.gap.identities == ()


def test_own_keys_for_nobody_are_none() -> None:
    bench = Bench()
    bench.ok(DeviceIdentitiesSet(None, 1, (KEY,)))
    assert bench.device.gap.identities == ()


def test_up_to_v2_the_option_is_read_as_it_was_set() -> None:
    for dialect in ("s110_v8", "sd_api_v2"):
        bench = Bench(dialect)
        assert bench.ok(OptGet(35)).opt.interval_s == 900
        bench.ok(OptSet(PrivacyOpt(KEY, 60)))
        assert bench.ok(OptGet(35)).opt == PrivacyOpt(KEY, 60)
    assert Bench().result(OptGet(35)) == NrfError.NOT_SUPPORTED


@pytest.fixture
def no_cryptography(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers", None)
    private_address._aes.cache_clear()
    yield
    private_address._aes.cache_clear()


@pytest.mark.usefixtures("no_cryptography")
def test_without_the_package_the_log_says_what_to_install(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert Bench().result(privacy()) == NrfError.NOT_SUPPORTED
        assert Bench("sd_api_v2").result(AddressSet(1, Addr(bytes(6), RESOLVABLE))) == NrfError.NOT_SUPPORTED
    assert "pip install cryptography" in caplog.text
    Bench().ok(privacy(NON_RESOLVABLE))
    bench = Bench()
    bench.ok(DeviceIdentitiesSet((ID,)))
    bench.peer.connect("70:81:94:0D:FB:AA", RESOLVABLE)
    assert peer_of(bench) == Addr(Addr.from_text("70:81:94:0D:FB:AA").addr, RESOLVABLE, 0)


@needs_aes
def test_a_simulated_peer_may_hide() -> None:
    bench = Bench()
    key = Irk(bytes.fromhex("ec0234a357c8ad05341010a60a397d9b")[::-1])
    bench.ok(DeviceIdentitiesSet((IdKey(key, STATIC),)))
    bench.peer.connect("70:81:94:0D:FB:AA", RESOLVABLE)
    assert peer_of(bench) == Addr(STATIC.addr, STATIC.addr_type, 1)
