"""What the host's own log says: the words of pc-ble-driver, its bindings and the operating system, in any release.

A reader hands such lines on as remarks of the kind ``error``. They are matched by what they mean, the most telling
first; one that nobody knows is shown with the codes in it explained.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gatts_codec.capture.doctor.finding import Evidence, after
from gatts_codec.capture.doctor.rules.rule import Rule
from gatts_codec.capture.doctor.scene import Scene
from gatts_codec.capture.wire.chunks import TO_DEVICE, TO_HOST, Direction, Remark
from gatts_codec.capture.wire.frames import Item
from gatts_codec.constants import SdRpcError, hint
from gatts_codec.constants.table import SD_RPC_PREFIX, table

# 0x802a, Code: 0x802a, Code #13, Error code: 13, error code is 9
_CODE = re.compile(
    r"\b0x(?P<hex>[0-9a-f]{1,8})\b|(?:\bcode(?:\s+is)?\s*[:#]?\s*#?|#)(?P<decimal>\d{1,6})\b", re.IGNORECASE
)
_NAME = re.compile(r"\b(?:NRF|BLE)_ERROR_[A-Z0-9_]+")
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
        r"error \d+ \[\w+\] at ",
        r"assertion failed",
        r"end of error report",
        r"<error> \w+: (?:fatal|hardfault)",
    ),
    _statement("call not sent", None, r"not able to encode packet"),
    _statement(
        "port lost",
        None,
        r"serial port (?:read|write)\b",
        r"io_?resources_?unavailable",
        r"device not configured",
        r"could not (?:read from|write to) (?:the )?(?:serial )?port",
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
        r"open.{0,40}nrf_error_timeout",
    ),
    _statement(
        "response not received",
        TO_DEVICE,
        r"failed to receive response for command",
        r"\b0x8016\b",
        r"\b0x8003\b",
    ),
)


class HostLog(Rule):
    """Judges what the host's log reports."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._opened = ""

    def item(self, item: Item) -> None:
        if isinstance(item, Remark) and (opened := _OPENED.search(item.text)):
            self._opened = f". {opened[1]} was opened at {opened[2]} baud"
        if not isinstance(item, Remark) or item.kind != "error":
            return
        known = next((one for one in _STATEMENTS if one.words.search(item.text)), None)
        why = self._meaning(item.text)
        values = {"what": item.text, "why": why, "opened": self._opened}
        if known is None:
            self.cases.add("host reports an error", self._evidence(item, None), values, apart=item.text)
        else:
            self.cases.add(known.code, self._evidence(item, known.side), values)

    def _evidence(self, remark: Remark, side: Direction | None) -> Evidence:
        """The line, at the packet that it is about: the last of that side, or of all."""
        record = self.scene.last_packet.get(side) if side else self.scene.latest
        return after(record, f"line {remark.line}: {remark.text}", remark.t_us)

    def _meaning(self, text: str) -> str:
        """What the codes in a line mean."""
        numbers = self.scene.dialect.numbers
        named = table(numbers) | {SD_RPC_PREFIX + code.name: code.value for code in SdRpcError}
        codes = [
            int(code["hex"], 16) if code["hex"] else int(code["decimal"]) for code in _CODE.finditer(text)
        ]
        codes += [named[name[0]] for name in _NAME.finditer(text) if name[0] in named]
        told = [
            f"{self.scene.describer.result(code)}: {hint(numbers, code) or _UNKNOWN}"
            for code in dict.fromkeys(codes)
        ]
        return "; ".join(told) or _UNKNOWN
