"""The blocking client when things go wrong: typed errors, nothing lost, nothing left behind."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from link.rig import DIALECT, IMPATIENT, QUICK, get_response, rig
from link.scripted_chip import ScriptedChip

from gatts_codec import (
    Client,
    HostConfig,
    HvcEvent,
    LinkClosed,
    LinkError,
    LinkReset,
    LinkTimeout,
    PortError,
    ScConfirmEvent,
    UnknownDialectError,
    Uuid,
    Value,
    ValueBuffer,
    connect,
    memory_pair,
)
from gatts_codec.link.transports.descriptor import socket_transport
from tools.soak.judge import our_threads

SYNC = bytes.fromhex("c0002f00d1017ec0")


def add(sd: Client) -> int | None:
    """Any call that works."""
    return sd.service_add(1, Uuid(0x180D)).handle


def add_in_the_end(sd: Client) -> int | None:
    """The same with an impatient client on a machine that may be slow: each call tries again.

    What waits on the line from before may acknowledge a command that the chip never gets.
    """
    while True:
        with suppress(LinkTimeout, LinkReset):
            return sd.calling(timeout_s=2.0).service_add(1, Uuid(0x180D)).handle


def value(sd: Client, timeout_s: float = 300.0) -> bytes | None:
    """Any other."""
    got = sd.calling(timeout_s=timeout_s).value_get(0xFFFF, 15, ValueBuffer(20)).value
    assert got is not None
    return got.value


def unanswered(sd: Client, heard: str) -> LinkTimeout:
    """What comes of a call that the chip does not answer: it may be slow to acknowledge, and is asked until it has."""
    while True:
        with pytest.raises(LinkTimeout) as caught:
            value(sd, timeout_s=0.2)
        if caught.value.stage == "response" and heard in caught.value.heard:
            return caught.value


class TestLinkUp:
    def test_nobody_there(self) -> None:
        ours, theirs = memory_pair()
        with closing(theirs):
            with pytest.raises(LinkTimeout, match="heard nothing: wrong port") as caught:
                connect(ours, DIALECT, link=IMPATIENT)
            assert (caught.value.stage, caught.value.attempts) == ("sync", 3)
        with pytest.raises(LinkClosed):
            ours.read()
        assert our_threads() == []

    def test_a_chip_that_does_not_hear_us(self) -> None:
        ours, theirs = memory_pair()
        with closing(theirs):
            theirs.write(6 * SYNC)
            with pytest.raises(LinkTimeout, match="never saw our SYNC_RSP: the host-to-chip line is dead"):
                connect(ours, DIALECT, link=IMPATIENT, reset=False)

    def test_unplugged_meanwhile(self) -> None:
        ours, theirs = memory_pair()
        theirs.close()
        with pytest.raises(LinkClosed, match="went away"):
            connect(ours, DIALECT, link=QUICK)
        assert our_threads() == []

    def test_no_port_is_opened_for_a_dialect_that_does_not_exist(self) -> None:
        with pytest.raises(UnknownDialectError):
            connect("serial:/dev/ttyNONE", "s110_v9")
        with pytest.raises(PortError):
            connect("serial:/dev/ttyNONE", "s110_v8")

    def test_without_reset_the_chip_does_not_restart(self) -> None:
        with rig(reset=False) as (sd, chip):
            add(sd)
            assert chip.link_ups == 1

    def test_many_links_leave_no_descriptors(self) -> None:
        if not Path("/proc/self/fd").exists():
            pytest.skip("needs /proc")

        def descriptors() -> int:
            return len(list(Path("/proc/self/fd").iterdir()))

        before = descriptors()
        for _ in range(20):
            with rig() as (sd, _):
                add(sd)
            ours, theirs = memory_pair()
            theirs.close()
            with pytest.raises(LinkClosed):
                connect(ours, DIALECT, link=QUICK)
        assert descriptors() <= before  # fewer where what earlier tests have left is collected


class TestTimeouts:
    def test_no_ack(self) -> None:
        with rig(link=IMPATIENT) as (sd, chip):
            chip.hears = False
            with pytest.raises(LinkTimeout, match="not acknowledged after 3 attempts") as caught:
                add(sd)
            assert (caught.value.stage, caught.value.attempts) == ("ack", 3)
            chip.hears = True
            assert add_in_the_end(sd) == 13

    def test_a_link_that_stays_down_is_tried_again_with_each_call(self) -> None:
        with rig(link=IMPATIENT) as (sd, chip):
            chip.hears = False
            with pytest.raises(LinkTimeout, match="not acknowledged"):
                add(sd)
            for _ in range(2):
                with pytest.raises(LinkTimeout, match="SYNC was not answered"):
                    add(sd)
            chip.hears = True
            assert add_in_the_end(sd) == 13

    def test_no_response(self) -> None:
        with rig() as (sd, chip):
            chip.otherwise = chip.ignore
            assert "did not answer it within 0.2 s; heard nothing" in str(unanswered(sd, "nothing"))
            chip.otherwise = chip.answer
            assert add(sd) == 13

    def test_the_client_s_own_timeout(self) -> None:
        with rig(timeout_s=0.2) as (sd, chip):
            chip.next(chip.ignore)
            with pytest.raises(LinkTimeout, match=r"0\.2 s"):
                add(sd)

    def test_a_response_of_another_command_is_no_answer(self, caplog: pytest.LogCaptureFixture) -> None:
        with rig() as (sd, chip):
            chip.otherwise = lambda command: chip.respond(b"\x01\x65" + bytes(4))
            assert "(01 65)" in str(unanswered(sd, "a response that nobody asked for"))
            chip.otherwise = chip.after(b"\x01\x65" + bytes(4))
            assert add(sd) == 13
        assert "nobody asked for" in caplog.text

    def test_stray_responses_while_idle(self, caplog: pytest.LogCaptureFixture) -> None:
        with rig() as (sd, chip):
            chip.send(get_response(b"stray"))
            chip.settle()
            assert value(sd) == b"\x64"
        assert "nobody asked for" in caplog.text

    def test_a_flood_of_them_is_told_briefly(self, caplog: pytest.LogCaptureFixture) -> None:
        with rig() as (sd, chip):
            for _ in range(120):
                chip.send(b"\x09" + bytes(100))
                chip.settle()
            assert value(sd) == b"\x64"
        told = [record.getMessage() for record in caplog.records if "no chip sends" in record.getMessage()]
        assert len(told) == 5 + 2  # the first, the 10th, the 100th
        assert "09 00 00" in told[0]
        assert "101 bytes" in told[0]
        assert "100 such so far" in told[-1]
        assert max(map(len, told)) < 250


class TestLateResponses:
    def test_that_come_while_nobody_calls(self, caplog: pytest.LogCaptureFixture) -> None:
        with rig() as (sd, chip):
            chip.next(chip.ignore)
            with pytest.raises(LinkTimeout):
                value(sd, timeout_s=0.2)
            chip.send(get_response(b"late"))
            chip.settle()
            assert value(sd) == b"\x64"
            assert len(chip.commands) == 2
        assert "late response" in caplog.text

    def test_that_come_during_another_command(self) -> None:
        with rig() as (sd, chip):
            chip.next(chip.ignore, chip.after(get_response(b"late")))
            with pytest.raises(LinkTimeout):
                value(sd, timeout_s=0.2)
            assert add(sd) == 13
            assert value(sd) == b"\x64"
            assert len(chip.commands) == 3

    @pytest.mark.parametrize("comes", [True, False])
    def test_that_come_during_the_same_command(self, comes: bool) -> None:
        """The chip is slow, or has forgotten: the second call gets its own answer in any case."""
        with rig() as (sd, chip):
            chip.next(chip.ignore, chip.after(get_response(b"late")) if comes else chip.answer)
            with pytest.raises(LinkTimeout):
                value(sd, timeout_s=0.2)
            assert value(sd) == b"\x64"
            assert value(sd) == b"\x64"

    def test_a_chip_that_answers_nothing_any_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gatts_codec.link.session.HANG_S", 0.02)
        with rig(timeout_s=0.01) as (sd, chip):
            chip.otherwise = chip.ignore

            def ask_until_it_hangs() -> None:
                while True:
                    try:
                        value(sd, timeout_s=0.01)
                    except LinkTimeout as error:
                        if "it hangs; the link is restarted" in str(error):
                            raise

            with pytest.raises(LinkTimeout, match="acknowledges commands and answers none"):
                ask_until_it_hangs()
            chip.otherwise = chip.answer
            assert value(sd) == b"\x64"
            assert chip.link_ups == 2

    def test_some_answers_that_never_come_are_no_hindrance(self) -> None:
        with rig() as (sd, chip):
            chip.next(*[chip.ignore] * 5)
            for number in range(1, 6):
                with pytest.raises(LinkTimeout):
                    value(sd, timeout_s=0.01)
                chip.wait_until(lambda number=number: len(chip.commands) == number)  # type: ignore[misc]
            assert value(sd) == b"\x64"
            assert chip.link_ups == 1

    def test_a_program_that_retries_at_once_gets_the_answers_that_come_late(self) -> None:
        with rig() as (sd, chip):
            late: list[bytes] = []
            chip.otherwise = late.append

            def answer_all() -> None:
                for command in late:
                    chip.answer(command)
                chip.otherwise = chip.answer

            for _ in range(3):
                with pytest.raises(LinkTimeout):
                    value(sd, timeout_s=0.01)
            chip.do(answer_all)
            for tries in count(1):  # which have more time each, for the sake of slow machines
                with suppress(LinkTimeout):
                    assert value(sd, timeout_s=0.01 * tries) == b"\x64"
                    break
            assert chip.link_ups == 1


class TestRestarts:
    def test_in_mid_call(self) -> None:
        with rig() as (sd, chip):
            chip.next(chip.reboot_now)
            with pytest.raises(LinkReset, match="restarted"):
                add(sd)
            assert add(sd) == 13
            assert chip.link_ups == 2

    def test_while_idle_the_next_call_is_told_and_the_one_after_works(self) -> None:
        with rig() as (sd, chip):
            chip.reboot()
            chip.wait_until(lambda: chip.link_ups == 2)
            with pytest.raises(LinkReset, match=r"since the last call .* attribute table may be gone"):
                add(sd)
            assert add(sd) == 13

    def test_just_before_a_command_goes_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with rig() as (sd, _):
            touch = sd._line.touch

            def restart_first(work: Callable[[Any], Any], what: Any) -> Any:
                if work == sd._line._start:
                    monkeypatch.undo()
                    # In a frame of its own: of the link's beginning a part may still be awaited.
                    touch(partial(sd._session.receive_data, b"\xc0" + SYNC), monotonic())
                return touch(work, what)

            monkeypatch.setattr(sd._line, "touch", restart_first)
            with pytest.raises(LinkReset, match="restarted"):
                add(sd)
            assert add_in_the_end(sd) == 13

    def test_while_waiting_for_an_event(self) -> None:
        with rig() as (sd, chip):
            chip.reboot()
            with pytest.raises(LinkReset, match="restarted"):
                sd.wait_for(HvcEvent)
            assert add(sd) == 13

    def test_events_from_before_come_first(self) -> None:
        with rig() as (sd, chip):
            chip.send(HvcEvent(0, 1))
            chip.settle()
            chip.reboot()
            chip.wait_until(lambda: chip.link_ups == 2)
            events = sd.events(timeout_s=300)
            assert next(events) == HvcEvent(0, 1)
            with pytest.raises(LinkReset):
                next(events)
            chip.send(HvcEvent(0, 2))
            assert next(sd.events(timeout_s=300)) == HvcEvent(0, 2)

    def test_on_demand(self) -> None:
        with rig() as (sd, chip):
            sd.reset()
            assert add(sd) == 13
            assert chip.link_ups == 2

    def test_calls_wait_until_the_link_is_up_again(self) -> None:
        with rig() as (sd, chip):
            chip.next(chip.reboot_now)
            results: list[object] = []

            def work() -> None:
                try:
                    results.append(add(sd))
                except LinkError as error:
                    results.append(type(error))

            threads = [threading.Thread(target=work) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sorted(results, key=str) == [13, 13, 13, LinkReset]


class TestGonePorts:
    def test_in_mid_call(self) -> None:
        with rig() as (sd, chip):
            chip.next(chip.vanish)
            with pytest.raises(LinkClosed, match="went away"):
                add(sd)
            for again in (add, value):
                with pytest.raises(LinkClosed, match="went away"):
                    again(sd)
            with pytest.raises(LinkClosed):
                sd.reset()

    def test_events_that_came_before_are_not_lost(self) -> None:
        with rig() as (sd, chip):
            chip.send(HvcEvent(0, 1))
            chip.settle()
            chip.unplug()
            events = sd.events(timeout_s=300)
            assert next(events) == HvcEvent(0, 1)
            with pytest.raises(LinkClosed, match="went away"):
                next(events)

    def test_while_idle(self) -> None:
        with rig() as (sd, chip):
            chip.unplug()
            with pytest.raises(LinkClosed):
                sd.wait_for(HvcEvent)


def test_a_peer_that_never_reads() -> None:
    """The port's buffer is full: the call fails in time, and what could not be written does no harm later."""
    patient = HostConfig(
        retransmission_interval_s=0.005, transmissions=40, link_transmissions=1000, reset_wait_s=0.001
    )
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2048)
    chip = ScriptedChip(socket_transport("small", theirs), DIALECT)
    with chip, connect(socket_transport("small", ours), DIALECT, link=patient) as sd:
        thaw = chip.freeze()
        try:
            with pytest.raises(LinkTimeout, match="not acknowledged after 40 attempts"):
                sd.value_set(0xFFFF, 15, Value(bytes(370)))
            assert sd._line._unsent
        finally:
            thaw.set()
        assert add_in_the_end(sd) == 13
        assert not sd._line._unsent


