"""Codes and names within a sentence, in the spelling of C, of pc-ble-driver-py, of JavaScript or of a log."""

from __future__ import annotations

import re
from collections.abc import Iterator

# What Python and JavaScript call a constant, and how the SoftDevice's name of it begins.
_CLASSES: dict[str, tuple[str, ...]] = {
    "NrfError": ("NRF_ERROR_", "NRF_ERROR_SD_", "BLE_ERROR_", "NRF_"),
    "RpcAppStatus": ("",),
    "BLEHci": ("BLE_HCI_", "BLE_HCI_STATUS_CODE_"),
    "BLEGattStatusCode": ("BLE_GATT_STATUS_", "BLE_GATT_STATUS_ATTERR_"),
    "BLEGattWriteOperation": ("BLE_GATT_OP_",),
    "BLEGattsWriteOperation": ("BLE_GATTS_OP_",),
    "BLEGattHVXType": ("BLE_GATT_HVX_",),
    "BLEEvtID": ("BLE_", "BLE_EVT_"),
}
_PREFIXES = (
    "", "BLE_", "NRF_", "NRF_ERROR_", "BLE_ERROR_", "SD_", "SD_BLE_", "SD_BLE_GATTS_", "BLE_GATTS_EVT_", "BLE_HCI_",
    "BLE_GATT_STATUS_", "NRF_ERROR_SD_",
)  # fmt: skip
_WORD = re.compile(r"0x[0-9a-f]+\b|[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?|\d+", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_COUNTED = re.compile(
    r"(?:code|error|err|status|reason|result|returned|errno|rc)\W{1,4}(?:is\W)?#?$", re.IGNORECASE
)
_MOST_WORDS = 400
_SHORTEST = 3  # letters of a name in capitals


def words_of(text: str) -> Iterator[str]:
    """The words of a sentence that may be a name, and the numbers that are called a code or written in hex."""
    for count, found in enumerate(_WORD.finditer(text)):
        if count >= _MOST_WORDS:
            return
        word = found[0]
        if word.isdigit() and not _COUNTED.search(text[: found.start()][-24:]):
            continue
        yield word


def spellings(word: str) -> Iterator[str]:
    """The names that a word may stand for, in capitals: ``NrfError.rpc_h5_transport_state``, ``GattsEvtWrite``."""
    owner, dot, member = word.rpartition(".")
    name = _snake(member if dot else word).removeprefix("ON_")
    prefixes = _CLASSES.get(owner, _PREFIXES) if dot else _PREFIXES
    yield from (prefix + name for prefix in prefixes)
    yield from (prefix + name for prefix in _PREFIXES if dot)


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
