"""Scripts for a simulated peer: one command a line, ``#`` begins a comment.

    wait advertising | enabled | link | connected | SECONDS | values N      until it is so; N values since connecting
    connect [ADDRESS]                disconnect                encrypt LEVEL
    mtu BYTES                        discover
    read WHERE [OFFSET]              read-long WHERE
    write WHERE HEX                  write-command WHERE HEX   write-long WHERE HEX
    prepare WHERE HEX [OFFSET]       execute                   cancel
    subscribe WHERE [notify|indicate|both]                     unsubscribe WHERE
    confirm auto | off               confirm
    leave                            come-back
    event HEX                        the chip sends this event, packet type and all, whatever it is
    expect HEX                       the last value that was read
    fails                            the next command has to be refused by the host
    repeat                           from the beginning, after 10 ms

HEX is pairs of digits without spaces, ``-`` for no bytes. WHERE is a handle (``0x000e``) or a characteristic's UUID
(``2a37``, the 16 bits of a vendor's too); ``2a37/2901`` is a descriptor of it. Requests wait for the host. The first
command that fails ends the script.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatts_codec.arguments import checked
from gatts_codec.constants import RpcPacketType
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.discovery import find_value
from gatts_codec.device.procedure import Procedure
from gatts_codec.errors import PeerError
from gatts_codec.link.notices import call_back

if TYPE_CHECKING:
    from gatts_codec.device.peer import Peer

# A step is over, goes on when its procedure is done, or when its condition holds, or at a time.
Waiting = Procedure[Any] | Callable[[], bool] | float | None

_REPEAT_PAUSE_S = 0.01
_LONGEST = 1 << 20  # bytes
_SUBSCRIPTIONS = {"notify": (True, False), "indicate": (False, True), "both": (True, True)}


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """A command with its arguments; ``number`` counts the file's lines from 1."""

    number: int
    command: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return f"line {self.number}: {' '.join((self.command, *self.arguments))}"


@checked
def load_script(path: str | Path) -> list[ScriptLine]:
    """Read a script file, of 1 MiB at most. Raises OSError, and PeerError that names a line with no command."""
    with Path(path).open("rb") as file:
        content = file.read(_LONGEST + 1)
    if len(content) > _LONGEST:
        raise PeerError(f"{path} is not a script: it has more than {_LONGEST} bytes")
    return parse_script(content.decode("utf-8", "backslashreplace"))


@checked
def parse_script(text: str) -> list[ScriptLine]:
    """The commands of a script. Raises PeerError that names the line which is not a command."""
    lines = []
    for number, raw in enumerate(text.splitlines(), 1):
        words = raw.split("#")[0].split()
        if words:
            line = ScriptLine(number, words[0], tuple(words[1:]))
            _check(line)
            lines.append(line)
    return lines


def _check(line: ScriptLine) -> None:
    arity = _ARITY.get(line.command)
    if arity is None:
        raise PeerError(f"{line}: no such command; there are {', '.join(_ARITY)}")
    least, most = arity
    if not least <= len(line.arguments) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise PeerError(f"{line}: takes {wanted} arguments")


