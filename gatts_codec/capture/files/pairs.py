"""Two recordings of one direction each, as one recording.

With times they are merged by time. Without, by cause: a packet's ack number says how much of the other side it had
seen, so it comes after exactly that much; where the framing has no such numbers a response comes after its command.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from gatts_codec.capture.wire.chunks import (
    OPPOSITE,
    TO_DEVICE,
    TO_HOST,
    Chunk,
    Direction,
    Entries,
    Entry,
    LineFault,
)
from gatts_codec.capture.wire.frames import CapturedFrame, Item
from gatts_codec.capture.wire.framing import FramingName, cut, guessed
from gatts_codec.framing import H5Type

_COMMAND, _RESPONSE = b"\0", b"\1"
_LINK_ANSWERS = {"SYNC_RSP": "SYNC", "CONFIG_RSP": "CONFIG"}


def merged(host: Entries, device: Entries, framing: FramingName | None) -> Iterator[Item]:
    """The frames of what the host sent and what the device sent, renumbered. ``framing`` None: guessed."""
    host_head, device_head = _until_chunk(host), _until_chunk(device)
    sides = chain(host_head, host), chain(device_head, device)
    both = [directed(entries, way) for entries, way in zip(sides, (TO_DEVICE, TO_HOST), strict=True)]
    heads = (head[-1] if head else None for head in (host_head, device_head))
    if all(isinstance(head, Chunk) and head.t_us is not None for head in heads):
        return cut(_by_time(*both), framing)
    if framing is None:
        framing, both[0] = guessed(both[0])
    sent, received = (cut(entries, framing) for entries in both)
    return _renumbered(_Causal(sent, received).merge() if framing == "h5" else _by_answer(sent, received))


def _by_answer(sent: Iterator[Item], received: Iterator[Item]) -> Iterator[Item]:
    """Two sides without times and numbers: what the device sent up to a command's response comes behind the command."""
    for item in sent:
        yield item
        asked = _payload(item)
        if asked[:1] == _COMMAND:
            for answer in received:
                yield answer
                if _payload(answer)[:2] == _RESPONSE + asked[1:2]:
                    break
    yield from received


def _payload(item: Item) -> bytes:
    return item.packet.payload if isinstance(item, CapturedFrame) and item.packet is not None else b""


def _until_chunk(entries: Entries) -> list[Entry]:
    head: list[Entry] = []
    for entry in entries:
        head.append(entry)
        if isinstance(entry, Chunk):
            break
    return head


def directed(entries: Iterable[Entry], direction: Direction) -> Iterator[Entry]:
    """The entries with that direction for all bytes."""
    for entry in entries:
        yield entry._replace(dir=direction) if isinstance(entry, (Chunk, LineFault)) else entry


def _by_time(*sides: Iterable[Entry]) -> Iterator[Entry]:
    for _time, entry in heapq.merge(*map(_timed, sides), key=lambda pair: pair[0]):
        yield entry


def _timed(entries: Iterable[Entry]) -> Iterator[tuple[int, Entry]]:
    """Each entry with its time; one without has that of the one before."""
    time = 0
    for entry in entries:
        own = getattr(entry, "t_us", None)
        time = time if own is None else own
        yield time, entry


def _renumbered(items: Iterable[Item]) -> Iterator[Item]:
    number = 0
    for item in items:
        if isinstance(item, CapturedFrame):
            number += 1
            yield replace(item, number=number)
        else:
            yield item


class _Causal:
    """Merges two sides without times. What neither side's numbers explain comes as it stands, the host's first."""

    def __init__(self, host: Iterator[Item], device: Iterator[Item]) -> None:
        self._items = {TO_DEVICE: host, TO_HOST: device}
        self._next: dict[Direction, deque[Item]] = {TO_DEVICE: deque(), TO_HOST: deque()}
        self._sent = dict.fromkeys(self._items, 0)  # the number after a side's last reliable packet
        self._waits = dict.fromkeys(self._items, False)  # for that packet's ACK
        self._asked: dict[Direction, Counter[str]] = {TO_DEVICE: Counter(), TO_HOST: Counter()}

    def merge(self) -> Iterator[Item]:
        side: Direction = TO_DEVICE
        stuck = 0
        while stuck < 2 or any(self._peek(way) is not None for way in self._items):
            item = self._peek(side)
            if item is not None and (stuck >= 2 or self._may_go(side, item)):
                self._next[side].clear()
                self._went(side, item)
                stuck = 0
                yield item
            else:
                stuck += 1
                side = OPPOSITE[side]

    def _peek(self, side: Direction) -> Item | None:
        queue = self._next[side]
        if not queue:
            item = next(self._items[side], None)
            if item is None:
                return None
            queue.append(item)
        return queue[0]

    def _may_go(self, side: Direction, item: Item) -> bool:
        other = OPPOSITE[side]
        if self._explained(side, item):
            packet = item.packet if isinstance(item, CapturedFrame) else None
            # Nothing causes these: they wait until the other side has nothing more to say.
            unprompted = packet is not None and (
                packet.type == H5Type.RESET or packet.link in ("SYNC", "CONFIG")
            )
            waiting = self._peek(other)
            return not unprompted or waiting is None or not self._explained(other, waiting)
        return False

    def _explained(self, side: Direction, item: Item) -> bool:
        """Whether all that the packet acknowledges or answers has gone before."""
        packet = item.packet if isinstance(item, CapturedFrame) else None
        if packet is None:
            return True
        other = OPPOSITE[side]
        if packet.type == H5Type.LINK_CONTROL:
            return packet.link not in _LINK_ANSWERS or self._asked[other][_LINK_ANSWERS[packet.link]] > 0
        if packet.type not in (H5Type.ACK, H5Type.VENDOR_SPECIFIC):
            return True
        new = packet.reliable and packet.seq == self._sent[side]
        return packet.ack == self._sent[other] and not (new and self._waits[side])

    def _went(self, side: Direction, item: Item) -> None:
        packet = item.packet if isinstance(item, CapturedFrame) else None
        if packet is None:
            return
        if packet.type == H5Type.LINK_CONTROL and packet.link:
            self._asked[side][packet.link] += 1
            self._asked[OPPOSITE[side]][_LINK_ANSWERS.get(packet.link, "")] -= 1
            if packet.link.startswith("SYNC"):  # numbers start again
                self._sent = dict.fromkeys(self._items, 0)
                self._waits = dict.fromkeys(self._items, False)
        elif packet.type == H5Type.ACK:
            self._waits[OPPOSITE[side]] = False
        elif packet.reliable:
            self._sent[side] = (packet.seq + 1) % 8
            self._waits[side] = True
