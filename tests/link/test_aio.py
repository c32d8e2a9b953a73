"""The asyncio client: the same as the blocking one, and what is its own: tasks, cancelling, one thread."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, closing, suppress
from typing import Any

import pytest
from every import ends_first
from link.rig import DIALECT, IMPATIENT, QUICK, get_response, set_link
from link.scripted_chip import ScriptedChip
from link.test_client import CALLS
from link.wires import read_all

from gatts_codec import (
    DIALECTS,
    AsyncClient,
    Codec,
    CommandFailed,
    EncodeError,
    HostConfig,
    HvcEvent,
    LinkClosed,
    LinkReset,
    LinkTimeout,
    Opaque,
    PortError,
    ScConfirmEvent,
    SysAttrMissingEvent,
    UnknownDialectError,
    Uuid,
    Value,
    ValueBuffer,
    ValueSet,
    ValueSetResponse,
    aconnect,
    memory_pair,
    open_transport,
)
from tools.soak.judge import our_threads
from tools.soak.lines import Narrow


def refuse(*_: object) -> None:
    """What the event loop of Windows says of watching a descriptor."""
    raise NotImplementedError


Rig = Callable[..., Any]


@pytest.fixture(params=["watched", "blind port", "blind loop"])
def rig(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Rig:
    """As ``link.rig.rig``, for asyncio; by either way of reading."""
    if request.param == "blind loop":
        for name in ("add_reader", "remove_reader", "add_writer", "remove_writer"):
            monkeypatch.setattr(asyncio.SelectorEventLoop, name, refuse)

    @asynccontextmanager
    async def make(
        dialect: str = DIALECT, link: HostConfig = QUICK, **options: Any
    ) -> AsyncIterator[tuple[AsyncClient, ScriptedChip]]:
        ours, theirs = memory_pair()
        port: Any = Narrow(ours, sys.maxsize, blind=True) if request.param == "blind port" else ours
        with ScriptedChip(theirs, dialect) as chip:
            async with aconnect(port, dialect, **options, link=QUICK) as client:
                set_link(client, link)
                yield client, chip
            assert our_threads() == []

    return make


@pytest.fixture(scope="module", autouse=True)
def only_what_tests_leave_is_collected() -> Iterator[None]:
    """``run`` collects garbage each time; what other modules have left would take most of its time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def run(main: Callable[[], Awaitable[None]]) -> None:
    """asyncio.run, and no task, callback or warning is left over."""

    async def checked() -> None:
        await main()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        assert rest == set()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(checked())
        gc.collect()


def test_a_port_without_descriptor_that_takes_a_byte_at_a_time_gets_all() -> None:
    """Nothing comes in, and no timer is due: nobody but the client itself can try again."""

    async def main() -> None:
        ours, theirs = memory_pair()
        payload = b"\x00" + bytes(200)
        async with aconnect(Narrow(ours, 1, blind=True), DIALECT, framing="length") as sd:
            call = asyncio.ensure_future(sd.send_raw(payload, timeout_s=1000))
            assert await asyncio.to_thread(read_all, theirs, 203) == b"\xc9\x00" + payload
            call.cancel()
            await asyncio.wait({call})
        theirs.close()

    run(main)


async def add(sd: AsyncClient) -> int | None:
    """Any call that works."""
    return (await sd.service_add(1, Uuid(0x180D))).handle


async def add_in_the_end(sd: AsyncClient) -> int | None:
    """The same with an impatient client on a machine that may be slow: each call tries again."""
    while True:
        with suppress(LinkTimeout, LinkReset):
            return (await sd.calling(timeout_s=2.0).service_add(1, Uuid(0x180D))).handle


async def value(sd: AsyncClient, timeout_s: float = 300.0) -> bytes | None:
    """Any other."""
    got = (await sd.calling(timeout_s=timeout_s).value_get(0xFFFF, 15, ValueBuffer(20))).value
    assert got is not None
    return got.value


async def in_thread(work: Callable[[], object]) -> None:
    await asyncio.get_running_loop().run_in_executor(None, work)


@pytest.mark.parametrize("dialect", ends_first(DIALECTS))
def test_every_command_of_the_dialect_and_no_other(rig: Rig, dialect: str) -> None:
    async def main() -> None:
        codec = Codec(dialect)
        async with rig(dialect) as (sd, chip):
            for name, arguments in CALLS.items():
                if name not in DIALECTS[dialect].calls:
                    with pytest.raises(EncodeError, match=f"{dialect} has no "):
                        await getattr(sd, name)(*arguments)
                    continue
                response = await getattr(sd, name)(*arguments)
                assert type(response) is codec.message_class("response", name)
            assert len(chip.commands) == len(DIALECTS[dialect].calls)

    run(main)


