"""What an end owes its user and its peer, in whatever state it is: everything that can happen to it is tried on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from typing import NamedTuple

from gatts_codec.framing import Decoder, H5Packet, H5Type, encode_frame
from gatts_codec.link.chip_link import ChipLink
from gatts_codec.link.end import LINK_PAYLOADS, LinkEnd
from gatts_codec.link.events import (
    FrameRejected,
    LinkEvent,
    LinkLost,
    LinkUp,
    PacketAcked,
    PacketIgnored,
    PacketReceived,
    Rebooted,
)
from gatts_codec.link.machine import HostState
from tools.explore.ledger import Violation

NOW, LATER = 0.0, 1e9
ENDLESS = 20  # deadlines; with two attempts each, a packet, SYNC, RESET and SYNC again have eight
LINK_FRAMES = {
    name: encode_frame(H5Packet(H5Type.LINK_CONTROL, payload)) for name, payload in LINK_PAYLOADS.items()
}
ANSWERS = {"SYNC": "SYNC_RSP", "CONFIG": "CONFIG_RSP"}
UP = "ACTIVE", "AWAITING_ACK"
UNANSWERED = {"UNINITIALIZED": "SYNC", "AWAITING_ACK": "VENDOR_SPECIFIC"}
# Where it is the peer that has to go on, and will, because it repeats itself.
WAITS_WITHOUT_END = "CLOSED", "ACTIVE", "INITIALIZED", "CONFIG_ACCEPTED"


class Trial(NamedTuple):
    """What happened to an end, and what it said (the names of the frames) and reported then."""

    what: str
    before: LinkEnd
    after: LinkEnd
    said: tuple[str, ...]
    told: list[LinkEvent]

    def count(self, kind: type[LinkEvent]) -> int:
        """How many events of a kind were reported."""
        return sum(isinstance(event, kind) for event in self.told)

    @property
    def is_frame(self) -> bool:
        """Whether it was a frame that arrived, and not a call or the clock."""
        return self.what[0].isupper()

    @property
    def stays(self) -> bool:
        """Whether the end is still in the state in which it was."""
        return self.after.state is self.before.state


def hold(end: LinkEnd) -> None:
    """Raises Violation if there is anything to which this end does not do what it owes."""
    for trial in trials(end):
        for clause in CLAUSES:
            if not clause(trial):
                raise Violation(f"{trial.what} in {end.state.name}: not so: {clause.__doc__}")


def trials(end: LinkEnd) -> Iterator[Trial]:
    """Everything that can happen to an end, one after the other, each to a copy that hears well."""
    known = twin(end)
    known._decoder.reset()
    for call in ("open", "close", "reboot", "tick"):
        if hasattr(end, call) and (call != "tick" or end.next_deadline() is not None):
            after = twin(known)
            now = LATER if call == "tick" else NOW
            yield _trial(call, known, after, getattr(after, call)(now))
    if end.is_up:
        after = twin(known)
        after.send(b"\x00\x00", NOW)
        yield _trial("send", known, after, [])
    for name, frame in _frames(end):
        after = twin(known)
        yield _trial(name, known, after, after.receive_data(frame, NOW))


def twin(end: LinkEnd) -> LinkEnd:
    """A copy that goes its own way. (``deepcopy`` would take ten times as long.)"""
    other = copy(end)
    other._decoder, other._heard = copy(end._decoder), copy(end._heard)
    other._decoder._body = bytearray(end._decoder._body)
    return other


def _trial(what: str, before: LinkEnd, after: LinkEnd, told: list[LinkEvent]) -> Trial:
    return Trial(what, before, after, tuple(_names(after.data_to_send())), told)


def _frames(end: LinkEnd) -> Iterator[tuple[str, bytes]]:
    yield from LINK_FRAMES.items()
    yield "RESET", encode_frame(H5Packet(H5Type.RESET))
    for name, ahead in ("ACK_SAME", 0), ("ACK_NEXT", 1), ("ACK_OTHER", 3):
        yield name, encode_frame(H5Packet(H5Type.ACK, ack=end._seq + ahead & 7))
    for name, ahead in ("PACKET_NEXT", 0), ("PACKET_OTHER", 7):
        packet = H5Packet(
            H5Type.VENDOR_SPECIFIC, b"\x00\x00", seq=end._expected + ahead & 7, ack=0, crc=True, reliable=True
        )
        yield name, encode_frame(packet)
    yield "BAD_FRAME", b"\xc0\x01\x02\x03\x04\xc0"


def _names(data: bytes) -> Iterator[str]:
    for frame in Decoder().feed(data):
        packet = frame.packet
        if packet is not None:
            yield f"ACK{packet.ack}" if packet.type == H5Type.ACK else packet.link or packet.type_name


# -- the clauses


def is_whole(trial: Trial) -> bool:
    """up is who is ACTIVE or AWAITING_ACK, and only who awaits an ACK has a packet in flight"""
    after = trial.after
    return after.is_up == (after.state.name in UP) and (after._in_flight is not None) == (
        after.state.name == "AWAITING_ACK"
    )


def goes_on(trial: Trial) -> bool:
    """who waits has a deadline, unless the next step is its peer's; a closed end has none"""
    after, name = trial.after, trial.after.state.name
    waits = WAITS_WITHOUT_END if isinstance(after, ChipLink) else WAITS_WITHOUT_END[:2]
    return name in waits if after.next_deadline() is None else name != "CLOSED"


