"""What a user hands in may raise: who asked for something gets it, else the log does, and the chip lives."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest

from gatts_codec import Attr, AttrMd, CharMd, CharProps, HvxParams, Uuid
from gatts_codec.device import ChipFarm, ChipRunner, ScriptRun, VirtualChip, parse_script
from gatts_codec.device.listen import listen_tcp
from gatts_codec.device.procedure import Procedure
from gatts_codec.errors import LinkClosed
from gatts_codec.link import Client, connect, memory_pair
from gatts_codec.link.config import LONGEST_TIMEOUT_S

DIALECT = "sd_api_v5"


class GuestError(Exception):
    """What a user's own code raises."""


def fail(*_: object) -> Any:
    raise GuestError("the user's own")


@pytest.fixture
def runner() -> Iterator[ChipRunner]:
    ours, host = memory_pair()
    with ChipRunner(VirtualChip(DIALECT), ours) as running:
        running.host = host  # type: ignore[attr-defined]
        yield running
    host.close()


def linked(runner: ChipRunner) -> Client:
    return connect(runner.host, DIALECT)  # type: ignore[attr-defined]


@pytest.mark.parametrize("error", [GuestError, TimeoutError, KeyboardInterrupt])
def test_a_condition_reaches_who_waits(runner: ChipRunner, error: type[BaseException]) -> None:
    def condition(chip: VirtualChip) -> bool:
        raise error("the user's own")

    with pytest.raises(error, match="the user's own"):
        runner.wait_until(condition, 60)
    assert runner.wait_until(lambda chip: True)


def test_an_action_reaches_who_asked_for_it(runner: ChipRunner) -> None:
    with pytest.raises(GuestError):
        runner.call(fail)
    assert runner.call(lambda: 1) == 1


def test_who_waits_when_the_chip_ends_hears_of_it_at_once(runner: ChipRunner) -> None:
    asked, heard = threading.Event(), []

    def wait() -> None:
        try:
            runner.wait_until(lambda chip: asked.set(), LONGEST_TIMEOUT_S)
        except LinkClosed as error:
            heard.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    asked.wait()
    runner.stop()
    waiting.join()
    assert len(heard) == 1


def test_an_action_that_comes_too_late_is_refused(runner: ChipRunner) -> None:
    class Late(deque[Any]):
        def append(self, job: object) -> None:
            runner.stop()  # it had not stopped when it was asked for
            super().append(job)

    runner._jobs = Late()
    with pytest.raises(LinkClosed):
        runner.submit(fail)


@pytest.mark.parametrize("what", ["observer", "on_turn", "on_wire"])
def test_a_listener_is_logged_and_the_chip_goes_on(
    runner: ChipRunner, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    if what == "observer":
        runner.chip.observers.append(fail)
    else:
        setattr(runner, what, fail)
    with linked(runner) as client:
        assert client.service_add(1, Uuid(0x180D)).handle == 14
    assert "GuestError" in caplog.text


@pytest.mark.parametrize("what", ["on_turn", "on_wire"])
def test_who_runs_the_chip_himself_gets_it(what: str) -> None:
    ours, host = memory_pair()
    runner = ChipRunner(VirtualChip(DIALECT), ours)
    setattr(runner, what, fail)
    with pytest.raises(GuestError):
        runner.run()
    ours.close()
    host.close()


def test_a_peer_s_listener(runner: ChipRunner, caplog: pytest.LogCaptureFixture) -> None:
    runner.chip.peer.on_value = fail
    with linked(runner) as client:
        service = client.service_add(1, Uuid(0x180D)).handle
        value = Attr(Uuid(0x2A37), AttrMd(vlen=1), 20, b"old")
        added = client.characteristic_add(service, CharMd(CharProps(read=1, notify=1)), value).handles
        assert added is not None
        conn = runner.peer.connect()
        client.sys_attr_set(conn)
        runner.peer.subscribe(added.value_handle)
        client.hvx(conn, HvxParams(added.value_handle, data=b"new"))
        assert len(runner.peer.wait_for_value()) == 1
    assert "GuestError" in caplog.text


def test_who_waits_for_a_procedure(caplog: pytest.LogCaptureFixture) -> None:
    procedure = Procedure[int](lambda: "an answer")
    ends: list[Procedure[int]] = []
    procedure.when_done(fail)
    procedure.when_done(ends.append)
    procedure.finish(1)
    assert ends == [procedure]
    assert "GuestError" in caplog.text


def test_who_hears_of_a_script(caplog: pytest.LogCaptureFixture) -> None:
    chip = VirtualChip(DIALECT)
    chip.open(0)
    run = ScriptRun(chip, parse_script("wait 0\nwait 0\nexpect 01"), fail)
    run.turn(0)
    assert run.done
    assert "expect 01: the last value read is empty" in str(run.error)
    assert caplog.text.count("GuestError: ") == 2


def test_who_hears_of_refused_hosts(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatts_codec.device.listen._LEAVING_S", 0.01)  # the first host does not leave
    place, heard = listen_tcp("127.0.0.1", 0), threading.Semaphore(0)

    def on_refused(address: str) -> None:
        heard.release()
        fail()

    place.on_refused = on_refused
    port = int(place.url.rpartition(":")[2])
    served = place.transports()
    with socket.create_connection(("127.0.0.1", port)):
        next(served).close()
        for _ in range(2):
            with socket.create_connection(("127.0.0.1", port)) as refused:
                assert refused.recv(1) == b""
            heard.acquire()
    place.close()
    assert caplog.text.count("GuestError: ") == 2


def test_who_makes_a_farm_s_chips(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> bytes:
        async with ChipFarm(fail) as farm:
            port = int((await farm.listen_tcp()).rpartition(":")[2])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            said = await reader.read()
            writer.close()
            return said

    assert asyncio.run(scenario()) == b""
    assert "GuestError" in caplog.text


def test_who_acts_on_a_farm_s_chip() -> None:
    async def scenario() -> None:
        async with ChipFarm(lambda: VirtualChip(DIALECT)) as farm:
            port = int((await farm.listen_tcp()).rpartition(":")[2])
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            while not farm.chips:
                await asyncio.sleep(0)
            with pytest.raises(GuestError):
                farm.act(farm.chips[0], fail)
            assert len(farm.chips) == 1
            writer.close()

    asyncio.run(scenario())
