"""Whatever a program does between calls, the line is served; events are decoded, judged and taken by who wants them."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import weakref
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from queue import SimpleQueue
from typing import Any

import pytest
from link.rig import DIALECT, IMPATIENT, QUICK, rig
from link.scripted_chip import ScriptedChip

from gatts_codec import (
    AsyncClient,
    Codec,
    EncodeError,
    Event,
    HostConfig,
    HvcEvent,
    LinkClosed,
    LinkReset,
    LinkTimeout,
    Opaque,
    ScConfirmEvent,
    SysAttrGet,
    Uuid,
    aconnect,
    connect,
    memory_pair,
)
from gatts_codec.framing import h5
from gatts_codec.link import line
from gatts_codec.link.config import ChipConfig
from gatts_codec.link.inbox import Arrival, Inbox, Waiter
from gatts_codec.link.notices import Notices
from tools.soak.judge import our_threads

NO_TIMES = [
    float("nan"),
    float("inf"),
    float("-inf"),
    -1,
    -0.001,
    1e308,
    True,
    False,
    "1",
    b"1",
    [],
    object(),
]

# Repeats nothing, whose ACK would come twice.
PATIENT = ChipConfig(retransmission_interval_s=300.0)


def arun(main: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(main())  # type: ignore[arg-type]  # a coroutine function, called


class TestPolling:
    """A chip that is not acknowledged restarts: each poll reads what has come, and between polls a thread does."""

    @pytest.mark.parametrize("way", ["events", "wait_for"])
    def test_without_the_background_thread(self, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gatts_codec.link.line.Line.tend", lambda line: None)
        with rig() as (sd, chip):
            chip.send(HvcEvent(0, 1))
            got: list[Event | Opaque] = []
            while not got:
                if way == "events":
                    got += sd.events(timeout_s=0)
                else:
                    with suppress(LinkTimeout):
                        got.append(sd.wait_for(HvcEvent, timeout_s=0))
            assert got == [HvcEvent(0, 1)]
            while chip.link.waiting:  # its ACK may still be on the way
                assert list(sd.events(timeout_s=0)) == []
            assert chip.link_ups == 1

    @pytest.mark.parametrize("timeout_s", [0, 1e-9, 0.0001])
    def test_a_program_that_does_nothing_else(self, timeout_s: float) -> None:
        with rig() as (sd, chip):
            for handle in range(20):
                chip.send(HvcEvent(0, handle))
            got: list[Event | Opaque] = []
            while len(got) < 20:
                got += sd.events(timeout_s=timeout_s)
            assert got == [HvcEvent(0, handle) for handle in range(20)]
            chip.settle()
            assert chip.link_ups == 1

    def test_calls_that_never_reach_the_line(self) -> None:
        with rig() as (sd, chip):
            chip.send(HvcEvent(0, 1))
            while chip.is_busy:
                with pytest.raises(EncodeError):
                    sd.service_add(1, Uuid(-1))
            assert sd.wait_for(HvcEvent, timeout_s=0) == HvcEvent(0, 1)

    def test_in_asyncio(self) -> None:
        async def main() -> None:
            ours, theirs = memory_pair()
            with ScriptedChip(theirs, DIALECT) as chip:
                async with aconnect(ours, DIALECT, link=QUICK) as sd:
                    chip.send(HvcEvent(0, 1))
                    got: list[Event | Opaque] = []
                    while not got:
                        got += [event async for event in sd.events(timeout_s=0)]
                    assert got == [HvcEvent(0, 1)]
                    assert chip.link_ups == 1

        arun(main)


class TestTheLoopIsShared:
    @pytest.mark.parametrize("use", ["call", "raw", "wait_for", "events", "reset"])
    def test_by_calls_that_fail_at_once(self, use: str) -> None:
        """A program that tries again at once, for ever, keeps no other task from running."""

        async def main() -> None:
            ours, theirs = memory_pair()
            with ScriptedChip(theirs, DIALECT):
                sd = await aconnect(ours, DIALECT, link=QUICK)
                await sd.close()
            turns = 0

            async def other() -> None:
                nonlocal turns
                while True:
                    turns += 1
                    await asyncio.sleep(0)

            uses: dict[str, Callable[[], Awaitable[object]]] = {
                "call": lambda: sd.service_add(1, Uuid(-1)),
                "raw": lambda: sd.send_raw(b""),
                "wait_for": lambda: sd.wait_for(HvcEvent),
                "events": lambda: anext(aiter(sd.events())),
                "reset": sd.reset,
            }
            task = asyncio.create_task(other())
            for _ in range(20):
                with suppress(LinkClosed, EncodeError, StopAsyncIteration):
                    await uses[use]()
            task.cancel()
            assert turns >= 19

        arun(main)

    def test_by_who_takes_events_that_are_there(self) -> None:
        async def main() -> None:
            ours, theirs = memory_pair()
            with ScriptedChip(theirs, DIALECT) as chip:
                async with aconnect(ours, DIALECT, link=QUICK) as sd:
                    for handle in range(20):
                        chip.send(HvcEvent(0, handle))
                    await asyncio.to_thread(chip.settle)
                    turns: list[int] = []
                    task = asyncio.create_task(count_turns(turns))
                    async for _ in sd.events(timeout_s=0):
                        pass
                    task.cancel()
                    assert len(turns) >= 19

        async def count_turns(turns: list[int]) -> None:
            while True:
                turns.append(len(turns))
                await asyncio.sleep(0)

        arun(main)


class TestDecoding:
    def test_the_ack_does_not_wait_for_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Decoders are made on first use, which takes longer than some chips wait."""
        decoding, go_on = threading.Event(), threading.Event()
        unpack = Codec.unpack

        def slow(codec: Codec, payload: bytes) -> Any:
            decoding.set()
            assert go_on.wait(300)
            return unpack(codec, payload)

        with rig() as (sd, chip):
            monkeypatch.setattr(Codec, "unpack", slow)
            called = threading.Event()
            sd.on_event(lambda event: called.set())
            taken: list[HvcEvent] = []
            waiting = threading.Thread(target=lambda: taken.append(sd.wait_for(HvcEvent)))
            waiting.start()
            chip.send(HvcEvent(0, 1))
            assert decoding.wait(300)
            chip.settle()  # acknowledged, and nobody knows yet what it is
            assert not called.is_set()
            assert sd.service_add(1, Uuid(0x180D)).handle == 13
            go_on.set()
            waiting.join()
            assert called.wait(300)
            assert taken == [HvcEvent(0, 1)]

    def test_once_for_all_who_look(self) -> None:
        codec = Codec(DIALECT)
        arrival = Arrival(codec.pack(HvcEvent(0, 1)), codec, Notices())
        assert arrival.event is arrival.event


