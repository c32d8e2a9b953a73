"""Messages in words: with the names of numbers that others have assigned, and without the package that has them."""

from __future__ import annotations

import sys
from typing import Any
from uuid import UUID

import pytest

from gatts_codec import AdvData, ServiceAdd, ServiceAddResponse, Uuid
from gatts_codec.capture.calls.names import AttributeNames
from gatts_codec.capture.decoding.describe import Describer
from gatts_codec.common import Version, VersionGetResponse
from gatts_codec.constants import NrfError, assigned
from gatts_codec.gap import (
    Addr,
    AdvDataSet,
    AdvReportEventV5,
    AppearanceSet,
    DeviceNameSet,
    Disconnect,
    DisconnectedEvent,
    PasskeyDisplayEvent,
)
from gatts_codec.schema.message import Message

HEART = AdvData(name="Heart", services=[0x180D])
WORDS: list[tuple[Message, str]] = [
    (ServiceAdd(1, Uuid(0x180D)), "type=PRIMARY uuid=Heart Rate (0x180D)"),
    (ServiceAdd(1, Uuid(0xABCD)), "type=PRIMARY uuid=0xabcd"),
    (ServiceAdd(1, Uuid(0x180D, 2)), "type=PRIMARY uuid=0x180d (vendor base 2)"),
    (DisconnectedEvent(0, 0x13), "conn=0 reason=0x13 remote user terminated connection"),
    (DisconnectedEvent(0, 0x99), "conn=0 reason=0x99 unknown reason"),
    (Disconnect(0), "conn=0 hci_status_code=0x13 remote user terminated connection"),
    (
        AdvDataSet(data=HEART.to_bytes(), sr_data=b"\x09\x09Hea"),
        "data=[services Heart Rate (0x180D), name 'Heart'] "
        "sr_data=0909486561 (a structure of 9 bytes, of which there are 4)",
    ),
    (
        AdvReportEventV5(0xFFFF, Addr.from_text("F0:12:34:56:78:9A"), -60, 0, 0, bytes(HEART)),
        "conn=none addr=F0:12:34:56:78:9A addr_type=RANDOM_STATIC rssi=-60 scan_rsp=0 type=ADV_IND "
        "data=[services Heart Rate (0x180D), name 'Heart']",
    ),
    (VersionGetResponse(NrfError.SUCCESS, Version(9, 0x59, 0xA5)), "company_id=Nordic Semiconductor ASA (0x0059)"),
    (AppearanceSet(0x0340), "appearance=GENERIC_HEART_RATE_SENSOR"),
    (DeviceNameSet(None, b"Heart"), "dev_name=4865617274 'Heart'"),
    (PasskeyDisplayEvent(0, b"123456", 0), "<6 bytes, not shown>"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "words"), WORDS, ids=lambda case: type(case).__name__)
def test_a_message_in_words(message: Message, words: str) -> None:
    said = " ".join(map(str, Describer("sd_api_v5").details(message)))
    assert words in said


def test_attributes_are_called_after_what_they_are() -> None:
    names = AttributeNames()
    names.learn(ServiceAdd(1, Uuid(0x180D)), ServiceAddResponse(NrfError.SUCCESS, 12))
    assert names.name_of(12) == "service Heart Rate"
    names.learn(ServiceAdd(1, Uuid(0xABCD)), ServiceAddResponse(NrfError.SUCCESS, 13))
    assert names.name_of(13) == "service 0xabcd"


@pytest.mark.parametrize(
    ("uuid", "text"),
    [
        (0x180D, "Heart Rate (0x180D)"),
        (0xABCD, "0xabcd"),
        (
            UUID("6e400001-b5a3-f393-e0a9-e50e24dcca9e"),
            "Nordic UART Service (6e400001-b5a3-f393-e0a9-e50e24dcca9e)",
        ),
        (UUID(int=1), str(UUID(int=1))),
    ],
)
def test_a_uuid_as_a_person_wants_to_see_it(uuid: int | UUID, text: str) -> None:
    assert assigned.uuid_text(uuid) == text


@pytest.fixture
def without_the_package(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setitem(sys.modules, "bluetooth_numbers", None)
    assigned._names.cache_clear()
    yield
    assigned._names.cache_clear()


def test_numbers_stay_numbers_without_the_package(without_the_package: None) -> None:
    said = " ".join(map(str, Describer("sd_api_v5").details(ServiceAdd(1, Uuid(0x180D)))))
    assert said == "type=PRIMARY uuid=0x180d"
    assert str(AdvData(services=[0x180D], manufacturer=(0x59, b""))) == "services 0x180d, manufacturer 0x0059"
