"""What the host's own log says: the words of pc-ble-driver, its bindings and the operating system, in any release.

A reader hands such lines on as remarks of the kind ``error``. They are matched by what they mean, the most telling
first; an unknown one is shown with the codes in it explained.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from gatts_codec.capture.decoding.describe import reason_text
from gatts_codec.capture.doctor.finding import Evidence, after
from gatts_codec.capture.doctor.rules.connections import BROKEN, why_ended
from gatts_codec.capture.doctor.rules.rule import Rule
from gatts_codec.capture.doctor.scene import Scene
from gatts_codec.capture.wire.chunks import TO_DEVICE, TO_HOST, Direction, Remark
from gatts_codec.capture.wire.frames import Item
from gatts_codec.constants import SdRpcError, explain, hint
from gatts_codec.constants.dfu import dfu_error
from gatts_codec.constants.sentence import spellings
from gatts_codec.constants.table import SD_RPC_PREFIX, table

# 0x802a, Code: 0x802a, Code #13, Error code: 13, error code is 9
_CODE = re.compile(
    r"\b0x(?P<hex>[0-9a-f]{1,8})\b|(?:\bcode(?:\s+is)?\s*[:#]?\s*#?|#|\berrno['\"]?: |^error )(?P<decimal>\d{1,6})\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b(?:NRF|BLE)_ERROR_[A-Z0-9_]+")
_MEMBER = re.compile(r"\bNrfError\.\w+")
_CALL = re.compile(r"(?:\bFailed to |\bsd_ble_)(?:ble_)?(?:gap_|gatts_|gattc_)?([a-z]+(?:_[a-z]+)*)")
_OPENED = re.compile(r"Successfully opened (\S+?)\. Baud rate: (\d+)")
_UNKNOWN = "the host says no more"


class _Statement(NamedTuple):
    """What a line means; ``side`` sent the packet that it is about."""

    code: str
    words: re.Pattern[str]
    side: Direction | None


def _statement(code: str, side: Direction | None, *words: str) -> _Statement:
    return _Statement(code, re.compile("|".join(words), re.IGNORECASE), side)


_STATEMENTS = (
    _statement(
        "firmware stopped",
        None,
        r"error \d+ \[[^\]]+\] at ",
        r"assertion failed",
        r"end of error report",
        r"<error> \w+: (?:fatal|hard ?fault)",
        r"<error> hardfault:",
    ),
    _statement("call not sent", None, r"not able to encode packet"),
    _statement(
        "port lost",
        None,
        r"serial port (?:read|write)\b",
        r"io_?resources_?unavailable",
        r"device not configured",
        r"could not (?:read from|write to) (?:the )?(?:serial )?port",
        r"usb disconnect",
        r"cdc_acm ",
    ),
    _statement(
        "event not decoded", TO_HOST, r"failed to decode event", r"pkt_?decode_?error", r"event decod\w* fail"
    ),
    _statement(
        "host gave up",
        TO_DEVICE,
        r"no response from device",
        r"pkt_?send_?max_?retries_?reached",
        r"\b0x802a\b",
        r"sd_rpc_no_response\b",
        r"rpc_no_response\b",
        r"h5_transport_no_response",
        r"error sending packet to target.*(?:code:?\s*#?\s*(?:13|0x0?d)\b|0x802a)",
    ),
    _statement(
        "no link",
        None,
        r"failed to open\b",
        r"(?:could not|cannot|unable to) open\b.{0,40}\b(?:driver|adapter|port)",
        r"\bopening serial port\b",
        r"open.{0,40}nrf_error_timeout",
    ),
    _statement(
        "response not received",
        TO_DEVICE,
        r"failed to receive response for command",
        r"\b0x8016\b",
        r"\b0x8003\b",
    ),
    _statement("peer not found", None, r"target not found", r"ble: connect failed"),
    _statement(
        "target refused", None, r"response code", r"extended error", r"invalid crc", r"executed op_code"
    ),
)
_DISCONNECTED = re.compile("disconnected", re.IGNORECASE)
_REASON = re.compile(
    r"reason\w*\W{1,4}(?:(?P<code>0x[0-9a-f]{1,2}|\d{1,3})\b|(?P<name>[A-Za-z_.]+\w*))", re.IGNORECASE
)
_EXTENDED = re.compile(r"extended error\W{1,3}(?:0x)?([0-9a-f]{1,2})\b", re.IGNORECASE)
_HIGHEST_CODE = 0xFFFF  # what is larger is an address
# What the operating system says, or a tool of another protocol, in words and with numbers of its own.
_PLAIN: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"access is denied|permission|operation not permitted", re.IGNORECASE),
        "the operating system does not let the program open the port: another program has it open, or the user may not "
        "(Linux: groups dialout or uucp)",
    ),
    (re.compile(r"resource busy|already open|in use", re.IGNORECASE), "another program has the port open"),
    (
        re.compile(r"no such (?:file|device)|file ?not ?found|cannot find", re.IGNORECASE),
        "there is no such port: its number changes with each enumeration",
    ),
    (
        re.compile(r"no data received on serial port", re.IGNORECASE),
        "the bootloader does not answer: the board is not in its bootloader, or this is another port",
    ),
)
_ECHOED = 10  # lines in which an error is told once more


@lru_cache(maxsize=64)
def _reason_named(name: str) -> int | None:
    """A disconnect reason by its name in any spelling."""
    return next((meaning.code for meaning in explain(name) if meaning.category == "reason"), None)


class HostLog(Rule):
    """Judges what the host's log reports."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._opened = ""
        self._told: dict[int, int] = {}  # the line that told each code last

    def item(self, item: Item) -> None:
        if isinstance(item, Remark) and (opened := _OPENED.search(item.text)):
            self._opened = f". {opened[1]} was opened at {opened[2]} baud"
        if not isinstance(item, Remark) or item.kind != "error":
            return
        if _DISCONNECTED.search(item.text) and (found := _REASON.search(item.text)):
            self._disconnected(item, found)
            return
        known = next((one for one in _STATEMENTS if one.words.search(item.text)), None)
        codes = self._codes(item.text)
        values = {"what": item.text, "why": self._meaning(item.text, codes), "opened": self._opened}
        if known is not None:
            self.cases.add(known.code, self._evidence(item, known.side), values, telling=bool(codes))
        elif not self._is_echo(item, codes):
            self.cases.add("host reports an error", self._evidence(item, None), values, apart=item.text)
        self._told |= dict.fromkeys(codes, item.line)

    def _disconnected(self, remark: Remark, found: re.Match[str]) -> None:
        code = int(found["code"], 0) if found["code"] else _reason_named(found["name"])
        said = found["name"] if code is None else reason_text(code)
        kind = "connection broke" if code in BROKEN else "connection ended"
        values = {"reason": said, "why": _UNKNOWN if code is None else why_ended(code)}
        self.cases.add(kind, self._evidence(remark, TO_HOST), values, apart=said)

    def _is_echo(self, remark: Remark, codes: list[int]) -> bool:
        """Whether a line tells codes that the lines just before have told, as objects and tracebacks do."""
        before = [self._told.get(code) for code in codes]
        return bool(before) and all(line is not None and remark.line - line <= _ECHOED for line in before)

    def _evidence(self, remark: Remark, side: Direction | None) -> Evidence:
        """The line, at the packet that it is about: the last of that side, or of all."""
        record = self.scene.last_packet.get(side) if side else self.scene.latest
        return after(record, f"line {remark.line}: {remark.text}", remark.t_us)

    def _codes(self, text: str) -> list[int]:
        """The codes in a line, by number and by name in any spelling."""
        named = table(self.scene.dialect.numbers) | {
            SD_RPC_PREFIX + code.name: code.value for code in SdRpcError
        }
        codes = [
            int(code["hex"], 16) if code["hex"] else int(code["decimal"]) for code in _CODE.finditer(text)
        ]
        words = [*_NAME.findall(text), *_MEMBER.findall(text)]
        codes += [named[name] for word in words for name in spellings(word) if name in named]
        return [code for code in dict.fromkeys(codes) if 0 < code <= _HIGHEST_CODE]

    def _meaning(self, text: str, codes: list[int]) -> str:
        """What the codes in a line mean."""
        if extended := _EXTENDED.search(text):
            return dfu_error(int(extended[1], 16))
        if plain := next((said for words, said in _PLAIN if words.search(text)), ""):
            return plain
        numbers = self.scene.dialect.numbers
        command = next((word for word in _CALL.findall(text)), None)
        told = [
            f"{self.scene.describer.result(code)}: {hint(numbers, code, command) or _UNKNOWN}"
            for code in codes
        ]
        return "; ".join(told) or _UNKNOWN
