"""What clients are given by mistake: an error that names the argument, at once, and nothing is left open."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import threading
import warnings
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, closing
from fractions import Fraction
from itertools import repeat
from numbers import Integral
from pathlib import Path
from typing import Any

import pytest
from link.rig import DIALECT, IMPATIENT, QUICK, rig
from link.scripted_chip import ScriptedChip

from gatts_codec import (
    AsyncClient,
    Client,
    EncodeError,
    HvcEvent,
    LinkClosed,
    LinkTimeout,
    Opaque,
    PortError,
    Uuid,
    ValueSetResponse,
    WriteEvent,
    aconnect,
    connect,
    memory_pair,
    open_transport,
)
from gatts_codec.link.transports import RecordingTransport
from gatts_codec.plans import Start


@Integral.register
class Whole:
    """Five, as a library such as NumPy has it: a whole number that C does not take for one."""

    def __int__(self) -> int:
        return 5

    def __ge__(self, other: int) -> bool:
        return other <= 5

    def __le__(self, other: int) -> bool:
        return other >= 5


async def on_an_event(event: object) -> bool:
    """A coroutine function."""
    return False


Use = Callable[[Any], object]
ARGUMENTS: dict[str, tuple[str, Use]] = {
    "no class of events": ("event_type", lambda sd: sd.wait_for("WriteEvent", timeout_s=0)),
    "a class of responses": ("event_type", lambda sd: sd.wait_for(ValueSetResponse, timeout_s=0)),
    "several classes": ("event_type", lambda sd: sd.wait_for((WriteEvent, Opaque), timeout_s=0)),
    "a test that is none": ("where", lambda sd: sd.wait_for(Opaque, 0, where=True)),
    "a test to be awaited": ("where", lambda sd: sd.wait_for(Opaque, 0, where=on_an_event)),
    "no callback": ("callback", lambda sd: sd.on_event("print")),
    "events by name": ("event_types", lambda sd: sd.on_event(print, "WriteEvent")),
    "a plan's class": ("expected a plan", lambda sd: sd.carry_out(Start)),
    "a time too long to print": ("timeout_s", lambda sd: sd.events(timeout_s=10**5000)),
}


@pytest.mark.parametrize("what", ARGUMENTS)
def test_an_argument_that_is_refused_is_named(what: str) -> None:
    named, use = ARGUMENTS[what]

    async def awaited() -> None:
        ours, theirs = memory_pair()
        with ScriptedChip(theirs, DIALECT):
            async with aconnect(ours, DIALECT, link=QUICK) as sd:
                outcome: Any = use(sd)
                await outcome

    with pytest.raises(EncodeError, match=named):
        asyncio.run(awaited())
    with rig() as (sd, _), pytest.raises(EncodeError, match=named):
        use(sd)


def test_a_coroutine_function_is_a_callback_of_the_asyncio_client_alone() -> None:
    with rig() as (sd, _), pytest.raises(EncodeError, match=r"callback: .* no coroutine function"):
        sd.on_event(on_an_event)


def test_a_time_of_any_kind_of_number() -> None:
    with rig(timeout_s=Fraction(600)) as (sd, _), pytest.raises(LinkTimeout, match=r"within 0\.0078125 s"):
        sd.wait_for(Opaque, timeout_s=Fraction(1, 128))  # type: ignore[arg-type]  # no float to a type checker


SETTINGS: dict[str, dict[str, Any]] = {
    "link": {"link": {"transmissions": 3}},
    "event_buffer": {"event_buffer": 10**5000},
}


@pytest.mark.parametrize("what", SETTINGS)
@pytest.mark.parametrize("to_connect", [connect, aconnect])
def test_a_setting_that_is_refused_is_named(to_connect: Any, what: str) -> None:
    with pytest.raises(EncodeError, match=what):
        to_connect("tcp:127.0.0.1:1", DIALECT, **SETTINGS[what])


@pytest.mark.parametrize("port", [None, 3, Path("ttyACM0"), b"COM3", os])
def test_what_is_neither_a_url_nor_a_transport(port: Any) -> None:
    with pytest.raises(PortError, match="expected the URL of a port, or a Transport, got"):
        connect(port, DIALECT)

    async def awaited() -> None:
        await aconnect(port, DIALECT)

    with pytest.raises(PortError, match="expected the URL of a port, or a Transport, got"):
        asyncio.run(awaited())


URLS = [
    "tcp:localhost:" + "9" * 5000,
    "serial:/dev/ttyACM0?baud=" + "9" * 5000,
    "pty:\0",
    "pty:\ud800",
    "unix:\ud800",
    "alt://loop://?\ud800",
    "pty:?record=\0",
    "pty:?record=\ud800",
]


@pytest.mark.skipif(os.name != "posix", reason="Windows has none of them")
def test_names_that_no_system_takes_are_port_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", left.append)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for url in URLS:
            with pytest.raises(PortError) as caught:
                open_transport(url)
            assert caught.value.stage == "open"
            del caught
        gc.collect()
    assert left == []


@pytest.mark.parametrize("record", [3.5, True, b"\0", "\0"])
def test_a_recording_that_has_no_possible_name(record: Any) -> None:
    ours, theirs = memory_pair()
    with pytest.raises(PortError, match="cannot record to"):
        connect(ours, DIALECT, record=record)
    with pytest.raises(OSError, match="went away"):
        theirs.read()  # ours was closed
    theirs.close()


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets")
def test_a_unix_socket_whose_server_accepts_nobody(tmp_path: Path) -> None:
    place = str(tmp_path / "busy")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place)
        listener.listen(0)
        with ExitStack() as waiting, pytest.raises(PortError, match="is busy: the server does not accept"):
            deque((waiting.callback(open_transport(url).close) for url in repeat(f"unix:{place}")), maxlen=0)


class NeverEnding:
    """A port of an event loop at which there is always something to read, and never an answer."""

    name, baud, parity = "never ending", None, False
    is_open = True

    def watch(self, readable: Callable[[], object]) -> None:
        loop = asyncio.get_running_loop()

        def again() -> None:
            if self.is_open:
                loop.call_soon(again)
                readable()

        loop.call_soon(again)

    def read(self) -> bytes:
        return b"noise"

    def write(self, data: bytes) -> int:
        return len(data)

    def wait(self, timeout_s: float | None, writing: bool = False) -> None:
        raise NotImplementedError

    def wake(self) -> None:
        raise NotImplementedError

    def fileno(self) -> None:
        return None

    def close(self) -> None:
        self.is_open = False


def test_a_time_is_over_also_where_bytes_never_end() -> None:
    """The loop reads before it looks at its timers, and a timer that was set anew after each read never came."""

    async def connect_in_vain() -> None:
        await aconnect(NeverEnding(), DIALECT, link=IMPATIENT)

    with pytest.raises(LinkTimeout, match="SYNC was not answered after 3 attempts"):
        asyncio.run(asyncio.wait_for(connect_in_vain(), 300))


def test_an_asyncio_client_can_be_closed_after_its_loop() -> None:
    ours, theirs = memory_pair()
    called = threading.Event()

    async def never_ends(event: object) -> None:
        called.set()
        await asyncio.Event().wait()

    async def connect_and_leave() -> AsyncClient:
        sd = await aconnect(ours, DIALECT, link=QUICK)
        sd.on_event(never_ends)
        chip.send(HvcEvent(0, 1))
        await asyncio.to_thread(called.wait, 300)
        return sd

    with ScriptedChip(theirs, DIALECT) as chip:
        sd = asyncio.run(connect_and_leave())
        sd.close()
        sd.close()
        with pytest.raises(LinkClosed):
            ours.read()


def test_an_event_buffer_of_any_kind_of_whole_number() -> None:
    with rig(event_buffer=Whole()) as (sd, _):
        assert sd.lost_events == 0


@pytest.mark.parametrize("make", [lambda port: connect(port, DIALECT), lambda port: Client(port, DIALECT)])
def test_a_second_client_on_a_transport_is_refused_and_the_first_goes_on(make: Callable[[Any], Any]) -> None:
    with rig() as (sd, _):
        with pytest.raises(PortError, match="has a client already"):
            make(sd._transport)
        assert sd.service_add(1, Uuid(0x180D)).handle


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs")
def test_a_recording_into_a_fifo_never_waits_for_its_reader(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(PortError, match=r"cannot record to .*fifo"):
        open_transport("loop://", record=fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    port, theirs = memory_pair()
    with closing(theirs):
        recording = RecordingTransport(port, fifo)
        for _ in range(200):  # more than a pipe has room for
            recording.write(bytes(1000))
            theirs.read()
        assert os.read(reader, 20).startswith(b'{"t_us":')
        assert "ends here" in caplog.text
        recording.close()
    os.close(reader)
