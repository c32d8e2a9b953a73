"""Enums, names and groups against the measured table and the golden vectors' own numbers."""

from __future__ import annotations

import re
import subprocess
import sys
from enum import Enum

import pytest
from golden import records

from gatts_codec import Codec, constants
from gatts_codec.constants.table import group_and_name, is_event, tables
from gatts_codec.dialects import DIALECTS
from gatts_codec.errors import UnknownDialectError

HEADER_PREFIXES: dict[type[Enum], str] = {
    constants.ServiceType: "BLE_GATTS_SRVC_TYPE_",
    constants.HvxType: "BLE_GATT_HVX_",
    constants.WriteOp: "BLE_GATTS_OP_",
    constants.AuthorizeType: "BLE_GATTS_AUTHORIZE_TYPE_",
    constants.AttrType: "BLE_GATTS_ATTR_TYPE_",
    constants.AttrVloc: "BLE_GATTS_VLOC_",
    constants.UuidType: "BLE_UUID_TYPE_",
    constants.TimeoutSource: "BLE_GATT_TIMEOUT_SRC_",
    constants.PresentationFormat: "BLE_GATT_CPF_FORMAT_",
    constants.GattOp: "BLE_GATT_OP_",
    constants.ExecWriteFlag: "BLE_GATT_EXEC_WRITE_FLAG_PREPARED_",
    constants.AttrInfoFormat: "BLE_GATTC_ATTR_INFO_FORMAT_",
    constants.ChSetupRefusedSource: "BLE_L2CAP_CH_SETUP_REFUSED_SRC_",
    constants.ChStatus: "BLE_L2CAP_CH_STATUS_CODE_",
    constants.AddrType: "BLE_GAP_ADDR_TYPE_",
    constants.AddrCycleMode: "BLE_GAP_ADDR_CYCLE_MODE_",
    constants.Role: "BLE_GAP_ROLE_",
    constants.AdvType: "BLE_GAP_ADV_TYPE_",
    constants.AdvTypeV5: "BLE_GAP_ADV_TYPE_",
    constants.AdvFilterPolicy: "BLE_GAP_ADV_FP_",
    constants.ScanFilterPolicy: "BLE_GAP_SCAN_FP_",
    constants.AdvDataStatus: "BLE_GAP_ADV_DATA_STATUS_",
    constants.Phy: "BLE_GAP_PHY_",
    constants.TxPowerRole: "BLE_GAP_TX_POWER_ROLE_",
    constants.PrivacyMode: "BLE_GAP_PRIVACY_MODE_",
    constants.IoCaps: "BLE_GAP_IO_CAPS_",
    constants.AuthKeyType: "BLE_GAP_AUTH_KEY_TYPE_",
    constants.KeypressNotification: "BLE_GAP_KP_NOT_TYPE_",
    constants.SecStatus: "BLE_GAP_SEC_STATUS_",
    constants.SecStatusSource: "BLE_GAP_SEC_STATUS_SOURCE_",
    constants.HciStatus: "BLE_HCI_",
    constants.AdType: "BLE_GAP_AD_TYPE_",
    constants.AdvFlags: "BLE_GAP_ADV_FLAG_",
    constants.Appearance: "BLE_APPEARANCE_",
    constants.UserMemType: "BLE_USER_MEM_TYPE_",
    constants.ConnBandwidth: "BLE_CONN_BW_",
    constants.NrfError: "NRF_ERROR_",
    constants.BleError: "BLE_ERROR_",
    constants.GattStatus: "BLE_GATT_STATUS_",
}
# a Python name cannot begin with a digit
HEADER_NAMES = {  # a Python name cannot begin with a digit
    "TWO_BIT": "2BIT",
    "MBPS_1": "1MBPS",
    "MBPS_2": "2MBPS",
}
# Constants with an enum's prefix that are not among its values: other enums', counts, another name of the same number.
NOT_MEMBERS: dict[type[Enum], str] = {
    constants.Role: "COUNT_",
    constants.AdvType: "ADV_",
    constants.AdvTypeV5: "(?!ADV_)",
    constants.SecStatus: "SOURCE_",
    constants.ConnBandwidth: "NONE",
}
AMBIGUOUS = {"NO_TX_BUFFERS", "NO_TX_PACKETS", "INVALID_ROLE", "INVALID_ADV_HANDLE"}  # 0x3004, 0x3005
RPC_PACKET_NAMES = {
    "COMMAND": "CMD",
    "RESPONSE": "RESP",
    "EVENT": "EVT",
    "DTM_COMMAND": "DTM_CMD",
    "DTM_RESPONSE": "DTM_RESP",
    "RESET_COMMAND": "RESET_CMD",
    "GENERIC_COMMAND": "GENERIC_CMD",
}


