"""Traffic as a ladder: the host on the left, the chip on the right, a rung for each packet, its bytes below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from gatts_codec.capture import TO_DEVICE, CapturedFrame, Chunk, FrameAssembler, PacketDecoder
from gatts_codec.capture.decoding.describe import Describer, packet_name
from gatts_codec.cli.rows import STYLES
from gatts_codec.device.demonstration import DemoStep, Said
from gatts_codec.dialects import Dialect
from gatts_codec.framing.h5 import H5Packet, H5Type
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Response

_LEAST_WIDTH, _MOST_WIDTH = 72, 118
_TIME_WIDTH = 10
_LEAST_ARROW = 4


class Ladder:
    """Prints steps. Arrows and check marks are drawn with what the output can show."""

    def __init__(self, console: Console, dialect: str | Dialect, *, show_bytes: bool = True) -> None:
        self._console, self._show_bytes = console, show_bytes
        self._decoder = PacketDecoder(dialect)
        self._describer = Describer(self._decoder.dialect.name)
        self._frames = FrameAssembler()
        self._width = max(_LEAST_WIDTH, min(console.width, _MOST_WIDTH)) - _TIME_WIDTH
        fancy = "utf" in (console.encoding or "").lower()
        self._dash, self._right, self._left, self._tick = "─▶◀✓" if fancy else "-><*"
        self.frame_count = self.byte_count = 0

    def header(self) -> None:
        """Who stands where."""
        self._print(" " * _TIME_WIDTH, "HOST" + "CHIP".rjust(self._width - 4), "bold")

    def step(self, number: int, step: DemoStep) -> None:
        """A step's title, then its rungs."""
        self._console.print()
        self._console.print(Text(f"{number}. {step.title}", "bold yellow"), soft_wrap=True)
        rows = list(self._rows(step.entries))
        frames = [row for row in rows if isinstance(row, CapturedFrame)]
        for row in rows:
            if isinstance(row, Said):
                self._said(row)
            elif row.packet is not None and row.packet.type != H5Type.ACK:
                self._rung(row, acked=_is_acked(row, frames))

    def _rows(self, entries: Sequence[Chunk | Said]) -> Iterator[CapturedFrame | Said]:
        for entry in entries:
            if isinstance(entry, Said):
                yield entry
                continue
            self.byte_count += len(entry.data)
            for item in self._frames.feed(entry):
                if isinstance(item, CapturedFrame):
                    self.frame_count += 1
                    yield item

    def _said(self, said: Said) -> None:
        style = "blue" if said.who == "host" else "yellow"
        shown = f"({said.text})" if said.who == "host" else f"({said.text})".rjust(self._width)
        self._print(" " * _TIME_WIDTH, shown, style)

    def _rung(self, frame: CapturedFrame, *, acked: bool) -> None:
        assert frame.packet is not None
        name, details, style = self._words(frame, frame.packet)
        sent = frame.dir == TO_DEVICE
        tick = self._tick if acked else " "
        time = f"{(frame.t_us or 0) / 1000:7.1f}   "
        room = self._width - _LEAST_ARROW - 4
        lines = _folded(f"{name}  {details}".rstrip(), room)
        self._print(time, self._arrow(lines[0], tick, sent), style)
        for line in lines[1:]:
            self._print(" " * _TIME_WIDTH, "  " + line if sent else line.rjust(self._width - 2), style)
        if self._show_bytes:
            wire = _shortened(frame.raw, self._width - 2)
            self._print(" " * _TIME_WIDTH, "  " + wire if sent else wire.rjust(self._width - 2), "dim")

    def _arrow(self, text: str, tick: str, sent: bool) -> str:
        dashes = self._dash * (self._width - len(text) - 4)
        return f"{text} {dashes}{self._right} {tick}" if sent else f"{tick} {self._left}{dashes} {text}"

    def _words(self, frame: CapturedFrame, packet: H5Packet) -> tuple[str, str, str]:
        """Name, details and style of a frame."""
        decoded = self._decoder.decode(frame).packet
        if decoded is None:
            return packet.link or packet.type_name, "", "dim"
        message, kind = decoded.message, decoded.kind or "?"
        result = message.result if isinstance(message, (Response, Opaque)) else None
        details = [] if result is None else [self._describer.result(result)]
        details += [str(detail) for detail in self._describer.details(message)] if message is not None else []
        return packet_name(decoded, self._decoder.dialect.name), " ".join(details), STYLES.get(kind, "")

    def _print(self, time: str, text: str, style: str) -> None:
        self._console.print(Text.assemble((time, "dim"), (text.rstrip(), style)), soft_wrap=True)


def _is_acked(frame: CapturedFrame, frames: list[CapturedFrame]) -> bool:
    """Whether the other end has acknowledged a packet: its ACK names the number that comes next."""
    packet = frame.packet
    if packet is None or not packet.reliable:
        return False
    later = frames[frames.index(frame) :]
    wanted = packet.seq + 1 & 7
    return any(
        other.dir != frame.dir
        and other.packet is not None
        and other.packet.type == H5Type.ACK
        and other.packet.ack == wanted
        for other in later
    )


def _folded(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines


def _shortened(raw: bytes, width: int) -> str:
    shown = raw.hex(" ")
    if len(shown) <= width:
        return shown
    fits = (width - len(" .. (0000 bytes)")) // 3
    return f"{raw[:fits].hex(' ')} .. ({len(raw)} bytes)"