class TestConditions:
    def test_may_call_the_chip(self) -> None:
        with rig() as (sd, chip):
            threads: list[threading.Thread] = []

            def where(event: HvcEvent) -> bool:
                threads.append(threading.current_thread())
                return sd.service_add(1, Uuid(0x180D)).handle == 13 and event.handle == 2

            chip.send(HvcEvent(0, 1))
            chip.settle()
            chip.do(lambda: chip.send(HvcEvent(0, 2)))
            assert sd.wait_for(HvcEvent, where=where) == HvcEvent(0, 2)
            assert set(threads) == {threading.current_thread()}
            assert list(sd.events(timeout_s=0)) == [HvcEvent(0, 1)]

    def test_may_wait_for_other_events(self) -> None:
        with rig() as (sd, chip):
            chip.send(HvcEvent(0, 1))
            chip.send(ScConfirmEvent(3))
            event = sd.wait_for(HvcEvent, where=lambda event: sd.wait_for(ScConfirmEvent).conn_handle == 3)
            assert event == HvcEvent(0, 1)

    @pytest.mark.parametrize("fits", [True, False])
    def test_may_close_the_client(self, fits: bool) -> None:
        with rig() as (sd, chip):
            chip.send(HvcEvent(0, 1))

            def where(event: HvcEvent) -> bool:
                sd.close()
                return fits

            if fits:
                assert sd.wait_for(HvcEvent, where=where) == HvcEvent(0, 1)
            else:
                with pytest.raises(LinkClosed, match="was closed"):
                    sd.wait_for(HvcEvent, where=where)

    @pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, LinkClosed])
    def test_may_raise_anything_and_nothing_is_taken(self, error: type[BaseException]) -> None:
        with rig() as (sd, chip):

            def where(event: HvcEvent) -> bool:
                raise error("in the condition")

            chip.send(HvcEvent(0, 1))
            with pytest.raises(error, match="in the condition"):
                sd.wait_for(HvcEvent, where=where)
            assert sd.wait_for(HvcEvent) == HvcEvent(0, 1)

    def test_do_not_delay_the_line(self) -> None:
        with rig(link=IMPATIENT) as (sd, chip):

            def where(event: HvcEvent) -> bool:
                for handle in range(2, 10):
                    chip.send(HvcEvent(0, handle))
                chip.settle()
                return True

            chip.send(HvcEvent(0, 1))
            assert sd.wait_for(HvcEvent, where=where) == HvcEvent(0, 1)
            assert len(list(sd.events(timeout_s=0))) == 8