def header_name(name: str) -> str:
    """What the headers call a member."""
    digits = name.replace("UUID_", "", 1) if re.match(r"UUID_\d", name) else name.replace("THREE_D", "3D")
    return HEADER_NAMES.get(name, digits)


def measured(prefix: str) -> dict[str, set[int]]:
    """Every value that a constant of this prefix has in any dialect, by name without the prefix."""
    values: dict[str, set[int]] = {}
    for table in tables().values():
        for name, value in table.items():
            if name.startswith(prefix) and not name.endswith("_BASE_NUM") and "_RFU_" not in name:
                values.setdefault(name.removeprefix(prefix), set()).add(value)
    return values


@pytest.mark.parametrize("enum", HEADER_PREFIXES, ids=lambda enum: enum.__name__)
def test_every_enum_equals_the_headers(enum: type[Enum]) -> None:
    members = {header_name(name): {member.value} for name, member in enum.__members__.items()}
    if enum is constants.NrfError:
        assert members.pop("SUCCESS") == measured("NRF_SUCCESS")[""]
    wanted = measured(HEADER_PREFIXES[enum])
    if enum is constants.HciStatus:  # some have one word more
        wanted = {name.removeprefix("STATUS_CODE_"): values for name, values in wanted.items()}
    if enum in NOT_MEMBERS:
        wanted = {name: values for name, values in wanted.items() if not re.match(NOT_MEMBERS[enum], name)}
    if enum is constants.BleError:
        wanted = {name: values for name, values in wanted.items() if name not in AMBIGUOUS}
    assert members == wanted


def test_packet_types_flags_and_handles_equal_the_headers() -> None:
    assert {
        RPC_PACKET_NAMES[name]: {member.value} for name, member in constants.RpcPacketType.__members__.items()
    } == {
        name: values
        for name, values in measured("SER_PKT_TYPE_").items()
        if name not in ("MAX", "POS", "SIZE")
    }
    assert {flag.name or "": {flag.value} for flag in constants.SysAttrFlags} == measured(
        "BLE_GATTS_SYS_ATTR_FLAG_"
    )
    for table in tables().values():
        assert table["BLE_CONN_HANDLE_INVALID"] == constants.BLE_CONN_HANDLE_INVALID
        assert table["BLE_CONN_HANDLE_ALL"] == constants.BLE_CONN_HANDLE_ALL
        assert (
            table.get("BLE_GATT_ATT_MTU_DEFAULT", table.get("GATT_MTU_SIZE_DEFAULT")) == constants.DEFAULT_MTU
        )
        assert table["BLE_GATTS_VAR_ATTR_LEN_MAX"] == constants.MAX_VALUE_LEN


def test_security_modes_split_as_the_bits_travel() -> None:
    assert [(mode.name, mode.sm, mode.lv) for mode in constants.SecurityMode] == [
        ("NO_ACCESS", 0, 0),
        ("OPEN", 1, 1),
        ("ENCRYPTED", 1, 2),
        ("ENCRYPTED_MITM", 1, 3),
        ("ENCRYPTED_LESC_MITM", 1, 4),
        ("SIGNED", 2, 1),
        ("SIGNED_MITM", 2, 2),
    ]


def test_dialects_stand_in_their_order_and_patched_firmware_has_its_base_s_numbers() -> None:
    assert list(tables()) == list(DIALECTS)
    for dialect in DIALECTS.values():
        assert tables()[dialect.name] == tables()[dialect.numbers]


@pytest.mark.parametrize(
    ("dialect", "name"),
    [
        ("s110_v8", "BLE_ERROR_NO_TX_BUFFERS"),
        ("s130_v1", "BLE_ERROR_NO_TX_BUFFERS"),
        ("sd_api_v2", "BLE_ERROR_NO_TX_PACKETS"),
        ("sd_api_v2_pc", "BLE_ERROR_NO_TX_PACKETS"),
        ("sd_api_v3", "BLE_ERROR_NO_TX_PACKETS"),
        ("sd_api_v5", "BLE_ERROR_INVALID_ROLE"),
        ("sd_api_v6", "BLE_ERROR_INVALID_ADV_HANDLE"),
        ("sd_api_v7", "BLE_ERROR_INVALID_ADV_HANDLE"),
    ],
)
def test_0x3004_has_a_meaning_of_its_own_in_each_dialect(dialect: str, name: str) -> None:
    assert constants.result_name(dialect, 0x3004) == name


