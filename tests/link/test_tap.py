"""The tap: bytes pass as they are and are told; nobody waits for its reader; it ends when a side does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from link.wires import read_all

from gatts_codec.errors import LinkClosed
from gatts_codec.link import tap as tap_module
from gatts_codec.link.tap import MAX_QUEUED, Tap
from gatts_codec.link.transports import Transport, memory_pair


@pytest.fixture
def ends() -> Iterator[tuple[Transport, Tap, Transport]]:
    """A host program's transport, the tap, and a chip's."""
    program, host = memory_pair()
    chip, far = memory_pair()
    with ExitStack() as stack:
        stack.enter_context(closing(program))
        stack.enter_context(closing(far))
        yield program, stack.enter_context(Tap(host, chip)), far


def write_all(transport: Transport, data: bytes) -> None:
    while data:
        transport.wait(10, writing=True)
        data = data[transport.write(data) :]


def test_bytes_pass_both_ways_and_are_told(ends: tuple[Transport, Tap, Transport]) -> None:
    program, tap, far = ends
    question, answer, told, times = b"\xc0\x00question", bytes(range(256)), dict[str, bytes](), [0]
    seen = iter(tap)
    write_all(program, question)
    assert read_all(far, 10) == question
    write_all(far, answer)
    assert read_all(program, 256) == answer
    while told != {"host->device": question, "device->host": answer}:  # in as many parts as the system gives
        passed = next(seen)
        assert (bool(passed.data), passed.dropped, passed.unseen) == (True, 0, 0)
        told[passed.dir] = told.get(passed.dir, b"") + passed.data
        times.append(passed.t_us)
    assert times == sorted(times)


def test_a_host_faster_than_the_chip_waits_and_loses_nothing(ends: tuple[Transport, Tap, Transport]) -> None:
    program, tap, far = ends
    data = bytes(range(256)) * 8192  # more than the sockets and the tap's queue hold
    sent = 0
    while sent < len(data):
        taken = program.write(data[sent : sent + 65536])
        sent += taken
        if not taken:
            break
    assert sent < len(data)  # the tap has stopped taking
    received = read_all(far, sent)
    write_all(program, data[sent : sent + 10])
    assert received + read_all(far, 10) == data[: sent + 10]
    assert not any(passed.dropped for _, passed in zip(range(3), tap, strict=False))


def test_what_no_program_takes_is_dropped_and_told(ends: tuple[Transport, Tap, Transport]) -> None:
    program, tap, far = ends
    seen, total, dropped = iter(tap), 0, 0
    while not dropped:
        write_all(far, bytes(4096))
        passed = next(seen)
        dropped = passed.dropped
        total += len(passed.data) - dropped
    assert total >= MAX_QUEUED
    assert not any(read_all(program, total))


def test_it_ends_when_a_side_goes_away(ends: tuple[Transport, Tap, Transport]) -> None:
    program, tap, far = ends
    write_all(far, b"last words")
    assert read_all(program, 10) == b"last words"
    far.close()
    assert b"".join(passed.data for passed in tap) == b"last words"
    assert isinstance(tap.ended_by, LinkClosed)


def test_it_ends_when_told(ends: tuple[Transport, Tap, Transport]) -> None:
    _, tap, _ = ends
    tap.stop()
    assert list(tap) == []
    assert tap.ended_by is None


def test_pieces_that_nobody_looked_at_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tap_module, "MAX_UNSEEN", 2 * tap_module._cost(b"."))
    program, host = memory_pair()
    chip, far = memory_pair()
    with closing(program), closing(far), Tap(host, chip) as tap:
        for number in range(6):
            write_all(program, bytes([number]))
            assert read_all(far, 1) == bytes([number])
    told = list(tap)
    assert [passed.data for passed in told] == [b"\x00", b"\x01"]
    assert tap.unseen == 4


def backlog(tap: Tap, program: Transport, far: Transport, size: int) -> None:
    """Let bytes pass at which nobody looks."""
    for at in range(0, size, 1000):
        write_all(program, bytes([at // 1000 % 256]) * 1000)
        read_all(far, 1000)


def test_what_nobody_looks_at_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tap_module, "MAX_UNSEEN", 50_000)
    program, host = memory_pair()
    chip, far = memory_pair()
    with closing(program), closing(far), Tap(host, chip) as tap:
        backlog(tap, program, far, 100_000)
        seen = iter(tap)
        first = next(seen)
        while not first.unseen:  # the room that looking makes is used again
            backlog(tap, program, far, 1000)
            first = next(seen)
        far.close()  # and when a side goes away, all that is left is told
        rest = list(seen)
    assert first.unseen + sum(passed.unseen for passed in rest) >= 100 - 50  # of 1000 bytes or less each
    assert sum(tap_module._cost(passed.data) for passed in rest) <= 50_000
    assert len(rest) > 30


def test_once_stopped_it_tells_no_more_than_a_little(ends: tuple[Transport, Tap, Transport]) -> None:
    program, tap, far = ends
    backlog(tap, program, far, 100_000)
    seen = iter(tap)
    first = next(seen)
    tap.stop()
    rest = list(seen)
    told = b"".join(passed.data for passed in (first, *rest))
    assert 15 * 1000 < len(told) <= 1000 + tap_module.MAX_FAREWELL
    assert told == b"".join(bytes([at]) * 1000 for at in range(100))[: len(told)]
    assert tap.unseen >= 1
