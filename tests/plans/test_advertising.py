"""Advertising data against bytes that others have made: real hosts, beacons as their makers publish them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec import AdvData, Codec, DecodeError, EncodeError
from gatts_codec.advertising.data import GENERAL
from gatts_codec.advertising.text import advertising_text
from gatts_codec.gap import AdStructure, AdvReportEvent, Appearance

# What blatann sends for its example (tests/captures/python_apps/sd_api_v5/blatann_peripheral.jsonl).
BLATANN = "0201060c095065726970682054657374"
BLATANN_SCAN_RESPONSE = "03198000110667452301efcdab8967452301addeefbe"
# Apple's iBeacon and Google's Eddystone-URL, as both publish them.
IBEACON = "02011a1aff4c000215e2c56db5dffb48d2b060d0f5a71096e000000000c5"
EDDYSTONE = "0201060303aafe0d16aafe10ee0367696f6f2e676c"

SAID: dict[str, AdvData] = {
    BLATANN: AdvData(name="Periph Test", flags=GENERAL),
    BLATANN_SCAN_RESPONSE: AdvData(
        appearance=Appearance.GENERIC_COMPUTER,
        services=["beefdead-0123-4567-89ab-cdef01234567"],
        more_services=True,
    ),
    IBEACON: AdvData(
        flags=0x1A,
        manufacturer=(0x004C, bytes.fromhex("0215e2c56db5dffb48d2b060d0f5a71096e000000000c5")),
    ),
    EDDYSTONE: AdvData(
        flags=6, services=[0xFEAA], service_data=[(0xFEAA, bytes.fromhex("10ee0367696f6f2e676c"))]
    ),
    "0409484561": AdvData(name="HEa"),
    "03084865": AdvData(name="He", short_name=True),
    "020af4": AdvData(tx_power=-12),
    "050578563412": AdvData(services=[0x12345678]),
    "": AdvData(),
}


@pytest.mark.parametrize("data", SAID)
def test_data_of_others_say_what_they_mean(data: str) -> None:
    assert AdvData.from_bytes(bytes.fromhex(data)) == SAID[data]


@pytest.mark.parametrize("data", SAID)
def test_the_same_makes_the_same_bytes(data: str) -> None:
    assert bytes(SAID[data]).hex() == data


def test_what_has_no_field_stays_as_it_is() -> None:
    data = bytes.fromhex("021a4003ff590004ff5900010309ffee0000")
    said = AdvData.from_bytes(data)
    assert said.manufacturer == (0x0059, b"")
    assert said.name is None  # not UTF-8
    assert said.others == (
        AdStructure(0x1A, b"\x40"),
        AdStructure(0xFF, b"\x59\x00\x01"),
        AdStructure(9, b"\xff\xee"),
    )
    assert AdvData.from_bytes(bytes(said)) == said


def test_it_says_what_it_is_with_names() -> None:
    assert str(SAID[EDDYSTONE]) == (
        "flags LE_GENERAL_DISC_MODE|BR_EDR_NOT_SUPPORTED, services Eddystone (0xFEAA), "
        "data of Eddystone (0xFEAA) 10ee0367696f6f2e676c"
    )
    assert "manufacturer Apple, Inc. (0x004C) 0215" in str(SAID[IBEACON])
    assert str(AdvData(services=[0xABCD], appearance=0x7777)) == "appearance 0x7777, services 0xabcd"


@pytest.mark.parametrize(
    ("data", "offset", "reason"),
    [
        ("0201060909", 3, "a structure of 9 bytes, of which there are 1"),
        ("05", 0, "a structure of 5 bytes, of which there are 0"),
        ("02010604030d1801", 3, "3 bytes, which is not a multiple of 2"),
        ("030a0001", 0, "tx_power_level: 2 bytes instead of 1"),
        ("021940", 0, "appearance: 1 bytes instead of 2"),
        ("02ff59", 0, "1 bytes; the number that it begins with has 2"),
        ("0216aa", 0, "service_data: 1 bytes; the number that it begins with has 2"),
    ],
)
def test_a_length_that_does_not_fit_is_named(data: str, offset: int, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason) as error:
        AdvData.from_bytes(bytes.fromhex(data))
    assert error.value.offset == offset


def test_what_does_not_fit_is_named_with_sizes() -> None:
    said = AdvData(name="a name of twenty-four .. ", services=[0x180D, 0x180F], flags=GENERAL)
    with pytest.raises(
        EncodeError, match=r"36 bytes do not fit in 31: flags 3, uuid_16bit_\w+ 6, complete_local_name 27"
    ):
        said.to_bytes()
    assert len(said.to_bytes(238)) == 36


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"name": b"Heart"}, "name"),
        ({"services": 0x180D}, "services"),
        ({"services": ["180D"]}, "services"),
        ({"services": [-1]}, "services"),
        ({"manufacturer": b"\x59\x00"}, "manufacturer"),
        ({"manufacturer": (0x10000, b"")}, "manufacturer"),
        ({"service_data": [(0x180D, "text")]}, "service_data"),
        ({"appearance": 1.5}, "appearance"),
        ({"tx_power": 200}, "tx_power"),
        ({"flags": -1}, "flags"),
        ({"others": [(0x100, b"")]}, "others"),
        ({"manufacturer": (1, bytes(253))}, "manufacturer"),
    ],
)
def test_a_wrong_field_is_named_where_it_is_written(fields: dict[str, Any], path: str) -> None:
    with pytest.raises(EncodeError) as error:
        AdvData(**fields)
    assert error.value.path == path


def test_a_report_of_any_dialect_says_it() -> None:
    old = Codec("sd_api_v2").decode_event(bytes.fromhex("1d00ffff01563412f0debcc43806094865617274"))
    assert AdvData.from_report(old).name == "Heart"  # type: ignore[arg-type]
    report = Codec("sd_api_v6").decode_event(
        bytes.fromhex(
            "1d00ffff030002563412f0debc0000000000000001ff7fc425ff00000100000007000106094865617274000000"
        )
    )
    assert isinstance(report, AdvReportEvent)
    assert AdvData.from_report(report).name == "Heart"


@given(st.binary(max_size=40))
def test_any_bytes_are_data_or_a_decode_error(data: bytes) -> None:
    try:
        said = AdvData.from_bytes(data)
    except DecodeError:
        return
    assert AdvData.from_bytes(bytes(said)) == said
    assert isinstance(str(said), str)


def test_uuids_of_128_bits_are_text_or_uuids() -> None:
    text = "6e400001-b5a3-f393-e0a9-e50e24dcca9e"
    assert AdvData(services=[text]) == AdvData(services=[UUID(text)])
    assert bytes(AdvData(services=[text])).hex() == "11079ecadc240ee5a9e093f3a3b50100406e"


def test_a_structure_without_words_of_its_own_shows_its_bytes() -> None:
    # 0x3D, 3D information data: a type of the assigned numbers that nobody here has words for; 0x99 is no type.
    assert advertising_text(bytes.fromhex("033d0102")).endswith(" 0102")
    assert advertising_text(bytes.fromhex("0399aabb")).endswith(" aabb")


def test_a_structure_of_a_wrong_length_shows_its_bytes_and_why() -> None:
    shown = advertising_text(bytes.fromhex("0219aa 030a0101 02ffaa 0203bb"))
    assert "aa (1 bytes instead of 2)" in shown
    assert "0101 (2 bytes instead of 1)" in shown
    assert "bb (1 bytes, which is not a multiple of 2)" in shown


@given(st.binary(max_size=31))
def test_any_advertising_data_are_shown_or_refused(data: bytes) -> None:
    with suppress(DecodeError):
        assert isinstance(advertising_text(data), str)
