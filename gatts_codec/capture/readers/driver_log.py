"""pc-ble-driver's debug log, from whatever program wrote it.

            9 ->  [00 a4 .. ] type:     VENDOR_SPECIFIC reliable:yes seq#:0 ack#:0 payload_length:c data_integrity:1
                  header_checksum:72 err_code:0x0       (on the same line; a line each up to driver 4.0)
         6/ 0 <-  [N/A] type: ACK ..                     (packets received / bad ones)

The hex is the H5 payload, every number is hex without 0x. SLIP, header and CRC are not there: the frame is built
again, and the logged header checksum must be that of the header built. Of prefixes (time, level, thread) the time
counts, and a port in brackets, which names the link. Lines that a forum has joined are parted at times and packets.

A default log observer prints each message once more, as ``evt> severity(10) message(..)``: an echo is one with its
line. Whatever reports an error, in the words of any release, is a remark of that kind.
"""

from __future__ import annotations

import io
import re
from collections import deque

from gatts_codec.capture.files.lines import numbered_lines
from gatts_codec.capture.readers.format import Format, Head
from gatts_codec.capture.readers.text.dress import plain
from gatts_codec.capture.readers.text.wordings import reported
from gatts_codec.capture.wire.chunks import CUT_OFF, TO_DEVICE, TO_HOST, Chunk, CutOff, Entries, Entry, Remark
from gatts_codec.capture.wire.clock import clock_time
from gatts_codec.errors import CaptureError, EncodeError, brief
from gatts_codec.framing import h5, slip

_PACKET = re.compile(r"(?P<arrow>->|<-)\s*\[(?P<hex>\s*N/A\s*|(?:\s*[0-9a-f]{2})*\s*)\]", re.IGNORECASE)
# The line is broken within the bytes.
_OPENED = re.compile(r"(?:->|<-)\s*\[(?:\s*[0-9a-f]{2})*\s*$", re.IGNORECASE)
_MORE_BYTES = re.compile(r"\s*(?:[0-9a-f]{2}(?:\s+|$|(?=\])))*(?:$|\])", re.IGNORECASE)
_FIELDS = {
    "type": re.compile(r"type:\s*(\S+)"),
    "reliable": re.compile(r"reliable:\s*(yes|no)"),
    "seq": re.compile(r"seq#:\s*([0-9a-f]{1,8})", re.IGNORECASE),
    "ack": re.compile(r"ack#:\s*([0-9a-f]{1,8})", re.IGNORECASE),
    "length": re.compile(r"payload_length:\s*([0-9a-f]{1,8})", re.IGNORECASE),
    "integrity": re.compile(r"data_integrity:\s*([01])"),
    "checksum": re.compile(r"header_checksum:\s*([0-9a-f]{1,8})", re.IGNORECASE),
    "error": re.compile(r"err_code:\s*(?:0x)?([0-9a-f]{1,8})", re.IGNORECASE),
}
_OPTIONAL = {"checksum", "error"}
_TYPES = {
    "ACK": 0,
    "HCI_COMMAND_PACKET": 1,
    "ACL_DATA_PACKET": 2,
    "SYNC_DATA_PACKET": 3,
    "HCI_EVENT_PACKET": 4,
    "RESET": 5,
    "VENDOR_SPECIFIC": 14,
    "LINK_CONTROL_PACKET": 15,
}
_NUMBERED_TYPE = re.compile(r"(?:RESERVED_|UNKNOWN\[0x)([0-9a-f]{1,8})\]?", re.IGNORECASE)
_RAW = re.compile(
    r"(?:slip|h5)_decode error, code:\s*(\S+?),?\s.{0,80}?raw packet:\s*\[?((?:\s*[0-9a-f]{2}\b)+)",
    re.IGNORECASE | re.ASCII,
)
_APPLICATION = re.compile(r"\bevt> \w+")
_FIELD_BELOW = re.compile(r" (?=\S)(?!\d{4}-)")  # pc-ble-driver-py prints a field a line
_LONGEST_SAID = 2000
_ECHO = re.compile(r"\bevt> (?:severity\(\d+\)|status code\([\w.]+\)) message\((?P<said>.*?)\)?\s*$")
_COUNTED = re.compile(r"(?<!\d)\d+(?:\s*/\s*\d+)?\s*(?:->|<-).*")
_LINK = re.compile(r"\[(/dev/[^\]\s]{1,60}|COM\d{1,3})\]")
_JOINED = re.compile(
    r"(?<=\S)\s+(?=\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]\d)|(?<=err_code:0x0)\s+(?=\d+(?:\s*/\s*\d+)?\s*(?:->|<-)\s*\[)"
)
_LINES_A_PACKET = 64  # of a terminal, which breaks them anywhere
_ECHO_WITHIN = 16  # an echo follows its line at once, or that of another thread