def is_silent_when_closed(trial: Trial) -> bool:
    """a closed end says nothing and wants nothing until it is opened, and reports the good frames that it ignores"""
    if trial.before.state or trial.what == "open":
        return True
    ignored = int(trial.is_frame and trial.what != "BAD_FRAME")
    quiet = len(trial.told) == trial.count(PacketIgnored) == ignored
    return quiet and not (trial.after.state or trial.said or trial.after.next_deadline())


def does_as_it_is_told(trial: Trial) -> bool:
    """close closes; open, reboot and RESET lead to the beginning from everywhere, and a chip reports a restart"""
    after, what = trial.after, trial.what
    if what == "close":
        return not after.state
    restarts = what in ("reboot", "RESET") and isinstance(after, ChipLink) and _is_on(trial)
    begins = after.state.name in ("DEAF", "UNINITIALIZED") and not after.waiting
    return begins and trial.count(Rebooted) == restarts if restarts or what == "open" else True


def takes_notice(trial: Trial) -> bool:
    """a frame is answered, changes the state or is reported"""
    return not (trial.is_frame and _is_on(trial)) or not trial.stays or bool(trial.said or trial.told)


def keeps_its_word(trial: Trial) -> bool:
    """what an end says that it ignores, or that it cannot read, changes nothing"""
    return trial.stays or not (trial.count(PacketIgnored) or trial.count(FrameRejected))


def is_deaf(trial: Trial) -> bool:
    """what comes to a host that is deaf changes nothing and is not answered"""
    if trial.before.state is not HostState.DEAF or not trial.is_frame:
        return True
    return trial.stays and not trial.said and len(trial.told) == 1


def reports_each_link(trial: Trial) -> bool:
    """LinkUp is reported when the link comes up, LinkLost when it ends, and neither without that"""
    was, is_up = trial.before.is_up, trial.after.is_up
    ups, ends = trial.count(LinkUp), trial.count(LinkLost)
    if ends and trial.is_frame and trial.stays:
        return False
    return ups == (is_up and not was) and (not was or ends == (not is_up))


def has_packets_only_when_up(trial: Trial) -> bool:
    """only an end that is up delivers and acknowledges, and only the ACK of what is in flight is reported"""
    acknowledged = trial.count(PacketReceived) or any(name.startswith("ACK") for name in trial.said)
    has_arrived = trial.before._in_flight is not None and trial.what == "ACK_NEXT"
    return (trial.before.is_up or not acknowledged) and trial.count(PacketAcked) == has_arrived