class TestNothingIsLost:
    def test_when_a_task_is_cancelled_in_the_turn_in_which_its_event_comes(self) -> None:
        async def main() -> None:
            ours, theirs = memory_pair()
            with ScriptedChip(theirs, DIALECT) as chip:
                async with aconnect(ours, DIALECT, link=QUICK) as sd:
                    for iterates in (True, False):
                        waiting = sd.events() if iterates else None
                        task = asyncio.ensure_future(anext(waiting) if waiting else sd.wait_for(HvcEvent))
                        while not sd._line._waiting:
                            await asyncio.sleep(0)
                        cancel_with_next_event(sd, task)
                        chip.send(HvcEvent(0, 1))
                        with pytest.raises(asyncio.CancelledError):
                            await task
                        assert await sd.wait_for(HvcEvent) == HvcEvent(0, 1)

        def cancel_with_next_event(sd: AsyncClient, task: asyncio.Future[Any]) -> None:
            def cancel(arrival: Arrival) -> bool:
                sd._session.listener = None
                task.cancel()
                return False

            sd._session.listener = cancel

        arun(main)

    def test_what_was_taken_and_put_back_is_where_it_was(self) -> None:
        inbox, codec, notices = Inbox(8), Codec(DIALECT), Notices()
        for handle in range(4):
            inbox.put(Arrival(codec.pack(HvcEvent(0, handle)), codec, notices))
        first = Waiter(inbox, lambda event: isinstance(event, HvcEvent) and event.handle == 2)
        other = Waiter(inbox, lambda event: isinstance(event, HvcEvent) and event.handle in (2, 3))
        other.enter()
        assert first.look() == HvcEvent(0, 2)
        assert other.look() == HvcEvent(0, 3)
        assert other.look() is None
        assert not other.done
        first.put_back()
        first.put_back()
        assert other.done
        assert other.look() == HvcEvent(0, 2)
        rest = Waiter(inbox, None)
        assert list(iter(rest.look, None)) == [HvcEvent(0, 0), HvcEvent(0, 1)]


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, ValueError])
def test_no_callback_ends_the_others(error: type[BaseException], caplog: pytest.LogCaptureFixture) -> None:
    def fail(event: object) -> None:
        raise error

    heard: SimpleQueue[object] = SimpleQueue()
    with rig() as (sd, chip):
        sd.on_event(fail)
        sd.on_event(heard.put)
        chip.send(HvcEvent(0, 1))
        chip.send(HvcEvent(0, 2))
        assert [heard.get(timeout=300) for _ in range(2)] == [HvcEvent(0, 1), HvcEvent(0, 2)]
    assert caplog.text.count("fail") >= 2


