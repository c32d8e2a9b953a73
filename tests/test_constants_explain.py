"""What a person is told about a code or a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.codec import Codec
from gatts_codec.constants import SdRpcError, explain, gatt_status_name, group_of, hint, result_name
from gatts_codec.constants.catalogue import named
from gatts_codec.constants.table import tables
from gatts_codec.dialects import DIALECTS, SD_API_V5
from gatts_codec.errors import UnknownDialectError

ALL = tuple(tables())
EARLY, LATE = ALL[: ALL.index("sd_api_v6")], ALL[ALL.index("sd_api_v6") :]


def found(text: str, dialect: str | None = None) -> list[tuple[str, tuple[str, ...]]]:
    return [(entry.name, entry.dialects) for entry in explain(text, dialect)]


@pytest.mark.parametrize(
    "text", ["0x3401", "13313", "3401", "0X3401", " 13313 ", "BLE_ERROR_GATTS_SYS_ATTR_MISSING"]
)
def test_a_code_in_every_spelling(text: str) -> None:
    assert found(text) == [("BLE_ERROR_GATTS_SYS_ATTR_MISSING", EARLY + LATE)]


def test_digits_are_decimal_first() -> None:
    assert explain("10")[0].code == 10
    assert {entry.code for entry in explain("a4")} == {0xA4}


def test_an_opcode_with_two_meanings_shows_both() -> None:
    assert found("0xa8") == [
        ("SD_BLE_GATTS_RW_AUTHORIZE_REPLY", EARLY),
        ("SD_BLE_GATTS_SERVICE_ADD", LATE),
    ]
    assert found("0xa8", "sd_api_v6") == [("SD_BLE_GATTS_SERVICE_ADD", ("sd_api_v6",))]


def test_an_event_id_that_moved_shows_both() -> None:
    assert found("0x55") == [
        ("BLE_GATTS_EVT_TIMEOUT", EARLY[:4]),
        ("BLE_GATTS_EVT_EXCHANGE_MTU_REQUEST", (*EARLY[4:], *LATE)),
    ]


def test_opcodes_of_other_groups_are_named_by_group() -> None:
    assert found("0x94", "sd_api_v5") == [("SD_BLE_GATTC_PRIMARY_SERVICES_DISCOVER", ("sd_api_v5",))]
    assert found("0x6b", "s110_v8") == [("common opcode, base + 11", ("s110_v8",))]
    assert found("0x9a", "sd_api_v7") == [("GAP opcode, base + 46", ("sd_api_v7",))]
    (event_get,) = explain("sd_ble_evt_get", "sd_api_v5")
    assert (event_get.category, event_get.group) == ("command", "common")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("value_set", {"SD_BLE_GATTS_VALUE_SET"}),
        ("sd_ble_gatts_value_set", {"SD_BLE_GATTS_VALUE_SET"}),
        ("write", {"BLE_GATTS_EVT_WRITE"}),
        ("attr_get", {"SD_BLE_GATTS_ATTR_GET"}),
        ("gatts_hvx", {"SD_BLE_GATTS_HVX"}),
        ("hvx", {"SD_BLE_GATTS_HVX"}),
        ("sys attr missing", {"BLE_ERROR_GATTS_SYS_ATTR_MISSING", "BLE_GATTS_EVT_SYS_ATTR_MISSING"}),
        ("busy", {"NRF_ERROR_BUSY"}),
        ("add", {"SD_BLE_GATTS_SERVICE_ADD", "SD_BLE_GATTS_INCLUDE_ADD", "SD_BLE_GATTS_CHARACTERISTIC_ADD",
                 "SD_BLE_GATTS_DESCRIPTOR_ADD", "SD_BLE_UUID_VS_ADD"}),
        ("BLE_CONN_HANDLE_INVALID", {"BLE_CONN_HANDLE_INVALID"}),
        ("H5_TRANSPORT_STATE", {"NRF_ERROR_SD_RPC_H5_TRANSPORT_STATE"}),
    ],
)  # fmt: skip
def test_names_whole_and_in_part(text: str, names: set[str]) -> None:
    assert {entry.name for entry in explain(text)} == names


def test_an_application_s_own_status_is_named_by_its_place_in_the_range() -> None:
    (entry,) = [entry for entry in explain("0x0182") if entry.category == "gatt status"]
    assert entry.name == "BLE_GATT_STATUS_ATTERR_APP_BEGIN + 2"
    assert (entry.dialects, entry.meaning) == (EARLY + LATE, "an error that the application defines")


@pytest.mark.parametrize("text", ["", " ", "-1", "0x", "nope", "0xdeadbeef", "99999999999", "zz", "١٢"])
def test_nothing_known_is_an_empty_answer(text: str) -> None:
    assert explain(text) == []


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(UnknownDialectError, match="unknown dialect"):
        explain("0", "sd_api_v8")


def test_a_result_says_what_it_means_for_each_call() -> None:
    (entry,) = [entry for entry in explain("8") if entry.category == "result"]
    assert dict(entry.by_command)["descriptor_add"] == "add a characteristic first"


def test_every_gatts_opcode_event_status_and_result_has_a_meaning() -> None:
    lacking = [
        entry.name
        for entry in named()
        if entry.category != "constant" and entry.group in (None, "gatts") and not entry.meaning
    ]
    assert lacking == []


def test_hints_follow_the_dialect_and_the_command() -> None:
    assert "advertising set" in hint("sd_api_v7", 0x3004, "hvx")
    assert "BLE_EVT_TX_COMPLETE" in hint("sd_api_v3", 0x3004, "hvx")
    assert "HVN_TX_COMPLETE" in hint("sd_api_v5", 0x13, "hvx")
    assert "CCCD" in hint("sd_api_v5", 8, "hvx")
    assert hint("sd_api_v5", 8, "service_add") == hint("sd_api_v5", 8)
    assert hint("sd_api_v5", 0xDEADBEEF) == ""


def test_names_and_hints_take_a_dialect_too_and_a_command_by_its_whole_name() -> None:
    for dialect in (SD_API_V5, SD_API_V5.derive("mine", firmware="mine")):
        assert result_name(dialect, 8) == "NRF_ERROR_INVALID_STATE"
        assert gatt_status_name(dialect, 0x0102) == "BLE_GATT_STATUS_ATTERR_READ_NOT_PERMITTED"
        assert group_of(dialect, "command", 0xA0) == "gatts"
        for command in ("hvx", "sd_ble_gatts_hvx", "SD_BLE_GATTS_HVX"):
            assert hint(dialect, 8, command) == hint("sd_api_v5", 8, "hvx")


def test_no_hint_speaks_of_a_result_that_no_dialect_has() -> None:
    codes = {entry.name for entry in named()}
    mentioned = {
        name for entry in named() for name in entry.meaning.split() if name.startswith(("NRF_", "BLE_"))
    }
    assert {name.strip(",:;.()") for name in mentioned} <= codes


def test_host_codes_are_named_in_every_dialect() -> None:
    for dialect in tables():
        assert all(result_name(dialect, code) for code in SdRpcError)


@given(st.text(max_size=40), st.sampled_from([None, *EARLY]))
def test_any_text_gets_an_answer(text: str, dialect: str | None) -> None:
    for entry in explain(text, dialect):
        assert dialect is None or entry.dialects == (dialect,)


@given(st.integers(0, 0xFFFF))
def test_hex_and_decimal_agree(code: int) -> None:
    assert explain(f"0x{code:x}") == [entry for entry in explain(str(code)) if entry.code == code]


def test_every_packet_of_the_other_groups_is_explained_by_its_docstring() -> None:
    (start,) = [entry for entry in explain("gap_adv_start") if entry.category == "command"]
    assert start.meaning == "start advertising a set"
    assert explain("BLE_GAP_EVT_PHY_UPDATE")[0].meaning == "the radio mode has changed"
    packets = {cls.name.upper() for dialect in DIALECTS for cls in Codec(dialect).message_classes()}
    lacking = [entry.name for entry in named() if entry.name in packets and not entry.meaning]
    assert lacking == []


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("0x180D", [("uuid", "Heart Rate")]),
        ("2a37", [("uuid", "Heart Rate Measurement")]),
        ("heart rate", [("uuid", "Heart Rate")]),
        ("0x0059", [("company", "Nordic Semiconductor ASA")]),
        (
            "833",
            [("company", "Etesian Technologies LLC"), ("appearance", "heart rate sensor heart rate belt")],
        ),
        ("service 0x180f has 0x2a19", [("uuid", "Battery Service"), ("uuid", "Battery Level")]),
    ],
)
def test_numbers_that_the_bluetooth_sig_has_assigned(text: str, meanings: list[tuple[str, str]]) -> None:
    assert [(each.category, each.name) for each in explain(text)] == meanings


def test_a_sentence_without_end_is_read_as_far_as_a_person_reads() -> None:
    name = "BLE_ERROR_GATTS_SYS_ATTR_MISSING"
    assert name in {entry.name for entry in explain("word " * 390 + name)}
    assert name not in {entry.name for entry in explain("word " * 400 + name)}
    names = {entry.name for entry in named() if "_ERROR_" in entry.name}
    assert len(explain(" ".join(names))) < len(names)


SENTENCES = {
    "what is 0x3401": "BLE_ERROR_GATTS_SYS_ATTR_MISSING",
    "reason 0x13": "BLE_HCI_REMOTE_USER_TERMINATED_CONNECTION",
    "disconnected reason 8": "BLE_HCI_CONNECTION_TIMEOUT",
    "peer disconnected with 0x3D": "BLE_HCI_CONN_TERMINATED_DUE_TO_MIC_FAILURE",
    "HCI status 0x22": "BLE_HCI_STATUS_CODE_LMP_RESPONSE_TIMEOUT",
    "error 12": "NRF_ERROR_DATA_SIZE",
    "Failed to open serial port error code 0xD": "NRF_ERROR_TIMEOUT",
    "Event received 16": "BLE_GAP_EVT_CONNECTED",
    "evt_id 0x52": "BLE_GATTS_EVT_SYS_ATTR_MISSING",
    "opcode 0xA8": "SD_BLE_GATTS_RW_AUTHORIZE_REPLY",
    "auth status 0x85": "BLE_GAP_SEC_STATUS_PAIRING_NOT_SUPP",
    "what is the difference between a write request and a write command?": "write request or write command",
    "BLE_GATTS_OP_WRITE_CMD": "write request or write command",
    "what should I reply to BLE_GATTS_EVT_RW_AUTHORIZE_REQUEST": "write authorization",
    "why must I call sd_ble_gatts_sys_attr_set": "client characteristic configuration",
    "how long may a notification be": "length of a notification",
    "how many notifications can I queue": "notification queue",
    "attribute table full": "attribute table size",
    "minimum connection interval": "connection parameters",
    "what is conn_sup_timeout 400": "supervision timeout",
    "which baud rate and parity?": "serial settings",
    "why does it send SYNC only": "link-up",
    "how do I set MTU 247": "ATT MTU",
    "Status: 5": "IO_RESOURCES_UNAVAILABLE",
    "ATT error 0x05": "BLE_GATT_STATUS_ATTERR_INSUF_AUTHENTICATION",
    "how do I pair": "pairing",
    "which connectivity firmware do I need": "connectivity firmware",
}


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_gets_the_answer_to_what_it_asks(text: str) -> None:
    assert explain(text)[0].name == SENTENCES[text]


@pytest.mark.parametrize("text", ["reason 0x13", "opcode 0xA8", "evt_id 0x52"])
def test_what_a_number_is_called_leaves_its_other_meanings_out(text: str) -> None:
    assert len({entry.category for entry in explain(text)}) == 1


@given(st.text(max_size=200))
def test_no_sentence_makes_it_raise(text: str) -> None:
    explain(text)
