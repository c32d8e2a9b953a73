"""What a virtual chip costs: memory and CPU, idle and busy.

python -m benchmarks.chips COUNT      one process with so many chips, as JSON; what the figures are made of
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from statistics import median

from benchmarks.figures import Figure
from gatts_codec import Value, ValueSet
from gatts_codec.codec import Codec
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.farm import ChipFarm
from gatts_codec.framing import H5Packet, encode_frame, h5
from gatts_codec.link.config import ChipConfig

GROUP = "virtual chip"
DIALECT = "sd_api_v5"
CHIPS = 400
SIZES = (20, 512)
IDLE_S = 2.0
CALLS_A_ROUND = 400

LINK_UP = b"".join(
    encode_frame(H5Packet(15, h5.LINK_PAYLOADS[name] + (b"\x11" if "CONFIG" in name else b"")))
    for name in ("SYNC", "SYNC_RSP", "CONFIG", "CONFIG_RSP", "CONFIG")
)
SERVICE = bytes.fromhex("00a001010d180101")
CHARACTERISTIC = bytes.fromhex("00a20e000102000000000000000000000101372a01011111030000000200000001")
VALUE_HANDLE = 16


def figures(rounds: int) -> Iterator[Figure]:
    """A busy chip's calls, then many chips at once."""
    for size in SIZES:
        yield Figure(
            GROUP, f"value_set {size} B, link included", _call_us(size, max(5, rounds // 5)), "us CPU"
        )
    if os.name != "posix":
        return
    many = _process(CHIPS)
    yield Figure(GROUP, "memory", many["bytes"] / 1024, "KiB a chip")
    for state in ("idle, link up", "waiting for a host"):
        share = many[state] / IDLE_S / CHIPS * 100
        yield Figure(GROUP, state, share, "% of a core a chip")


def _call_us(size: int, rounds: int) -> float:
    chip = VirtualChip(DIALECT, link=ChipConfig())  # stock firmware takes no value of 512 bytes
    chip.open(0.0)
    chip.receive_data(LINK_UP, 0.0)
    chip.data_to_send()
    for number, command in enumerate((SERVICE, CHARACTERISTIC)):
        chip.receive_data(h5.encode_reliable(command, number, number), 0.0)
        chip.data_to_send()
        chip.receive_data(h5.ACK_FRAMES[number + 1], 0.0)
    payload = Codec(DIALECT).pack(ValueSet(0xFFFF, VALUE_HANDLE, Value(bytes(size))))
    turns = [(h5.encode_reliable(payload, seq, seq), h5.ACK_FRAMES[seq + 1 & 7]) for seq in range(8)]
    seq, found = 2, []
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(CALLS_A_ROUND):
            command_frame, ack = turns[seq]
            chip.receive_data(command_frame, 0.0)
            answer = chip.data_to_send()
            chip.receive_data(ack, 0.0)
            seq = seq + 1 & 7
        found.append((time.process_time() - began) / CALLS_A_ROUND * 1e6)
        assert len(answer) > size
    return median(found)


def _process(count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.chips", str(count)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


async def _many(count: int) -> dict[str, float]:
    """With so many chips on sockets: Python's memory, and CPU seconds before hosts speak and with links up."""
    async with ChipFarm(lambda: VirtualChip(DIALECT)) as farm:
        host, _, port = (await farm.listen_tcp()).removeprefix("tcp:").rpartition(":")
        hosts: list[socket.socket] = []
        tracemalloc.start()
        began = 0
        for number in range(count + 1):
            if number == 1:  # the first one loads what all share
                began = tracemalloc.get_traced_memory()[0]
            hosts.append(socket.create_connection((host, int(port))))
            while len(farm.chips) <= number:
                await asyncio.sleep(0)
        taken = tracemalloc.get_traced_memory()[0] - began
        tracemalloc.stop()
        waiting = await _cpu_s()
        for each in hosts:
            each.sendall(LINK_UP)
        while not all(chip.is_up for chip in farm.chips):
            await asyncio.sleep(0.01)
        idle = await _cpu_s()
        for each in hosts:
            each.close()
    return {"bytes": taken / count, "waiting for a host": waiting, "idle, link up": idle}


async def _cpu_s() -> float:
    began = time.process_time()
    await asyncio.sleep(IDLE_S)
    return time.process_time() - began


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_many(int(sys.argv[1])))))