class TestCallbacksOfTheAsyncClient:
    def test_one_at_a_time_in_order_and_bounded(self, caplog: pytest.LogCaptureFixture) -> None:
        async def main() -> None:
            ours, theirs = memory_pair()
            with ScriptedChip(theirs, DIALECT) as chip:
                async with aconnect(ours, DIALECT, link=QUICK, event_buffer=4) as sd:
                    begun, go_on = asyncio.Event(), asyncio.Event()
                    seen: list[int] = []
                    under_way = 0

                    async def slow(event: Any) -> None:
                        nonlocal under_way
                        under_way += 1
                        assert under_way == 1
                        seen.append(event.handle)
                        begun.set()
                        await go_on.wait()
                        under_way -= 1

                    sd.on_event(slow, HvcEvent)
                    chip.send(HvcEvent(0, 0))
                    await begun.wait()
                    for handle in range(1, 30):
                        chip.send(HvcEvent(0, handle))
                    await asyncio.to_thread(chip.settle)
                    while sd.lost_callbacks < 25:
                        await asyncio.sleep(0)
                    assert len(asyncio.all_tasks()) <= 3
                    go_on.set()
                    while len(seen) < 5:
                        await asyncio.sleep(0)
                    assert seen == [0, 26, 27, 28, 29]
                    assert sd.lost_callbacks == 25

        arun(main)
        assert "callbacks are too slow" in caplog.text

    def test_one_that_is_cancelled_by_itself_ends_no_other(self) -> None:
        async def main() -> None:
            ours, theirs = memory_pair()
            with ScriptedChip(theirs, DIALECT) as chip:
                async with aconnect(ours, DIALECT, link=QUICK) as sd:
                    seen: asyncio.Queue[object] = asyncio.Queue()

                    async def give_up(event: object) -> None:
                        raise asyncio.CancelledError

                    sd.on_event(give_up)
                    sd.on_event(seen.put)
                    chip.send(HvcEvent(0, 1))
                    chip.send(HvcEvent(0, 2))
                    assert [await seen.get(), await seen.get()] == [HvcEvent(0, 1), HvcEvent(0, 2)]

        arun(main)

    @pytest.mark.filterwarnings("error")
    def test_none_is_left_unawaited_by_closing(self) -> None:
        async def main() -> None:
            ours, theirs = memory_pair()
            with ScriptedChip(theirs, DIALECT) as chip:
                async with aconnect(ours, DIALECT, link=QUICK) as sd:
                    ran: list[object] = []

                    async def work(event: object) -> None:
                        ran.append(event)

                    sd.on_event(work)
                    sd.on_event(lambda event: sd.close())
                    sd.on_event(work)
                    for handle in range(3):
                        chip.send(HvcEvent(0, handle))
                    async for _ in sd.events():
                        pass
                    while not ran:
                        await asyncio.sleep(0)
                    assert len(ran) == 1

        arun(main)
        gc.collect()


