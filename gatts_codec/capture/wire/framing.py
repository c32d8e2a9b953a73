"""How a recording's bytes are cut into packets: H5, a length before each packet, or nothing at all.

    h5        C0 .. C0 (gatts_codec.framing.h5), the rule
    length    u16 little endian, then the packet: the firmware's ser_phy_uart
    payload   a packet a line or a record, as logs of packets and of SPI transfers have them

The last two have no checksum, no ACK and no sequence numbers. What is not given is guessed from the first entries: a
good H5 frame decides at once; lengths that fit to the last byte, and packets of which one answers another, are proof
as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Literal, TypeAlias, get_args

from gatts_codec.capture.wire.chunks import Chunk, Direction, Entries, Entry, Remark
from gatts_codec.capture.wire.frames import CapturedFrame, Item, Stray, Unfinished, assemble
from gatts_codec.errors import FramingError
from gatts_codec.framing import H5Packet, H5Type
from gatts_codec.framing.length import Decoder as LengthDecoder
from gatts_codec.framing.stream import PayloadFrame

FramingName: TypeAlias = Literal["h5", "length", "payload"]
FRAMINGS: tuple[FramingName, ...] = get_args(FramingName)

_LOOKAHEAD = 256  # entries
_LOOKAHEAD_BYTES = 1 << 16
_COMMAND, _RESPONSE, _LAST_TYPE = 0, 1, 4
_SHORTEST = {_COMMAND: 2, _RESPONSE: 6, 2: 3}  # bytes: type, opcode; result; event id
_LONGEST_PAYLOAD = 4096


def cut(entries: Entries, framing: FramingName | None = None) -> Iterator[Item]:
    """The frames of a recording, and the rest. Without ``framing`` it is guessed; other than H5 is reported."""
    if framing is None:
        framing, entries = guessed(entries)
        if framing != "h5":
            yield Remark(None, _SAID[framing])
    yield from _CUTTERS[framing](entries)


_SAID = {
    "length": "each packet stands behind its length (length framing): no checksums and no ACKs on such a link",
    "payload": "each line or record is one packet without a frame: no checksums and no ACKs to judge",
}


def guessed(entries: Entries) -> tuple[FramingName, Entries]:
    """How packets are cut, by the first entries; and the entries, whole."""
    held: list[Entry] = []
    chunks: list[Chunk] = []
    size = 0
    for entry in entries:
        held.append(entry)
        if isinstance(entry, Chunk):
            chunks.append(entry)
            size += len(entry.data)
            if entry.data.count(b"\xc0") and _has_frame(chunks):
                break
        if len(held) >= _LOOKAHEAD or size >= _LOOKAHEAD_BYTES:
            break
    return _framing_of(chunks), chain(held, entries)


def _framing_of(chunks: list[Chunk]) -> FramingName:
    if not chunks or _has_frame(chunks):
        return "h5"
    if _lengths_fit(chunks):
        return "length"
    return "payload" if _packets_answer(chunks) else "h5"


def _has_frame(chunks: list[Chunk]) -> bool:
    return any(isinstance(item, CapturedFrame) and item.packet is not None for item in assemble(chunks))


def _lengths_fit(chunks: list[Chunk]) -> bool:
    """Whether every wire is lengths with as many bytes behind each, whose first names a type of packet."""
    items = list(_by_length(iter(chunks)))
    frames = [item.packet for item in items if isinstance(item, CapturedFrame)]
    kinds = [packet is not None and packet.payload[0] <= _LAST_TYPE for packet in frames]
    whole = not any(isinstance(item, (Stray, Unfinished)) for item in items)
    return bool(kinds) and all(kinds) and whole


def _packets_answer(chunks: list[Chunk]) -> bool:
    """Whether every chunk may be a packet, and one is a response to a command before it."""
    asked, answered = set[int](), False
    for data in (chunk.data for chunk in chunks if chunk.data):
        if len(data) < _SHORTEST.get(data[0], len(data) + 1):
            return False
        if data[0] == _COMMAND:
            asked.add(data[1])
        answered = answered or (data[0] == _RESPONSE and data[1] in asked and data[4:6] == b"\0\0")
    return answered


_Wire: TypeAlias = tuple[Direction | None, str, str]


def _by_length(entries: Entries) -> Iterator[Item]:
    wires: dict[_Wire, LengthDecoder] = {}
    count = 0
    for entry in entries:
        if not isinstance(entry, Chunk):
            yield entry
            continue
        decoder = wires.setdefault(
            (entry.dir, entry.channel, entry.link), LengthDecoder(max_payload=_LONGEST_PAYLOAD)
        )
        dropped = decoder.dropped
        for frame in decoder.feed(entry.data):
            count += 1
            yield _frame(count, entry, "length", frame)
        if decoder.dropped > dropped:
            yield Stray(entry.t_us, entry.dir, decoder.dropped - dropped, entry.channel, link=entry.link)
    for (direction, channel, link), decoder in wires.items():
        if decoder.pending:
            yield Unfinished(direction, decoder.pending, channel, link)


def _by_chunk(entries: Entries) -> Iterator[Item]:
    count = 0
    for entry in entries:
        if isinstance(entry, Chunk):
            count += 1
            yield _frame(count, entry, "payload", PayloadFrame(entry.data, entry.data, None))
        else:
            yield entry


def _frame(number: int, chunk: Chunk, framing: FramingName, frame: PayloadFrame) -> CapturedFrame:
    packet, error = None, frame.error
    if frame.payload is not None and len(frame.payload) < _LONGEST_PAYLOAD:
        packet = H5Packet(H5Type.VENDOR_SPECIFIC, frame.payload)
    elif error is None:
        reason = f"{len(frame.raw)} bytes: longer than any packet"
        error = FramingError(reason, layer=framing, code="length_mismatch", data=frame.raw)
    return CapturedFrame(
        number, chunk.t_us, chunk.dir, frame.raw, packet, error, chunk.channel, chunk.link, framing
    )


_CUTTERS: dict[FramingName, Callable[[Entries], Iterator[Item]]] = {
    "h5": assemble,
    "length": _by_length,
    "payload": _by_chunk,
}
