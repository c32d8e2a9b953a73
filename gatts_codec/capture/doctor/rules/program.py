"""What a program was doing when it failed, by its own log, where the log may have no packets at all."""

from __future__ import annotations

import re

from gatts_codec.capture.doctor.finding import Evidence
from gatts_codec.capture.doctor.rules.notifications import ATT_HEADER
from gatts_codec.capture.doctor.rules.rule import Rule
from gatts_codec.capture.doctor.scene import Scene
from gatts_codec.capture.doctor.texts import Quantity
from gatts_codec.capture.wire.chunks import Remark
from gatts_codec.capture.wire.clock import SECOND_US
from gatts_codec.capture.wire.frames import Item
from gatts_codec.constants import DEFAULT_MTU

_STREAMED = re.compile(r"Streaming Data: len:(\d+)")
_MTU = re.compile(r"ATT MTU is (\d+)")
_NOT_ACKNOWLEDGED = re.compile(
    r"0x802a\b|no response from device|send_?max_?retries|RPC_NO_RESPONSE", re.IGNORECASE
)
_OVERHEAD = 14  # bytes of a gattc_write packet and its frame beside the value
_J_LINK_LIMIT = 64
_DEBUG = (
    "record once more with the driver's log severity debug (pc-ble-driver-py: "
    "BLEDriver(.., log_severity_level='debug'), with an observer of its log; "
    "C: sd_rpc_log_handler_severity_filter_set)"
)
# By the words of a line: what the log has instead of packets, and how to get them.
_INSTEAD: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(r"\[?blatann\."),
        "blatann prints each call and each event as its own objects",
        "for the packets make it BleDevice(port, log_driver_comms=True): its logger then prints them at level debug",
    ),
    (
        re.compile("evt>"),
        "evt> lines are an application's own words about events, without their bytes",
        _DEBUG,
    ),
    (
        re.compile(r"/BLE_\w*EVT_|name\W+BLE_\w*EVT_"),
        "nRF Connect and pc-ble-driver-js print each event as an object, without its bytes",
        "in nRF Connect for Desktop switch on debug logging; in JavaScript open the adapter with logLevel 'debug' and "
        "listen to its logMessage",
    ),
    (
        re.compile(r"<\w+> \w+:|ERROR \d+ \[|HARD FAULT"),
        "it is the firmware's own log",
        "for the packets record the UART, or the host's log at level debug",
    ),
    (
        re.compile(""),
        "this log has the lines of level info and above; packets are lines of level debug",
        f"{_DEBUG}; else record the UART itself",
    ),
)


_SERIAL_DFU = (
    "these are SLIP packets of nrfutil's DFU over a serial port: requests and responses of a bootloader, 96 first in a "
    "response, then the request, then 1 for success"
)
_HCI = "these are lines about Bluetooth HCI, between a host stack and a controller"


class Program(Rule):
    """Follows the steps that a program reports."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._steps = 0
        self._step: Remark | None = None
        self._mtu = DEFAULT_MTU
        self._failed = False
        self._spoken: Remark | None = None
        self._calls: Remark | None = None
        self._foreign: Remark | None = None

    def item(self, item: Item) -> None:
        if not isinstance(item, Remark) or item.kind == "note":
            return
        self._spoken = self._spoken or item
        if item.kind == "step":
            self._steps += 1
            self._step = item
            if mtu := _MTU.search(item.text):
                self._mtu = int(mtu[1])
        elif item.kind == "call":
            self._calls = self._calls or item
        elif item.kind == "other":
            self._foreign = self._foreign or item
        elif item.kind == "error" and self._step is not None and not self._failed:
            self._failed = True
            self._fail(item, self._step)

    def _fail(self, error: Remark, step: Remark) -> None:
        values = {"step": step.text, "seen": self._seen(error, step), "why": error.text}
        size = self._size(step)
        code = "stopped at a step"
        if size > _J_LINK_LIMIT and _NOT_ACKNOWLEDGED.search(error.text):
            code = "long packet lost"
        for line in (step, error):
            evidence = Evidence(None, line.t_us, f"line {line.line}: {line.text}")
            self.cases.add(code, evidence, values | {"size": size})

    def _size(self, step: Remark) -> int:
        """Of the packet that a step sends first, on the wire; 0 where it does not say."""
        streamed = _STREAMED.search(step.text)
        return min(int(streamed[1]), self._mtu - ATT_HEADER) + _OVERHEAD if streamed else 0

    def _seen(self, error: Remark, step: Remark) -> str:
        waited = ""
        if error.t_us is not None and step.t_us is not None:
            waited = f", {(error.t_us - step.t_us) / SECOND_US:.1f} s before the error"
        before = f"{Quantity(self._steps - 1):step} before it went well; " if self._steps > 1 else ""
        return f"{before}this one began in line {step.line}{waited}"

    def end(self) -> None:
        if any(self.scene.frames.values()) or self._spoken is None:
            return
        line = self._foreign or self._calls or self._spoken
        evidence = Evidence(None, line.t_us, f"line {line.line}: {line.text}")
        if line is self._foreign:
            what = _SERIAL_DFU if line.text.startswith("SLIP") else _HCI
            self.cases.add("log of another protocol", evidence, {"what": what})
            return
        what, how = next((what, how) for words, what, how in _INSTEAD if words.search(line.text))
        self.cases.add("no bytes in the log", evidence, {"what": what, "how": how})