@pytest.mark.parametrize("dialect", DIALECTS)
def test_results_have_one_name_each(dialect: str) -> None:
    assert constants.result_name(dialect, 0) == "NRF_SUCCESS"
    assert constants.result_name(dialect, 0x3401) == "BLE_ERROR_GATTS_SYS_ATTR_MISSING"
    assert constants.result_name(dialect, 0x1000) == "NRF_ERROR_SDM_LFCLK_SOURCE_UNKNOWN"
    assert constants.result_name(dialect, 0x802A) == "NRF_ERROR_SD_RPC_H5_TRANSPORT_NO_RESPONSE"
    assert constants.result_name(dialect, 0xDEADBEEF) is None


def test_status_names_leave_out_what_is_reserved_and_count_the_applications_own() -> None:
    name = constants.gatt_status_name
    assert name("s110_v8", 0x0103) == "BLE_GATT_STATUS_ATTERR_WRITE_NOT_PERMITTED"
    assert name("sd_api_v5", 0x01FC) is None
    assert name("sd_api_v6", 0x01FC) == "BLE_GATT_STATUS_ATTERR_CPS_WRITE_REQ_REJECTED"
    assert name("sd_api_v7", 0x0112) is None
    assert name("sd_api_v7", 0x0180) == "BLE_GATT_STATUS_ATTERR_APP_BEGIN"
    assert name("sd_api_v7", 0x0185) == "BLE_GATT_STATUS_ATTERR_APP_BEGIN + 5"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_golden_packet_lies_in_its_group(dialect: str) -> None:
    for record in records(dialect, "valid"):
        body = bytes.fromhex(record["hex"])
        opcode = int.from_bytes(body[:2], "little") if record["kind"] == "event" else body[0]
        group, _ = group_and_name(record["name"])
        assert constants.group_of(dialect, record["kind"], opcode) == group


@pytest.mark.parametrize(
    ("dialect", "opcode", "group"),
    [
        ("s110_v8", 0x5F, "unknown"),
        ("s110_v8", 0x60, "common"),
        ("s110_v8", 0x6C, "unknown"),
        ("sd_api_v3", 0x6C, "gap"),
        ("sd_api_v5", 0x94, "gattc"),
        ("sd_api_v6", 0x94, "gap"),
        ("sd_api_v5", 0xB7, "l2cap"),
        ("sd_api_v6", 0xB7, "gatts"),
        ("sd_api_v7", 0xBF, "l2cap"),
        ("sd_api_v7", 0xC0, "unknown"),
        ("sd_api_v7", -1, "unknown"),
    ],
)
def test_opcode_ranges_are_each_dialects_own(dialect: str, opcode: int, group: str) -> None:
    assert constants.group_of(dialect, "command", opcode) == group
    assert constants.group_of(dialect, "response", opcode) == group


@pytest.mark.parametrize(
    ("event_id", "group"),
    [
        (0, "unknown"),
        (1, "common"),
        (0x10, "gap"),
        (0x30, "gattc"),
        (0x50, "gatts"),
        (0x70, "l2cap"),
        (0x90, "unknown"),
    ],
)
def test_event_ranges(event_id: int, group: str) -> None:
    for dialect in DIALECTS:
        assert constants.group_of(dialect, "event", event_id) == group


def test_every_event_of_the_headers_is_a_packet_and_nothing_else_is_called_one() -> None:
    for dialect in DIALECTS:
        packets = {cls.name for cls in Codec(dialect).message_classes() if cls.kind == "event"}
        assert {name for name in tables()[dialect] if is_event(name)} == packets, dialect


def test_an_unknown_dialect_names_the_known_ones() -> None:
    with pytest.raises(UnknownDialectError, match=r"unknown dialect 'v4'.*s110_v8.*sd_api_v7"):
        constants.result_name("v4", 0)


def test_importing_the_constants_does_not_read_the_table() -> None:
    code = (
        "import gatts_codec.constants, sys\n"
        "from gatts_codec.constants.table import _measured\n"
        "assert _measured.cache_info().misses == 0\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("enum", "dialects"),
    [
        (constants.GapTimeoutSource, ("sd_api_v5", "sd_api_v6", "sd_api_v7")),
        (constants.GapTimeoutSourceV4, ("s110_v8", "s130_v1", "sd_api_v2", "sd_api_v3", "sd_api_v4")),
    ],
)
def test_timeout_sources_are_those_of_their_dialects(enum: type[Enum], dialects: tuple[str, ...]) -> None:
    prefix = "BLE_GAP_TIMEOUT_SRC_"
    found = [tables()[dialect] for dialect in dialects]
    wanted = {
        name.removeprefix(prefix): code
        for table in found
        for name, code in table.items()
        if name.startswith(prefix)
    }
    assert {member.name: member.value for member in enum} == wanted
