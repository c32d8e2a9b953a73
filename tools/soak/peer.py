"""A chip with a temper: late, silent, talkative, restarting, on a line that damages frames; and its end of the port."""

from __future__ import annotations

import heapq
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from itertools import count
from random import Random
from time import monotonic
from typing import Any

from gatts_codec import (
    BLE_CONN_HANDLE_INVALID,
    Codec,
    GattsError,
    HvcEvent,
    LinkClosed,
    ServiceAdd,
    ServiceAddResponse,
    SysAttrGet,
    SysAttrGetResponse,
    Value,
    ValueGet,
    ValueGetResponse,
)
from gatts_codec.framing import H5, framing_named
from gatts_codec.link.chip_link import ChipLink, OldChipLink
from gatts_codec.link.config import ChipConfig, HostConfig
from gatts_codec.link.events import LinkLost, LinkUp, PacketAcked, PacketReceived, Rebooted
from gatts_codec.link.plain import PlainLink
from gatts_codec.link.transports import Transport
from tools.soak.judge import Ledger

DIALECT = "sd_api_v5"
_INVALID_CONN = 0x3002
_MOST_WAITING = 200
_FAULTS = ("drop", "double", "damage", "deafen", "cut", "noise")
_GARBAGE = (
    b"\x00\xa0",
    b"\x01",
    b"\x01\xff\0\0\0\0",
    b"\x02",
    b"\x02\xff\xff",
    b"\x07abc",
    b"\x04",
    b"\x02\x50\0",
)


@dataclass
class Temper:
    """How often it does what, 0 to 1; all 0 is a chip in order on a good line."""

    line_faults: float = 0.0
    late: float = 0.0
    silent: float = 0.0
    events: float = 0.0
    floods: float = 0.0
    garbage: float = 0.0
    restarts: float = 0.0
    unplugged: float = 0.0
    # After these two an answer may be another call's: the protocol has nothing to tell them by.
    twice: float = 0.0
    swapped: float = 0.0

    @classmethod
    def draw(cls, random: Random, plain: bool) -> Temper:
        """Some of all that, each now and then."""
        temper = cls(**{field.name: random.choice((0, 0, 0.02, 0.1, 0.4)) for field in fields(cls)})
        rare = replace(
            temper, restarts=temper.restarts / 4, unplugged=temper.unplugged / 50, floods=temper.floods / 8
        )
        for name in ("twice", "swapped"):
            if random.random() < 0.8:
                setattr(rare, name, 0.0)
        return replace(rare, line_faults=0.0) if plain else rare

    @property
    def answers_in_order(self) -> bool:
        """Whether answers can be told apart."""
        return not self.twice and not self.swapped


