"""What nobody reads is lost and told, and no frame is cut, on every line that a chip can have."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.device import ChipFarm, ChipRunner, Note, VirtualChip
from gatts_codec.device.outlet import Outlet
from gatts_codec.link.transports import Transport, memory_pair, open_transport

DIALECT = "sd_api_v5"
PIECE = bytes(range(256)) * 64
needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=30))
def test_pieces_go_whole_and_in_order_or_are_counted(steps: list[tuple[int, int]]) -> None:
    """Each step is a piece's size, and how much the line takes at that moment."""
    line, told, room = bytearray(), list[str](), 0

    def write(data: bytes) -> int:
        nonlocal room
        taken = min(room, len(data))
        room -= taken
        line.extend(data[:taken])
        return taken

    outlet, sent, lost = Outlet(write, told.append), bytearray(), 0
    for number, (size, room) in enumerate(steps):  # noqa: B007, used by write
        if outlet.has_room(size):
            sent += bytes([number]) * size
            outlet.send(bytes([number]) * size)
        else:
            lost += size
    room = sys.maxsize
    outlet.flush()
    assert line == sent
    assert not outlet.waits
    assert sum(int(text.split()[0]) for text in told if text.endswith("what the chip sent")) == lost
    assert len(told) % 2 == 0, "each loss begins, and is over"


def notes_of(chip: VirtualChip) -> list[str]:
    found: list[str] = []
    chip.observers.append(lambda what: found.append(what.text) if isinstance(what, Note) else None)
    return found


def read_until(transport: Transport, enough: Callable[[], bool]) -> bytes:
    found = b""
    while not enough():
        transport.wait(0.01)
        found += transport.read()
    return found


def test_a_runner_sends_whole_pieces_and_tells_what_is_lost() -> None:
    ours, host = memory_pair()
    chip = VirtualChip(DIALECT)
    notes = notes_of(chip)
    passed: list[bytes] = []
    runner = ChipRunner(chip, ours)
    runner.on_wire = lambda direction, data: passed.append(data)
    with runner:
        while not notes:  # the line is full, and something is lost
            runner.call(lambda: chip._out.extend(PIECE))
        assert "nobody reads" in notes[0]
        kept = runner.call(lambda: len(runner._outlet._rest))
        assert kept < 2 * len(PIECE)
        found = read_until(host, lambda: len(notes) > 1)
        assert "bytes were lost" in notes[1]
        expected = b"".join(passed)
        while len(found) < len(expected):
            host.wait(1)
            found += host.read()
        assert found[: len(expected)] == expected
    host.close()


@pytest.mark.parametrize("kind", ["tcp", pytest.param("pty", marks=needs_pty)])
def test_a_farm_keeps_little_of_what_nobody_reads_and_cuts_nothing(kind: str) -> None:
    async def scenario() -> None:
        async with ChipFarm(lambda: VirtualChip(DIALECT)) as farm:
            host = open_transport(await farm.listen_tcp() if kind == "tcp" else farm.open_pty())
            while not farm.chips:
                await asyncio.sleep(0)
            (chip,) = farm.chips
            notes, sent = notes_of(chip), 0
            while not notes:
                farm.act(chip, lambda chip: chip._out.extend(PIECE))
                sent += 1
                await asyncio.sleep(0)
            (line,) = farm._lines
            assert len(line._outlet._rest) <= 2 * len(PIECE)
            found = b""
            while len(notes) < 2:
                found += host.read()
                await asyncio.sleep(0)
            lost = int(notes[1].split()[0])
            while len(found) < sent * len(PIECE) - lost:
                found += host.read()
                await asyncio.sleep(0)
            assert found.count(PIECE) == sent - lost // len(PIECE)
            host.close()

    asyncio.run(scenario())
