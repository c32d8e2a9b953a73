"""Ctrl-C at every line of whatever a program does with a client: what comes next works, or raises within its time."""

from __future__ import annotations

import asyncio
import sys
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, suppress
from itertools import count
from queue import SimpleQueue
from typing import Any

import pytest
from link.rig import DIALECT, QUICK
from link.scripted_chip import ScriptedChip
from patience import PATIENCE_S

from gatts_codec import (
    AsyncClient,
    Client,
    Codec,
    HostConfig,
    HvcEvent,
    LinkClosed,
    LinkError,
    LinkTimeout,
    SysAttrGet,
    Uuid,
    aconnect,
    connect,
    memory_pair,
)
from gatts_codec.framing import h5
from gatts_codec.link.chip_link import ChipLink
from gatts_codec.link.dispatch import Queue
from gatts_codec.link.goals import Request
from gatts_codec.link.hold import Hold
from gatts_codec.link.host_link import HostLink
from gatts_codec.link.inbox import Arrival, Inbox, Waiter
from gatts_codec.link.notices import Notices
from gatts_codec.link.session import CallSession
from gatts_codec.link.transports import Transport
from tools.soak.interrupts import Interrupt
from tools.soak.judge import our_threads


@pytest.fixture(params=[pytest.param(1, marks=pytest.mark.soak), 7], ids=["every line", "some lines"])
def stride(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def add(sd: Client) -> None:
    sd.service_add(1, Uuid(0x180D))


def reset(sd: Client) -> None:
    sd.reset()


def close(sd: Client) -> None:
    sd.close()


def poll(sd: Client) -> None:
    for _ in sd.events(timeout_s=0):
        pass


def wait_in_vain(sd: Client) -> None:
    with suppress(LinkTimeout):
        sd.wait_for(HvcEvent, timeout_s=0, where=lambda event: event.handle == 99)


def interrupted(action: Callable[[Client], None], stride: int) -> Iterator[tuple[Client, ScriptedChip, str]]:
    """A client for each line of the action, or some of them, just interrupted there."""
    for line in count(1, stride):
        ours, theirs = memory_pair()
        interrupt = Interrupt(line)
        with ScriptedChip(theirs, DIALECT) as chip, connect(ours, DIALECT, link=QUICK) as sd:
            try:
                with interrupt.armed():
                    action(sd)
            except KeyboardInterrupt:
                yield sd, chip, interrupt.place
            if interrupt.left > 0:
                return


def in_another_thread(work: Callable[[], object], place: str) -> None:
    """Locks that belong to a thread would let their owner through: so it is another one that goes on."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    assert not thread.is_alive(), f"hangs after an interrupt at {place}"


@pytest.mark.parametrize("action", [add, reset, poll, wait_in_vain])
def test_the_next_call_works_or_says_why_not(action: Callable[[Client], None], stride: int) -> None:
    lines = 0
    for sd, chip, place in interrupted(action, stride):
        lines += 1
        outcomes: list[object] = []

        def go_on(sd: Client = sd, outcomes: list[object] = outcomes) -> None:
            while outcomes[-1:] != [13]:
                try:
                    outcomes.append(sd.calling(timeout_s=PATIENCE_S).service_add(1, Uuid(0x180D)).handle)
                except LinkError as error:
                    outcomes.append(error)

        in_another_thread(go_on, place)
        if action is not reset:  # what was begun is undone or goes on: the chip notices nothing
            assert (outcomes, chip.link_ups) == ([13], 1), place
    assert lines * stride > 20
    assert our_threads() == []


def test_close_can_be_finished(stride: int) -> None:
    for sd, chip, place in interrupted(close, stride):
        in_another_thread(sd.close, place)
        with pytest.raises(LinkError):
            add(sd)
        with pytest.raises(LinkError):  # the port was given back
            sd._line.transport.read()
        assert chip.commands == []


def test_connect_leaves_nothing_behind(stride: int) -> None:
    for line in count(1, stride):
        ours, theirs = memory_pair()
        interrupt = Interrupt(line)
        with ScriptedChip(theirs, DIALECT):
            with suppress(KeyboardInterrupt), interrupt.armed(), closing(connect(ours, DIALECT, link=QUICK)):
                pass
            del ours
            for thread in threading.enumerate():
                if thread.name.startswith("gatts-codec"):
                    thread.join(PATIENCE_S)
        assert our_threads() == [], interrupt.place
        if interrupt.left > 0:
            break
    assert line > 100


@pytest.mark.parametrize("by_iterating", [True, False])
def test_no_event_is_lost(by_iterating: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is with the caller, or still there."""
    # Events are taken while nobody calls, and at once.
    monkeypatch.setattr("gatts_codec.link.line.GRACE_S", 0.0)

    def take(sd: Client) -> None:
        if by_iterating:
            taken.extend(event for event in [next(sd.events(timeout_s=PATIENCE_S))])
        else:
            taken.append(sd.wait_for(HvcEvent, timeout_s=PATIENCE_S))

    taken: list[object] = []
    lines, line, was_interrupted = 0, 0, True
    while was_interrupted:
        line += 1
        taken.clear()
        ours, theirs = memory_pair()
        interrupt = Interrupt(line)
        with ScriptedChip(theirs, DIALECT) as chip, connect(ours, DIALECT, link=QUICK) as sd:
            chip.send(HvcEvent(0, 7))
            chip.settle()
            try:
                with interrupt.armed():
                    take(sd)
            except KeyboardInterrupt:
                lines += 1
                assert (taken or [sd.wait_for(HvcEvent, timeout_s=PATIENCE_S)]) == [HvcEvent(0, 7)], (
                    interrupt.place
                )
            was_interrupted = interrupt.left <= 0
    assert lines > 10


def test_a_session_loses_nothing_and_does_nothing_twice(stride: int) -> None:
    """Without a port, in no time: a response and three events come, and whatever takes them is interrupted once."""
    for line in count(1, stride):
        codec, inbox = Codec(DIALECT), Inbox(8)
        heard: list[Arrival] = []
        session = CallSession(HostLink(HostConfig(reset=False)), codec, inbox)
        session.listener = lambda arrival, heard=heard: not heard.append(arrival)
        chip = ChipLink()
        chip.open(0.0)
        session.open(0.0)
        settle(session, chip)
        interrupt, request = Interrupt(line), Request(codec.pack(SysAttrGet(0, 20)), 1.5)
        answers = [codec.pack(HvcEvent(0, 1)), b"\x01\xaa" + bytes(4), codec.pack(HvcEvent(0, 2))]
        with suppress(KeyboardInterrupt), interrupt.armed():
            session.start(request, 0.0)
        if interrupt.left <= 0:
            session.abandon(request)
            request = Request(request.payload, 1.5)
            session.start(request, 0.0)
        for answer in answers:
            settle(session, chip)
            chip.send(answer, 0.0)
            with suppress(KeyboardInterrupt), interrupt.armed():
                session.receive_data(chip.data_to_send(), 0.0)
            chip.receive_data(session.data_to_send(), 0.0)
            while chip.waiting:
                chip.tick(chip.next_deadline() or 0.0)
                settle(session, chip)
        session.tick(0.0)  # what ``next_deadline`` asks for
        events = list(iter(Waiter(inbox, None).look, None))
        assert events == [arrival.event for arrival in heard] == [HvcEvent(0, 1), HvcEvent(0, 2)], (
            interrupt.place
        )
        assert request.answer == answers[1], interrupt.place
        assert session.unreported is None
        if interrupt.left > 0:
            break
    assert line > 50


def settle(session: CallSession, chip: ChipLink) -> None:
    while True:
        there, back = session.data_to_send(), chip.data_to_send()
        if not there and not back:
            return
        chip.receive_data(there, 0.0)
        session.receive_data(back, 0.0)


def test_what_has_come_is_there_also_if_the_client_is_closed_next() -> None:
    codec, inbox, chip = Codec(DIALECT), Inbox(8), ChipLink()
    session = CallSession(HostLink(HostConfig(reset=False)), codec, inbox)
    chip.open(0.0)
    session.open(0.0)
    settle(session, chip)

    def interrupt(arrival: Arrival) -> bool:
        session.listener = None
        raise KeyboardInterrupt

    session.listener = interrupt
    chip.send(codec.pack(HvcEvent(0, 7)), 0.0)
    with pytest.raises(KeyboardInterrupt):
        session.receive_data(chip.data_to_send(), 0.0)
    chip.receive_data(session.data_to_send(), 0.0)
    assert chip.waiting == 0  # the chip knows that it has come
    session.close(LinkClosed("closed", stage="closed"), 0.0)
    assert Waiter(inbox, None).look() == HvcEvent(0, 7)


def test_an_event_that_is_brought_again_is_called_out_once() -> None:
    """Whoever brought it was interrupted before knowing whether it had arrived; by then it may be out already."""
    codec, queue = Codec(DIALECT), Queue(8)
    queue.add(lambda event: None, ())
    first, second = (Arrival(codec.pack(HvcEvent(0, handle)), codec, Notices()) for handle in (1, 2))
    assert [queue.put(first), queue.put(first)] == [True, True]
    assert queue._next()[0] == HvcEvent(0, 1)
    assert [queue.put(first), queue.put(second)] == [True, True]
    assert queue._next()[0] == HvcEvent(0, 2)
    assert not queue._waiting


def test_a_packet_in_flight_always_has_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = memory_pair()
    with ScriptedChip(theirs, DIALECT) as chip, connect(ours, DIALECT, link=QUICK) as sd:

        def interrupt(*_: object) -> bytes:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(h5, "encode_reliable", interrupt)
            with pytest.raises(KeyboardInterrupt):
                add(sd)
        add(sd)
        assert chip.link_ups == 1


async def add_in_asyncio(sd: AsyncClient) -> object:
    return (await sd.calling(timeout_s=PATIENCE_S).service_add(1, Uuid(0x180D))).handle


async def areset(sd: AsyncClient) -> None:
    await sd.reset()


async def await_in_vain(sd: AsyncClient) -> None:
    with suppress(LinkTimeout):
        await sd.wait_for(HvcEvent, timeout_s=0.001, where=lambda event: event.handle == 99)


async def two_at_once(sd: AsyncClient) -> None:
    await asyncio.gather(add_in_asyncio(sd), add_in_asyncio(sd))


@pytest.mark.parametrize("action", [add_in_asyncio, areset, await_in_vain, two_at_once])
def test_in_asyncio_tasks_end_when_they_are_cancelled_and_the_next_call_works(
    action: Callable[[AsyncClient], Coroutine[Any, Any, object]], stride: int
) -> None:
    """The loop is interrupted, as asyncio.run is by Python up to 3.10; then the program goes on in the same loop."""

    complaints: list[object] = []

    def complain(_: object, context: dict[str, object]) -> None:
        if not isinstance(
            context.get("exception"), KeyboardInterrupt
        ):  # which tasks end with, and nobody asks
            complaints.append(context)

    for line in count(1, stride):
        ours, theirs = memory_pair()
        interrupt, loop = Interrupt(line), asyncio.new_event_loop()
        # Tasks end with KeyboardInterrupt, and nobody asks.
        loop.set_exception_handler(lambda _, context: None)
        with ScriptedChip(theirs, DIALECT), closing(loop):
            sd = loop.run_until_complete(aconnected(ours))
            with suppress(KeyboardInterrupt), interrupt.armed():
                loop.run_until_complete(action(sd))
            assert in_loop(loop, end(asyncio.all_tasks(loop))) == set(), f"hang: {interrupt.place}"
            assert in_loop(loop, asyncio.wait_for(aadd_in_the_end(sd), PATIENCE_S)) == 13, interrupt.place
            in_loop(loop, aclose(sd))
        assert complaints == [], interrupt.place
        if interrupt.left > 0:
            break
    assert line > 20


def in_loop(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, object]) -> object:
    """Once it was interrupted, a loop may stop once more before its time."""
    task = loop.create_task(work)
    while not task.done():
        with suppress(RuntimeError):
            loop.run_until_complete(task)
    return task.result()


async def end(tasks: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    for task in tasks:
        task.cancel()
    return (await asyncio.wait(tasks, timeout=PATIENCE_S))[1] if tasks else set()


async def aadd_in_the_end(sd: AsyncClient) -> object:
    while True:
        with suppress(LinkError):
            return await add_in_asyncio(sd)


async def aconnected(port: Transport) -> AsyncClient:
    return await aconnect(port, DIALECT, link=QUICK)


async def aclose(sd: AsyncClient) -> None:
    await sd.close()


def test_a_hold_lets_go_of_frames_that_no_longer_run() -> None:
    """Their callers' frames have the client, which could not be dropped."""
    hold, gone = Hold(), []

    class Kept:
        """What a caller has."""

    def leave() -> None:
        kept = Kept()
        gone.append(weakref.ref(kept))
        hold._queue.append(sys._getframe())
        hold._gates[sys._getframe()] = SimpleQueue()

    leave()
    hold.forget()
    assert [each() for each in gone] == [None]
    assert hold.run(str, 7, until=0.0) == "7"
