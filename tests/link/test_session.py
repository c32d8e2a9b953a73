"""Commands and their answers, in virtual time: a session, the chip's end of the link, and no clock, thread or port."""

from __future__ import annotations

import pytest
from link.link_bytes import ACKS, CONFIG_RSP, SYNC, SYNC_RSP, packet, shown

from gatts_codec import (
    Codec,
    DecodeError,
    EncodeError,
    HostConfig,
    HvcEvent,
    LinkClosed,
    LinkError,
    LinkReset,
    LinkTimeout,
    Opaque,
    SysAttrGet,
    ValueBuffer,
    ValueGet,
)
from gatts_codec.framing import framing_named
from gatts_codec.link.chip_link import ChipLink
from gatts_codec.link.diagnosis import NOT_RESET
from gatts_codec.link.events import PacketIgnored, PacketReceived
from gatts_codec.link.goals import Request
from gatts_codec.link.host_link import HostLink
from gatts_codec.link.inbox import AnyEvent, Arrival, Inbox, Waiter
from gatts_codec.link.plain import PlainLink
from gatts_codec.link.session import CallSession

CODEC = Codec("sd_api_v5")
# The bytes of a command and of its answer, packet type and opcode first.
GET, GOT = b"\x00\xa5\xff\xff\x0d\x00", b"\x01\xa5\x00\x00\x00\x00"
ADD, ADDED = b"\x00\xa0\x01", b"\x01\xa0\x00\x00\x00\x00"
SYS_ATTR_GET = CODEC.pack(SysAttrGet(0, 20))
DTM, DTM_ANSWER = b"\x03\x00\x01", b"\x04\x07\x00"
RESET_CHIP = b"\x05\x00"
EVENT = CODEC.pack(HvcEvent(0, 15))