def keeps_what_it_is_given(trial: Trial) -> bool:
    """a packet that is sent waits until it is acknowledged"""
    return trial.what != "send" or trial.after.waiting == trial.before.waiting + 1


def acknowledges(trial: Trial) -> bool:
    """an end that is up delivers the packet that it expects, and answers any with the number it expects then"""
    before, after = trial.before, trial.after
    if not (before.is_up and trial.what.startswith("PACKET")) or getattr(before, "_holds_command", False):
        return True
    is_next = trial.what == "PACKET_NEXT"
    return (
        after._expected == before._expected + is_next & 7
        and trial.count(PacketReceived) == is_next
        and f"ACK{after._expected}" in trial.said
    )


def answers(trial: Trial) -> bool:
    """SYNC is answered at any time, CONFIG from the first SYNC_RSP on and not before"""
    if trial.what not in ANSWERS or not _is_on(trial) or trial.before.state is HostState.DEAF:
        return True
    if trial.what == "SYNC":
        return bool(trial.said) and (not hasattr(trial.before, "reboot") or "SYNC_RSP" in trial.said)
    return bool(trial.said) == (trial.before.state.name != "UNINITIALIZED")


def takes_answers(trial: Trial) -> bool:
    """the answer to what an end asks brings it a step further"""
    end = twin(trial.after)
    # A host whose SYNC has not been answered asks for CONFIG as a guess.
    unasked = "CONFIG" if end.state is HostState.UNINITIALIZED else ""
    for question in [each for each in ANSWERS if each in trial.said and each != unasked]:
        end.receive_data(LINK_FRAMES[ANSWERS[question]], NOW)
        if end.state is trial.after.state and not end.is_up:
            return False
    return True


def is_not_put_off(trial: Trial) -> bool:
    """what is heard does not make an end begin to count its attempts again where it comes no step further"""
    further = not (trial.is_frame and trial.stays) or trial.count(PacketAcked)
    return bool(further) or trial.after._attempts >= trial.before._attempts


def does_something_in_time(trial: Trial) -> bool:
    """a deadline that comes is heard of, and the next one is later; what has not been answered is said again then"""
    due = trial.after.next_deadline()
    if trial.what != "tick":
        return True
    again = not trial.stays or UNANSWERED.get(trial.before.state.name, "CONFIG") in trial.said
    return again and bool(trial.said or trial.told) and (due is None or due > LATER)


def gives_up(trial: Trial) -> bool:
    """a host whom nobody answers gives up, but one whose link was up begins again first"""
    if trial.before.is_up and not trial.after.state:
        return trial.what == "close"
    if trial.what != "tick" or not isinstance(trial.before.state, HostState):
        return True
    end = twin(trial.after)
    for _ in range(ENDLESS):
        due = end.next_deadline()
        if due is None:
            return True
        end.tick(due)
    return False


def sees_disagreement(trial: Trial) -> bool:
    """an ACK with a number that cannot be ends a link that waits for one at its host's end, at once"""
    concerned = isinstance(trial.before.state, HostState) and trial.before.state is HostState.AWAITING_ACK
    return not (concerned and trial.what == "ACK_OTHER") or not trial.after.is_up


def _is_on(trial: Trial) -> bool:
    return bool(trial.before.state)


CLAUSES: tuple[Callable[[Trial], bool], ...] = (
    is_whole,
    goes_on,
    is_silent_when_closed,
    does_as_it_is_told,
    takes_notice,
    keeps_its_word,
    is_deaf,
    reports_each_link,
    has_packets_only_when_up,
    keeps_what_it_is_given,
    acknowledges,
    answers,
    takes_answers,
    is_not_put_off,
    does_something_in_time,
    gives_up,
    sees_disagreement,
)
