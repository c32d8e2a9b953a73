"""The host's end: the actions of the HOST table that only a PC takes."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..framing import Decoder, H5Packet, h5, slip
from .config import HostConfig
from .diagnosis import advice
from .end import LinkEnd
from .events import ChipRestarted, LinkEvent, LostReason
from .machine import HOST, HostState, Input


class HostLink(LinkEnd, table=HOST):
    """The PC's end of the link. Not for two threads at a time."""

    is_up: bool  # said again, since ``restore`` sets it

    def __init__(self, config: HostConfig | None = None) -> None:
        self.config: HostConfig = config or HostConfig()
        super().__init__(self.config, Decoder())
        self.state: HostState = HostState.CLOSED
        self._questions_left = 0
        self._was_reset = False

    def open(self, now: float) -> list[LinkEvent]:
        """Begin a link; whatever was before is closed first. LinkUp or LinkLost will follow."""
        return self._start_over(self._opening(), now)

    @property
    def was_reset(self) -> bool:
        """Whether the link that is up, or coming up, began with a RESET packet."""
        return self._was_reset

    # -- for a driver that may be interrupted by an exception that is not ours

    def save(self) -> tuple[object, ...]:
        """What ``restore`` needs to undo all that follows."""
        # One by one: vars() would cost more, and make every access to an attribute slower from then on.
        return (
            self.state,
            self.is_up,
            self._attempts,
            self._deadline,
            self._expected,
            self._frame,
            self._in_flight,
            self._limit,
            self._noise_before,
            self._questions_left,
            self._seq,
            self._stage,
            self._waiting,
            self._was_reset,
        )

    def restore(self, saved: tuple[Any, ...]) -> None:
        """Undo what was done since, as long as nothing of it has been written. The bytes taken since are noise."""
        (
            self.state,
            self.is_up,
            self._attempts,
            self._deadline,
            self._expected,
            self._frame,
            self._in_flight,
            self._limit,
            self._noise_before,
            self._questions_left,
            self._seq,
            self._stage,
            self._waiting,
            self._was_reset,
        ) = saved
        self._out = b""
        self._decoder.reset()

    def _opening(self) -> Input:
        return Input.OPEN if self.config.reset else Input.OPEN_WITHOUT_RESET

    def _say(self, *names: str) -> None:
        # A chip that one damaged byte has made deaf hears none of it without this.
        self._out += slip.RELEASE
        super()._say(*names)

    def _retransmit(self, _: None) -> None:
        self._out += slip.RELEASE
        super()._retransmit(None)

    def _repeat_ack(self, packet: H5Packet) -> None:
        self._out += slip.RELEASE  # the chip may not have heard the first one
        super()._repeat_ack(packet)

    def _send_reset(self, _: None) -> None:
        self._stage = "reset"
        self._was_reset = True
        self._out += slip.RELEASE + h5.RESET_FRAME
        self._wait(self.config.reset_wait_s, None)

    def _send_sync_without_reset(self, _: None) -> None:
        self._was_reset = False
        self._send_sync(None)

    def _listen_and_send_sync(self, _: None) -> None:
        self._decoder.reset()
        self._send_sync(None)

    def _send_sync(self, _: None) -> None:
        self._stage = "sync"
        self._listen()
        self._questions_left = self.config.link_transmissions - 1
        self._ask_sync()
        self._wait(self._link_interval_s(), self.config.link_transmissions)

    def _repeat_sync(self, _: None) -> None:
        self._ask_sync()
        self._again("SYNC", self._link_interval_s())

    def _send_config(self, _: H5Packet) -> None:
        self._stage = "config"
        self._listen()
        self._questions_left = self.config.link_transmissions - 1
        self._say("CONFIG")
        self._wait(self._link_interval_s(), self.config.link_transmissions)

    def _repeat_config(self, _: None) -> None:
        self._say("CONFIG")
        self._again("CONFIG", self._link_interval_s())

    def _answer_sync_and_ask(self, packet: H5Packet) -> None:
        """The chip has just started, or has not heard us: what we said before may be lost."""
        self._heard["SYNC"] += 1
        if not self.config.fast_link_up:
            self._say("SYNC_RSP")
        elif self._stage == "sync":
            self._say("SYNC_RSP", *self._at_once("SYNC"), "CONFIG")
        else:
            self._say("SYNC_RSP", "CONFIG")

    def _answer_config_and_ask(self, packet: H5Packet) -> None:
        """The chip answers only the CONFIG after its own."""
        self._heard["CONFIG"] += 1
        self._say("CONFIG_RSP", *self._at_once("CONFIG"))

    def _answer_config_and_repeat_packet(self, packet: H5Packet) -> None:
        """Only now does the chip take packets; it has dropped the one in flight."""
        self._heard["CONFIG"] += 1
        self._answer_config(packet)
        if self.config.fast_link_up and self._attempts < self.config.transmissions:
            self._retransmit(None)

    def _give_up_sync(self, _: None) -> None:
        """Without a sign of life RESET may help, also where none was wished: there is nothing left to keep."""
        silent = not self._was_reset and not self._heard["SYNC"]
        self._lose(LostReason.NO_SYNC_RSP, relinking=silent)
        if silent:
            self._input(Input.OPEN)

    def _give_up_config(self, _: None) -> None:
        self._lose(LostReason.NO_CONFIG_RSP)

    def _relink_after_restart(self, _: H5Packet) -> None:
        self._events.append(ChipRestarted())
        self._relink(LostReason.PEER_RESTARTED)

    def _relink_after_mismatch(self, packet: H5Packet) -> None:
        self._heard[f"ACK {packet.ack}, not {self._seq} or {self._seq + 1 & 7}"] = 1
        self._relink(LostReason.ACK_MISMATCH)

    def _relink_after_silence(self, _: None) -> None:
        self._relink(LostReason.NO_ACK)

    def _relink(self, reason: LostReason) -> None:
        self._lose(reason, relinking=True)
        self._input(self._opening())

    def _advice(self, reason: LostReason, heard: Counter[str]) -> str:
        return advice(reason, heard, after_reset=self._was_reset)

    def _ask_sync(self) -> None:
        # SYNC_RSP and CONFIG unasked: a chip that is already listening is through with them.
        self._say(*(("SYNC", "SYNC_RSP", "CONFIG") if self.config.fast_link_up else ("SYNC",)))

    def _at_once(self, question: str) -> tuple[str, ...]:
        """A question, before its interval is over. Not for ever: two hosts on one line must not chase each other."""
        if not (self.config.fast_link_up and self._questions_left):
            return ()
        self._questions_left -= 1
        return (question,)

    def _link_interval_s(self) -> float:
        return self.config.interval_s(h5.HEADER_SIZE)