def test_results_messages_and_other_groups(rig: Rig) -> None:
    async def main() -> None:
        async with rig() as (sd, chip):
            chip.next(chip.refuse(4), chip.refuse(4))
            with pytest.raises(CommandFailed, match="service_add failed: NRF_ERROR_NO_MEM"):
                await add(sd)
            assert (await sd.unchecked.service_add(1, Uuid(0x180D))).result == 4
            enable = Opaque(0, "command", "common", 0x60, b"\0")
            assert await sd.call(enable) == Opaque(1, "response", "common", 0x60, bytes(4))
            chip.next(chip.refuse(8))
            with pytest.raises(CommandFailed, match="common command 0x60"):
                await sd.call(enable)
            assert await sd.call(ValueSet(0xFFFF, 15, Value(b"ab"))) == ValueSetResponse(0, Value(None, 0, 2))
            assert await sd.send_raw(b"\x00\x65\x01") == b"\x01\x65" + bytes(4)
            with pytest.raises(EncodeError, match="the firmware takes 384"):
                await sd.send_raw(bytes(400))
            assert repr(sd) == "<AsyncClient memory sd_api_v5 ACTIVE>"
            assert (sd.dialect.name, sd.lost_events) == (DIALECT, 0)

    run(main)


def test_calls_of_many_tasks_get_their_own_answers(rig: Rig) -> None:
    async def main() -> None:
        async with rig() as (sd, chip):

            def echo(command: bytes) -> None:
                sent = chip.codec.decode_command(command[1:])
                assert isinstance(sent, ValueSet)
                chip.respond(chip.codec.pack(ValueSetResponse(0, sent.value)))

            chip.otherwise = echo

            async def work(number: int) -> None:
                for turn in range(20):
                    wanted = Value(bytes((number, turn)))
                    assert (await sd.value_set(0xFFFF, 15, wanted)).value == wanted

            await asyncio.gather(*(work(number) for number in range(8)))

    run(main)


