"""structs: what several GAP packets share, each with its layout."""

from __future__ import annotations

from typing import Annotated

from gatts_codec.constants.gap import AddrType, IoCaps
from gatts_codec.schema.blocks import Data, Length, Presence, Raw, u8, u16, u32
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.lists import ListOf, Never, Switch
from gatts_codec.schema.members import AtMost, Bits
from gatts_codec.schema.message import FROM_DATA, Message, fill_length
from gatts_codec.schema.record import Absent, Record, named
from gatts_codec.schema.shown import LATER, Address, Advertised, Key, address_bytes
from gatts_codec.schema.stream import Flag
from gatts_codec.schema.structs import SEC_MODE, SecMode


@dataclass(frozen=True, slots=True, repr=False)
class Addr(Message):
    """A device's address (SDK: ble_gap_addr_t).

        addr_id_peer  bit 0     1: identified by its key, and addr is its identity. From sd_api_v3; None: 0, or before
        addr_type     bits 1-7  AddrType: 0 public, 1 random static ..; up to sd_api_v2 the whole byte
        addr          6         least significant byte first; prints and reads as "F0:12:34:56:78:9A"

    Source: `specs/gap/addr_get.toml`.
    """

    addr: Address
    addr_type: Annotated[int, AddrType] = AddrType.PUBLIC
    addr_id_peer: Annotated[int | None, LATER] = None

    @classmethod
    def from_text(cls, text: str, addr_type: int = AddrType.RANDOM_STATIC) -> Addr:
        """The address that people write as "F0:12:34:56:78:9A". Raises EncodeError on anything else."""
        return cls(address_bytes(text), addr_type)


ADDR_V2 = Record(Addr, Absent("addr_id_peer"), named("addr_type", u8), named("addr", Raw(6)))
ADDR = Record(Addr, Bits(addr_id_peer=1, addr_type=7, if_none={"addr_id_peer": 0}), named("addr", Raw(6)))


@dataclass(frozen=True, slots=True, repr=False)
class ConnParams(Message):
    """Timing of a connection (SDK: ble_gap_conn_params_t).

        min_conn_interval  2  in units of 1.25 ms; 0xFFFF: no wish
        max_conn_interval  2  in units of 1.25 ms; 0xFFFF: no wish
        slave_latency      2  how many events the peripheral may leave out
        conn_sup_timeout   2  in units of 10 ms; 0xFFFF: no wish

    Source: `specs/gap/connect.toml`.
    """

    min_conn_interval: int
    max_conn_interval: int
    slave_latency: int
    conn_sup_timeout: int


CONN_PARAMS = Record(
    ConnParams,
    named("min_conn_interval", u16),
    named("max_conn_interval", u16),
    named("slave_latency", u16),
    named("conn_sup_timeout", u16),
)


@dataclass(frozen=True, slots=True, repr=False)
class ConnSec(Message):
    """Security of a connection (SDK: ble_gap_conn_sec_t).

        sec_mode       1  SecMode: mode 1, level 1 is open, 2 encrypted ..
        encr_key_size  1  in bytes, 7 to 16

    Source: `specs/gap/conn_sec_get.toml`.
    """

    sec_mode: SecMode
    encr_key_size: int


CONN_SEC = Record(ConnSec, named("sec_mode", SEC_MODE), named("encr_key_size", u8))


@dataclass(frozen=True, slots=True, repr=False)
class Irk(Message):
    """An identity resolving key (SDK: ble_gap_irk_t).

        irk  16  the key

    Source: `specs/gap/privacy_set.toml`.
    """

    irk: Key


IRK = Record(Irk, named("irk", Raw(16)))


@dataclass(frozen=True, slots=True, repr=False)
class SignInfo(Message):
    """A connection signature resolving key (SDK: ble_gap_sign_info_t).

        csrk  16  the key

    Source: `specs/gap/sec_info_reply.toml`.
    """

    csrk: Key


SIGN_INFO = Record(SignInfo, named("csrk", Raw(16)))


@dataclass(frozen=True, slots=True, repr=False)
class PublicKey(Message):
    """A P-256 public key (SDK: ble_gap_lesc_p256_pk_t).

        pk  64  X, then Y, each with its least significant byte first

    Source: `specs/gap/lesc_oob_data_get.toml`.
    """

    pk: bytes