class TestTimes:
    @pytest.mark.parametrize("timeout_s", NO_TIMES, ids=lambda value: f"{type(value).__name__} {value!s:.6}")
    def test_that_are_none_are_refused_by_name(self, timeout_s: Any) -> None:
        with rig() as (sd, chip):
            for use in (
                lambda: sd.wait_for(HvcEvent, timeout_s=timeout_s),
                lambda: sd.events(timeout_s=timeout_s),
                lambda: sd.calling(timeout_s=timeout_s).service_add(1, Uuid(0x180D)),
                lambda: sd.send_raw(b"\x00\x60", timeout_s=timeout_s),
                lambda: connect("loop://", DIALECT, timeout_s=timeout_s),
                lambda: connect("loop://", DIALECT, timeout_s=None),  # type: ignore[arg-type]
            ):
                with pytest.raises(EncodeError) as caught:
                    use()
                assert caught.value.path == "timeout_s"
            assert chip.commands == []

    def test_in_asyncio(self) -> None:
        async def main() -> None:
            ours, theirs = memory_pair()
            with ScriptedChip(theirs, DIALECT) as chip:
                async with aconnect(ours, DIALECT, link=QUICK) as sd:
                    for timeout_s in NO_TIMES:
                        no_time: Any = timeout_s
                        for use in (
                            lambda: sd.wait_for(HvcEvent, timeout_s=no_time),  # noqa: B023  used at once
                            lambda: sd.calling(timeout_s=no_time).service_add(1, Uuid(1)),  # noqa: B023
                            lambda: sd.send_raw(b"\x00\x60", timeout_s=no_time),  # noqa: B023
                        ):
                            with pytest.raises(EncodeError) as caught:
                                await use()
                            assert caught.value.path == "timeout_s"
                        with pytest.raises(EncodeError, match="timeout_s"):
                            sd.events(timeout_s=no_time)
                    assert chip.commands == []

        arun(main)

    @pytest.mark.parametrize("value", [float("nan"), -1, "1", None, True, 1e308, 10**400])
    @pytest.mark.parametrize(
        "name",
        [
            *("retransmission_interval_s", "transmissions", "peer_time_s", "max_waiting"),
            *("max_payload", "reset_wait_s", "link_transmissions", "baud"),
        ],
    )
    def test_settings_of_the_link(self, name: str, value: Any) -> None:
        if (name, value) in (("baud", None), ("max_waiting", 10**400)):
            return  # unknown, and more than anybody needs
        with pytest.raises(EncodeError) as caught:
            HostConfig(**{name: value})
        assert caught.value.path == name

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            (name, value)
            for name in ("max_payload", "event_buffer")
            for value in (0, -1, 1.5, "8", True, 10**30)
        ],
    )
    def test_sizes(self, name: str, value: Any) -> None:
        with closing(memory_pair()[0]) as ours, pytest.raises(EncodeError) as caught:
            connect(ours, DIALECT, **{name: value})
        assert caught.value.path == name

    def test_none_waits_without_end(self) -> None:
        with rig() as (sd, chip):
            chip.send(HvcEvent(0, 1))
            assert sd.wait_for(HvcEvent, timeout_s=None) == HvcEvent(0, 1)

    def test_a_call_waits_for_others_no_longer_than_that(self) -> None:
        with rig() as (sd, chip):
            called = threading.Event()
            chip.next(lambda command: called.set())
            other = threading.Thread(target=lambda: suppressed(lambda: sd.service_add(1, Uuid(0x180D))))
            other.start()
            assert called.wait(300)
            with pytest.raises(LinkTimeout, match=r"other calls were under way for 0\.01 s") as caught:
                sd.calling(timeout_s=0.01).service_add(1, Uuid(0x180D))
            assert caught.value.stage == "turn"
            assert len(chip.commands) == 1
            sd.close()
            other.join()

    def test_nor_for_a_link_that_does_not_come_up(self) -> None:
        with rig() as (sd, chip):
            chip.reboot()
            chip.hears = False

            def add_until_it_is_not_told_of_the_restart() -> None:
                with suppress(LinkReset):
                    sd.calling(timeout_s=0.01).service_add(1, Uuid(0x180D))
                sd.calling(timeout_s=0.01).service_add(1, Uuid(0x180D))

            with pytest.raises(LinkTimeout, match=r"not .* within 0\.01 s"):
                add_until_it_is_not_told_of_the_restart()
            chip.hears = True


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("use", ["call", "reset", "close"])
def test_a_forked_process_waits_for_no_thread_that_only_its_parent_has(use: str) -> None:
    with rig() as (sd, chip):
        chip.next(chip.ignore)
        caller = threading.Thread(target=lambda: suppressed(lambda: sd.service_add(1, Uuid(0x180D))))
        caller.start()  # has its turn, and will not be there in the child
        chip.wait_until(lambda: bool(chip.commands))
        if not (child := os.fork()):
            try:
                getattr(sd, use)(*[SysAttrGet(0, 20)] * (use == "call"))
            except LinkClosed as error:
                os._exit(1 if "forked" in str(error) else 2)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == (0 if use == "close" else 1)
        sd.close()
        caller.join(300)


