"""``gatts-codec chip``: a virtual connectivity chip for hosts to talk to."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import click

from gatts_codec.capture import CapturedFrame, Chunk, Direction, FrameAssembler, Item, PacketDecoder
from gatts_codec.cli.output import console, dialect_option
from gatts_codec.cli.rows import RowPrinter
from gatts_codec.device.chip import FIRMWARE_INTERVALS_S, Note, Observation, VirtualChip
from gatts_codec.device.config import DeviceConfig
from gatts_codec.device.listen import Place, PtyPlace, SocketPlace, is_loopback, listen_tcp, listen_unix
from gatts_codec.device.runner import ChipRunner
from gatts_codec.device.script import Line, ScriptRun, load_script
from gatts_codec.errors import LinkClosed
from gatts_codec.framing.h5 import H5Type
from gatts_codec.link.config import ChipConfig
from gatts_codec.link.events import LinkLost, LinkUp, LostReason, Rebooted
from gatts_codec.link.transports import RecordingTransport, Transport

_SETTINGS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("table_size", "notification_queue", "max_mtu", "vendor_bases", "max_connections"), int),
    **dict.fromkeys(("connection_interval_s", "att_timeout_s"), float),
    **dict.fromkeys(("service_changed", "require_enable"), lambda text: bool(int(text))),
}


@click.command("chip")
@dialect_option()
@click.option("--pty", metavar="LINK", help="A pseudo-terminal with this symbolic link to it.")
@click.option(
    "--tcp", metavar="[HOST:]PORT", help="A TCP port, of this machine only unless HOST says otherwise."
)
@click.option("--unix", metavar="PATH", help="A Unix socket.")
@click.option("--script", type=click.Path(dir_okay=False), help="What the simulated peer does.")
@click.option(
    "--fault", "faults", multiple=True, metavar="FAULT", help="drop-ack=3, delay-response=2@0.5 ..."
)
@click.option("--seed", default=0, show_default=True, help="For faults that happen by chance.")
@click.option(
    "--max-payload",
    type=click.Choice([str(size) for size in FIRMWARE_INTERVALS_S]),
    default="768",
    show_default=True,
    help="The firmware's packet limit in bytes; its intervals go with it.",
)
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=NUMBER", help="table_size=248, max_mtu=247 ..."
)
@click.option(
    "--ack-delay-ms", default=0.0, metavar="MS", help="Let ACKs leave later, for hosts with a race."
)
@click.option(
    "--record", type=click.Path(dir_okay=False, writable=True), help="Write what passes to this file."
)
@click.option("-v", "--verbose", is_flag=True, help="ACKs too, and each packet's bytes, field by field.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing about the traffic.")
def command(
    dialect: str,
    pty: str | None,
    tcp: str | None,
    unix: str | None,
    script: str | None,
    faults: tuple[str, ...],
    seed: int,
    max_payload: str,
    settings: tuple[str, ...],
    ack_delay_ms: float,
    record: str | None,
    verbose: bool,
    quiet: bool,
) -> int:
    """Be a connectivity chip until Ctrl-C: on a pseudo-terminal, a TCP port or a Unix socket.

    Without a place, on a new pseudo-terminal. Scripts and faults are described in docs/virtual-chip.md.
    """
    size = int(max_payload)
    link = ChipConfig(max_payload=size, retransmission_interval_s=FIRMWARE_INTERVALS_S[size])
    lines = load_script(script) if script else []
    chip = VirtualChip(
        dialect, _config(settings), link=link, faults=faults, seed=seed, ack_delay_s=ack_delay_ms / 1000
    )
    show = Show(chip, lines, verbose=verbose, quiet=quiet)
    with _place(pty, tcp, unix) as place:
        click.echo(f"{dialect} chip on {place.url}, Ctrl-C ends it", err=True)
        with _interruptible():
            _serve(place, chip, show, record)
    return 1 if show.failed else 0


class Show:
    """What the terminal shows of a chip, and the script that acts on it."""

    def __init__(self, chip: VirtualChip, script: list[Line], *, verbose: bool, quiet: bool) -> None:
        self._chip, self._script = chip, script
        self._verbose, self._quiet = verbose, quiet
        self._began = perf_counter()
        decoder = PacketDecoder(chip.device.dialect)
        self._decoder, self._rows = decoder, RowPrinter(console(), decoder, verbose=verbose)
        self._frames = FrameAssembler()
        self._last: Item | None = None
        self._run = self._new_run()
        self.failed = False
        chip.observers.append(self.observe)

    def attach(self, runner: ChipRunner) -> None:
        """Follow a runner."""
        runner.on_turn = self.turn
        if not self._quiet:
            runner.on_wire = self.wire

    def wire(self, direction: Direction, data: bytes) -> None:
        """Bytes that pass: a row for each frame."""
        t_us = int((perf_counter() - self._began) * 1e6)
        for item in self._frames.feed(Chunk(t_us, direction, data)):
            if not isinstance(item, CapturedFrame):
                self._rows.aside(item)
            elif self._verbose or not self._is_tiring(item):
                self._rows.record(self._decoder.decode(item))
            self._last = item

    def _is_tiring(self, frame: CapturedFrame) -> bool:
        """ACKs, and the SYNC that a chip without a host repeats."""
        if frame.packet is None:
            return False
        repeated = isinstance(self._last, CapturedFrame) and self._last.raw == frame.raw
        return frame.packet.type == H5Type.ACK or (frame.packet.link == "SYNC" and repeated)

    def observe(self, what: Observation) -> None:
        """What is not on the wire: faults, the link coming and going."""
        if isinstance(what, Rebooted):
            self._run = self._new_run()
            self.say(f"chip rebooted: {what.cause}")
        elif isinstance(what, LinkUp):
            self.say("link up")
        elif isinstance(what, LinkLost) and what.reason is not LostReason.CLOSED:
            self.say(f"link lost: {what.describe()}")
        elif isinstance(what, Note):
            self.say(what.text)

    def turn(self, now: float) -> float | None:
        """Let the script go on."""
        run = self._run
        if run is None:
            return None
        due = run.turn(now)
        if run.done:
            self._run = None
            self.failed = self.failed or run.error is not None
            self.say(f"script: {run.error}" if run.error else "script: done", important=run.error is not None)
        return due

    def say(self, text: str, important: bool = False) -> None:
        """A line of the chip's own, on standard error."""
        if important or not self._quiet:
            click.echo(f"-- {text}", err=True)

    def _new_run(self) -> ScriptRun | None:
        # A host that resets the chip shall find the same peer as the one before.
        return (
            ScriptRun(self._chip, self._script, lambda line: self.say(f"script: {line}"))
            if self._script
            else None
        )


