"""Link machine: whatever happens to an end, in whatever order, it stays consistent and says the same byte by byte.

byte 0    which end
then      operations: a byte that chooses, and what it needs
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from fuzz.material import recorded_bytes
from gatts_codec import GattsError
from gatts_codec.framing import H5Packet, encode_frame
from gatts_codec.link.chip_link import ChipLink, OldChipLink
from gatts_codec.link.config import ChipConfig, HostConfig
from gatts_codec.link.end import LINK_PAYLOADS
from gatts_codec.link.events import FrameRejected, LinkEvent, LinkLost, PacketAcked
from gatts_codec.link.host_link import HostLink

End = HostLink | ChipLink

_WAITING = 3
_MOST_PER_INPUT = 8192  # bytes: a link-up's three frames, or one packet repeated, and its ACK
_LINK = list(LINK_PAYLOADS.values())
_ENDS: list[Callable[[], End]] = [
    lambda: HostLink(HostConfig(max_waiting=_WAITING)),
    lambda: HostLink(HostConfig(max_waiting=_WAITING, reset=False, fast_link_up=False)),
    lambda: ChipLink(ChipConfig(max_waiting=_WAITING)),
    lambda: OldChipLink(ChipConfig(max_waiting=_WAITING, baud=115_200)),
]
_OPEN, _DATA, _FRAME, _LINK_FRAME, _DEADLINE, _LATER, _SEND, _CLOSE, _REBOOT = range(9)


class Step(NamedTuple):
    """What an end said to one operation."""

    events: list[Any]
    out: bytes
    state: str
    waiting: int
    deadline: float | None


def seeds() -> list[bytes]:
    """Link-ups of every end, with traffic behind them, and recorded bytes."""
    handshake = bytes(
        [_OPEN, _DEADLINE, _DEADLINE, *(byte for at in (1, 2, 3) for byte in (_LINK_FRAME, at))]
    )
    traffic = bytes(
        [_SEND, 4, 0, 0xA4, 0xFF, 0xFF, _FRAME, 0x08, 0, 0, _FRAME, 0xC0, 14, 2, 2, 80, _DEADLINE, _CLOSE]
    )
    found = [bytes([end]) + handshake + traffic for end in range(len(_ENDS))]
    for stream in recorded_bytes():
        chunks = b"".join(bytes([_DATA, len(piece)]) + piece for piece in _cut(stream[:2000], 60))
        found += [bytes([end, _OPEN]) + chunks for end in range(len(_ENDS))]
    return found


def check(data: bytes) -> None:
    """Do the same to two ends, one of which gets its bytes one by one."""
    if not data:
        return
    make = _ENDS[data[0] % len(_ENDS)]
    whole, single = _Driver(make()), _Driver(make())
    for code, argument in _operations(data[1:]):
        one, other = whole.do(code, argument, split=False), single.do(code, argument, split=True)
        assert one == other, "byte by byte ends elsewhere than all at once"
        _check(one, argument)


class _Driver:
    def __init__(self, end: End) -> None:
        self.end, self.now = end, 0.0

    def do(self, code: int, argument: bytes, *, split: bool) -> Step:
        end = self.end
        events: list[LinkEvent] = []
        if code in (_DATA, _FRAME, _LINK_FRAME):
            for piece in _cut(argument, 1) if split else [argument]:
                events += end.receive_data(piece, self.now)
        elif code in (_DEADLINE, _LATER):
            self._pass(code == _DEADLINE)
            events = end.tick(self.now)
        elif code == _SEND:
            self._send(argument)
        elif code == _REBOOT and isinstance(end, ChipLink):
            events = end.reboot(self.now)
        else:
            events = end.close(self.now) if code == _CLOSE else end.open(self.now)
        told = [_facts(event) for event in events]
        return Step(told, end.data_to_send(), end.state.name, end.waiting, end.next_deadline())

    def _pass(self, to_deadline: bool) -> None:
        deadline = self.end.next_deadline()
        self.now = deadline if to_deadline and deadline is not None else self.now + 0.1

    def _send(self, payload: bytes) -> None:
        try:
            self.end.send(payload, self.now)
        except GattsError as error:
            assert str(error)


def _operations(data: bytes) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    at = 0
    while at < len(data) and len(found) < 400:
        code = data[at] % 9
        argument, at = _argument(code, data, at + 1)
        found.append((code, argument))
    return found


def _argument(code: int, data: bytes, at: int) -> tuple[bytes, int]:
    """What an operation works on, and where the next one begins."""
    if code in (_DATA, _SEND):
        size = data[at] if at < len(data) else 0
        return data[at + 1 : at + 1 + size], at + 1 + size
    if code == _LINK_FRAME:
        payload = _LINK[(data[at] if at < len(data) else 0) % len(_LINK)]
        return encode_frame(H5Packet(15, payload)), at + 1
    if code == _FRAME:
        flags, kind, size = struct.unpack("3B", data[at : at + 3].ljust(3, b"\0"))
        payload = data[at + 3 : at + 3 + size]
        seq, ack, crc, reliable = flags & 7, flags >> 3 & 7, bool(flags & 0x40), bool(flags & 0x80)
        return encode_frame(H5Packet(kind & 15, payload, seq, ack, reliable, crc)), at + 3 + size
    return b"", at


def _cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def _facts(event: LinkEvent) -> Any:
    """An event in a form that can be compared: errors compare by identity."""
    assert repr(event)
    if isinstance(event, FrameRejected):
        return "rejected", event.reason, event.raw
    if isinstance(event, PacketAcked):
        assert event.attempts >= 1
    # How much noise there was is told up to the last chunk, so the text depends on how bytes come.
    return replace(event, heard="", advice="") if isinstance(event, LinkLost) else event


def _check(step: Step, argument: bytes) -> None:
    assert len(step.out) <= _MOST_PER_INPUT + 64 * len(argument), "more output than any input explains"
    assert step.waiting <= _WAITING + 1
    assert len(step.events) <= 16 + 2 * len(argument)
