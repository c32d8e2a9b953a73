"""Blocks beyond GATTS: what each reads and writes. The bytes are golden vectors of the other groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, NoReturn

import pytest
from construct import ConstructError, StreamError
from differential import ODD, identical
from hypothesis import given
from hypothesis import strategies as st
from strategies import field_paths, many, mutated, of_record, with_field

from gatts_codec.constants import HvxType
from gatts_codec.errors import EncodeError
from gatts_codec.schema.blocks import Counted, Data, Length, Presence, Raw, Trailing, i8, u8, u16, u32
from gatts_codec.schema.compiler import decoder_source, encoder_source
from gatts_codec.schema.lists import ListOf, Never, Switch
from gatts_codec.schema.members import AtMost, Bits, Count
from gatts_codec.schema.message import FROM_DATA, Handle, Message, fill_length
from gatts_codec.schema.record import Absent, Flagged, Record, named
from gatts_codec.schema.shown import LATER, Address, Key, address_bytes, address_text
from gatts_codec.schema.stream import Flag, Reader, Refused
from gatts_codec.schema.structs import UUID, Uuid


def both_ways(layout: Record, built: Any, text: str) -> None:
    data = bytes.fromhex(text)
    assert layout.build(built) == data
    for strict in (True, False):
        assert layout.parse(data, strict=strict) == built
    assert type(built).from_dict(built.to_dict()) == built


def refuses_bytes(layout: Record, text: str, reason: str, *, offset: int, strict: bool = True) -> None:
    with pytest.raises(Refused, match=reason) as caught:
        layout.parse(bytes.fromhex(text), strict=strict)
    assert caught.value.offset == offset


def refuses(layout: Record, built: Any, path: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason) as caught:
        layout.build(built)
    assert caught.value.path == f"(building) -> {path}"


@dataclass(frozen=True, slots=True, repr=False)
class AttrInfo16(Message):
    handle: Handle
    uuid: Uuid


@dataclass(frozen=True, slots=True, repr=False)
class AttrInfo128(Message):
    handle: Handle
    uuid128: bytes


@dataclass(frozen=True, slots=True, repr=False)
class AttrInfos(Message):
    format: int
    attr_infos: tuple[AttrInfo16 | AttrInfo128, ...]


INFO_16 = Record(AttrInfo16, named("handle", u16), named("uuid", UUID))
INFO_128 = Record(AttrInfo128, named("handle", u16), named("uuid128", Raw(16)))
ATTR_INFOS = Record(
    AttrInfos,
    Count("count", u16, of="attr_infos"),
    named("format", u8),
    named("attr_infos", ListOf(Switch("format", {1: INFO_16}, INFO_128), count="count")),
)


def test_a_count_that_is_no_field_stands_before_another_one() -> None:
    both_ways(ATTR_INFOS, AttrInfos(1, ()), "0000 01")
    both_ways(ATTR_INFOS, AttrInfos(1, (AttrInfo16(0x100, Uuid(1, 2)),)), "0100 01 0001 0100 02")
    info = AttrInfo128(0xFA09, bytes.fromhex("5a66ef0a614e26d35061c82b95755de1"))
    both_ways(ATTR_INFOS, AttrInfos(0, (info, info)), "0200 00" + 2 * "09fa5a66ef0a614e26d35061c82b95755de1")


def test_the_place_of_a_fault_in_a_list_is_named() -> None:
    wrong = AttrInfos(1, (AttrInfo16(1, Uuid(1)), AttrInfo16(-1, Uuid(1))))
    refuses(ATTR_INFOS, wrong, "attr_infos[1] -> handle", "expected an integer 0..65535")
    refuses(ATTR_INFOS, AttrInfos(2, (AttrInfo16(1, Uuid(1)),)), "attr_infos[0]", "expected AttrInfo128")
    refuses(ATTR_INFOS, AttrInfos(1, 7), "attr_infos", "expected a tuple, got 7")  # type: ignore[arg-type]
    too_many = AttrInfos(1, (AttrInfo16(1, Uuid(1)),) * 0x10000)
    refuses(ATTR_INFOS, too_many, "attr_infos", "65536 are more than its count can say, 65535")
    with pytest.raises(StreamError) as caught:
        ATTR_INFOS.parse(bytes.fromhex("0200 01 0001 0100 02 0001"))
    assert caught.value.path == "(parsing) -> attr_infos[1] -> uuid -> uuid"


@dataclass(frozen=True, slots=True, repr=False)
class HandleValue(Message):
    handle: Handle
    value: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Values(Message):
    value_len: int
    handle_values: tuple[HandleValue, ...]


HANDLE_VALUE = Record(HandleValue, named("handle", u16), named("value", Raw("value_len")))
VALUES = Record(
    Values,
    Count("count", u16, of="handle_values"),
    named("value_len", u16),
    named("handle_values", ListOf(HANDLE_VALUE, count="count")),
)


def test_a_size_that_stands_in_the_record_around() -> None:
    two = (HandleValue(0xDDAE, b"\x34\xb4\xf3"), HandleValue(0x7FFF, b"\x31\xb1\xe8"))
    both_ways(VALUES, Values(3, two), "0200 0300 aedd34b4f3 ff7f31b1e8")
    both_ways(VALUES, Values(20, ()), "0000 1400")
    refuses(VALUES, Values(4, two), "handle_values[0] -> value", "expected 4 bytes, as value_len says, got 3")


@dataclass(frozen=True, slots=True, repr=False)
class Gap(Message):
    addr_type: int
    addr: Address
    addr_id_peer: Annotated[int | None, LATER] = None


ADDR = Record(Gap, Bits(addr_id_peer=1, addr_type=7, if_none={"addr_id_peer": 0}), named("addr", Raw(6)))
ADDR_V2 = Record(Gap, named("addr_type", u8), named("addr", Raw(6)), Absent("addr_id_peer"))


def test_an_address_as_people_write_it() -> None:
    peer = Gap(1, address_bytes("F0:12:34:56:78:9a"))
    assert peer.addr == bytes.fromhex("9a78563412f0")
    assert repr(peer) == "Gap(addr_type=1, addr='F0:12:34:56:78:9A', addr_id_peer=None)"
    assert address_text(peer.addr) == "F0:12:34:56:78:9A"
    plain = {"addr_type": 1, "addr": "F0-12-34-56-78-9A", "addr_id_peer": 1}
    assert Gap.from_dict(plain) == Gap(1, peer.addr, 1)
    for wrong in ("F0:12:34:56:78", "F0:12:34:56:78:9G", "F0:12:34:56:78:9A:"):
        with pytest.raises(EncodeError, match="not an address like F0:12:34:56:78:9A") as caught:
            Gap.from_dict({"addr_type": 1, "addr": wrong})
        assert caught.value.path == "addr"


def test_a_field_of_later_dialects_is_left_out_where_there_is_none() -> None:
    both_ways(ADDR, Gap(0x35, bytes.fromhex("b8799a6a2f33"), 1), "6bb8799a6a2f33")
    old = ADDR_V2.parse(bytes.fromhex("b5b8799a6a2f33"))
    assert old.to_dict() == {"addr_type": 0xB5, "addr": "b8799a6a2f33"}
    assert Gap.from_dict(old.to_dict()) == Gap(0xB5, old.addr)
    assert ADDR_V2.build(old) == bytes.fromhex("b5b8799a6a2f33")
    assert ADDR.build(Gap(0x35, old.addr)) == bytes.fromhex("6ab8799a6a2f33")
    refuses(ADDR_V2, Gap(0, old.addr, 1), "addr_id_peer", "must be None in this dialect")
    refuses(ADDR_V2, Gap(0, b"short"), "addr", "expected 6 bytes, got 5")


@dataclass(frozen=True, slots=True, repr=False)
class WhitelistSet(Message):
    wl_addrs: tuple[Gap | None, ...] | None
    len: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "len", "wl_addrs")


WHITELIST = Record(
    WhitelistSet,
    named("len", Length(of="wl_addrs", number=u8)),
    named("wl_addrs", Presence(ListOf(Presence(ADDR), count="len"))),
)


def test_a_list_whose_count_is_a_field_of_its_own() -> None:
    addr = Gap(0, bytes.fromhex("710151e192ac"), 0)
    both_ways(WHITELIST, WhitelistSet((None, addr)), "02 01 00 0100710151e192ac")
    both_ways(WHITELIST, WhitelistSet(None), "00 00")
    both_ways(WHITELIST, WhitelistSet(None, 8), "08 00")
    refuses(WHITELIST, WhitelistSet((addr,), 2), "len", "says 2, but wl_addrs has 1 items")
    assert repr(WhitelistSet((None, addr))) == f"WhitelistSet(wl_addrs=(None, {addr!r}), len=2)"
    assert repr(WhitelistSet((addr,))) == f"WhitelistSet(wl_addrs=({addr!r},), len=1)"
    with pytest.raises(EncodeError, match="expected a list, got 'no'"):
        WhitelistSet.from_dict({"wl_addrs": "no"})
    with pytest.raises(EncodeError, match="expected bytes as hex") as caught:
        WhitelistSet.from_dict({"wl_addrs": [None, {"addr_type": 0, "addr": "x"}]})
    assert caught.value.path == "wl_addrs[1].addr"


@dataclass(frozen=True, slots=True, repr=False)
class Identities(Message):
    id_keys: tuple[int, ...] | None = None
    local_irks: tuple[int, ...] | None = None
    len: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "len", "id_keys", "local_irks")


IDENTITIES = Record(
    Identities,
    named("len", Length(of=("id_keys", "local_irks"), number=u8)),
    named("id_keys", Presence(ListOf(u16, count="len"))),
    named("local_irks", Presence(ListOf(u8, count="len"))),
)


def test_one_count_of_two_lists() -> None:
    both_ways(IDENTITIES, Identities(None, (7, 8)), "02 00 01 0708")
    both_ways(IDENTITIES, Identities((1, 2), (7, 8)), "02 01 01000200 01 0708")
    refuses(IDENTITIES, Identities((1,), (7, 8)), "len", "says 1, but local_irks has 2 items")


@dataclass(frozen=True, slots=True, repr=False)
class ConnGatt(Message):
    conn_cfg_tag: int
    att_mtu: int


@dataclass(frozen=True, slots=True, repr=False)
class ServiceChangedCfg(Message):
    service_changed: int


@dataclass(frozen=True, slots=True, repr=False)
class OtherCfg(Message):
    service_changed: int


@dataclass(frozen=True, slots=True, repr=False)
class CfgSet(Message):
    cfg: ConnGatt | OtherCfg | ServiceChangedCfg | None
    cfg_id: int | None = None


CFG = Switch(
    "cfg_id",
    {
        0x23: Record(ConnGatt, named("conn_cfg_tag", u8), named("att_mtu", u16)),
        0xA0: Record(ServiceChangedCfg, named("service_changed", u8)),
    },
)
CFG_SET = Record(CfgSet, named("cfg_id", CFG.id(of="cfg")), named("cfg", Presence(CFG)))


def test_an_id_follows_from_the_structure() -> None:
    text = "23000000 01 02 0000"
    both_ways(CFG_SET, CfgSet(ConnGatt(2, 0), 0x23), text)
    assert CFG_SET.build(CfgSet(ConnGatt(2, 0))).hex(" ") == bytes.fromhex(text).hex(" ")
    both_ways(CFG_SET, CfgSet(None, 0x21), "21000000 00")
    refuses(CFG_SET, CfgSet(None), "cfg_id", "must be given where cfg is None")
    refuses(CFG_SET, CfgSet(ConnGatt(2, 0), 0xA0), "cfg_id", "is 160, but cfg is a ConnGatt, whose id is 35")
    known = "expected one of ConnGatt, ServiceChangedCfg, got OtherCfg"
    refuses(CFG_SET, CfgSet(OtherCfg(1)), "cfg", known)
    refuses_bytes(CFG_SET, "24000000 01 02 0000", "must be one of 35, 160, found 36", offset=0)


def test_a_dialect_tells_apart_what_looks_alike() -> None:
    plain = {"cfg_id": 0xA0, "cfg": {"service_changed": 1}}
    assert CfgSet.from_dict(plain).cfg == OtherCfg(1)
    assert CFG_SET.from_dict(plain) == CfgSet(ServiceChangedCfg(1), 0xA0)
    assert CFG_SET.from_dict({"cfg_id": 0x23, "cfg": None}) == CfgSet(None, 0x23)
    assert CFG_SET.from_dict({"cfg": {"conn_cfg_tag": 1, "att_mtu": 247}}).cfg == ConnGatt(1, 247)
    with pytest.raises(EncodeError, match="ServiceChangedCfg has no such field") as caught:
        CFG_SET.from_dict({"cfg_id": 0xA0, "cfg": {"att_mtu": 1}})
    assert caught.value.path == "cfg.att_mtu"


@dataclass(frozen=True, slots=True, repr=False)
class KeyReply(Message):
    key_type: int
    key: Key | None


KEY_REPLY = Record(
    KeyReply,
    named("key_type", u8),
    named("key", Presence(Switch("key_type", {0: Raw(0), 1: Raw(6), 2: Raw(16)}))),
)


def test_keys_are_never_shown() -> None:
    both_ways(KEY_REPLY, KeyReply(1, b"123456"), "01 01 313233343536")
    both_ways(KEY_REPLY, KeyReply(0, b""), "00 01")
    both_ways(KEY_REPLY, KeyReply(7, None), "07 00")
    assert repr(KeyReply(1, b"123456")) == "KeyReply(key_type=1, key=<6 bytes, not shown>)"
    with pytest.raises(Refused) as caught:
        KEY_REPLY.build(KeyReply(2, b"123456"))
    assert "123456" not in str(caught.value)
    refuses(KEY_REPLY, KeyReply(3, b""), "key_type", "must be one of 0, 1, 2, found 3")


@dataclass(frozen=True, slots=True, repr=False)
class AdvReport(Message):
    rssi: int
    scan_rsp: int
    type: int
    data: bytes


ADV_REPORT_V2 = Record(
    AdvReport,
    named("rssi", i8),
    Bits(scan_rsp=1, type=2, dlen=5, counts={"dlen": "data"}),
    named("data", Data("dlen", flag=None)),
)


def test_a_count_among_bits() -> None:
    both_ways(ADV_REPORT_V2, AdvReport(-53, 1, 2, b""), "cb 05")
    both_ways(ADV_REPORT_V2, AdvReport(0, 0, 0, b"\xea\xc9"), "00 10 eac9")
    refuses(ADV_REPORT_V2, AdvReport(0, 0, 0, bytes(32)), "data", "32 are more than its count can say, 31")
    refuses(ADV_REPORT_V2, AdvReport(0, 0, 0, None), "data", "expected bytes")  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, repr=False)
class ReportType(Message):
    connectable: int
    status: int
    reserved: int


@dataclass(frozen=True, slots=True, repr=False)
class DataId(Message):
    data_id: int


@dataclass(frozen=True, slots=True, repr=False)
class TxPower(Message):
    role: int
    handle: int | None


TX_POWER = Record(TxPower, Bits(role=8), Bits(u16, handle=16, if_none={"handle": 0}))
REPORT_TYPE = Record(ReportType, Bits(u16, connectable=5, status=2, reserved=9))
STOP = Record(DataId, Bits(data_id=8, if_none={"data_id": 0}))


def test_bits_that_fill_their_number() -> None:
    both_ways(TX_POWER, TxPower(1, 0x1234), "01 3412")
    assert TX_POWER.build(TxPower(1, None)) == b"\1\0\0"
    refuses(TX_POWER, TxPower(1, 0x10000), "handle", "expected an integer 0..65535")
    refuses(TX_POWER, TxPower(None, 1), "role", "expected an integer 0..255")  # type: ignore[arg-type]


def test_bits_of_more_than_a_byte() -> None:
    both_ways(REPORT_TYPE, ReportType(8, 3, 0x88), "6844")
    layout = Record(DataId, Bits(u16, data_id=12))
    both_ways(layout, DataId(0xFFF), "ff0f")
    refuses_bytes(layout, "0110", "reserved bits 1000 are set in 1001", offset=0)
    assert layout.parse(bytes.fromhex("0110"), strict=False) == DataId(1)
    refuses(layout, DataId(0x1000), "data_id", "expected an integer 0..4095")


@dataclass(frozen=True, slots=True, repr=False)
class L2capHeader(Message):
    len: int
    cid: int


@dataclass(frozen=True, slots=True, repr=False)
class L2capTx(Message):
    header: L2capHeader | None
    data: bytes | None


L2CAP_TX = Record(
    L2capTx,
    Flagged(
        named("header", Record(L2capHeader, named("len", u16), named("cid", u16))),
        named("data", Data("header.len", flag=Flag.ANY)),
        filler=True,
    ),
)


def test_bytes_that_an_earlier_structure_counts() -> None:
    both_ways(L2CAP_TX, L2capTx(L2capHeader(1, 0x959E), b"\x12"), "01 0100 9e95 01 12")
    both_ways(L2CAP_TX, L2capTx(None, None), "00 00")
    refuses_bytes(L2CAP_TX, "01 0100 9e95 00 12", "presence flag must be 01, found 00", offset=5)
    built = L2CAP_TX.parse(bytes.fromhex("01 0100 9e95 00 12"), strict=False)
    assert built == L2capTx(L2capHeader(1, 0x959E), b"\x12")
    refuses(L2CAP_TX, L2capTx(L2capHeader(2, 1), b"x"), "header.len", "says 2, but there are 1 bytes")
    refuses(L2CAP_TX, L2capTx(L2capHeader(2, 1), None), "data", "expected bytes, got None")


@dataclass(frozen=True, slots=True, repr=False)
class Buffer(Message):
    buf_id: int
    len: int = FROM_DATA
    data: bytes | None = None

    def __post_init__(self) -> None:
        fill_length(self, "len", "data")


BUFFER = Record(
    Buffer,
    named("buf_id", u32),
    named("len", Length(of="data")),
    named("data", Switch("buf_id", {0: Presence(Never("buffer 0 is none, and has no data"))}, Data("len"))),
)
RX_BUFFER = Record(
    Buffer,
    named("len", Length(of="data")),
    named("buf_id", u32),
    AtMost("len", 124, when="buf_id"),
    Absent("data"),
)


def test_a_field_that_must_be_absent_while_another_says_so() -> None:
    layout = BUFFER
    both_ways(layout, Buffer(5, data=b"ab"), "05000000 0200 01 6162")
    both_ways(layout, Buffer(0, 7), "00000000 0700 00")
    refuses_bytes(layout, "00000000 0200 01 6162", "buffer 0 is none", offset=6)
    refuses(layout, Buffer(0, data=b"ab"), "data", "buffer 0 is none")


def test_a_limit_that_holds_while_another_field_is_not_zero() -> None:
    layout = RX_BUFFER
    both_ways(layout, Buffer(0, 125), "7d00 00000000")
    both_ways(layout, Buffer(1, 124), "7c00 01000000")
    refuses_bytes(layout, "7d00 01000000", "must be at most 124, found 125", offset=0, strict=False)
    refuses(layout, Buffer(1, 125), "len", "must be at most 124, found 125")


@dataclass(frozen=True, slots=True, repr=False)
class UuidLe(Message):
    uuid_le_len: int
    uuid_le: bytes | None


UUID_LE = Record(UuidLe, named("uuid_le_len", u8), named("uuid_le", Trailing(Data("uuid_le_len", flag=None))))


def test_bytes_that_may_be_left() -> None:
    layout = UUID_LE
    both_ways(layout, UuidLe(2, b"\x0a\x18"), "02 0a18")
    both_ways(layout, UuidLe(16, None), "10")


@dataclass(frozen=True, slots=True, repr=False)
class Nothing(Message):
    pass


@dataclass(frozen=True, slots=True, repr=False)
class Name(Message):
    name: bytes


def test_a_record_without_bytes_and_a_count_of_one() -> None:
    both_ways(Record(Nothing), Nothing(), "")
    layout = Record(Name, named("name", Counted(u8)))
    both_ways(layout, Name(b"ab"), "02 6162")
    refuses(layout, Name(bytes(256)), "name", "256 bytes are over the longest value, 255")
    counted = Record(Name, named("name", ListOf(u8, count=u8)))
    refuses(counted, Name([0] * 256), "name", "256 items are more than the count can say, 255")  # type: ignore[arg-type]


def test_what_a_field_may_hold_is_read_off_its_annotation() -> None:
    @dataclass(frozen=True, slots=True, repr=False)
    class Shown(Message):
        kinds: tuple[Annotated[int, HvxType], ...]
        lists: Annotated[tuple[Handle, ...] | None, LATER] = None

    assert repr(Shown((1, 9))) == "Shown(kinds=(NOTIFICATION, 9), lists=None)"
    assert Shown((1,)).to_dict() == {"kinds": [1]}
    assert Shown((), (1,)).to_dict() == {"kinds": [], "lists": [1]}
    assert repr(Shown((), (1,))) == "Shown(kinds=(), lists=(0x0001,))"


def test_every_byte_of_a_list_is_annotated() -> None:
    reader = Reader(bytes.fromhex("0100 01 0001 0100 02"), spans=[])
    ATTR_INFOS.parse_stream(reader)
    places = [(span.path.partition(" -> ")[2], span.start, span.stop) for span in reader.spans or ()]
    assert places == [
        ("attr_infos (count)", 0, 2),
        ("format", 2, 3),
        ("attr_infos[0] -> handle", 3, 5),
        ("attr_infos[0] -> uuid -> uuid", 5, 7),
        ("attr_infos[0] -> uuid -> type", 7, 8),
    ]


@dataclass(frozen=True, slots=True, repr=False)
class Filled(Message):
    dlen: int
    data: bytes


FILLED = Record(Filled, named("dlen", u8), named("data", Data("dlen", flag=Flag.FILLED, most=31)))


def test_a_flag_that_means_nothing_where_there_are_no_bytes() -> None:
    both_ways(FILLED, Filled(2, b"ab"), "02 01 6162")
    both_ways(FILLED, Filled(0, b""), "00 01")
    refuses_bytes(FILLED, "02 00 6162", "must be 01", offset=1, strict=False)
    assert FILLED.parse(bytes.fromhex("00 00"), strict=False) == Filled(0, b"")


LAYOUTS = [
    FILLED,
    ATTR_INFOS,
    VALUES,
    ADDR,
    ADDR_V2,
    WHITELIST,
    IDENTITIES,
    CFG_SET,
    KEY_REPLY,
    ADV_REPORT_V2,
    L2CAP_TX,
    BUFFER,
    RX_BUFFER,
    UUID_LE,
    TX_POWER,
    REPORT_TYPE,
    STOP,
]
any_layout = st.sampled_from(LAYOUTS)


@many
@given(any_layout, st.data())
def test_whatever_is_built_is_parsed_again(layout: Record, choose: st.DataObject) -> None:
    built = choose.draw(of_record(layout))
    assert layout.parse(layout.build(built)) == built
    assert layout.from_dict(built.to_dict()) == built


@many
@given(any_layout, st.booleans(), st.data())
def test_a_scan_takes_what_is_parsed(layout: Record, strict: bool, choose: st.DataObject) -> None:
    numpy = pytest.importorskip("numpy", reason="the extra parquet is not installed")
    from gatts_codec.schema.columns import PADDING, scan

    valid = of_record(layout).map(layout.build)
    bodies = [
        choose.draw(st.just(body) | mutated(body, 0))
        for body in choose.draw(st.lists(valid, min_size=1, max_size=4))
    ]
    ends = numpy.cumsum([len(body) for body in bodies]).astype(numpy.int64)
    data = numpy.frombuffer(b"".join(bodies) + bytes(PADDING), numpy.uint8)
    begins = ends - numpy.array([len(body) for body in bodies], numpy.int64)
    taken = scan(layout, data, begins, ends, [("handle",)], strict=strict).taken
    assert [bool(each) for each in taken] == [_parses(layout, body, strict) for body in bodies]


def _parses(layout: Record, body: bytes, strict: bool) -> bool:
    reader = Reader(body)
    try:
        layout.parse_stream(reader, strict=strict)
    except ConstructError:
        return False
    return reader.tell() == len(body)


@pytest.mark.parametrize("widths", [{"a": 1, "b": 12}, {"a": 9}, {"a": 0, "b": 8}, {"a": -1, "b": 2}])
def test_bits_that_do_not_fit_their_number_are_refused_at_once(widths: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="do not fit into 8 bits"):
        Bits(**widths)  # type: ignore[arg-type]  # of the keywords that are no widths


def test_bits_that_just_fit() -> None:
    assert Bits(a=1, b=7).reserved == Bits(u16, a=4, b=12).reserved == 0
    assert Bits(u16, a=1, b=12).reserved == 0xE000


class Asked(Exception):
    """The generated function leaves it to the interpreted layout."""


def ask(_: object) -> NoReturn:
    raise Asked


def outcome(function: Callable[[Any], Any], argument: Any) -> Any:
    """What a function returns, Asked, or that it refuses."""
    try:
        return function(argument)
    except Asked:
        return Asked
    except ConstructError:
        return Refused


@cache
def generated_encoder(layout: Record) -> Callable[[Any], bytes]:
    encode: Callable[[Any], bytes] = encoder_source(layout, head=b"", title="", interpret=ask).function()
    return encode


@cache
def generated_decoder(layout: Record, strict: bool) -> Callable[[bytes], Any]:
    source = decoder_source(
        layout, skip=0, expect=b"", strict=strict, title="", argument="body", interpret=ask
    )
    return source.function()


def parsed(layout: Record, body: bytes, strict: bool) -> Any:
    reader = Reader(body)
    message = layout.parse_stream(reader, strict=strict)
    if reader.tell() < len(body):
        raise Refused("trailing", "")
    return message


@many
@given(any_layout, st.booleans(), st.data())
def test_a_generated_decoder_does_what_the_layout_does(
    layout: Record, strict: bool, choose: st.DataObject
) -> None:
    decode = generated_decoder(layout, strict)
    valid = layout.build(choose.draw(of_record(layout)))
    assert identical(decode(valid), parsed(layout, valid, strict))
    body = choose.draw(mutated(valid, 0))
    found, expected = outcome(decode, body), outcome(lambda body: parsed(layout, body, strict), body)
    assert found is Asked or identical(found, expected)


@many
@given(any_layout, st.data())
def test_a_generated_encoder_does_what_the_layout_does(layout: Record, choose: st.DataObject) -> None:
    encode = generated_encoder(layout)
    valid = choose.draw(of_record(layout))
    assert encode(valid) == layout.build(valid)
    path = choose.draw(st.sampled_from(field_paths(valid)))
    odd = with_field(valid, path, ODD[choose.draw(st.sampled_from(sorted(ODD)))])
    found = outcome(encode, odd)
    assert found is Asked or found == outcome(layout.build, odd)