class TestEvents:
    def test_iterate_wait_and_call_back(self, rig: Rig) -> None:
        async def main() -> None:
            async with rig() as (sd, chip):
                seen: list[object] = []
                stop = sd.on_event(seen.append, HvcEvent)
                chip.send(HvcEvent(0, 1))
                chip.send(ScConfirmEvent(0))
                chip.send(HvcEvent(0, 2))
                assert await sd.wait_for(ScConfirmEvent) == ScConfirmEvent(0)
                assert await sd.wait_for(HvcEvent, where=lambda event: event.handle == 2) == HvcEvent(0, 2)
                async for event in sd.events(timeout_s=0.01):
                    assert event == HvcEvent(0, 1)
                assert seen == [HvcEvent(0, 1), HvcEvent(0, 2)]
                stop()
                stop()
                chip.send(HvcEvent(0, 3))
                assert await sd.wait_for(HvcEvent) == HvcEvent(0, 3)
                assert len(seen) == 2
                with pytest.raises(LinkTimeout, match=r"no HvcEvent within 0\.01 s; there is no event"):
                    await sd.wait_for(HvcEvent, 0.01)

        run(main)

    def test_a_coroutine_may_answer(self, rig: Rig) -> None:
        async def main() -> None:
            async with rig() as (sd, chip):
                done = asyncio.Event()

                async def reply(event: object) -> None:
                    await sd.sys_attr_set(0)
                    done.set()

                sd.on_event(reply, SysAttrMissingEvent)
                chip.send(SysAttrMissingEvent(0, 0))
                await done.wait()

        run(main)

    def test_callbacks_that_fail_are_logged(self, rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
        async def main() -> None:
            async with rig() as (sd, chip):

                def fail(event: object) -> None:
                    raise RuntimeError("at once")

                async def fail_later(event: object) -> None:
                    raise RuntimeError("later")

                sd.on_event(fail)
                sd.on_event(fail_later)
                chip.send(HvcEvent(0, 1))
                await sd.wait_for(HvcEvent)
                while "later" not in caplog.text:
                    await add(sd)

        run(main)
        assert "at once" in caplog.text
        assert "later" in caplog.text

    def test_a_coroutine_that_close_keeps_from_beginning(self, rig: Rig) -> None:
        async def main() -> None:
            async with rig() as (sd, chip):
                called, begun = asyncio.Event(), asyncio.Event()

                async def begin() -> None:
                    begun.set()

                def close_and_begin(event: object) -> Coroutine[object, object, None]:
                    called.set()
                    asyncio.get_running_loop().call_soon(sd.close)
                    return begin()

                sd.on_event(close_and_begin)
                chip.send(HvcEvent(0, 1))
                await called.wait()
                await sd.close()
                assert not begun.is_set()

        run(main)  # and nothing of a coroutine that was never awaited

    def test_a_task_that_ends_the_program_keeps_no_other_from_waking(self) -> None:
        loop, woken = asyncio.new_event_loop(), list[object]()

        async def wait(sd: AsyncClient) -> None:
            with pytest.raises(LinkClosed):
                await sd.wait_for(HvcEvent, None)
            woken.append(sd)
            raise SystemExit

        async def begin() -> None:
            async with aconnect(ours, DIALECT, link=QUICK) as sd:
                tasks = [loop.create_task(wait(sd)) for _ in range(3)]
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                chip.unplug()
                await asyncio.wait(tasks)
                assert all(task.exception() is not None for task in tasks)

        ours, theirs = memory_pair()
        with ScriptedChip(theirs, DIALECT) as chip, closing(loop):
            main = loop.create_task(begin())
            while not main.done():
                with suppress(SystemExit):
                    loop.run_until_complete(main)
        assert len(woken) == 3

    def test_acknowledged_while_nobody_looks(self, rig: Rig) -> None:
        async def main() -> None:
            async with rig() as (_, chip):
                for handle in range(20):
                    chip.send(HvcEvent(0, handle))
                await in_thread(chip.settle)
                assert chip.link_ups == 1

        run(main)


class TestFaults:
    def test_nobody_there(self) -> None:
        async def main() -> None:
            ours, theirs = memory_pair()
            fd = ours.fileno()
            with closing(theirs), pytest.raises(LinkTimeout, match="SYNC was not answered"):
                await aconnect(ours, DIALECT, link=IMPATIENT)
            with pytest.raises(LinkClosed):
                ours.read()
            assert fd is not None
            assert not asyncio.get_running_loop().remove_reader(fd)

        run(main)

    def test_ports_and_dialects_that_are_not(self) -> None:
        async def main() -> None:
            with pytest.raises(UnknownDialectError):
                aconnect("serial:/dev/ttyNONE", "s110_v9")
            with pytest.raises(PortError):
                await aconnect("serial:/dev/ttyNONE", DIALECT)

        run(main)

    def test_no_ack_then_down_then_up_again(self, rig: Rig) -> None:
        async def main() -> None:
            async with rig(link=IMPATIENT) as (sd, chip):
                chip.hears = False
                with pytest.raises(LinkTimeout, match="not acknowledged after 3 attempts"):
                    await add(sd)
                with pytest.raises(LinkTimeout, match="SYNC was not answered"):
                    await add(sd)
                chip.hears = True
                assert await add_in_the_end(sd) == 13

        run(main)

    def test_late_responses(self, rig: Rig) -> None:
        async def main() -> None:
            async with rig() as (sd, chip):
                for _ in range(2):
                    chip.next(chip.ignore, chip.after(get_response(b"late")))
                    with pytest.raises(LinkTimeout):
                        await value(sd, timeout_s=0.2)
                    assert await value(sd) == b"\x64"
                chip.next(*[chip.ignore] * 5)
                while len(chip.commands) < 11:
                    with suppress(LinkTimeout):  # a slow machine sends some only when the next is asked for
                        await value(sd, timeout_s=0.01)
                    await in_thread(chip.settle)
                assert await value(sd) == b"\x64"
                assert chip.link_ups == 1

        run(main)

    def test_restarts(self, rig: Rig) -> None:
        async def main() -> None:
            async with rig() as (sd, chip):
                chip.next(chip.reboot_now)
                with pytest.raises(LinkReset, match="restarted"):
                    await add(sd)
                assert await add(sd) == 13
                chip.reboot()
                with pytest.raises(LinkReset, match="restarted"):
                    await sd.wait_for(HvcEvent)
                assert await add(sd) == 13
                chip.reboot()
                await in_thread(lambda: chip.wait_until(lambda: chip.link_ups == 4))
                with pytest.raises(LinkReset, match="since the last call"):
                    await add(sd)
                assert await add(sd) == 13

        run(main)

    def test_unplugged(self, rig: Rig) -> None:
        async def main() -> None:
            async with rig() as (sd, chip):
                chip.send(HvcEvent(0, 1))
                await in_thread(chip.settle)
                chip.next(chip.vanish)
                with pytest.raises(LinkClosed, match="went away"):
                    await add(sd)
                with pytest.raises(LinkClosed, match="went away"):
                    await add(sd)
                assert await sd.wait_for(HvcEvent) == HvcEvent(0, 1)
                with pytest.raises(LinkClosed):
                    await sd.wait_for(HvcEvent)
                with pytest.raises(LinkClosed):
                    async for _ in sd.events():
                        pass

        run(main)


class TestCancelAndClose:
    def test_a_cancelled_call_leaves_the_link_in_order(self, rig: Rig) -> None:
        async def main() -> None:
            async with rig() as (sd, chip):
                chip.next(chip.ignore, chip.after(get_response(b"late")))
                task = asyncio.create_task(value(sd))
                await in_thread(lambda: chip.wait_until(lambda: len(chip.commands) == 1))
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert await value(sd) == b"\x64"

        run(main)

    def test_a_cancelled_link_up_gives_the_port_back(self) -> None:
        async def main() -> None:
            ours, theirs = memory_pair()
            with closing(theirs):

                async def connect() -> AsyncClient:
                    return await aconnect(ours, DIALECT)

                task = asyncio.create_task(connect())
                while not theirs.read():  # the RESET
                    await asyncio.sleep(0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                with pytest.raises(LinkClosed):
                    ours.read()

        run(main)

    def test_in_mid_call_and_twice(self, rig: Rig) -> None:
        async def main() -> None:
            async with rig() as (sd, chip):
                chip.next(chip.ignore)
                calls = [asyncio.create_task(add(sd)) for _ in range(3)]
                waiting = asyncio.create_task(sd.wait_for(HvcEvent))
                await in_thread(lambda: chip.wait_until(lambda: len(chip.commands) == 1))
                await sd.close()
                await sd.close()
                results = await asyncio.gather(*calls, waiting, return_exceptions=True)
                assert [type(result) for result in results] == [LinkClosed] * 4
                async for _ in sd.events():
                    pass
                with pytest.raises(LinkClosed, match="was closed"):
                    await sd.reset()

        run(main)

    @pytest.mark.parametrize("coroutine", [True, False])
    def test_from_a_callback(self, rig: Rig, coroutine: bool) -> None:
        async def main() -> None:
            async with rig() as (sd, chip):

                async def end(event: object) -> None:
                    await sd.close()

                sd.on_event(end if coroutine else lambda event: sd.close())
                chip.send(HvcEvent(0, 1))
                async for _ in sd.events():
                    pass
                with pytest.raises(LinkClosed):
                    await add(sd)

        run(main)

    def test_callbacks_under_way_are_cancelled(self, rig: Rig) -> None:
        async def main() -> None:
            async with rig() as (sd, chip):
                begun, cancelled = asyncio.Event(), asyncio.Event()

                async def slow(event: object) -> None:
                    begun.set()
                    try:
                        await asyncio.Event().wait()
                    finally:
                        cancelled.set()

                sd.on_event(slow)
                chip.send(HvcEvent(0, 1))
                await begun.wait()
                await sd.close()
                assert cancelled.is_set()

        run(main)

    def test_awaited_instead_of_entered(self) -> None:
        async def main() -> None:
            ours, theirs = memory_pair()
            with ScriptedChip(theirs, DIALECT):
                sd = await aconnect(ours, DIALECT, link=QUICK)
                async with sd:
                    assert await add(sd) == 13
                with pytest.raises(LinkClosed):
                    await add(sd)

        run(main)

    def test_pyserial_s_own_ports(self) -> None:
        """A host that hears itself even gets its link up; no chip answers, and what is wrong is said."""

        async def main() -> None:
            async with aconnect("loop://", DIALECT, link=QUICK, timeout_s=0.05) as sd:
                said = ""
                while (
                    "command of our own, so the port echoes" not in said
                ):  # a slow machine hears it too late
                    with pytest.raises(LinkTimeout) as caught:
                        await add(sd)
                    said = str(caught.value)
            assert our_threads() == []

        run(main)


def test_a_peer_that_never_reads() -> None:
    async def main() -> None:
        import socket

        from gatts_codec.link.transports.descriptor import socket_transport

        patient = HostConfig(
            retransmission_interval_s=0.005, transmissions=40, link_transmissions=1000, reset_wait_s=0.001
        )
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2048)
        with ScriptedChip(socket_transport("small", theirs), DIALECT) as chip:
            async with aconnect(socket_transport("small", ours), DIALECT, link=patient) as sd:
                thaw = chip.freeze()
                try:
                    with pytest.raises(LinkTimeout, match="not acknowledged after 40 attempts"):
                        await sd.value_set(0xFFFF, 15, Value(bytes(370)))
                finally:
                    thaw.set()
                assert await add_in_the_end(sd) == 13

    run(main)


def test_over_a_real_port() -> None:
    terminal = open_transport("pty:")

    async def main() -> None:
        with ScriptedChip(terminal, DIALECT):
            async with aconnect(f"serial:{terminal.name}", DIALECT, link=QUICK) as sd:
                assert await add(sd) == 13

    run(main)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_what_a_forked_process_closes_stays_open_in_its_parent(rig: Rig) -> None:
    """Both have the loop's epoll: what the child no longer watched, the parent would not either."""

    async def main() -> None:
        async with rig() as (sd, _):
            if not (child := os.fork()):
                sd.close()
                os._exit("forked" not in str(sd._line._closed))
            _, status = os.waitpid(child, 0)
            assert os.waitstatus_to_exitcode(status) == 0
            assert await add(sd)

    run(main)