class ScriptRun:
    """A script under way on a chip's peer. ``turn`` is to be called after whatever happened to the chip.

    ``log`` gets a line for each command. ``error`` is the PeerError that ended the script early; ``done`` says that it
    is over. ``turn`` raises nothing of its own.
    """

    @checked
    def __init__(self, chip: VirtualChip, script: list[ScriptLine], log: Callable[[str], object]) -> None:
        self._chip, self._script, self._log = chip, script, partial(call_back, log)
        self.done: bool = False
        self.error: PeerError | None = None
        self.rounds: int = 0
        """How often it has come to ``repeat``."""
        self._line: ScriptLine | None = None
        self._now = 0.0
        self._value = b""
        self._must_fail = False
        self._waiting: Waiting = None
        self._steps = self._run()

    @property
    def peer(self) -> Peer:
        """The peer that acts."""
        return self._chip.peer

    @property
    def standing(self) -> str:
        """Which command is under way, and what a request waits for."""
        waiting = self._waiting
        if isinstance(waiting, Procedure) and not waiting.done:
            return f"{self._line}: {waiting.waits_for}"
        return str(self._line or "nothing has begun")

    def turn(self, now: float) -> float | None:
        """Go on as far as possible; when to be called at the latest, in seconds of ``now``'s clock.

        None: when something has happened.
        """
        self._now = now
        while not self.done and self._ready():
            try:
                self._waiting = next(self._steps)
            except StopIteration:
                self.done = True
            except PeerError as error:
                self.done, self.error = True, error
        return self._waiting if isinstance(self._waiting, float) and not self.done else None

    def _ready(self) -> bool:
        waiting = self._waiting
        if waiting is None:
            return True
        if isinstance(waiting, float):
            return self._now >= waiting
        return waiting.done if isinstance(waiting, Procedure) else waiting()

    def _run(self) -> Generator[Waiting, None, None]:
        at = 0
        while at < len(self._script):
            self._line = line = self._script[at]
            at = 0 if line.command == "repeat" else at + 1
            if line.command == "repeat":
                self.rounds += 1
                # So that a script without waits lets others have their turn.
                yield self._now + _REPEAT_PAUSE_S
                continue
            yield from self._step(line)

    def _step(self, line: ScriptLine) -> Generator[Waiting, None, None]:
        must_fail, self._must_fail = self._must_fail, False
        try:
            waiting = self._begin(line)
            yield waiting
            outcome = waiting.result() if isinstance(waiting, Procedure) else None
        except PeerError as error:
            if must_fail:
                self._log(f"{line}: {error}, as wanted")
                return
            raise PeerError(f"{line}: {error}", status=error.status) from None
        if must_fail:
            raise PeerError(f"{line}: succeeded, and should have failed")
        if isinstance(outcome, bytes):
            self._value = outcome
        shown = outcome.hex(" ") if isinstance(outcome, bytes) else "" if outcome is None else str(outcome)
        self._log(f"{line}" + (f" -> {shown}" if shown else ""))

    def _begin(self, line: ScriptLine) -> Waiting:
        return _COMMANDS[line.command](self, *line.arguments)

    # -- what the commands do

    def _wait(self, what: str, number: str = "") -> Waiting:
        chip = self._chip
        conditions: dict[str, Callable[[], bool]] = {
            "advertising": lambda: chip.device.gap.advertising,
            "enabled": lambda: chip.device.gap.enabled,
            "link": lambda: chip.is_up,
            "connected": lambda: self.peer.is_connected,
        }
        if what == "values":
            wanted = _number(number)
            if wanted < 0:
                raise PeerError(f"{wanted} values cannot be waited for")
            return lambda: len(self.peer.received) >= wanted
        if what in conditions:
            return conditions[what]
        with suppress(ValueError):
            if 0 <= float(what) < math.inf:
                return self._now + float(what)
        raise PeerError(f"wait for {', '.join(conditions)}, values N, or a number of seconds")

    def _where(self, text: str) -> int:
        """The handle that WHERE means."""
        if text.startswith("0x"):
            return _number(text)
        value, _, descriptor = text.partition("/")
        characteristic = find_value(self.peer.discover(), _number(value, 16))
        if not descriptor:
            return characteristic.value_handle
        wanted = _number(descriptor, 16)
        for found in characteristic.descriptors:
            if found.uuid.uuid == wanted:
                return found.handle
        raise PeerError(f"characteristic {value} has no descriptor {descriptor}")

    def _subscribe(self, where: str, how: str = "notify") -> Waiting:
        if how not in _SUBSCRIPTIONS:
            raise PeerError(f"subscribe to {', '.join(_SUBSCRIPTIONS)}, not {how}")
        notifications, indications = _SUBSCRIPTIONS[how]
        return self.peer.subscribe(self._where(where), notifications=notifications, indications=indications)

    def _confirm(self, how: str = "") -> None:
        if how in ("auto", "off"):
            self.peer.confirms = how == "auto"
        elif how:
            raise PeerError("confirm is followed by auto, off, or nothing")
        else:
            self.peer.confirm()

    def _emit(self, payload: bytes) -> None:
        if payload[:1] != bytes([RpcPacketType.EVENT]):
            raise PeerError("an event's payload begins with 02, u16 event id, u16 connection handle")
        self._chip.device.emit(payload)

    def _expect(self, value: str) -> None:
        wanted = _hex(value)
        if wanted != self._value:
            raise PeerError(f"the last value read is {self._value.hex(' ') or 'empty'}")

    def _fails(self) -> None:
        self._must_fail = True

    def _discover(self) -> None:
        for service in self.peer.discover():
            self._log(
                f"  service {service.uuid.uuid:04x}: {service.handle:#06x} to {service.end_handle:#06x}"
            )
            for characteristic in service.characteristics:
                self._log(f"    {characteristic.uuid.uuid:04x}: value {characteristic.value_handle:#06x}")