def _recognises(head: Head) -> bool:
    text = plain(head.text)
    return bool(
        (_PACKET.search(text) and "payload_length" in text)
        or _APPLICATION.search(text)
        or any(mark in text for mark in ("State change: STATE_", "RpcAppStatus.", "_decode error, code:"))
    )


class _CutShort(CaptureError):
    """A packet whose line has too few fields."""


class _Log:
    """Reads a log line by line; a packet may take several."""

    def __init__(self, name: str) -> None:
        self._name = name
        # Line, time and link of the packet under way.
        self._start: tuple[int, int | None, str] = 0, None, ""
        self._text = ""
        self._lines = 0
        self._said: tuple[int, str] | None = None
        self._application = 0
        self._plain: deque[str] = deque(maxlen=_ECHO_WITHIN)
        self._observed: deque[str] = deque(maxlen=_ECHO_WITHIN)

    def line(self, number: int, text: str) -> Entries:
        for record in _JOINED.split(plain(text)):
            if self._said and _FIELD_BELOW.match(record) and len(self._said[1]) < _LONGEST_SAID:
                self._said = self._said[0], self._said[1] + record
                continue
            yield from self._end_said()
            if _APPLICATION.search(record) and not _ECHO.search(record):
                self._said = number, record
            else:
                yield from self._record(number, record)

    def _end_said(self) -> Entries:
        """An application's words about an event, with its fields in the lines below."""
        said, self._said = self._said, None
        if said is not None:
            yield from self._record(*said)

    def _record(self, number: int, text: str) -> Entries:
        if self._is_echo(text):
            return
        begins = _PACKET.search(text) or _OPENED.search(text)
        if begins:
            yield from self.finish()
            self._start = number, clock_time(text), _link(text[: begins.start()])
            self._text, self._lines = text[begins.start() :], 1
        elif self._text and self._lines < _LINES_A_PACKET and self._goes_on(text):
            self._text += " " + text
            self._lines += 1
        elif entry := self._other(number, text):
            yield from self.finish()
            yield entry
        if self._text and "err_code" in self._text:
            yield from self.finish()

    def _goes_on(self, text: str) -> bool:
        """Whether a line belongs to the packet under way."""
        if "]" not in self._text:
            return _MORE_BYTES.match(text) is not None
        return any(field.search(text) for field in _FIELDS.values())

    def _is_echo(self, text: str) -> bool:
        """Whether an observer repeats a line, or a line what an observer has said."""
        echo, counted = _ECHO.search(text), _COUNTED.search(text)
        if echo is not None:
            said = self._core(echo["said"], text)
            self._observed.append(said)
            return any(one.endswith(said) for one in self._plain)
        said = self._core(counted[0] if counted else text, text)
        self._plain.append(said)
        return counted is not None and said in self._observed

    @staticmethod
    def _core(said: str, text: str) -> str:
        # Two adapters count their packets alike.
        return f"{_link(text)} {' '.join(said.split())}" if _link(text) else " ".join(said.split())

    def finish(self, *, at_the_end: bool = False) -> Entries:
        """The packet under way, as far as it came. ``at_the_end``: of the log, which may have cut it off."""
        if at_the_end:
            yield from self._end_said()
        if self._text:
            try:
                yield self._packet()
            except _CutShort as error:
                yield CutOff(CUT_OFF, file=self._name, line=self._start[0]) if at_the_end else error
            except (CaptureError, EncodeError) as error:
                yield CaptureError(error.reason, file=self._name, line=self._start[0])
            self._text = ""

    def _packet(self) -> Entry:
        begins = _PACKET.match(self._text)
        if begins is None:
            raise _CutShort("a packet without an end: cut short?", file=self._name, line=self._start[0])
        fields = {name: found[1] for name, field in _FIELDS.items() if (found := field.search(self._text))}
        missing = [name for name in _FIELDS if name not in fields and name not in _OPTIONAL]
        if missing:
            reason = f"a packet without {', '.join(missing)}: cut short?"
            raise _CutShort(reason, file=self._name, line=self._start[0])
        direction = TO_DEVICE if begins["arrow"] == "->" else TO_HOST
        code = int(fields.get("error", "0"), 16)
        if code:
            said = f"the host dropped a bad frame, error 0x{code:04x}"
            return Remark(self._start[1], said, self._start[0], "bad frame", self._start[2])
        payload = _payload(begins["hex"])
        frame = h5.encode(_header(fields, payload))
        logged = int(fields.get("checksum", "0"), 16)
        if logged not in (0, frame[3]):
            raise CaptureError(
                f"header checksum {logged:02x} does not fit the packet, whose is {frame[3]:02x}"
            )
        return Chunk(self._start[1], direction, slip.encode(frame), link=self._start[2])

    def _other(self, number: int, text: str) -> Entry | None:
        raw = _RAW.search(text)
        if raw:
            data = bytes.fromhex(raw[2]).strip(slip.END_BYTE)
            return Chunk(clock_time(text), TO_HOST, slip.END_BYTE + data + slip.END_BYTE, link=_link(text))
        if found := reported(text):
            kind, said = found
            return Remark(clock_time(text), said, number, kind, "" if kind == "call" else _link(text))
        if _APPLICATION.search(text):
            self._application += 1
            if self._application == 1:
                said = "evt> lines are an application's own words about events, not their bytes: passed over"
                return Remark(clock_time(text), said, number, "call")
        return None


