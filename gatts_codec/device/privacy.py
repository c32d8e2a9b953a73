"""The addresses of a chip: its identity, private ones before the air, and whom it knows behind those of others.

A private address is renewed when it is next used: nothing is due before.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from math import inf
from typing import Any

from gatts_codec.constants import BleError, NrfError
from gatts_codec.constants.gap import AddrCycleMode, AddrType, PrivacyMode
from gatts_codec.device import private_address
from gatts_codec.device.gap_state import same_address
from gatts_codec.device.privacy_state import CYCLE_S, Identity, Privacy
from gatts_codec.device.refusal import refuse_unless, required
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.common.options import PrivacyOpt
from gatts_codec.packets.gap.address import AddressGet, AddressSet, AddrGet, AddrSet
from gatts_codec.packets.gap.privacy import PrivacyGet, PrivacyParams, PrivacySet
from gatts_codec.packets.gap.structs import Addr, Irk
from gatts_codec.packets.gap.whitelist import DeviceIdentitiesSet

_KEY_BYTES = 16
_MOST_CYCLE_S = 41400
_PRIVATE = (AddrType.RANDOM_PRIVATE_RESOLVABLE, AddrType.RANDOM_PRIVATE_NON_RESOLVABLE)
_OF_AN_IDENTITY = (AddrType.PUBLIC, AddrType.RANDOM_STATIC)


# -- the chip's own addresses


def identity_address(device: DeviceState) -> Addr:
    """The address that stays, as it travels."""
    return Addr(device.gap.address[::-1], device.gap.address_type)


def device_irk(device: DeviceState) -> bytes:
    """The key that resolves the chip's addresses: the host's, or one of its own."""
    return device.gap.privacy.irk or sha256(device.config.address).digest()[:_KEY_BYTES]


def air_address(device: DeviceState) -> Addr:
    """The address that others hear now."""
    privacy = device.gap.privacy
    if privacy.mode == PrivacyMode.OFF:
        return identity_address(device)
    if privacy.address is None or privacy.renewal <= device.now:
        privacy.renewal = device.now + privacy.cycle_s if privacy.cycle_s else inf
        privacy.address = _new_address(device, privacy)
    return privacy.address


def _new_address(device: DeviceState, privacy: Privacy) -> Addr:
    if privacy.kind == AddrType.RANDOM_PRIVATE_NON_RESOLVABLE:
        return private_address.non_resolvable(device.random)
    return private_address.resolvable(privacy.local_irk or device_irk(device), device.random)


def advertise(device: DeviceState, peer: Addr | None) -> None:
    """Advertising begins: with the key that is for this peer; from v7 on under a new address."""
    privacy, known = device.gap.privacy, _known(device, peer)
    key = None if known is None else known.local_irk
    if key != privacy.local_irk or device.profile.api >= 7:
        privacy.local_irk, privacy.address = key, None


def target_on_air(device: DeviceState, target: Addr | None) -> Addr | None:
    """What a directed advertiser calls its target: of one that it knows, an address that only this one resolves."""
    privacy, known = device.gap.privacy, _known(device, target)
    hides = privacy.mode != PrivacyMode.OFF and privacy.kind == AddrType.RANDOM_PRIVATE_RESOLVABLE
    if known is None or not hides or not any(known.irk):
        return target
    return private_address.resolvable(known.irk, device.random)


def is_own(device: DeviceState, address: Addr) -> bool:
    """Whether somebody who calls this address means the chip."""
    own = identity_address(device), air_address(device)
    if any(same_address(each, address) for each in own):
        return True
    local = [known.local_irk for known in device.gap.identities if known.local_irk is not None]
    return any(private_address.is_of(key, address) for key in (device_irk(device), *local))


# -- those of others


def seen(device: DeviceState, address: Addr) -> Addr:
    """An address as the host sees it: the identity, if the chip knows whose it is."""
    for known in device.gap.identities:
        if private_address.is_of(known.irk, address):
            return replace(known.address, addr_id_peer=1)
    return address


def is_the(device: DeviceState, wanted: Addr, address: Addr) -> bool:
    """Whether an address on the air is the one that the host has named, or of the one it has named."""
    return same_address(wanted, address) or same_address(wanted, seen(device, address))


def lists(device: DeviceState, address: Addr) -> bool:
    """Whether the whitelist has an address, the identity behind it, or up to v2 its key."""
    gap = device.gap
    return gap.lists(address) or gap.lists(seen(device, address)) or matching_irk(device, address) is not None


def matching_irk(device: DeviceState, address: Addr) -> int | None:
    """Which of the whitelist's keys resolves the address; they are there up to v2."""
    keys = enumerate(device.gap.listed_irks)
    return next((at for at, key in keys if private_address.is_of(key, address)), None)


def ignores(device: DeviceState, address: Addr) -> bool:
    """With network privacy a chip does not hear those that could hide and do not."""
    known = _known(device, address)
    return device.gap.privacy.mode == PrivacyMode.NETWORK_PRIVACY and known is not None and any(known.irk)


def knows(device: DeviceState, address: Addr) -> bool:
    """Whether the host has told the chip of this identity."""
    return _known(device, address) is not None


def _known(device: DeviceState, address: Addr | None) -> Identity | None:
    identities = device.gap.identities if address is not None else ()
    return next((known for known in identities if same_address(known.address, address)), None)  # type: ignore[arg-type]


# -- calls


def addr_set(device: DeviceState, command: AddrSet) -> dict[str, object]:
    """INVALID_ADDR, GAP_INVALID_BLE_ADDR, INVALID_STATE."""
    addr = required(command.addr)
    _require_identity(addr)
    refuse_unless(device.gap.is_idle, NrfError.INVALID_STATE)
    device.gap.address, device.gap.address_type = addr.addr[::-1], addr.addr_type
    return {}