def _number(text: str, base: int = 0) -> int:
    try:
        return int(text, base)
    except ValueError:
        raise PeerError(f"{text!r} is not a number") from None


def _hex(text: str) -> bytes:
    try:
        return b"" if text == "-" else bytes.fromhex(text)
    except ValueError:
        raise PeerError(f"{text!r} is not hex") from None


_COMMANDS: dict[str, Callable[..., Waiting]] = {
    "wait": ScriptRun._wait,
    "connect": lambda run, *address: _none(run.peer.connect(*address)),
    "disconnect": lambda run: run.peer.disconnect(),
    "encrypt": lambda run, level: run.peer.encrypt(_number(level)),
    "mtu": lambda run, mtu: run.peer.exchange_mtu(_number(mtu)),
    "discover": ScriptRun._discover,
    "read": lambda run, where, offset="0": run.peer.read(run._where(where), _number(offset)),
    "read-long": lambda run, where: run.peer.read_long(run._where(where)),
    "write": lambda run, where, data: run.peer.write(run._where(where), _hex(data)),
    "write-command": lambda run, where, data: run.peer.write_command(run._where(where), _hex(data)),
    "write-long": lambda run, where, data: run.peer.write_long(run._where(where), _hex(data)),
    "prepare": lambda run, where, data, offset="0": run.peer.prepare(
        run._where(where), _hex(data), _number(offset)
    ),
    "execute": lambda run: run.peer.execute(),
    "cancel": lambda run: run.peer.cancel(),
    "subscribe": ScriptRun._subscribe,
    "unsubscribe": lambda run, where: run.peer.unsubscribe(run._where(where)),
    "confirm": ScriptRun._confirm,
    "leave": lambda run: run.peer.leave(),
    "come-back": lambda run: run.peer.come_back(),
    "event": lambda run, payload: run._emit(_hex(payload)),
    "expect": ScriptRun._expect,
    "fails": ScriptRun._fails,
}
_ARITY = {
    **dict.fromkeys(("disconnect", "discover", "execute", "cancel", "leave", "come-back", "fails"), (0, 0)),
    **dict.fromkeys(("connect", "confirm"), (0, 1)),
    **dict.fromkeys(("encrypt", "mtu", "read-long", "unsubscribe", "event", "expect"), (1, 1)),
    **dict.fromkeys(("wait", "read", "subscribe"), (1, 2)),
    **dict.fromkeys(("write", "write-command", "write-long"), (2, 2)),
    "prepare": (2, 3),
    "repeat": (0, 0),
}


def _none(_: object) -> None:
    """A command whose outcome is not waited for."""