def _serve(place: Place, chip: VirtualChip, show: Show, record: str | None) -> None:
    if isinstance(place, SocketPlace):
        place.on_refused = lambda who: show.say(
            f"busy: one host at a time, refused {who}".rstrip(), important=True
        )
    for number, transport in enumerate(place.transports()):
        port = _recorded(transport, record, number)
        runner = ChipRunner(chip, port)
        show.attach(runner)
        try:
            runner.run()
        except LinkClosed:
            show.say("host gone")
        finally:
            port.close()


def _recorded(transport: Transport, record: str | None, number: int) -> Transport:
    if record is None:
        return transport
    path = Path(record)
    if number:  # the recording of the host before stays
        path = path.with_stem(f"{path.stem}-{number + 1}")
    return RecordingTransport(transport, path, "chip")


def _config(settings: tuple[str, ...]) -> DeviceConfig:
    """The chip's settings, those that are numbers."""
    wanted: dict[str, Any] = {}
    for text in settings:
        name, _, number = text.partition("=")
        if name not in _SETTINGS:
            raise click.UsageError(f"no setting {name!r}; there are {', '.join(_SETTINGS)}")
        try:
            wanted[name] = _SETTINGS[name](number)
        except ValueError:
            raise click.UsageError(f"{name} is a number, not {number!r}") from None
    return DeviceConfig(**wanted)


@contextmanager
def _place(pty: str | None, tcp: str | None, unix: str | None) -> Iterator[Place]:
    if sum(place is not None for place in (pty, tcp, unix)) > 1:
        raise click.UsageError("a chip has one place: --pty, --tcp or --unix")
    place = (
        _listen_tcp(tcp)
        if tcp is not None
        else listen_unix(unix)
        if unix is not None
        else PtyPlace(pty or "")
    )
    try:
        yield place
    finally:
        place.close()


def _listen_tcp(where: str) -> Place:
    host, _, port = where.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isdigit() or int(port) > 0xFFFF:
        raise click.UsageError(f"--tcp takes PORT or HOST:PORT, not {where!r}")
    if not is_loopback(host):
        click.echo(f"warning: whoever reaches {host} can talk to this chip", err=True)
    return listen_tcp(host, int(port))


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C, and a polite kill, end what is inside without a trace."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        sys.stdout.flush()
        click.echo("-- stopped", err=True)
    finally:
        signal.signal(signal.SIGTERM, before)
