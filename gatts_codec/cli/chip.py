"""``gatts-codec chip``: a virtual connectivity chip for hosts to talk to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any, Literal, TypeVar

import click

from gatts_codec.cli.chip_show import Show
from gatts_codec.cli.output import Seconds, dialect_option, tell
from gatts_codec.cli.port_options import peer_option
from gatts_codec.cli.signals import ended_by
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.config import DeviceConfig
from gatts_codec.device.firmware import FIRMWARE, Firmware, firmware_of
from gatts_codec.device.guests.catalogue import bring
from gatts_codec.device.listen import Place, PtyPlace, SocketPlace, listen_tcp, listen_unix
from gatts_codec.device.runner import ChipRunner
from gatts_codec.device.script import ScriptLine, load_script
from gatts_codec.dialects import find_dialect
from gatts_codec.errors import EncodeError, LinkClosed
from gatts_codec.link.transports import RecordingTransport, Transport

T = TypeVar("T")

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
@click.option("--until-script-ends", is_flag=True, help="End with the script, not by Ctrl-C.")
@click.option("--timeout", "timeout_s", type=Seconds(), metavar="S", help="End after so many seconds.")
@click.option(
    "--fault", "faults", multiple=True, metavar="FAULT", help="drop-ack=3, delay-response=2@0.5 ..."
)
@click.option("--seed", default=0, show_default=True, help="For faults that happen by chance.")
@click.option(
    "--firmware",
    type=click.Choice(list(FIRMWARE)),
    help="The build, as it is. Without: the dialect's own, but patient, and restarting at a fault.",
)
@click.option(
    "--on-fault",
    type=click.Choice(["restart", "hang"]),
    help="What a fault does, if not what it does to the build. Stock ones of SDK 11 to 14 hang.",
)
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=NUMBER", help="table_size=248, max_mtu=247 ..."
)
@peer_option
@click.option(
    "--ack-delay-ms",
    type=Seconds(may_be_endless=False),
    default=0.0,
    metavar="MS",
    help="Let ACKs leave later.",
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
    until_script_ends: bool,
    timeout_s: float | None,
    faults: tuple[str, ...],
    seed: int,
    firmware: str | None,
    on_fault: Literal["restart", "hang"] | None,
    settings: tuple[str, ...],
    peers: tuple[str, ...],
    ack_delay_ms: float,
    record: str | None,
    verbose: bool,
    quiet: bool,
) -> int:
    """Be a connectivity chip until Ctrl-C: on a pseudo-terminal, a TCP port or a Unix socket.

    Without a place, on a new pseudo-terminal. With a script the exit status is 0 if it went through, and 1 if it failed
    or was not finished; one that repeats has gone through after one round. Scripts and faults are described in
    docs/virtual-chip.md.
    """
    lines = load_script(script) if script else []
    _check_end(lines, until_script_ends)
    chip = _as_usage(
        VirtualChip,
        *(dialect, _config(settings)),
        firmware=_as_usage(_build, dialect, firmware, on_fault),
        faults=faults,
        seed=seed,
        ack_delay_s=ack_delay_ms / 1000,
    )
    bring(chip, peers)
    _check_record(record)
    show = Show(chip, lines, until_script_ends, timeout_s, verbose=verbose, quiet=quiet)
    with suppress(KeyboardInterrupt), ended_by(show.interrupt), _place(pty, tcp, unix) as place:
        tell(f"{dialect} chip on {place.url}, Ctrl-C ends it", "")
        _serve(place, chip, show, record)
    if show.interrupted:
        sys.stdout.flush()
        tell("stopped", "-- ")
    return show.script.judge()


def _serve(place: Place, chip: VirtualChip, show: Show, record: str | None) -> None:
    if isinstance(place, SocketPlace):
        place.on_refused = lambda who: show.say(
            f"busy: one host at a time, refused {who}".rstrip(), important=True
        )
    for number, transport in enumerate(place.transports(show.until)):
        port = _recorded(transport, record, number, show)
        runner = ChipRunner(chip, port)
        show.attach(runner)
        try:
            runner.run()
        except LinkClosed:
            show.say("host gone")
        finally:
            show.detach()
            port.close()
        if show.is_over(monotonic()):
            return


def _check_end(lines: list[ScriptLine], until_script_ends: bool) -> None:
    if not until_script_ends:
        return
    if not lines:
        raise click.UsageError("--until-script-ends wants a --script with commands in it")
    for line in lines:
        if line.command == "repeat":
            raise click.UsageError(f"{line}: this script never ends; end it by --timeout instead")


def _recorded(transport: Transport, record: str | None, number: int, show: Show) -> Transport:
    if record is None:
        return transport
    path = Path(record)
    if number:  # the recording of the host before stays
        path = path.with_stem(f"{path.stem}-{number + 1}")
    try:
        return RecordingTransport(transport, path, "chip")
    except OSError as error:
        show.say(f"what this host says is not recorded: {path}: {error.strerror}", important=True)
        return transport


def _check_record(record: str | None) -> None:
    """Raise OSError at once where there can be no such file, not when the first host comes."""
    if record is not None:
        with Path(record).open("ab"):
            pass


def _build(dialect: str, wanted: str | None, on_fault: Literal["restart", "hang"] | None) -> Firmware:
    build = firmware_of(find_dialect(dialect), wanted)
    return build if on_fault is None else replace(build, on_fault=on_fault)


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
    return _as_usage(DeviceConfig, **wanted)


def _as_usage(make: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """What it makes. An EncodeError is a mistake on the command line."""
    try:
        return make(*arguments, **named)
    except EncodeError as error:
        raise click.UsageError(str(error).splitlines()[0]) from None


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
    return listen_tcp(host, int(port))