def in_thread(work: Callable[[], object]) -> tuple[threading.Thread, list[BaseException]]:
    """A thread that does ``work``, and what it raised."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, errors


@contextmanager
def alarm(action: Callable[[], object]) -> Iterator[Callable[[], None]]:
    """What rings, from any thread, a signal whose handler runs ``action`` in the main thread."""
    before = signal.signal(signal.SIGALRM, lambda *_: action())
    try:
        yield lambda: signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)
    finally:
        signal.signal(signal.SIGALRM, before)


class TestClose:
    def test_twice_and_then_nothing_works(self) -> None:
        with rig() as (sd, chip):
            sd.close()
            sd.close()
            for use in (add, value, lambda sd: sd.wait_for(HvcEvent), lambda sd: sd.reset()):
                with pytest.raises(LinkClosed, match="was closed"):
                    use(sd)
            assert list(sd.events()) == []
            assert chip.commands == []

    def test_in_mid_call_from_another_thread(self) -> None:
        with rig() as (sd, chip):
            called = threading.Event()
            chip.next(lambda command: called.set())
            thread, errors = in_thread(lambda: add(sd))
            assert called.wait(300)
            sd.close()
            thread.join()
            assert [type(error) for error in errors] == [LinkClosed]

    def test_with_calls_queued_behind(self) -> None:
        with rig() as (sd, chip):
            called = threading.Event()
            chip.next(lambda command: called.set())
            callers = [in_thread(lambda: add(sd)) for _ in range(4)]
            assert called.wait(300)
            sd.close()
            for thread, errors in callers:
                thread.join()
                assert [type(error) for error in errors] == [LinkClosed]

    def test_from_a_callback(self) -> None:
        with rig() as (sd, chip):
            closed = threading.Event()

            def end(event: object) -> None:
                sd.close()
                closed.set()

            sd.on_event(end)
            chip.send(HvcEvent(0, 1))
            assert closed.wait(300)
            with pytest.raises(LinkClosed):
                add(sd)

    def test_ends_who_waits_for_events(self) -> None:
        with rig() as (sd, chip):
            seen: list[object] = []
            iterating, no_errors = in_thread(lambda: seen.extend(sd.events()))
            waiting, errors = in_thread(lambda: sd.wait_for(ScConfirmEvent))
            chip.send(HvcEvent(0, 1))
            chip.settle()
            sd.close()
            iterating.join()
            waiting.join()
            assert no_errors == []
            assert [type(error) for error in errors] == [LinkClosed]
            assert seen == [HvcEvent(0, 1)]

    @pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="needs POSIX signals")
    def test_from_a_signal_handler_in_mid_call(self) -> None:
        with rig() as (sd, chip), alarm(lambda: sd.close()) as ring:
            chip.next(lambda command: ring())
            with pytest.raises(LinkClosed, match="was closed"):
                add(sd)

    @pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="needs POSIX signals")
    def test_a_signal_handler_that_waits_for_the_call_it_has_interrupted_is_told_so(self) -> None:
        errors: list[LinkTimeout] = []

        def wait() -> None:
            for use in (sd.reset, lambda: value(sd), lambda: sd.wait_for(HvcEvent, timeout_s=0)):
                with pytest.raises(LinkTimeout) as caught:
                    use()
                errors.append(caught.value)

        def ring_and_answer(command: bytes) -> None:
            ring()
            chip.answer(command)

        with rig() as (sd, chip), alarm(wait) as ring:
            chip.next(ring_and_answer)
            assert add(sd) == 13
        assert all("this thread is in a call already" in str(error) for error in errors[:2])
        assert len(errors) == 3

    @pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="needs POSIX signals")
    def test_a_signal_handler_that_interrupts_a_wait_for_events_sends_nothing(self) -> None:
        """Nobody would read the ACK: the link would be given up, and the chip restarted."""
        told: list[str] = []

        def use_it() -> None:
            for use in (sd.reset, lambda: add(sd), lambda: sd.wait_for(ScConfirmEvent, timeout_s=None)):
                with pytest.raises(LinkTimeout, match="this thread is in a call already") as caught:
                    use()
                told.append(caught.value.stage)
            assert list(sd.events(timeout_s=0)) == []
            chip.send(HvcEvent(0, 1))

        with rig() as (sd, chip), alarm(use_it) as ring:
            transport: Any = sd._line.transport
            wait = transport.wait

            def ring_and_wait(*args: Any) -> None:
                if threading.current_thread() is threading.main_thread() and not told:
                    ring()
                wait(*args)

            transport.wait = ring_and_wait
            assert sd.wait_for(HvcEvent, timeout_s=None) == HvcEvent(0, 1)
            assert (told, chip.commands) == (["turn"] * 3, [])
            assert add(sd) == 13

    @pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="needs POSIX signals")
    def test_an_interrupted_call_leaves_the_link_in_order(self) -> None:
        def interrupt() -> None:
            raise KeyboardInterrupt

        with rig() as (sd, chip), alarm(interrupt) as ring:
            chip.next(lambda command: ring(), chip.after(get_response(b"late")))
            with pytest.raises(KeyboardInterrupt):
                value(sd)
            assert value(sd) == b"\x64"

    def test_the_block_ends_with_an_error(self) -> None:
        ours, theirs = memory_pair()

        def fail() -> None:
            with connect(ours, DIALECT, link=QUICK):
                raise ZeroDivisionError

        with ScriptedChip(theirs, DIALECT), pytest.raises(ZeroDivisionError):
            fail()
        assert our_threads() == []
