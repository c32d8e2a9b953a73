"""``gatts-codec explain``."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.commands import Runner

from gatts_codec.cli.explain import spoken
from gatts_codec.constants.table import tables


def test_a_code_with_a_meaning_of_its_own_in_each_dialect(run: Runner) -> None:
    outcome = run("explain", "0x3004")
    assert outcome.status == 0
    assert [line.strip() for line in outcome.lines if line.startswith("    in ")] == [
        "in s110_v8, s130_v1",
        "in sd_api_v2 to sd_api_v3_pc",
        "in sd_api_v4 to sd_api_v5_pc",
        "in sd_api_v6 to sd_api_v7",
    ]


def test_one_dialect(run: Runner) -> None:
    outcome = run("explain", "168", "--dialect", "sd_api_v7")
    assert outcome.lines == [
        "SD_BLE_GATTS_SERVICE_ADD  0x00A8 = 168  opcode of a gatts command and its response",
        "    in sd_api_v7",
        "    add a service; the response gives its handle",
    ]


def test_a_result_lists_what_it_means_for_each_call(run: Runner) -> None:
    assert "    descriptor_add: add a characteristic first" in run("explain", "NRF_ERROR_INVALID_STATE").lines


def test_json(run: Runner) -> None:
    (record,) = run("explain", "--json", "sys attr missing", "-d", "sd_api_v2").records[:1]
    assert record["code"] == 0x3401
    assert record["name"] == "BLE_ERROR_GATTS_SYS_ATTR_MISSING"
    assert record["dialects"] == ["sd_api_v2"]


@pytest.mark.parametrize("args", [("nope",), ("0xdead",), ("cfg_set", "-d", "s110_v8")])
def test_what_is_not_known_is_said_and_status_1(run: Runner, args: tuple[str, ...]) -> None:
    outcome = run("explain", *args)
    assert (outcome.status, outcome.out) == (1, "")
    assert "nothing known about" in outcome.err


def test_dialects_as_a_person_says_them() -> None:
    known = tuple(tables())
    assert spoken(known) == "every dialect"
    assert spoken(known[:3]) == "s110_v8 to sd_api_v2"
    assert spoken(known[:2]) == "s110_v8, s130_v1"
    assert spoken((known[0], known[2], known[3])) == "s110_v8, sd_api_v2, sd_api_v2_pc"


WORDS = Path(__file__).parents[1] / "verdicts" / "pasted" / "18-explain-words.txt"
MENTIONED = {
    "NrfError.rpc_h5_transport_state": "NRF_ERROR_SD_RPC_H5_TRANSPORT_STATE",
    "NrfError.no_mem": "NRF_ERROR_NO_MEM  0x0004 = 4",
    "NRF_ERROR_TIMEOUT (0xd)": "NRF_ERROR_TIMEOUT  0x000D = 13",
    "It says 0x8029.": "NRF_ERROR_SD_RPC_H5_TRANSPORT_STATE",
    "PKT_SEND_MAX_RETRIES_REACHED": "driver status",
    "PKT_DECODE_ERROR": "0x0003 = 3  driver status",
    "RpcAppStatus.pktSendError": "PKT_SEND_ERROR",
    "BLEGapTimeoutSrc.conn": "BLE_GAP_TIMEOUT_SRC_CONN",
    "status BLEGattStatusCode.prep_q_full": "BLE_GATT_STATUS_ATTERR_PREPARE_QUEUE_FULL",
    "BLEGapSecStatus.timeout": "BLE_GAP_SEC_STATUS_TIMEOUT",
    "ioResourcesUnavailable": "the serial port failed",
    "GattsEvtSysAttrMissing": "BLE_GATTS_EVT_SYS_ATTR_MISSING",
    "on_gattc_evt_write_rsp": "BLE_GATTC_EVT_WRITE_RSP",
    "BLE_HCI_CONNECTION_TIMEOUT": "0x0008 = 8  reason",
    "BLEHci.remote_user_terminated_connection": "the peer's user or application",
    "sd_ble_gatts_hvx() failed. Error code: 0x3401": "BLE_ERROR_GATTS_SYS_ATTR_MISSING",
    "Failed to decode event, error code is 9.": "NRF_ERROR_INVALID_LENGTH",
    "BLEGattsWriteOperation.write_cmd": "BLE_GATTS_OP_WRITE_CMD",
    "Is it a WRITE_REQ or a WRITE_CMD?": "never acknowledged",
    "wr_auth": "rw_authorize_reply within 30 s",
    "attr_md.wr_auth = 1": "AttrMd.wr_auth  field",
    "ble_gatts_char_md_t": "CharMd  structure",
    "Where is the MTU configured?": "BLE_CONN_CFG_GATT",
    "0x2902": "BLE_UUID_DESCRIPTOR_CLIENT_CHAR_CONFIG",
    "NRF_ERROR_INVALID_ADDR": "presence byte",
    "sd_ble_gap_adv_start returned 8": "NRF_ERROR_INVALID_STATE",
    "BLE_GAP_OPT_CH_MAP": "BLE_GAP_OPT_CH_MAP",
}


@pytest.mark.parametrize("text", MENTIONED)
def test_what_a_sentence_mentions_is_explained(run: Runner, text: str) -> None:
    outcome = run("explain", text)
    assert outcome.status == 0
    assert MENTIONED[text] in " ".join(outcome.out.split()) or MENTIONED[text] in outcome.out


def test_every_line_that_people_have_before_them_is_known(run: Runner) -> None:
    for line in WORDS.read_text().splitlines():
        assert run("explain", line).status == 0, line


def test_a_file_and_standard_input_are_sentences_too(run: Runner) -> None:
    from_file = run("explain", str(WORDS))
    assert "NRF_ERROR_SD_RPC_H5_TRANSPORT_STATE" in from_file.out
    assert run("explain", "-", stdin=WORDS.read_text()).out == from_file.out


@pytest.mark.parametrize("text", ["c0 00 05 00 fb c0", "tx: [192, 0, 5, 0, 251, 192]"])
def test_a_packet_is_decoded(run: Runner, text: str) -> None:
    outcome = run("explain", text)
    assert (outcome.status, "RESET" in outcome.out) == (0, True)


@pytest.mark.parametrize("text", ["Why does it not work", "it failed with all", "I read and write"])
def test_plain_words_are_no_names(run: Runner, text: str) -> None:
    assert run("explain", text).status == 1


@pytest.mark.parametrize(
    ("name", "structure"),
    [
        ("BLEGattsCharHandles", "CharHandles"),
        ("BLEGapAdvParams", "AdvParams"),
        ("BLEConfigConnGatt", "ConnGatt"),
        ("ble_gatts_char_handles_t", "CharHandles"),
    ],
)
def test_structures_by_the_names_of_python_and_c(run: Runner, name: str, structure: str) -> None:
    assert f"{structure}  structure or packet" in run("explain", name).lines
