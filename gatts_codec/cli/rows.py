"""One line a packet, for people: aligned, coloured where there are colours, folded where the terminal is narrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.text import Text

from gatts_codec.capture import TO_DEVICE, TO_HOST, Aside, LineFault, PacketRecord, Remark, Stray, Unfinished
from gatts_codec.capture.calls.session import Happening
from gatts_codec.capture.decoding.annotate import Annotation, Annotator
from gatts_codec.capture.decoding.describe import Describer, NameOfHandle, packet_name, shorten
from gatts_codec.capture.decoding.packets import Decoded, PacketDecoder
from gatts_codec.capture.wire.clock import spoken
from gatts_codec.cli import call_rows
from gatts_codec.cli.call_rows import Part
from gatts_codec.cli.output import say
from gatts_codec.errors import CaptureError, DecodeError, mark_offset, printable
from gatts_codec.framing.h5 import CONFIG_FIELD, H5Packet, H5Type
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Response

_ARROWS = {TO_DEVICE: "->", TO_HOST: "<-", None: "  "}
STYLES = {"command": "cyan", "response": "green", "event": "magenta"}
_BYTES_A_LINE = 16
_NARROW = 8
_ONE = {
    "frames": "frame",
    "bytes outside frames": "byte outside frames",
    "calls without a response": "call without a response",
    "unreadable lines": "unreadable line",
}
_CONFIG_FIELD = slice(2, 3)
HEADER = "frame            time    seq/ack"


class RowPrinter:
    """Prints the items of a recording as rows."""

    def __init__(
        self,
        console: Console,
        decoder: PacketDecoder,
        *,
        verbose: bool = False,
        plain: bool = False,
        name_of: NameOfHandle | None = None,
    ) -> None:
        self._console, self._verbose = console, verbose
        self._plain = plain or not console.is_terminal
        self._describer = Describer(decoder.dialect.numbers, name_of)
        self._annotator = Annotator(decoder, self._describer)

    def header(self) -> None:
        """What the columns are."""
        self._print([(HEADER, "dim")], [])

    def about(self, what: str, why: str, *, calls: bool) -> None:
        """What the input was taken for, and the header of rows or calls."""
        for text, style in ((what, "bold"), (why, "dim")):
            if text:
                self._print([], [(text, style)])
        self._print([(call_rows.HEADER if calls else HEADER, "dim")], [])

    def note(self, text: str) -> None:
        """A line of its own."""
        self._print([], [(text, "bold")])

    def happening(self, happening: Happening) -> None:
        """A call, an event or a change of the link."""
        parts = call_rows.call_parts(happening, self._describer)
        if parts is not None:
            self._print(*parts)

    def record(self, record: PacketRecord) -> None:
        """A frame: its row, its error, and with ``verbose`` its bytes."""
        h5 = record.h5
        numbers = ""
        if h5 is not None:
            numbers = f"{h5.seq}/{h5.ack}" if h5.reliable else f"-/{h5.ack}" if h5.type == H5Type.ACK else ""
        frame = record.frame
        head = [(f"{frame.number:5} {spoken(frame.t_us):>15} {_ARROWS[frame.dir]} {numbers:^7}  ", "dim")]
        self._print(head, list(self._body(record)))
        self._error(record)
        if self._verbose:
            self.annotations(self._annotator.annotate(record))

    def packet(self, packet: Decoded) -> None:
        """A packet body alone."""
        self._print([], list(self._packet(packet)))
        if packet.message is None and packet.error is not None:
            self._excerpt(packet.error)
        if self._verbose:
            self.annotations(self._annotator.packet(packet))

    def aside(self, item: Aside) -> None:
        """What is not a frame: noise, an unfinished frame, the recording's own remarks, lines that cannot be read."""
        t_us = None if isinstance(item, (CaptureError, Unfinished)) else item.t_us
        arrow = _ARROWS[item.dir] if isinstance(item, (Stray, Unfinished, LineFault)) else "  "
        style = {CaptureError: "bold red", Remark: "dim"}.get(type(item), "yellow")
        self._print([(f"{'':5} {spoken(t_us):>15} {arrow} {'':7}  ", "dim")], [(aside_text(item), style)])

    def summary(self, counts: Mapping[str, int]) -> None:
        """How many frames, and what of them and between them is not as it should be."""
        said = [
            f"{count} {_ONE.get(what, what) if count == 1 else what}"
            for what, count in counts.items()
            if count
        ]
        fine = len(said) == 1
        self._print([], [(", ".join(said) + (", all good" if fine else ""), "dim" if fine else "yellow")])

    def annotations(self, lines: list[Annotation]) -> None:
        """An annotated hexdump."""
        width = max((len(line.label) for line in lines), default=0)
        for line in lines:
            rows = [line.data[at : at + _BYTES_A_LINE] for at in range(0, len(line.data), _BYTES_A_LINE)]
            style = "red" if line.wrong else "blue"
            for number, row in enumerate(rows or [b""]):
                at = "" if line.offset is None or not row else f"{line.offset + number * _BYTES_A_LINE}"
                said = f"{line.label:{width}}  {line.text}" if number == 0 else ""
                self._line([(f"{at:>12}  ", "dim"), (f"{row.hex(' '):47}  ", style), (said.rstrip(), "")])

    def _body(self, record: PacketRecord) -> Iterator[Part]:
        h5 = record.h5
        if record.frame.is_release:
            yield "release", "dim"
            yield "  no packet: it frees a chip whose SLIP decoder waits behind a lone DB", "dim"
        elif h5 is None:
            assert record.frame.error is not None
            yield "BAD FRAME  ", "bold red"
            yield f"{record.frame.error.reason}  {shorten(record.frame.raw)}", ""
        elif record.packet is not None:
            yield from self._packet(record.packet)
            if record.frame.framing == "h5" and not h5.reliable:
                yield "  unreliable: ignored by both ends", "yellow"
        elif h5.type == H5Type.ACK:
            yield "ACK", "dim"
        else:
            yield from _control(h5)
            if record.failure is not None:
                yield f"  {record.failure[1].reason}", "bold red"

    def _packet(self, packet: Decoded) -> Iterator[Part]:
        kind, message = packet.kind or "?", packet.message
        result = message.result if isinstance(message, (Response, Opaque)) else None
        style = "red" if result else STYLES.get(kind, "")
        yield f"{kind:8} ", style
        yield f"{packet_name(packet, self._describer.dialect):20} ", f"bold {style}".strip()
        if result is not None:
            yield f" {self._describer.result(result)}", style
        if message is None:
            reason = packet.error.reason if packet.error else ""
            path = f"{packet.error.path}: " if packet.error and packet.error.path else ""
            yield f" DOES NOT DECODE: {path}{reason}", "bold red"
        else:
            for label, text in self._describer.details(message):
                yield f" {label}=", "dim"
                yield text, ""
        if packet.tolerated and packet.error is not None:
            yield f"  tolerated: {packet.error.path}: {packet.error.reason}", "yellow"

    def _error(self, record: PacketRecord) -> None:
        failure = record.failure
        if failure is not None and isinstance(failure[1], DecodeError):
            self._excerpt(failure[1])

    def _excerpt(self, error: DecodeError) -> None:
        text = f"offset {error.offset} of {len(error.data)} bytes: {mark_offset(error.data, error.offset)}"
        self._line([(" " * _NARROW, ""), (text, "red")])

    def _print(self, head: list[Part], tail: list[Part]) -> None:
        tail = [(printable(text), style) for text, style in tail]
        width = sum(len(text) for text, _ in head)
        if self._plain or width + sum(len(text) for text, _ in tail) <= self._console.width:
            return self._line(head + tail)
        # Folded: under its own beginning where there is room, on lines of its own where there is not.
        indent = width if self._console.width >= 2 * width else _NARROW
        text = Text.assemble(*tail, overflow="fold")
        if indent == _NARROW and head:
            self._line(head)
            head = [(" " * _NARROW, "")]
        for line in text.wrap(self._console, max(20, self._console.width - indent), overflow="fold"):
            line.rstrip()
            self._console.print(Text.assemble(*head, line), soft_wrap=True)
            head = [(" " * indent, "")]
        return None

    def _line(self, parts: list[Part]) -> None:
        if self._plain:  # rich takes ten times as long to print the same
            say("".join(text for text, _ in parts).rstrip())
        else:
            self._console.print(Text.assemble(*parts), soft_wrap=True)


def aside_text(item: Aside) -> str:
    """What is not a frame, in words."""
    if isinstance(item, Unfinished):
        return f"the recording ends within a frame that begins {shorten(item.data)}"
    if isinstance(item, Stray):
        return f"{item.size} byte{'s' * (item.size > 1)} outside frames"
    if isinstance(item, LineFault):
        return f"{item.what} on the line" + (f", {item.times} times" if item.times > 1 else "")
    return item.text if isinstance(item, Remark) else str(item)


def _control(h5: H5Packet) -> Iterator[Part]:
    """A packet that is neither ACK nor vendor specific."""
    yield h5.link or h5.type_name.replace("_", " "), "blue"
    if h5.link in ("CONFIG", "CONFIG_RSP"):
        usual = h5.payload[_CONFIG_FIELD] == CONFIG_FIELD
        yield f"  field={h5.payload[_CONFIG_FIELD].hex()}", "dim" if usual else "yellow"
        yield from () if usual else [(f"  not {CONFIG_FIELD.hex()}: the chip drops it", "yellow")]
    elif h5.payload and h5.link is None:
        yield f"  {shorten(h5.payload)}", ""
