"""Codes and names within a sentence, in the spelling of C, of pc-ble-driver-py, of JavaScript or of a log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# What Python and JavaScript call a constant, and how the SoftDevice's name of it begins.
_CLASSES: dict[str, tuple[str, ...]] = {
    "NrfError": ("NRF_ERROR_", "NRF_ERROR_SD_", "BLE_ERROR_", "NRF_", ""),
    "RpcAppStatus": ("",),
    "BLEGapRoles": ("BLE_GAP_ROLE_",),
    "BLEHci": ("BLE_HCI_", "BLE_HCI_STATUS_CODE_"),
    "BLEGattStatusCode": ("BLE_GATT_STATUS_", "BLE_GATT_STATUS_ATTERR_"),
    "BLEGattWriteOperation": ("BLE_GATT_OP_",),
    "BLEGattsWriteOperation": ("BLE_GATTS_OP_",),
    "BLEGattHVXType": ("BLE_GATT_HVX_",),
    "BLEEvtID": ("BLE_", "BLE_EVT_"),
}
# Members that pc-ble-driver-py 0.17.0 calls otherwise than the SDK, by introspection of its enumerations.
_IRREGULAR: dict[str, str] = {
    "BLEGapAdvType.connectable_undirected": "BLE_GAP_ADV_TYPE_ADV_IND",
    "BLEGapAdvType.connectable_directed": "BLE_GAP_ADV_TYPE_ADV_DIRECT_IND",
    "BLEGapAdvType.scanable_undirected": "BLE_GAP_ADV_TYPE_ADV_SCAN_IND",
    "BLEGapAdvType.non_connectable_undirected": "BLE_GAP_ADV_TYPE_ADV_NONCONN_IND",
    "BLEGapIOCaps.yesno": "BLE_GAP_IO_CAPS_DISPLAY_YESNO",
    "BLEGattWriteOperation.singed_write_cmd": "BLE_GATT_OP_SIGN_WRITE_CMD",
    "BLEGattWriteOperation.prepare_write_req": "BLE_GATT_OP_PREP_WRITE_REQ",
    "BLEGattWriteOperation.execute_write_req": "BLE_GATT_OP_EXEC_WRITE_REQ",
    "BLEGattStatusCode.req_not_supp": "BLE_GATT_STATUS_ATTERR_REQUEST_NOT_SUPPORTED",
    "BLEGattStatusCode.invalid_offs": "BLE_GATT_STATUS_ATTERR_INVALID_OFFSET",
    "BLEGattStatusCode.prep_q_full": "BLE_GATT_STATUS_ATTERR_PREPARE_QUEUE_FULL",
    "BLEGattStatusCode.invalid_att_va_length": "BLE_GATT_STATUS_ATTERR_INVALID_ATT_VAL_LENGTH",
    "BLEGattStatusCode.unsupp_group_type": "BLE_GATT_STATUS_ATTERR_UNSUPPORTED_GROUP_TYPE",
    "BLEGattStatusCode.cccd_config_error": "BLE_GATT_STATUS_ATTERR_CPS_CCCD_CONFIG_ERROR",
    "BLEGattStatusCode.procedure_in_progress": "BLE_GATT_STATUS_ATTERR_CPS_PROC_ALR_IN_PROG",
    "BLEHci.pairintg_with_unit_key_unsupported": "BLE_HCI_PAIRING_WITH_UNIT_KEY_UNSUPPORTED",
    "BLEHci.differen_transaction_collision": "BLE_HCI_DIFFERENT_TRANSACTION_COLLISION",
}
_PREFIXES = (
    "", "BLE_", "NRF_", "NRF_ERROR_", "BLE_ERROR_", "SD_", "SD_BLE_", "SD_BLE_GATTS_", "BLE_GATTS_EVT_", "BLE_HCI_",
    "BLE_GATT_STATUS_", "NRF_ERROR_SD_",
)  # fmt: skip
_WORD = re.compile(r"0x[0-9a-f]+\b|[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?|\d+", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_COUNTED = re.compile(
    r"(?:code|error|err|status|reason|result|returned|errno|rc|event|evt_id|evt|opcode)\W{1,4}(?:(?:is|was|received|with)\W)?#?$",
    re.IGNORECASE,
)
_BEFORE = 24  # characters before a number that say what it counts
# What is said before a number tells which of its meanings is asked for.
_CONTEXTS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(rf"\b(?:{words})\w*\W+(?:\w+\W+){{0,2}}$", re.IGNORECASE), categories)
    for words, categories in (
        ("reason|disconnect|hci", ("reason",)),
        ("event|evt", ("event",)),
        ("op_?code|command", ("command",)),
        ("uuid", ("uuid",)),
        ("att|gatt", ("gatt status",)),
    )
)
_STATUS = re.compile(r"\bstatus\W*$", re.IGNORECASE)
_FAILURES = re.compile(r"(?:err|result|return|fail|code|rc\b)", re.IGNORECASE)
_SECURITY = re.compile(r"(?:auth|sec|pair|bond)\w*\W+(?:\w+\W+){0,1}$", re.IGNORECASE)
_MOST_WORDS = 400
_SHORTEST = 3  # letters of a name in capitals


def words_of(text: str) -> Iterator[tuple[str, str]]:
    """The words of a sentence that may be a name, and the numbers that are called a code or written in hex.

    Each with what stands before it.
    """
    for count, found in enumerate(_WORD.finditer(text)):
        if count >= _MOST_WORDS:
            return
        word, before = found[0], text[max(0, found.start() - _BEFORE) : found.start()]
        if word.isdigit() and not _COUNTED.search(before):
            continue
        yield word, before


def categories_of(before: str) -> tuple[tuple[str, ...], bool]:
    """The categories that a number is asked for in, by what stands before it, and whether no other is meant."""
    for words, categories in _CONTEXTS:
        if words.search(before):
            return categories, True
    if _STATUS.search(before):
        return ("driver status", "host error"), False
    return (("result", "host error"), False) if _FAILURES.search(before) else ((), False)


def is_security(before: str) -> bool:
    """Whether a number is a status of pairing."""
    return _SECURITY.search(before) is not None


def phrases(text: str, names: Iterable[str]) -> Iterator[str]:
    """The names of several words, ``baud_rate``, all of whose words stand in the text, be it in plural."""
    words = re.findall(r"[a-z0-9]+", text.lower())[:_MOST_WORDS]
    for name in names:
        parts = name.split("_")
        if len(parts) > 1 and all(any(_is_form(word, part) for word in words) for part in parts):
            yield name


def _is_form(word: str, of: str) -> bool:
    return word == of or (len(of) > _SHORTEST and word.startswith(of))


def spellings(word: str) -> Iterator[str]:
    """The names that a word may stand for, in capitals: ``NrfError.rpc_h5_transport_state``, ``GattsEvtWrite``."""
    owner, _, member = word.rpartition(".")
    name = _snake(member).removeprefix("ON_")
    if word in _IRREGULAR:
        yield _IRREGULAR[word]
    elif owner in _CLASSES:
        yield from (prefix + name for prefix in _CLASSES[owner])
    elif owner.startswith("BLE"):  # BLEGapTimeoutSrc.conn
        yield f"{_snake(owner)}_{name}"
    else:
        yield from (prefix + name for prefix in _PREFIXES)


def is_name(word: str) -> bool:
    """Whether a word is spelt as names are and plain words are not."""
    return (
        "_" in word
        or "." in word
        or (word.isupper() and len(word) >= _SHORTEST)
        or _CAMEL.search(word) is not None
    )


def _snake(word: str) -> str:
    return word.upper() if "_" in word else _CAMEL.sub("_", word).upper()
