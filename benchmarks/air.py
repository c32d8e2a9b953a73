"""Chips of one air in virtual time: how much faster than time itself, and what one takes of memory.

python -m benchmarks.air      the figures as JSON
"""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

from benchmarks.figures import Figure
from gatts_codec import (
    OPEN,
    Attr,
    AttrMd,
    CharacteristicAdd,
    CharMd,
    CharProps,
    Codec,
    Command,
    Hvx,
    HvxParams,
    ServiceAdd,
    SysAttrSet,
    Uuid,
)
from gatts_codec.device import Air
from gatts_codec.device.device import Device
from gatts_codec.gap import Addr, AdvParamsV5, AdvStartV5, Connect, ConnParams, ScanParamsV5
from gatts_codec.gattc import Write, WriteParams

GROUP = "chips in one air"
DIALECT = "sd_api_v5"
CHIPS, INTERVAL = 20, 16  # fifty connection events a second
INTERVAL_S = 0.020001  # a little more, so that the queue is empty again
SECONDS = 20
DATA = bytes(20)


def figures(rounds: int) -> Iterator[Figure]:
    """Ten connections, whose peripherals notify at each connection event."""
    took, kib = _measure()
    yield Figure(
        GROUP,
        f"{CHIPS} chips, 50 notifications a second in each connection",
        SECONDS / took,
        "x real time",
        must=50,
        stretch=100,
    )
    yield Figure(GROUP, "memory in a connection", kib, "KiB a chip", must=64, lower=True)


class Pair:
    """A peripheral and a central that are connected, and the subscription to a value."""

    def __init__(self, air: Air) -> None:
        self.peripheral, self.central = air.add(Device(DIALECT)), air.add(Device(DIALECT))
        self.codec = Codec(DIALECT)
        self.heard = 0
        self.call(self.peripheral, AdvStartV5(AdvParamsV5(interval=32), 0))
        address = Addr(self.peripheral.gap.address[::-1], self.peripheral.gap.address_type)
        timing = ConnParams(INTERVAL, INTERVAL, 0, 400)
        self.call(self.central, Connect(address, ScanParamsV5(interval=160, window=160), timing, 0))
        self.peripheral.tick(0.0)
        assert len(self.central.connections) == 1
        self.call(self.peripheral, SysAttrSet(0))
        self.call(self.peripheral, ServiceAdd(1, Uuid(0x180D)))
        attribute = Attr(Uuid(0x2A37), AttrMd(OPEN, OPEN, vlen=1), 20)
        self.call(
            self.peripheral,
            CharacteristicAdd(0, CharMd(CharProps(notify=1), cccd_md=AttrMd(OPEN, OPEN)), attribute),
        )
        value = len(self.peripheral.table) - 1
        self.call(self.central, Write(0, WriteParams(value + 1, b"\x01\x00")))
        self.notification = self.codec.pack(Hvx(0, HvxParams(value, data=DATA)))

    def call(self, device: Device, command: Command[Any]) -> None:
        """A call that has to succeed."""
        device.payloads_to_send()
        device.receive(self.codec.pack(command), 0.0)
        answer = self.codec.unpack(device.payloads_to_send()[0])
        assert answer.result == 0, answer  # type: ignore[union-attr]

    def connection_event(self, now: float) -> None:
        """What was notified arrives, and the next is on its way."""
        self.peripheral.receive(self.notification, now)
        self.peripheral.payloads_to_send()
        self.central.tick(now)
        self.heard += len(self.central.payloads_to_send())


def _measure() -> tuple[float, float]:
    """CPU seconds for so many of virtual time, and KiB a chip."""
    first = Pair(Air())  # which loads what all share
    for event in range(1, 4):
        first.connection_event(event * INTERVAL_S)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    air = Air(seed=1)
    pairs = [Pair(air) for _ in range(CHIPS // 2)]
    kib = (tracemalloc.get_traced_memory()[0] - before) / 1024 / CHIPS
    tracemalloc.stop()
    began = time.process_time()
    for event in range(1, round(SECONDS / INTERVAL_S)):
        for pair in pairs:
            pair.connection_event(event * INTERVAL_S)
    took = time.process_time() - began
    assert min(pair.heard for pair in pairs) >= SECONDS / INTERVAL_S - 3
    return took, kib


if __name__ == "__main__":
    print(json.dumps([(figure.name, figure.value, figure.unit) for figure in figures(1)]))
