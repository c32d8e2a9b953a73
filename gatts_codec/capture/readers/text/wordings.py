"""The words of programs' logs: what a line reports, in any release of the driver and whatever is built on it.

Each wording gives a remark of a kind: ``error`` (somebody reports one), ``state`` (of the link), ``step`` (what the
program does), ``call`` (a call or event without its bytes), ``other`` (another protocol's), ``note``. The first that is
found in a line counts. One that is ``telling`` stands in no other text, so a recording with it is a log.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Wording(NamedTuple):
    """How a line says something."""

    kind: str
    words: re.Pattern[str]
    telling: bool = True
    whole: bool = False  # the words stand in the midst of what the line says


def _wording(kind: str, *words: str, telling: bool = True, case: bool = True, whole: bool = False) -> Wording:
    return Wording(kind, re.compile("|".join(words), 0 if case else re.IGNORECASE), telling, whole)


_ENDS = (
    _wording(
        "error",
        r"\bdisconnected\b.{0,80}\breason",
        r"GAP_EVT_DISCONNECTED\b",
        case=False,
        whole=True,
    ),
)
_DRIVER = (
    _wording("state", r"State change: .{0,200}"),
    _wording(
        "state",
        r"RpcAppStatus\.(?:reset\w+|connection\w+)\b.{0,200}",
        r"Target Reset performed.{0,200}",
        r"Status: [67]\b.{0,200}",
    ),
    _wording("error", r"(?:Error sending packet to target|Not able to \w+ packet)\. Code.{1,200}"),
    _wording("error", r"Failed to (?:decode event|receive response for command|open|ble_\w+)\b.{0,200}"),
    _wording(
        "error",
        r"(?:RpcAppStatus\.|code:\s*)?\b(?:pkt_?(?:send|decode|encode|unexpected)|io_?resources)\w*.{0,200}",
        case=False,
    ),
    _wording("error", r"No response from device.{0,200}"),
    _wording(
        "error", r"(?:Could not|Cannot|Unable to) open .{0,40}(?:driver|adapter|port)\b.{0,100}", case=False
    ),
    _wording("error", r"serial port (?:read|write)\b(?! on port \S+ aborted).{0,200}"),
    _wording("note", r"Successfully opened .{0,200}"),
)
_FIRMWARE = (
    _wording("error", r"ERROR \d+ \[[^\]]{1,60}\] at .{1,200}", r"SOFTDEVICE: ASSERTION FAILED.{0,200}"),
    _wording(
        "error",
        r"<error> \w+: (?:Fatal|Hard ?fault|End of error report).{0,200}",
        r"<error> hardfault:.{1,200}",
        case=False,
    ),
    _wording("state", r"<info> app: BLE connectivity started.{0,100}"),
    _wording("state", r"<(?:debug|info)> ser_phy\w*: .{1,100}"),
)
_NRFUTIL = (
    _wording(
        "error",
        r"BLE: connect failed.{0,100}",
        r"(?:Timeout\. )?Target not found.{0,100}",
        r"\b(?:Response Code|Extended Error|Invalid (?:response|CRC)|Unexpected (?:Executed OP_CODE|response)).{0,200}",
        r"No data received on serial port.{0,100}",
        case=False,
    ),
    _wording("other", r"SLIP: (?:-->|<--) \[.{0,200}"),
    _wording(
        "step",
        r"BLE: (?!Found|Object selected).{1,200}",
        r"Sending (?:init packet|SoftDevice|Bootloader|Application|object|image).{0,100}",
        r"(?:New ATT MTU|New Data Length) is .{1,50}",
        r"Successfully Connected.{0,50}",
        r"Using connectivity board at serial port.{1,100}",
    ),
)
_OBJECTS = (
    _wording("call", r"\[blatann\.[\w.]+(?::\d+)?\](?!.*\[(?:ERROR|CRITICAL)\]).{0,200}"),
    _wording(
        "call",
        r"\b\d{1,3}/BLE_(?:\w+_)?EVT_\w+.{0,200}",
        r"[\"']?name[\"']?:\s*[\"']BLE_(?:\w+_)?EVT_\w+.{0,200}",
    ),
)
_HCI = (
    _wording("other", r"\bHCI (?:Event|Command): .{1,200}", r"\bbt_hci_\w+: .{1,200}", r"\bhci\d+: .{1,200}"),
)
_SYSTEM = (
    _wording("error", r"usb \S+: USB disconnect.{0,100}", r"cdc_acm \S+: .{0,100}(?:fail|error).{0,100}"),
)
_OTHERS = (
    _wording("error", r"\b(?:\w+\.)*(?:NordicSemi|InvalidState|InvalidOperation|Serial)Exception: .{1,300}"),
    _wording(
        "error",
        r"(?:\b[A-Z]\w*(?: \w+){0,4} )?\b(?:[Ff]ailed|[Cc]ould not|[Uu]nable to)\b.{0,120}\b[Ee]rror ?[Cc]ode\W{1,3}"
        r".{1,60}",
    ),
    _wording("error", r"\b(?:\w+\.)*[A-Z]\w*(?:Exception|Error): .{1,300}", telling=False),
    _wording("error", r"(?<=\bERROR)\W.{1,300}", r"(?<=\bError: ).{1,300}", telling=False),
    _wording("error", r"(?:\bCRITICAL|\bFATAL|[\[<(](?i:error|fatal)[\])>])\W.{1,300}", telling=False),
    _wording("error", r"\"level\":\s*\"(?:error|fatal)\"", whole=True),
    _wording("error", r"\berr(?:no|code)['\"]?\s*[:=].{1,300}", r"\bERR(?:OR)? 0x[0-9a-fA-F]{1,5}\b.{0,200}"),
    _wording("error", r"\b(?:NRF_ERROR_|BLE_ERROR_|NrfError\.|NRF_FAULT)\w", whole=True),
    _wording(
        "error", r"\bNRF[ _](?:ERROR|ERR|error)\s{0,3}[:#=]?\s{0,3}(?:0x)?[0-9a-fA-F]{1,5}\b", whole=True
    ),
)
WORDINGS: tuple[Wording, ...] = (
    *_ENDS, *_FIRMWARE, *_DRIVER, *_NRFUTIL, *_OBJECTS, *_HCI, *_SYSTEM, *_OTHERS,
)  # fmt: skip

_MESSAGE = re.compile(r"[\"']?(?:message|errmsg|msg)[\"']?:\s*[\"']((?:[^\"'\\]|\\.){1,300})[\"']")
_ENOUGH = 400  # lines
_LONGEST, _SAID = 4096, 300  # characters: what is looked at of a line, and shown of it


def reported(line: str) -> tuple[str, str] | None:
    """The kind of what a line reports, and its words; None where it reports nothing that is known."""
    line = line[:_LONGEST]
    for wording in WORDINGS:
        if found := wording.words.search(line):
            return wording.kind, _trimmed(line[:_SAID] if wording.whole else found[0])
    return None


def is_log(lines: list[str]) -> bool:
    """Whether one of the first lines says what only a log of this kind says."""
    return any(
        wording.words.search(line[:_LONGEST])
        for line in lines[:_ENOUGH]
        for wording in WORDINGS
        if wording.telling
    )


def _trimmed(said: str) -> str:
    """A statement without what its line had around it: JSON, a parenthesis, a level's bracket, a full stop."""
    if quoted := _MESSAGE.search(said):
        said = quoted[1]
    said = said.lstrip(" .:]>|-\t").rstrip(" .:")
    return said[:-1].rstrip(" .") if said.endswith(")") and said.count("(") < said.count(")") else said