PUBLIC_KEY = Record(PublicKey, named("pk", Raw(64)))


@dataclass(frozen=True, slots=True, repr=False)
class EncInfo(Message):
    """A long term key (SDK: ble_gap_enc_info_t).

        ltk      16        the key
        lesc     bit 0     1: made by LE Secure Connections. From sd_api_v2; None: 0, or before
        auth     bit 1     1: made with protection against a man in the middle
        ltk_len  bits 2-7  how many bytes of it count

    In s110_v8 and s130_v1 auth is bit 0 and ltk_len bits 1-7. Source: `specs/gap/sec_info_reply.toml`.
    """

    ltk: Key
    auth: int
    ltk_len: int
    lesc: Annotated[int | None, LATER] = None


ENC_INFO_V1 = Record(EncInfo, named("ltk", Raw(16)), Absent("lesc"), Bits(auth=1, ltk_len=7))
ENC_INFO = Record(EncInfo, named("ltk", Raw(16)), Bits(lesc=1, auth=1, ltk_len=6, if_none={"lesc": 0}))


@dataclass(frozen=True, slots=True, repr=False)
class MasterId(Message):
    """By what a peer names a long term key (SDK: ble_gap_master_id_t).

        ediv  2  encrypted diversifier
        rand  8  random number

    Source: `specs/gap/encrypt.toml`.
    """

    ediv: int
    rand: bytes


MASTER_ID = Record(MasterId, named("ediv", u16), named("rand", Raw(8)))


@dataclass(frozen=True, slots=True, repr=False)
class KeyDistribution(Message):
    """Which keys go to a side (SDK: ble_gap_sec_kdist_t).

        enc   bit 0  1: long term key and master id
        id    bit 1  1: identity resolving key and address
        sign  bit 2  1: signature resolving key
        link  bit 3  1: derive the BR/EDR link key. From sd_api_v2; None: 0, or before

    Source: `specs/gap/authenticate.toml`.
    """

    enc: int = 0
    id: int = 0
    sign: int = 0
    link: Annotated[int | None, LATER] = None


KDIST_V1 = Record(KeyDistribution, Bits(enc=1, id=1, sign=1), Absent("link"))
KDIST = Record(KeyDistribution, Bits(enc=1, id=1, sign=1, link=1, if_none={"link": 0}))


@dataclass(frozen=True, slots=True, repr=False)
class SecParams(Message):
    """How to pair (SDK: ble_gap_sec_params_t).

        bond          bit 0     1: keep the keys
        mitm          bit 1     1: protect against a man in the middle
        lesc          bit 2     1: LE Secure Connections
        keypress      bit 3     1: tell about key presses
        io_caps       bits 4-6  IoCaps
        oob           bit 7     1: there is out of band data
        min_key_size  1         in bytes, 7 to 16
        max_key_size  1         in bytes, 7 to 16
        kdist_own     1         keys that this side gives
        kdist_peer    1         keys that the peer gives

    Source: `specs/gap/authenticate.toml`.
    """

    bond: int = 0
    mitm: int = 0
    lesc: int = 0
    keypress: int = 0
    io_caps: Annotated[int, IoCaps] = IoCaps.NONE
    oob: int = 0
    min_key_size: int = 7
    max_key_size: int = 16
    kdist_own: KeyDistribution = KeyDistribution()
    kdist_peer: KeyDistribution = KeyDistribution()


@dataclass(frozen=True, slots=True, repr=False)
class SecParamsV1(Message):
    """`SecParams` of s110_v8 and s130_v1, which tell the sides by their roles.

        bond           bit 0     1: keep the keys
        mitm           bit 1     1: protect against a man in the middle
        io_caps        bits 2-4  IoCaps
        oob            bit 5     1: there is out of band data
        min_key_size   1         in bytes, 7 to 16
        max_key_size   1         in bytes, 7 to 16
        kdist_periph   1         keys that the peripheral gives
        kdist_central  1         keys that the central gives

    Source: `specs/gap/authenticate.toml`.
    """

    bond: int = 0
    mitm: int = 0
    io_caps: Annotated[int, IoCaps] = IoCaps.NONE
    oob: int = 0
    min_key_size: int = 7
    max_key_size: int = 16
    kdist_periph: KeyDistribution = KeyDistribution()
    kdist_central: KeyDistribution = KeyDistribution()