class TestDroppedClients:
    def test_give_back_port_and_threads(self) -> None:
        ours, theirs = memory_pair()
        with ScriptedChip(theirs, DIALECT):
            sd = connect(ours, DIALECT, link=QUICK)
            sd.on_event(lambda event: None)
            sd.service_add(1, Uuid(0x180D))
            threads = [thread for thread in threading.enumerate() if thread.name.startswith("gatts-codec")]
            assert len(threads) == 2
            gone = threading.Event()
            weakref.finalize(sd, gone.set)
            del sd
            await_collection(gone)
            for thread in threads:
                thread.join(300)
            assert our_threads() == []
            with pytest.raises(LinkClosed):
                ours.read()

    def test_also_where_a_call_has_found_the_port_gone(self) -> None:
        """What the call raised has its caller's frames, and these have the client."""
        ours, theirs = memory_pair()
        with ScriptedChip(theirs, DIALECT) as chip:
            sd = connect(ours, DIALECT, link=QUICK)
            sd.on_event(lambda event: None)
            chip.next(chip.vanish)
            suppressed(lambda sd=sd: sd.service_add(1, Uuid(0x180D)))  # type: ignore[misc]
            gone = threading.Event()
            weakref.finalize(sd, gone.set)
            del sd
            await_collection(gone)

    @pytest.mark.parametrize("which", ["_turn", "_touching", "_reading"])
    @pytest.mark.parametrize("is_there", [True, False])
    def test_also_where_an_interrupt_has_left_a_hold_behind(
        self, which: str, is_there: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The frame that has it has its caller's frames, and these have the client; nobody else would look for it."""
        monkeypatch.setattr(line, "_TIDY_S", 0.01)
        ours, theirs = memory_pair()

        def leave(sd: Any) -> None:
            getattr(sd._line, which)._queue.append(sys._getframe())

        with ScriptedChip(theirs, DIALECT) as chip:
            sd = connect(ours, DIALECT, link=QUICK)
            if not is_there:
                chip.next(chip.vanish)
                suppressed(lambda sd=sd: sd.service_add(1, Uuid(0x180D)))  # type: ignore[misc]
            gone = threading.Event()
            weakref.finalize(sd, gone.set)
            leave(sd)
            del sd
            await_collection(gone)

    def test_also_in_asyncio(self) -> None:
        async def main() -> None:
            ours, theirs = memory_pair()
            with ScriptedChip(theirs, DIALECT) as chip:
                sd = await aconnect(ours, DIALECT, link=QUICK)
                chip.next(chip.vanish)
                with suppress(LinkClosed):
                    await sd.service_add(1, Uuid(0x180D))
                gone = weakref.ref(sd)
                del sd
                gc.collect()
                assert gone() is None

        arun(main)

    def test_in_asyncio(self) -> None:
        async def main() -> None:
            ours, theirs = memory_pair()
            with ScriptedChip(theirs, DIALECT):
                sd = await aconnect(ours, DIALECT, link=QUICK)
                sd.on_event(lambda event: None)
                await sd.service_add(1, Uuid(0x180D))
                gone = weakref.ref(sd)
                del sd
                gc.collect()
                assert gone() is None
                with suppress(LinkClosed):
                    while not ours.read():
                        await asyncio.sleep(0)
                while len(asyncio.all_tasks()) > 1:
                    await asyncio.sleep(0)

        arun(main)

    def test_after_their_loop(self) -> None:
        ours, theirs = memory_pair()
        kept: list[AsyncClient] = []

        async def main() -> None:
            kept.append(await aconnect(ours, DIALECT, link=QUICK))

        with ScriptedChip(theirs, DIALECT):
            arun(main)
            kept.clear()
            gc.collect()
            with pytest.raises(LinkClosed):
                ours.read()


def await_collection(gone: threading.Event) -> None:
    """On a busy machine a thread may still be on its way out of a frame whose callers have the client."""
    while not gone.wait(0.01):
        gc.collect()


def suppressed(work: Callable[[], object]) -> None:
    with suppress(LinkClosed):
        work()


class TestTheAck:
    """A peer repeats what is not acknowledged in time: no decoder, however slow its first use, comes before an ACK."""

    @pytest.fixture
    def acks_at_decoding(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """How many ACKs had been written each time when something was decoded."""
        seen: list[int] = []

        def counting(name: str) -> Callable[..., Any]:
            decode = getattr(Codec, name)

            def decoded(codec: Codec, data: bytes) -> Any:
                if threading.current_thread().name != "scripted chip":
                    seen.append(self.written)
                return decode(codec, data)

            return decoded

        for name in ("decode_response", "unpack"):
            monkeypatch.setattr(Codec, name, counting(name))
        return seen

    def counting_port(self) -> tuple[Any, Any]:
        """A pair of ports whose first one counts the ACKs that are written to it."""
        ours, theirs = memory_pair()
        self.written = 0
        write = ours.write

        def counted(data: bytes) -> int:
            taken = write(data)
            self.written += sum(data.count(ack) for ack in h5.ACK_FRAMES)
            return taken

        ours.write = counted  # type: ignore[method-assign]
        return ours, theirs

    def test_blocking(self, acks_at_decoding: list[int]) -> None:
        ours, theirs = self.counting_port()
        with ScriptedChip(theirs, DIALECT, PATIENT) as chip, connect(ours, DIALECT, link=QUICK) as sd:
            sd.service_add(1, Uuid(0x180D))
            chip.send(HvcEvent(0, 14))
            sd.wait_for(Event)
        assert acks_at_decoding == [1, 2]

    def test_asyncio(self, acks_at_decoding: list[int]) -> None:
        ours, theirs = self.counting_port()

        async def main() -> None:
            async with aconnect(ours, DIALECT, link=QUICK) as sd:
                await sd.service_add(1, Uuid(0x180D))
                chip.send(HvcEvent(0, 14))
                await sd.wait_for(Event)

        with ScriptedChip(theirs, DIALECT, PATIENT) as chip:
            arun(main)
        assert acks_at_decoding == [1, 2]
