"""A connectivity chip that does what a test tells it: the chip's end of the link machine on a transport, in a thread.

It answers every command with success, unless a ``Reaction`` says otherwise.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import Any

from gatts_codec.codec import Codec
from gatts_codec.errors import LinkClosed
from gatts_codec.link.chip_link import ChipLink
from gatts_codec.link.config import ChipConfig
from gatts_codec.link.events import LinkEvent, LinkUp, PacketReceived
from gatts_codec.link.transports import Transport
from gatts_codec.packets.gatts.characteristic_add import CharHandles
from gatts_codec.packets.gatts.value_set import Value
from gatts_codec.schema.message import Packet

# Again soon, and again until a slow machine is there.
QUICK = ChipConfig(retransmission_interval_s=0.02, transmissions=1000)
Reaction = Callable[[bytes], None]

OUTPUTS: dict[str, dict[str, Any]] = {
    "service_add": {"handle": 13},
    "include_add": {"include_handle": 20},
    "characteristic_add": {"handles": CharHandles(15, cccd_handle=16)},
    "descriptor_add": {"handle": 17},
    "value_set": {"value": Value(None, 0, 2)},
    "value_get": {"value": Value(b"\x64")},
    "hvx": {"bytes_written": 2},
    "sys_attr_get": {"sys_attr_data": b"\x10\x00\x02\x00"},
    "initial_user_handle_get": {"handle": 13},
}


class ScriptedChip:
    """``with ScriptedChip(transport, "sd_api_v5") as chip``: serves until the end of the block."""

    def __init__(self, transport: Transport, dialect: str, config: ChipConfig | None = None) -> None:
        self.codec = Codec(dialect)
        self.link = ChipLink(config or replace(QUICK, max_payload=self.codec.dialect.max_payload))
        self.transport = transport
        self.commands: list[bytes] = []
        """Every command taken, in order."""
        self.link_ups = 0
        self.hears = True
        """False: it takes bytes and ignores them."""
        self.otherwise: Reaction = self.answer
        """What it does with commands that ``next`` says nothing about."""
        self._reactions: list[Reaction] = []
        self._jobs: list[Callable[[], object]] = []
        self._unsent: list[bytes] = []
        self._news = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, name="scripted chip")

    def __enter__(self) -> ScriptedChip:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def unplug(self) -> None:
        """End the thread and close the port."""
        self._stopping = True
        self.transport.wake()
        self._thread.join()
        self.transport.close()

    # -- what a test tells it

    def next(self, *reactions: Reaction) -> None:
        """What to do with the next commands, one each, instead of answering them."""
        self._reactions += reactions

    def do(self, job: Callable[[], object]) -> None:
        """Have something done in the chip's thread, as soon as it can."""
        with self._news:
            self._jobs.append(job)
        self.transport.wake()

    def freeze(self) -> threading.Event:
        """Do nothing more, not even take bytes from the line, until what is returned is set."""
        thaw, frozen = threading.Event(), threading.Event()

        def stand_still() -> None:
            frozen.set()
            thaw.wait()

        self.do(stand_still)
        assert frozen.wait(300)
        return thaw

    def send(self, message: Packet | bytes) -> None:
        """Send an event, or any payload, as soon as it can: its link may come up later than the host's."""
        payload = message if isinstance(message, bytes) else self.codec.pack(message)
        self.do(lambda: self._unsent.append(payload))

    def reboot(self) -> None:
        """Restart, as after a crash. A host may be up a little before its chip: that comes first."""
        self.wait_until(lambda: self.link.is_up)
        self.do(self.reboot_now)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true of the chip."""
        with self._news:
            assert self._news.wait_for(condition, timeout=300)

    def settle(self) -> None:
        """Wait until all that it was told is done and acknowledged."""
        self.wait_until(lambda: not self.is_busy)

    @property
    def is_busy(self) -> bool:
        """Whether something is left of what it was told to do or send, or is not acknowledged."""
        return bool(self._jobs or self._unsent or self.link.waiting)

    # -- reactions

    def answer(self, command: bytes) -> None:
        """What it does when nothing else is said."""
        self.respond(self.response_to(command))

    def ignore(self, command: bytes) -> None:
        """Acknowledge, and never answer."""

    def refuse(self, result: int) -> Reaction:
        """Answer with a result other than 0."""
        return lambda command: self.respond(self.response_to(command, result))

    def after(self, payload: bytes) -> Reaction:
        """Send this first, then answer."""

        def send_both(command: bytes) -> None:
            self.respond(payload)
            self.answer(command)

        return send_both

    def reboot_now(self, _: bytes = b"") -> None:
        """Restart instead of answering."""
        self._take(self.link.reboot(monotonic(), "crash"))

    def vanish(self, _: bytes) -> None:
        """Be unplugged instead of answering."""
        self.transport.close()
        raise LinkClosed("unplugged")

    def response_to(self, command: bytes, result: int = 0) -> bytes:
        """The response that belongs to a command."""
        head = b"\x01" + command[1:2]
        name = next(
            (name for name in self.codec.dialect.calls if self.codec.dialect.opcode(name) == command[1]), ""
        )
        if result or not name:
            return head + result.to_bytes(4, "little")
        cls = self.codec.message_class("response", name)
        return self.codec.pack(cls(result=0, **OUTPUTS.get(name, {})))  # type: ignore[call-arg]

    def respond(self, payload: bytes) -> None:
        """Send it now. It is lost where a host that was not served in time has begun another link by now."""
        if self.link.is_up:
            self.link.send(payload, monotonic())

    # -- the thread

    def _serve(self) -> None:
        self._take(self.link.open(monotonic()))
        with suppress(LinkClosed):  # the host has gone
            while not self._stopping:
                self._turn()

    def _turn(self) -> None:
        self._flush()
        due = self.link.next_deadline()
        self.transport.wait(None if due is None else max(0.0, due - monotonic()))
        data = self.transport.read()
        self._take(self.link.receive_data(data, monotonic()) if data and self.hears else [])
        self._take(self.link.tick(monotonic()))
        with self._news:
            jobs = tuple(self._jobs)
        for job in jobs:
            job()
        while self._unsent and self.link.is_up:
            self.link.send(self._unsent.pop(0), monotonic())
        self._flush()
        with self._news:
            del self._jobs[: len(jobs)]
            self._news.notify_all()

    def _flush(self) -> None:
        data = self.link.data_to_send()
        if data and self.hears:
            self.transport.write(data)

    def _take(self, events: list[LinkEvent]) -> None:
        for event in events:
            if isinstance(event, LinkUp):
                self.link_ups += 1
            elif isinstance(event, PacketReceived):
                self.commands.append(event.payload)
                self._flush()  # the ACK goes out before the command is executed
                (self._reactions.pop(0) if self._reactions else self.otherwise)(event.payload)