def _link(prefix: str) -> str:
    """The port that a line is about; empty where it does not say."""
    found = _LINK.search(prefix)
    return found[1] if found else ""


def _payload(text: str) -> bytes:
    try:
        return bytes.fromhex(text) if "/" not in text else b""
    except ValueError:
        raise CaptureError(f"{text[:40]!r} is not hex") from None


def _header(fields: dict[str, str], payload: bytes) -> h5.H5Packet:
    length = int(fields["length"], 16)
    if length != len(payload):
        raise CaptureError(
            f"payload_length is hex {fields['length']} = {length}, the packet has {len(payload)} bytes"
        )
    name = fields["type"]
    numbered = _NUMBERED_TYPE.fullmatch(name)
    number = int(numbered[1], 16) if numbered else _TYPES.get(name)
    if number is None:
        raise CaptureError(f"unknown packet type {brief(name)}")
    return h5.H5Packet(
        number,
        payload,
        seq=int(fields["seq"], 16),
        ack=int(fields["ack"], 16),
        reliable=fields["reliable"] == "yes",
        crc=fields["integrity"] == "1",
    )


def read(stream: io.BufferedReader, name: str) -> Entries:
    """The packets of a log as whole frames, and what it says about the link's state and errors."""
    log = _Log(name)
    for line in numbered_lines(stream, name):
        if isinstance(line, CaptureError):
            yield line
        else:
            yield from log.line(*line)
    yield from log.finish(at_the_end=True)


FORMAT = Format("driver-log", "pc-ble-driver debug log", _recognises, read)