class Peer(threading.Thread):
    """Serves until ``stop``."""

    def __init__(
        self, transport: Transport, temper: Temper, random: Random, ledger: Ledger, framing: str, old: bool
    ) -> None:
        super().__init__(name="chip", daemon=True)
        self.transport, self.temper, self._random, self._ledger = transport, temper, random, ledger
        self._codec = Codec(DIALECT)
        self._link = self._new_link(framing, old)
        # Numbers of events, 0 for other packets, until they are acknowledged.
        self._sent: deque[int] = deque()
        self._jobs: list[tuple[float, int, bytes]] = []
        self._order = count()
        self._held = b""
        self._stopping = False

    def _new_link(self, framing: str, old: bool) -> Any:
        if framing != H5.name:
            return PlainLink(framing_named(framing), HostConfig())
        config = ChipConfig(
            retransmission_interval_s=self._random.choice((0.01, 0.03)),
            transmissions=self._random.choice((5, 1000)),
            max_payload=self._codec.dialect.max_payload,
        )
        return (OldChipLink if old else ChipLink)(config)

    @property
    def is_quiet(self) -> bool:
        """Whether all that it has to say is said and acknowledged."""
        return not self.is_alive() or not (self._jobs or self._link.waiting)

    def stop(self) -> None:
        """End it, and close its port."""
        self._stopping = True
        self.transport.wake()
        self.join()

    def run(self) -> None:
        """Serve."""
        self._take(self._link.open(monotonic()))
        with suppress(LinkClosed):
            while not self._stopping:
                self._turn()
        self.transport.close()

    def _turn(self) -> None:
        self._flush()
        dues = [
            due
            for due in (self._link.next_deadline(), self._jobs[0][0] if self._jobs else None)
            if due is not None
        ]
        self.transport.wait(max(0.0, min(dues) - monotonic()) if dues else 0.5)
        data = self.transport.read()
        if data:
            self._take(self._link.receive_data(self._on_the_line(data), monotonic()))
        self._take(self._link.tick(monotonic()))
        while self._jobs and self._jobs[0][0] <= monotonic():
            self._say(heapq.heappop(self._jobs)[2])
        if self._happens("unplugged"):
            raise LinkClosed("unplugged")

    def _happens(self, what: str) -> bool:
        rate = getattr(self.temper, what)
        return bool(rate) and self._random.random() < rate

    # -- the line

    def _flush(self) -> None:
        data = self._on_the_line(self._link.data_to_send())
        while data and not self._stopping:
            data = data[self.transport.write(data) :]
            if data:
                self.transport.wait(0.01, writing=True)

    def _on_the_line(self, data: bytes) -> bytes:
        if not data or not self._happens("line_faults"):
            return data
        at, fault = self._random.randrange(len(data)), self._random.choice(_FAULTS)
        if fault == "double":
            return data + data
        if fault == "damage":
            return data[:at] + bytes([data[at] ^ self._random.randrange(1, 256)]) + data[at + 1 :]
        if fault == "deafen":
            return data[:at] + b"\xdb" + data[at + 1 :]
        if fault == "noise":
            return self._random.randbytes(at) + data
        return data[:at] if fault == "cut" else b""

    # -- what it says

    def _say(self, payload: bytes, number: int = 0) -> None:
        if self._link.is_up and self._link.waiting < _MOST_WAITING:
            self._sent.append(number)
            self._link.send(payload, monotonic())

    def _event(self) -> None:
        if self._link.is_up and self._link.waiting < _MOST_WAITING:
            number = self._ledger.next_number()
            if not self._link.acknowledges:
                self._ledger.acked.add(number)
            self._say(self._codec.pack(HvcEvent(number >> 16, number & 0xFFFF)), number)

    def _take(self, events: list[Any]) -> None:
        for event in events:
            if isinstance(event, PacketAcked) and self._sent:  # else it was before a restart
                self._ledger.acked.add(self._sent.popleft())
                self._ledger.acked.discard(0)
            elif isinstance(event, LinkLost):
                self._sent.clear()
            elif isinstance(event, Rebooted):
                self._jobs.clear()
                self._held = b""
            elif isinstance(event, LinkUp):
                self._sent.clear()
            elif isinstance(event, PacketReceived):
                self._execute(event.payload)

    def _execute(self, payload: bytes) -> None:
        for _ in range(100 if self._happens("floods") else 3 if self._happens("events") else 0):
            self._event()
        if self._happens("garbage"):
            self._say(self._random.choice(_GARBAGE))
        if self._happens("restarts"):
            self._sent.clear()
            self._take(self._link.reboot(monotonic(), "crash") if isinstance(self._link, ChipLink) else [])
        elif not self._happens("silent"):
            self._answer(self._answer_to(payload))

    def _answer(self, answer: bytes) -> None:
        if self._happens("swapped"):
            answer, self._held = self._held, answer
        late_s = self._random.choice((0.0, 0.02, 0.2, 0.6)) if self._happens("late") else 0.0
        # In order: nothing overtakes what is late.
        due = max([monotonic() + late_s, *(job[0] for job in self._jobs)])
        for _ in range(2 if self._happens("twice") else 1 if answer else 0):
            heapq.heappush(self._jobs, (due, next(self._order), answer))

    def _answer_to(self, payload: bytes) -> bytes:
        try:
            command: Any = self._codec.unpack(payload)
        except GattsError:
            return b"\x01" + payload[1:2] + (1).to_bytes(4, "little")
        if getattr(command, "conn_handle", 0) == BLE_CONN_HANDLE_INVALID:
            return b"\x01" + payload[1:2] + _INVALID_CONN.to_bytes(4, "little")
        if isinstance(command, ValueGet):
            return self._codec.pack(ValueGetResponse(0, Value(command.handle.to_bytes(2, "little"))))
        if isinstance(command, SysAttrGet):
            return self._codec.pack(SysAttrGetResponse(0, int(command.conn_handle).to_bytes(2, "little")))
        if isinstance(command, ServiceAdd) and command.uuid is not None:
            return self._codec.pack(ServiceAddResponse(0, command.uuid.uuid))
        return b"\x01" + payload[1:2] + bytes(4)