class Conversation:
    """A session whose link is up, and the chip it talks to. Bytes travel when ``settle`` says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self.session = CallSession(HostLink(HostConfig(reset=False)), CODEC, Inbox(8))
        self.chip = ChipLink()
        self.heard: list[bytes] = []
        """What the chip was sent."""
        self.chip.open(0.0)
        self.session.open(0.0)
        self.settle()

    def settle(self) -> None:
        """Carry bytes to and fro until neither end has more to say."""
        while True:
            there, back = self.session.data_to_send(), self.chip.data_to_send()
            if not there and not back:
                return
            events = self.chip.receive_data(there, self.now)
            self.heard += [event.payload for event in events if isinstance(event, PacketReceived)]
            self.session.receive_data(back, self.now)

    def ask(self, payload: bytes, timeout_s: float = 1.5) -> Request:
        """A request that the chip has acknowledged."""
        request = Request(payload, timeout_s)
        self.session.start(request, self.now)
        self.settle()
        return request

    def say(self, *payloads: bytes) -> None:
        """Let the chip send packets."""
        for payload in payloads:
            self.chip.send(payload, self.now)
        self.settle()

    def call(self, payload: bytes, *, answers: bool) -> bytes:
        """A whole call, as a client makes it, to a chip that answers with the opcode and a result, or not at all."""
        request = Request(payload, 1.5, until=self.now + 1.5)
        try:
            for goal in self.session.steps(request, lambda: self.now):
                self.settle()
                if answers and not goal.done:
                    self.say(b"\x01" + self.heard[-1][1:2] + bytes(4))
                if not goal.done:
                    self.now += 1.5
                    self.session.tick(self.now)
        finally:
            self.session.abandon(request)
        if request.error is not None:
            raise request.error
        return request.answer

    def time_out(self, payload: bytes) -> Request:
        """A request that the chip acknowledges and does not answer in time."""
        request = self.ask(payload)
        self.now += 1.5
        self.session.tick(self.now)
        assert isinstance(request.error, LinkTimeout)
        return request


def test_the_response_with_the_opcode_of_the_command_is_its_answer() -> None:
    talk = Conversation()
    request = talk.ask(GET)
    assert (talk.heard, request.done, request.answer) == ([GET], False, b"")
    talk.say(GOT + b"\x01")
    assert (request.done, request.answer, request.error) == (True, GOT + b"\x01", None)
    assert talk.session.is_ready
    talk.now = 9.0
    talk.session.tick(9.0)
    assert request.error is None


def test_a_dtm_command_is_answered_by_any_dtm_response() -> None:
    talk = Conversation()
    request = talk.ask(DTM)
    talk.say(GOT)
    assert not request.done
    talk.say(DTM_ANSWER)
    assert (request.done, request.answer) == (True, DTM_ANSWER)


def test_for_other_packets_the_ack_is_all_there_is() -> None:
    talk = Conversation()
    request = Request(RESET_CHIP, 1.5)
    talk.session.start(request, 0.0)
    assert not request.done
    talk.settle()
    assert (request.done, request.answer, request.error) == (True, b"", None)
    talk.say(EVENT)
    talk.session.abandon(talk.ask(RESET_CHIP))
    assert talk.session.is_ready


class TestTime:
    def test_it_is_that_of_the_whole_call(self) -> None:
        talk = Conversation()
        request = Request(GET, 1.5)
        talk.session.start(request, 0.0)
        assert (request.until, talk.session.next_deadline()) == (1.5, 0.25)
        talk.session.tick(0.25)
        talk.now = 0.5
        talk.settle()
        assert talk.session.next_deadline() == 1.5
        talk.session.tick(1.499)
        assert not request.done
        talk.session.tick(1.5)
        assert request.done
        assert talk.session.next_deadline() is None

    def test_it_may_have_begun_before(self) -> None:
        talk = Conversation()
        request = Request(GET, 1.5, until=0.2)
        talk.session.start(request, 0.0)
        assert talk.session.next_deadline() == 0.2

    def test_no_ack_in_time(self) -> None:
        talk = Conversation()
        request = Request(GET, 0.2)
        talk.session.start(request, 0.0)
        talk.session.tick(0.2)
        assert isinstance(request.error, LinkTimeout)
        assert request.error.stage == "ack"
        assert "was not acknowledged within 0.2 s; heard nothing else" in str(request.error)
        talk.settle()
        talk.say(GOT)  # it was sent, and is owed
        assert talk.session.is_ready

    def test_the_first_of_what_is_due(self) -> None:
        talk = Conversation()
        talk.ask(GET, timeout_s=1.5)
        talk.session.link.send(ADD, 0.0)
        assert talk.session.next_deadline() == 0.25
        talk.settle()
        talk.now = 1.4
        talk.session.link.send(ADD, 1.4)
        assert talk.session.next_deadline() == 1.5

    def test_no_answer_in_time(self) -> None:
        talk = Conversation()
        request = talk.ask(GET)
        talk.session.tick(1.5)
        error = request.error
        assert isinstance(error, LinkTimeout)
        assert (error.stage, error.attempts, error.heard) == ("response", 1, "nothing else")
        assert "was acknowledged, and the chip did not answer it within 1.5 s; heard nothing else" in str(
            error
        )
        assert (request.answer, request.done) == (b"", True)

    def test_an_abandoned_command_s_ack_is_not_the_next_one_s(self) -> None:
        talk = Conversation()
        first, second = Request(GET, 1.5), Request(ADD, 1.5)
        talk.session.start(first, 0.0)
        talk.session.abandon(first)
        talk.session.start(second, 0.0)
        talk.session.receive_data(ACKS[1], 0.1)
        assert not second.acked
        talk.session.receive_data(ACKS[2], 0.2)
        assert second.acked

    def test_an_ack_for_nobody(self) -> None:
        talk = Conversation()
        request = Request(GET, 1.5)
        talk.session.start(request, 0.0)
        talk.session.abandon(request)
        talk.settle()
        assert talk.session.next_deadline() is None

    def test_one_that_nobody_abandoned(self) -> None:
        """The caller was interrupted before it could: the next command does not get its answer."""
        talk = Conversation()
        talk.session.start(Request(GET, 1.5), 0.0)
        talk.session.start(Request(ADD, 1.5), 0.0)
        assert talk.session.debts.barrier_for(Request(GET, 1.5)) is not None


class TestLateResponses:
    def test_a_late_response_is_dropped_with_a_note(self, caplog: pytest.LogCaptureFixture) -> None:
        talk = Conversation()
        request = talk.time_out(GET)
        assert not talk.session.is_ready
        other = talk.ask(ADD)
        talk.say(GOT)
        assert (request.answer, other.done, talk.session.debts.barrier_for(request)) == (b"", False, None)
        assert f"dropped a late response: {GOT.hex(' ')}" in caplog.messages
        talk.session.tick(3.0)
        assert isinstance(other.error, LinkTimeout)
        assert other.error.heard == "a late response (01 a5)"

    def test_the_chip_answers_in_order_so_an_answer_settles_what_came_before(self) -> None:
        talk = Conversation()
        for command in (GET, DTM, ADD):
            talk.time_out(command)
        talk.say(DTM_ANSWER)  # of the DTM command: that of GET will never come, that of ADD may
        assert talk.session.debts.barrier_for(Request(GET, 1.5)) is None
        assert talk.session.debts.barrier_for(Request(ADD, 1.5)) is not None
        assert talk.ask(b"\x00\xa4").error is None
        talk.say(b"\x01\xa4")
        assert talk.session.is_ready

    def test_an_abandoned_command_is_owed_its_response(self) -> None:
        talk = Conversation()
        request = talk.ask(GET)
        talk.session.abandon(Request(ADD, 1.5))
        assert talk.session.debts.barrier_for(request) is None
        talk.session.abandon(request)
        talk.session.abandon(request)
        assert not talk.session.is_ready
        talk.say(GOT)
        assert talk.session.is_ready
        assert not request.done

    def test_a_restart_of_the_chip_settles_everything(self) -> None:
        talk = Conversation()
        talk.time_out(GET)
        talk.session.receive_data(SYNC, talk.now)
        assert talk.session.debts.barrier_for(Request(GET, 1.5)) is None

    def test_a_new_link_settles_nothing(self) -> None:
        """It is our doing: a chip that was only busy still answers what it was asked before."""
        talk = Conversation()
        talk.time_out(GET)
        talk.session.open(talk.now)
        talk.settle()
        assert talk.session.link.is_up
        assert talk.session.debts.barrier_for(Request(GET, 1.5)) is not None

    def test_nor_does_a_loss_that_is_no_restart(self) -> None:
        talk = Conversation()
        request = Request(GET, 60.0)
        talk.session.start(request, talk.now)
        while not request.done:  # the chip has it; its ACKs are lost
            talk.session.data_to_send()
            talk.now = talk.session.next_deadline() or talk.now
            talk.session.tick(talk.now)
        assert isinstance(request.error, LinkTimeout)
        assert talk.session.debts.barrier_for(Request(GET, 1.5)) is not None

    def test_a_barrier_whose_caller_has_gone_is_owed_its_answer(self) -> None:
        """Its opcode is free for any other call, which must not get that answer."""
        talk = Conversation()
        talk.time_out(ADD)
        steps = talk.session.steps(Request(ADD, 1.5), lambda: talk.now)
        next(steps)
        assert next(steps) is not None  # the barrier is under way
        assert not talk.session.is_ready
        again = talk.session.steps(Request(GET, 1.5), lambda: talk.now)
        next(again)
        assert talk.session.debts.barrier_for(Request(GET, 1.5)) is not None


class TestBarrier:
    def test_none_where_no_response_of_that_opcode_is_owed(self) -> None:
        talk = Conversation()
        assert talk.session.debts.barrier_for(Request(ADD, 1.5)) is None
        talk.time_out(GET)
        assert talk.session.debts.barrier_for(Request(ADD, 1.5)) is None

    def test_a_read_that_changes_nothing(self) -> None:
        talk = Conversation()
        talk.time_out(ADD)
        request = Request(ADD, 0.7, until=2.5)
        barrier = talk.session.debts.barrier_for(request)
        assert barrier is not None
        assert CODEC.unpack(barrier.payload) == ValueGet(0xFFFF, 0, ValueBuffer(0, 0, value_present=False))
        assert (barrier.timeout_s, barrier.until) == (0.7, 2.5)

    def test_another_where_that_is_owed_itself(self) -> None:
        talk = Conversation()
        talk.time_out(GET)
        barrier = talk.session.debts.barrier_for(Request(GET, 1.5))
        assert barrier is not None
        assert CODEC.unpack(barrier.payload) == SysAttrGet(0xFFFF, 0, sys_attr_data_present=False)

    def test_one_that_is_owed_itself_settles_what_was_sent_before_it(self) -> None:
        talk = Conversation()
        for command in (ADD, GET, SYS_ATTR_GET):
            talk.time_out(command)
        barrier = talk.session.debts.barrier_for(Request(ADD, 1.5))
        assert barrier is not None
        assert barrier.payload == CODEC.pack(ValueGet(0xFFFF, 0, ValueBuffer(0, 0, value_present=False)))
        talk.session.start(barrier, talk.now)
        talk.settle()
        talk.say(GOT)  # the answer to the first or to the barrier, who knows
        assert barrier.done
        assert talk.session.debts.barrier_for(Request(ADD, 1.5)) is None
        assert talk.session.debts.barrier_for(Request(GET, 1.5)) is not None
        talk.say(b"\x01\xaa", GOT)
        assert talk.session.is_ready

    def test_as_many_as_it_takes(self) -> None:
        talk = Conversation()
        for command in (GET, SYS_ATTR_GET, ADD):
            talk.time_out(command)
        kinds = []
        while (barrier := talk.session.debts.barrier_for(Request(ADD, 1.5))) is not None:
            kinds.append(barrier.head)
            talk.session.start(barrier, talk.now)
            talk.settle()
            talk.say(barrier.head + bytes(4))
        assert kinds == [b"\x01\xa5", b"\x01\xa5"]

    @pytest.mark.parametrize("commands", [2, 3, 4, 9])
    def test_a_chip_that_forgot_some_answers_is_used_again(self, commands: int) -> None:
        talk = Conversation()
        for _ in range(commands):
            with pytest.raises(LinkTimeout):
                talk.call(ADD, answers=False)
        assert talk.call(ADD, answers=True) == ADDED

    def test_one_that_never_answers_is_owed_no_more_than_it_can_keep(self) -> None:
        talk = Conversation()
        for _ in range(1100):
            talk.time_out(ADD)
        assert len(talk.session.debts.heads) == 1000
        assert talk.call(ADD, answers=True) == ADDED

    def test_one_that_has_answered_lately_does_not_hang_yet(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gatts_codec.link.session.HANG_S", 5.0)
        talk = Conversation()
        talk.now = 100.0
        assert talk.call(ADD, answers=True) == ADDED
        talk.time_out(ADD)
        with pytest.raises(LinkTimeout, match="did not answer it within"):
            talk.call(ADD, answers=False)
        assert talk.session.link.is_up

    def test_a_chip_that_answers_nothing_hangs_and_gets_a_new_link(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gatts_codec.link.session.HANG_S", 5.0)
        talk = Conversation()
        talk.time_out(ADD)
        for _ in range(2):
            with pytest.raises(LinkTimeout, match="did not answer it within"):
                talk.call(ADD, answers=False)
        with pytest.raises(
            LinkTimeout, match=r"^the chip acknowledges .* it hangs; the link is restarted$"
        ) as caught:
            talk.call(ADD, answers=False)
        assert (caught.value.stage, caught.value.attempts) == ("response", 1)
        assert not talk.session.link.is_up
        talk.settle()
        assert talk.call(ADD, answers=True) == ADDED


class TestStrays:
    @pytest.mark.parametrize(
        ("stray", "note"),
        [
            (b"\x00\xa5\x01", "command of our own, so the port echoes what is written"),
            (b"\x01\xa7\x01", "response that nobody asked for"),
            (b"\x05\xa7\x01", "packet of a type that no chip sends"),
        ],
    )
    def test_are_noted_with_their_first_bytes(
        self, stray: bytes, note: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        talk = Conversation()
        request = talk.ask(ADD)
        talk.say(stray)
        talk.session.tick(1.5)
        assert isinstance(request.error, LinkTimeout)
        assert request.error.heard == f"a {note} ({stray[:2].hex(' ')})"
        assert caplog.messages == [f"dropped a {note}: {stray.hex(' ')}"]

    def test_only_the_first_few_and_only_those_since_the_command(self) -> None:
        talk = Conversation()
        talk.say(b"\x01\x01")
        request = talk.ask(ADD)
        talk.say(*(bytes([1, number]) for number in range(2, 12)))
        talk.session.tick(1.5)
        assert isinstance(request.error, LinkTimeout)
        opcodes = [part[-3:-1] for part in request.error.heard.split(", ")]
        assert opcodes == [f"{number:02x}" for number in range(2, 10)]


class TestEvents:
    def events(self, talk: Conversation) -> list[AnyEvent]:
        """What nobody has taken yet."""
        waiter = Waiter(talk.session.inbox, None)
        return list(iter(waiter.look, None))

    def test_come_to_the_listener_and_the_inbox(self) -> None:
        talk = Conversation()
        seen: list[AnyEvent] = []

        def listen(arrival: Arrival) -> bool:
            seen.append(arrival.event)
            return True

        talk.session.listener = listen
        request = talk.ask(GET)
        talk.say(EVENT)
        assert seen == self.events(talk) == [HvcEvent(0, 15)]
        assert not request.done

    @pytest.mark.parametrize(("listens", "warned"), [(None, True), (False, True), (True, False)])
    def test_dropping_one_is_no_loss_if_somebody_listens(
        self, listens: bool | None, warned: bool, caplog: pytest.LogCaptureFixture
    ) -> None:
        talk = Conversation()
        talk.session.listener = None if listens is None else lambda event: bool(listens)
        talk.say(*[EVENT] * 9)
        assert talk.session.inbox.lost == 1
        assert ("nobody takes events" in caplog.text) == warned

    @pytest.mark.parametrize(
        ("payload", "event"),
        [
            (b"\x02\x55\x00\x01", Opaque(2, "event", "gatts", 0x55, b"\x01")),
            (b"\x02\x55\x00", Opaque(2, "event", "gatts", 0x55, b"")),
            (b"\x02\x55", Opaque(2, "event", "unknown", None, b"\x55")),
            (b"\x02", Opaque(2, "event", "unknown", None, b"")),
        ],
    )
    def test_that_do_not_decode_are_passed_on_as_they_are(
        self, payload: bytes, event: Opaque, caplog: pytest.LogCaptureFixture
    ) -> None:
        talk = Conversation()
        talk.say(payload)
        assert self.events(talk) == [event]
        (message,) = caplog.messages
        assert message.startswith("an event that does not decode: ")
        assert "at offset" in message


class TestLoss:
    def test_the_call_under_way_is_told_and_nobody_else(self) -> None:
        talk = Conversation()
        request = talk.ask(GET)
        talk.session.receive_data(SYNC, 0.1)
        assert isinstance(request.error, LinkReset)
        assert (request.answer, talk.session.down, talk.session.unreported) == (b"", None, None)
        talk.settle()
        assert talk.session.is_ready

    def test_with_no_call_under_way_the_next_one_is_told_once(self) -> None:
        talk = Conversation()
        talk.session.receive_data(SYNC, 0.1)
        talk.settle()
        assert not talk.session.is_ready
        reason = r"since the last call .* attribute table may be gone: .*restarted"
        with pytest.raises(LinkReset, match=reason) as caught:
            talk.session.report()
        assert caught.value.stage == "active"
        assert talk.session.is_ready
        talk.session.report()

    def test_a_loss_in_between_says_what_it_was(self) -> None:
        talk = Conversation()
        request = Request(GET, 1.5)
        talk.session.start(request, 0.0)
        talk.session.abandon(request)
        talk.session.receive_data(ACKS[0], 0.1)
        for _ in range(6):
            talk.session.tick(talk.session.next_deadline() or 0.0)
        with pytest.raises(LinkReset) as caught:
            talk.session.report()
        assert (caught.value.stage, caught.value.attempts, caught.value.heard) == ("ack", 6, "1 ACK")

    def test_it_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("INFO")
        Conversation().session.receive_data(SYNC, 0.1)
        (message,) = caplog.messages
        assert message.startswith("link lost: the peer sent SYNC")

    def test_who_waits_for_an_event_is_told(self) -> None:
        talk = Conversation()
        waiter = Waiter(talk.session.inbox, None)
        waiter.enter()
        talk.session.receive_data(SYNC, 0.1)
        assert isinstance(waiter.error, LinkReset)
        assert talk.session.unreported is None
        with pytest.raises(LinkReset):
            talk.session.check(waiter)
        talk.session.withdraw(waiter)
        assert talk.session.unreported is None

    def test_who_was_interrupted_before_he_was_told_leaves_it_to_the_next(self) -> None:
        talk = Conversation()
        waiter = Waiter(talk.session.inbox, None)
        waiter.enter()
        talk.session.receive_data(SYNC, 0.1)
        talk.session.withdraw(waiter)
        assert isinstance(talk.session.unreported, LinkReset)
        talk = Conversation()
        request = talk.ask(GET)
        talk.session.receive_data(SYNC, 0.1)
        talk.session.abandon(request)
        assert talk.session.unreported is None
        talk.session.tell_next(request.error)
        assert isinstance(talk.session.unreported, LinkReset)

    def test_a_link_that_does_not_come_up_is_down_until_it_is_opened_again(self) -> None:
        session = CallSession(HostLink(), CODEC, Inbox(8))
        session.open(0.0)
        assert session.down is None
        for _ in range(7):
            session.tick(session.next_deadline() or 0.0)
        assert isinstance(session.down, LinkTimeout)
        assert not session.is_closed
        session.report()
        session.open(9.0)
        assert session.down is None
        assert "RESET" in shown(session.data_to_send())

    def test_a_call_waits_for_a_link_as_long_as_it_may(self) -> None:
        talk = Conversation()
        talk.session.open(0.0)
        steps = talk.session.steps(Request(GET, 1.5, until=1.5), lambda: talk.now)
        assert not next(steps).done
        with pytest.raises(
            LinkTimeout, match=r"^the link is being restarted, and was not up within 1.5 s"
        ) as caught:
            next(steps)
        assert caught.value.stage == "sync"

    def test_a_call_opens_one_that_is_down_and_says_why_it_did_not_come_up(self) -> None:
        session = CallSession(HostLink(), CODEC, Inbox(8))
        session.open(0.0)
        for _ in range(7):
            session.tick(session.next_deadline() or 0.0)
        first = session.down
        steps = session.steps(Request(GET, 60.0, until=60.0), lambda: 9.0)
        goal = next(steps)
        assert (goal.done, session.down) == (False, None)
        for _ in range(7):
            session.tick(session.next_deadline() or 9.0)
        assert goal.done
        with pytest.raises(LinkTimeout, match="SYNC was not answered") as caught:
            next(steps)
        assert caught.value is not session.down is not first

    def test_a_reset_that_nobody_wished_for_is_reported(self) -> None:
        session = CallSession(HostLink(HostConfig(reset=False)), CODEC, Inbox(8))
        session.open(0.0)
        for _ in range(7):
            session.tick(session.next_deadline() or 0.0)
        session.receive_data(SYNC_RSP + CONFIG_RSP, 2.0)
        assert session.link.is_up
        with pytest.raises(LinkReset, match=r"table may be gone: SYNC was not answered .* needs the RESET"):
            session.report()
        session.report()

    def test_before_it_is_opened_it_is_closed(self) -> None:
        session = CallSession(HostLink(), CODEC, Inbox(8))
        assert session.is_closed
        with pytest.raises(LinkClosed, match=r"^not connected") as caught:
            session.report()
        assert caught.value.stage == "closed"

    def test_a_command_that_was_refused_is_not_under_way(self) -> None:
        talk = Conversation()
        with pytest.raises(EncodeError):
            talk.session.start(Request(bytes(5000), 1.5), 0.0)
        talk.session.receive_data(SYNC, 0.1)
        assert talk.session.unreported is not None


class TestClose:
    def test_who_waits_is_told_and_so_is_every_later_call(self) -> None:
        talk = Conversation()
        request, waiter = talk.ask(GET), Waiter(talk.session.inbox, None)
        waiter.enter()
        error = LinkClosed("was closed", stage="closed")
        talk.session.close(error, 0.1)
        assert request.error is waiter.error is talk.session.down is error
        assert not talk.session.link.is_up
        assert not talk.session.is_ready
        for _ in range(2):
            with pytest.raises(LinkClosed, match="was closed") as caught:
                talk.session.report()
            assert caught.value is not error  # each caller's own, with a traceback of its own

    def test_the_first_reason_stays(self) -> None:
        talk = Conversation()
        talk.session.close(LinkClosed("went away", stage="closed"), 0.1)
        talk.session.close(LinkClosed("was closed", stage="closed"), 0.2)
        assert "went away" in str(talk.session.down)

    def test_a_closed_link_has_no_news(self) -> None:
        talk = Conversation()
        talk.session._finish(talk.session.link.close(0.1))
        assert (talk.session.down, talk.session.unreported) == (None, None)


class TestInterrupts:
    """An exception that is not ours, out of the middle of a step."""

    def test_what_the_link_had_begun_is_undone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        talk = Conversation()
        request = talk.ask(GET)
        talk.chip.send(GOT, 0.0)
        data = talk.chip.data_to_send()
        take = talk.session.link.receive_data

        def strike(data: bytes, now: float) -> None:
            take(data, now)
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(talk.session.link, "receive_data", strike)
            with pytest.raises(KeyboardInterrupt):
                talk.session.receive_data(data, 0.0)
        assert (talk.session.data_to_send(), talk.session.next_deadline()) == (b"", 0.0)
        talk.session.receive_data(data, 0.1)  # the chip repeats what has no ACK
        assert (request.answer, talk.session.data_to_send()) == (GOT, ACKS[1])

    def test_what_the_link_has_reported_is_worked_off_by_the_next_step(self) -> None:
        talk = Conversation()
        strikes = [KeyboardInterrupt]

        def listener(arrival: Arrival) -> bool:
            for strike in strikes:
                raise strike
            return False

        talk.session.listener = listener
        talk.chip.send(EVENT, 0.0)
        data = talk.chip.data_to_send()
        with pytest.raises(KeyboardInterrupt):
            talk.session.receive_data(data, 0.0)
        assert talk.session.data_to_send() == ACKS[1]
        strikes.clear()
        talk.session.tick(0.1)
        waiter = Waiter(talk.session.inbox, None)
        assert (waiter.look(), waiter.look()) == (HvcEvent(0, 15), None)

    def test_only_the_caller_that_lost_the_link_leaves_it_to_the_next(self) -> None:
        talk = Conversation()
        talk.session.tell_next(LinkReset("of another time", stage="ack"))
        assert talk.session.unreported is None


class Doubt:
    """A suspicion that shows what it was asked about."""

    def about_answer(self, answer: bytes) -> str:
        return f"doubt of {answer.hex()}"

    def about_loss(self, error: LinkError, command: bytes) -> str:
        return f"doubt of {error.stage} {command.hex()}"


class TestWhatCallersGet:
    def test_a_response_of_the_codec_s_or_an_opaque_one(self) -> None:
        session, get = Conversation().session, ValueGet(0xFFFF, 13, ValueBuffer(0, value_present=False))
        assert session.response_in(GOT + bytes(1), get) == CODEC.unpack(GOT + bytes(1))
        asked = Opaque(0, "command", "gap", 0x6C, b"\x07")
        assert session.response_in(b"\x01\x6c\x02\x03", asked) == Opaque(
            1, "response", "gap", 0x6C, b"\x02\x03"
        )

    def test_what_does_not_decode_says_what_is_suspected(self, monkeypatch: pytest.MonkeyPatch) -> None:
        session, get = Conversation().session, ValueGet(0xFFFF, 13, ValueBuffer(0, value_present=False))
        monkeypatch.setattr(session, "_suspicion", Doubt())
        with pytest.raises(DecodeError, match=r"ends within this field; doubt of 01a500\n"):
            session.response_in(b"\x01\xa5\x00", get)

    @pytest.mark.parametrize("reset", [True, False])
    @pytest.mark.parametrize("stage", ["ack", "response"])
    def test_an_error_of_their_own(self, stage: str, reset: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        session = CallSession(HostLink(HostConfig(reset=reset)), CODEC, Inbox(8))
        session.open(0.0)
        monkeypatch.setattr(session, "_suspicion", Doubt())
        request = Request(GET, 1.5)
        request.finish(b"", LinkTimeout("It fell silent", stage=stage))
        note = f"; {NOT_RESET}" if stage == "response" and not reset else ""
        assert session.error_of(request).reason == f"It fell silent{note}; doubt of {stage} {GET.hex()}"
        assert request.error is not None
        assert request.error.reason == "It fell silent"


def test_bad_frames_and_whatever_else_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    talk = Conversation()
    talk.session.receive_data(bytes.fromhex("c0002f00d2017ec0") + packet(b"\x02", seq=3), 0.1)
    *_, bad_frame, ignored = caplog.records
    assert bad_frame.getMessage().startswith("bad frame: h5 header_checksum")
    assert ignored.getMessage().startswith("PacketIgnored(packet=")
    assert not isinstance(ignored.msg, PacketIgnored)  # which is turned into words only if somebody logs it


def test_on_a_line_without_acknowledgements_sent_is_acknowledged() -> None:
    session = CallSession(PlainLink(framing_named("length"), HostConfig()), CODEC, Inbox(8))
    session.open(0.0)
    request = Request(GET, 1.5)
    session.start(request, 1.0)
    assert request.acked
    assert session.next_deadline() == 2.5
    session.tick(2.5)
    assert "the command was sent, and" in str(request.error)
    session.receive_data(framing_named("length").encode(GOT), 3.0)
    assert session.is_ready