_KEY_SIZES = named("min_key_size", u8), named("max_key_size", u8)
SEC_PARAMS_V1 = Record(
    SecParamsV1,
    Bits(bond=1, mitm=1, io_caps=3, oob=1),
    *_KEY_SIZES,
    named("kdist_periph", KDIST_V1),
    named("kdist_central", KDIST_V1),
)
SEC_PARAMS = Record(
    SecParams,
    Bits(bond=1, mitm=1, lesc=1, keypress=1, io_caps=3, oob=1),
    *_KEY_SIZES,
    named("kdist_own", KDIST),
    named("kdist_peer", KDIST),
)


@dataclass(frozen=True, slots=True, repr=False)
class BleData(Message):
    """A buffer of the application (SDK: ble_data_t), from sd_api_v6 on.

        buf_id  4   by which both sides know the buffer, numbered from 1; 0: none, and then there is no data
        len     2   bytes of data; travels also without them (default: as many as data has)
        data    0+  presence flag, then the bytes; None: flag alone, or the dialect sends no bytes here

    Source: `specs/gap/adv_set_configure.toml`.
    """

    buf_id: int = 0
    len: int = FROM_DATA
    data: Advertised | None = None

    def __post_init__(self) -> None:
        fill_length(self, "len", "data")


_BUFFER = named("buf_id", u32), named("len", Length(of="data"), "kept when the data is absent")
_NO_BUFFER = Presence(Never("buf_id 0 is not a buffer: it has no data"))
BLE_DATA = Record(BleData, *_BUFFER, named("data", Switch("buf_id", {0: _NO_BUFFER}, Data("len"))))
# pc-ble-driver's patch leaves the bytes out, and their flag too.
BLE_DATA_V6_PC = Record(BleData, *_BUFFER, Absent("data"))


@dataclass(frozen=True, slots=True, repr=False)
class AdvSetData(Message):
    """The two buffers of an advertising set (SDK: ble_gap_adv_data_t), from sd_api_v6 on.

        adv_data       6+  what is advertised
        scan_rsp_data  6+  what a scan is answered with

    Source: `specs/gap/adv_set_configure.toml`.
    """

    adv_data: BleData = BleData()
    scan_rsp_data: BleData = BleData()


ADV_SET_DATA = Record(AdvSetData, named("adv_data", BLE_DATA), named("scan_rsp_data", BLE_DATA))
ADV_SET_DATA_V6_PC = Record(
    AdvSetData, named("adv_data", BLE_DATA_V6_PC), named("scan_rsp_data", BLE_DATA_V6_PC)
)


@dataclass(frozen=True, slots=True, repr=False)
class Whitelist(Message):
    """Whose requests count, up to sd_api_v2 (SDK: ble_gap_whitelist_t); at most 8 addresses and 8 keys.

        addr_count  1   travels also without addrs (default: as many as there are)
        addrs       1+  presence flag, then each behind a flag of its own; None: flag alone
        irk_count   1   travels also without irks (default: as many as there are)
        irks        1+  presence flag, then each behind a flag of its own; None: flag alone

    Source: `specs/gap/adv_start.toml`.
    """

    addrs: tuple[Addr | None, ...] | None = None
    irks: tuple[Irk | None, ...] | None = None
    addr_count: int = FROM_DATA
    irk_count: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "addr_count", "addrs")
        fill_length(self, "irk_count", "irks")


WHITELIST = Record(
    Whitelist,
    named("addr_count", Length(of="addrs", number=u8)),
    AtMost("addr_count", 8),
    named("addrs", Presence(ListOf(Presence(ADDR_V2), count="addr_count"))),
    named("irk_count", Length(of="irks", number=u8)),
    AtMost("irk_count", 8),
    named("irks", Presence(ListOf(Presence(IRK), count="irk_count"))),
)

# An advertiser's and a scanner's channels from sd_api_v6 on. No application sends the flag without them.
CHANNEL_MASK = Presence(Raw(5), Flag.DATA)

# Which configuration a connection has, from sd_api_v4 on.
CONN_CFG_TAG = Bits(conn_cfg_tag=8, if_none={"conn_cfg_tag": 0})