def address_set(device: DeviceState, command: AddressSet) -> dict[str, object]:
    """INVALID_ADDR, INVALID_PARAM, GAP_INVALID_BLE_ADDR, NOT_SUPPORTED. In cycle mode 1 the chip makes its own."""
    addr, gap = required(command.addr), device.gap
    private = addr.addr_type in _PRIVATE
    automatic = command.addr_cycle_mode == AddrCycleMode.AUTO
    refuse_unless(command.addr_cycle_mode in tuple(AddrCycleMode), NrfError.INVALID_PARAM)
    if automatic:
        refuse_unless(private, NrfError.INVALID_PARAM)
        _require_aes(addr.addr_type)
        gap.privacy.mode, gap.privacy.kind, gap.privacy.address = (
            PrivacyMode.DEVICE_PRIVACY,
            addr.addr_type,
            None,
        )
        return {}
    refuse_unless(private or addr.addr_type in _OF_AN_IDENTITY, BleError.GAP_INVALID_BLE_ADDR)
    refuse_unless(private_address.fits(addr), BleError.GAP_INVALID_BLE_ADDR)
    gap.privacy.mode = PrivacyMode.OFF
    gap.address, gap.address_type = addr.addr[::-1], addr.addr_type
    return {}


def addr_get(device: DeviceState, command: AddrGet | AddressGet) -> dict[str, object]:
    """INVALID_ADDR. From v3 on the identity, before what is on the air."""
    refuse_unless(command.addr_present, NrfError.INVALID_ADDR)
    return {"addr": identity_address(device) if device.profile.api >= 3 else air_address(device)}


def privacy_set(device: DeviceState, command: PrivacySet) -> dict[str, object]:
    """INVALID_ADDR, GAP_INVALID_BLE_ADDR, INVALID_PARAM, NOT_SUPPORTED, INVALID_STATE."""
    params = required(command.privacy_params)
    most = PrivacyMode.NETWORK_PRIVACY if device.profile.api >= 5 else PrivacyMode.DEVICE_PRIVACY
    refuse_unless(params.private_addr_type in _PRIVATE, BleError.GAP_INVALID_BLE_ADDR)
    in_range = params.privacy_mode <= most and params.private_addr_cycle_s <= _MOST_CYCLE_S
    refuse_unless(in_range, NrfError.INVALID_PARAM)
    if params.privacy_mode != PrivacyMode.OFF:
        _require_aes(params.private_addr_type)
    refuse_unless(device.gap.is_idle, NrfError.INVALID_STATE)
    device.gap.privacy = Privacy(
        params.privacy_mode,
        params.private_addr_type,
        params.private_addr_cycle_s or CYCLE_S,
        None if params.device_irk is None else params.device_irk.irk,
    )
    return {}


def privacy_get(device: DeviceState, command: PrivacyGet) -> dict[str, object]:
    """INVALID_ADDR. The key only where there is a place for it."""
    place, privacy = required(command.privacy_params), device.gap.privacy
    irk = None if place.device_irk is None else Irk(device_irk(device))
    return {"privacy_params": PrivacyParams(privacy.mode, privacy.kind, privacy.cycle_s, irk)}


def set_option(device: DeviceState, opt: PrivacyOpt) -> None:
    """Up to v2: the key, and how long an address lasts; the next one is due."""
    privacy = device.gap.privacy
    privacy.irk = None if opt.irk is None else opt.irk.irk
    privacy.cycle_s, privacy.address = opt.interval_s, None


def option(device: DeviceState) -> PrivacyOpt:
    """The privacy option as it is."""
    return PrivacyOpt(Irk(device_irk(device)), device.gap.privacy.cycle_s)


def device_identities_set(device: DeviceState, command: DeviceIdentitiesSet) -> dict[str, object]:
    """DATA_SIZE, GAP_INVALID_BLE_ADDR, GAP_DEVICE_IDENTITIES_DUPLICATE, GAP_DEVICE_IDENTITIES_IN_USE."""
    refuse_unless(command.id_keys is None or command.id_keys, NrfError.DATA_SIZE)
    keys = [required(key) for key in command.id_keys or ()]
    own = (command.local_irks if keys else ()) or (None,) * len(keys)
    for key in keys:
        _require_identity(key.id_addr_info)
    addresses = {(key.id_addr_info.addr, key.id_addr_info.addr_type) for key in keys}
    refuse_unless(len(addresses) == len(keys), BleError.GAP_DEVICE_IDENTITIES_DUPLICATE)
    unused = device.gap.is_idle or not device.gap.identities
    refuse_unless(unused, BleError.GAP_DEVICE_IDENTITIES_IN_USE)
    device.gap.identities = tuple(
        Identity(key.id_info.irk, key.id_addr_info, None if local is None else local.irk)
        for key, local in zip(keys, own, strict=True)
    )
    return {}


def _require_identity(address: Addr) -> None:
    proper = address.addr_type in _OF_AN_IDENTITY and private_address.fits(address)
    refuse_unless(proper, BleError.GAP_INVALID_BLE_ADDR)


def _require_aes(kind: int) -> None:
    makes_none = kind == AddrType.RANDOM_PRIVATE_NON_RESOLVABLE
    refuse_unless(makes_none or private_address.can_resolve(), NrfError.NOT_SUPPORTED)


_CALLS: dict[str, Any] = {
    "address_set": address_set,
    "address_get": addr_get,
    "addr_set": addr_set,
    "addr_get": addr_get,
    "device_identities_set": device_identities_set,
    "privacy_get": privacy_get,
    "privacy_set": privacy_set,
}
CALLS: dict[str, Any] = {f"sd_ble_gap_{name}": call for name, call in _CALLS.items()}
