"""whitelist: whom advertiser and scanner listen to, and whose identities the chip knows; from sd_api_v3 on."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.gap.structs import ADDR, ADDR_V2, IRK, Addr, Irk
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Length, Presence, u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.lists import ListOf
from gatts_codec.schema.members import AtMost
from gatts_codec.schema.message import FROM_DATA, Command, Message, fill_length
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.stream import Flag


@dataclass(frozen=True, slots=True, repr=False)
class IdKey(Message):
    """An identity: a key and the address it stands for (SDK: ble_gap_id_key_t).

        id_info       16  the key
        id_addr_info  7   the address

    Source: `specs/gap/sec_params_reply.toml`.
    """

    id_info: Irk
    id_addr_info: Addr


@dataclass(frozen=True, slots=True, repr=False)
class WhitelistSet(Command["WhitelistSetResponse"]):
    """Set the whitelist (SDK: sd_ble_gap_whitelist_set).

        len       1   how many; travels also without them (default: as many as there are)
        wl_addrs  1+  presence flag, then each behind a flag of its own, 8 at most; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/whitelist_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_whitelist_set"
    wl_addrs: tuple[Addr | None, ...] | None
    len: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "len", "wl_addrs")


class WhitelistSetResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_whitelist_set"


@dataclass(frozen=True, slots=True, repr=False)
class DeviceIdentitiesSet(Command["DeviceIdentitiesSetResponse"]):
    """Tell the chip whom it knows (SDK: sd_ble_gap_device_identities_set).

        len         1   how many; travels also without them (default: as many as there are)
        id_keys     1+  presence flag, then each behind a flag of its own, 8 at most; None: flag alone
        local_irks  1+  the same for the chip's own keys, one for each peer; None: flag alone, the chip's default key

    Behind the opcode (u8), little endian. Source: `specs/gap/device_identities_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_device_identities_set"
    id_keys: tuple[IdKey | None, ...] | None
    len: int = FROM_DATA
    local_irks: tuple[Irk | None, ...] | None = None

    def __post_init__(self) -> None:
        fill_length(self, "len", "id_keys", "local_irks")


class DeviceIdentitiesSetResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_device_identities_set"


ID_KEY_V2 = Record(IdKey, named("id_info", IRK), named("id_addr_info", ADDR_V2))
ID_KEY = Record(IdKey, named("id_info", IRK), named("id_addr_info", ADDR))

SET = Record(
    WhitelistSet,
    named("len", Length(of="wl_addrs", number=u8)),
    AtMost("len", 8),
    named("wl_addrs", Presence(ListOf(Presence(ADDR), count="len"), Flag.DATA)),
)
SET_RESPONSE = response(WhitelistSetResponse)
IDENTITIES_SET = Record(
    DeviceIdentitiesSet,
    named("len", Length(of=("id_keys", "local_irks"), number=u8)),
    AtMost("len", 8),
    named("id_keys", Presence(ListOf(Presence(ID_KEY), count="len"), Flag.DATA)),
    named("local_irks", Presence(ListOf(Presence(IRK), count="len"), Flag.DATA)),
)
IDENTITIES_SET_RESPONSE = response(DeviceIdentitiesSetResponse)
