"""What a call costs, everything included, over a pseudo-terminal against a chip in another process.

CPU time is that of this process alone, user and system, all threads. The bare loop is the floor: one connection, no
API, no threads, no timeouts; it encodes, frames, writes, polls, reads, checks CRCs, acknowledges and decodes.
"""

from __future__ import annotations

import asyncio
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from statistics import median

from benchmarks.figures import Figure, share
from benchmarks.measure import Times
from gatts_codec import HostConfig, Value, ValueSet, aconnect, connect
from gatts_codec.codec import Codec
from gatts_codec.framing import Decoder, h5
from gatts_codec.link.transports import Transport, open_transport

GROUP = "client over a pty"
DIALECT, MAX_PAYLOAD = "sd_api_v5", 768
CALLS_A_ROUND = 400
SIZES = (20, 512)
# Must and stretch of the CPU time, against the bare loop.
GOALS = {
    ("blocking", 20): (1.5, 1.3),
    ("blocking", 512): (1.3, 1.2),
    ("asyncio", 20): (1.7, 1.5),
    ("asyncio", 512): (1.6, 1.4),
}
LINK_UPS = 5

Calls = Callable[[int, int], object]
"""So many calls with values of so many bytes."""


def figures(rounds: int) -> Iterator[Figure]:
    """CPU and calls a second of each way to call, then the link-up."""
    if os.name != "posix":
        return
    with ExitStack() as stack:
        ways = {
            "bare loop": stack.enter_context(_bare_loop()),
            "blocking": stack.enter_context(_blocking()),
            "asyncio": stack.enter_context(_asyncio()),
        }
        yield from _calls(ways, max(5, rounds // 2))
    for reset in (False, True):
        what = "link up" + (", with a restart of the chip and the wait for it" if reset else "")
        times = [_link_up_s(reset) for _ in range(LINK_UPS)]
        yield Figure(GROUP, what, median(times) * 1000, "ms", lower=True)


def _calls(ways: dict[str, Calls], rounds: int) -> Iterator[Figure]:
    cases = {f"{way} {size} B": (way, size) for size in SIZES for way in ways}
    cpu, wall = Times({name: [] for name in cases}), Times({name: [] for name in cases})
    for number in range(rounds + 1):
        for name, (way, size) in cases.items():
            began_cpu, began = time.process_time(), time.perf_counter()
            ways[way](CALLS_A_ROUND, size)
            if number:  # the first one warms up
                cpu.rounds[name].append((time.process_time() - began_cpu) / CALLS_A_ROUND * 1e9)
                wall.rounds[name].append((time.perf_counter() - began) / CALLS_A_ROUND * 1e9)
    for name, (way, size) in cases.items():
        yield Figure(GROUP, name, cpu.median_ns(name) / 1e3, "us CPU", lower=True)
        yield Figure(GROUP, f"{name}, calls", 1e9 / wall.median_ns(name), "calls/s")
        if way != "bare loop":
            ratio = cpu.ratio(name, f"bare loop {size} B")
            yield share(GROUP, f"{name} against the bare loop", ratio, *GOALS[way, size])


@contextmanager
def chip(ack_delay_s: float = 0.0) -> Iterator[str]:
    """A chip that answers at once, or after some seconds, in a process of its own; the device to open."""
    import tty

    ours, theirs = os.openpty()
    tty.setraw(theirs)
    os.set_blocking(ours, False)
    command = [sys.executable, "-m", "benchmarks.client_peer", str(ours), str(ack_delay_s)]
    process = subprocess.Popen(command, pass_fds=[ours])
    os.close(ours)
    try:
        yield os.ttyname(theirs)
    finally:
        process.kill()
        process.wait()
        os.close(theirs)


@contextmanager
def _blocking() -> Iterator[Calls]:
    with chip() as port, connect(port, DIALECT, max_payload=MAX_PAYLOAD, reset=False) as client:

        def calls(count: int, size: int) -> None:
            value = Value(bytes(size))
            for _ in range(count):
                client.value_set(0xFFFF, 15, value)

        yield calls


@contextmanager
def _asyncio() -> Iterator[Calls]:
    loop = asyncio.new_event_loop()
    with chip() as port:
        connecting = aconnect(port, DIALECT, max_payload=MAX_PAYLOAD, reset=False)
        client = loop.run_until_complete(connecting.__aenter__())

        async def calls(count: int, size: int) -> None:
            value = Value(bytes(size))
            for _ in range(count):
                await client.value_set(0xFFFF, 15, value)

        yield lambda count, size: loop.run_until_complete(calls(count, size))
        loop.run_until_complete(connecting.__aexit__(None, None, None))
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@contextmanager
def _bare_loop() -> Iterator[Calls]:
    with chip() as port:
        transport = open_transport(port)
        yield BareLoop(transport).calls
        transport.close()


class BareLoop:
    """The least that can be done to call a chip."""

    def __init__(self, transport: Transport) -> None:
        fd = transport.fileno()
        assert fd is not None
        self._fd, self._decoder, self._codec = fd, Decoder(), Codec(DIALECT)
        self._poll = select.poll()
        self._poll.register(fd, select.POLLIN)
        self._seq = self._expected = 0
        self._link_up()

    def calls(self, count: int, size: int) -> None:
        for _ in range(count):
            self._call(ValueSet(0xFFFF, 15, Value(bytes(size))))

    def _call(self, command: ValueSet) -> object:
        os.write(self._fd, h5.encode_reliable(self._codec.pack(command), self._seq, self._expected))
        self._seq = self._seq + 1 & 7
        acked, response = False, None
        while not acked or response is None:
            self._poll.poll(1000)
            for frame in self._decoder.feed(os.read(self._fd, 65536)):
                packet = frame.packet
                if packet is None:
                    continue
                if packet.type == 0:
                    acked = packet.ack == self._seq
                elif packet.seq == self._expected:
                    self._expected = self._expected + 1 & 7
                    os.write(self._fd, h5.ACK_FRAMES[self._expected])
                    response = self._codec.decode_response(packet.payload[1:])
        return response

    def _link_up(self) -> None:
        said = [h5.LINK_PAYLOADS["SYNC"], h5.LINK_PAYLOADS["SYNC_RSP"]]
        said += [h5.LINK_PAYLOADS[name] + b"\x11" for name in ("CONFIG", "CONFIG_RSP", "CONFIG")]
        os.write(self._fd, b"".join(h5.encode_frame(h5.H5Packet(15, payload)) for payload in said))
        while True:
            self._poll.poll(1000)
            for frame in self._decoder.feed(os.read(self._fd, 65536)):
                if frame.packet is not None and frame.packet.link == "CONFIG_RSP":
                    return


def _link_up_s(reset: bool) -> float:
    with chip() as port:
        with connect(port, DIALECT, link=HostConfig(), reset=False):
            pass  # now it is there, whatever starting a process takes
        began = time.perf_counter()
        with connect(port, DIALECT, reset=reset):
            return time.perf_counter() - began
