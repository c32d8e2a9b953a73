"""The blocking client: calls, results, other groups, events, threads."""

from __future__ import annotations

import inspect
import pydoc
import threading
from collections.abc import Callable
from typing import Any, get_args, get_type_hints

import pytest
from link.rig import DIALECT, QUICK, rig
from link.scripted_chip import ScriptedChip

from gatts_codec import (
    DIALECTS,
    AsyncClient,
    Attr,
    AttrGet,
    AttrMd,
    AuthorizeParams,
    CharacteristicAdd,
    CharMd,
    CharProps,
    Client,
    Codec,
    CommandFailed,
    DecodeError,
    EncodeError,
    Event,
    GattStatus,
    HvcEvent,
    Hvx,
    HvxParams,
    LinkTimeout,
    Opaque,
    Response,
    RwAuthorizeReply,
    RwAuthorizeReplyParams,
    ScConfirmEvent,
    ServiceAdd,
    ServiceAddResponse,
    ServiceType,
    SysAttrMissingEvent,
    Uuid,
    Value,
    ValueBuffer,
    ValueSet,
    connect,
    memory_pair,
)
from gatts_codec.link.calls.gatts import GattsCalls

ATTR = Attr(Uuid(0x2A37), AttrMd(vlen=1), max_len=20, value=b"\0")
READ = AuthorizeParams(GattStatus.SUCCESS, update=1, data=b"x")

CALLS: dict[str, tuple[Any, ...]] = {
    "service_add": (ServiceType.PRIMARY, Uuid(0x180D)),
    "include_add": (13, 11),
    "characteristic_add": (13, CharMd(CharProps(notify=1)), ATTR),
    "descriptor_add": (15, ATTR),
    "value_set": (0xFFFF, 15, Value(b"\0\x3c")),
    "value_get": (0xFFFF, 15, ValueBuffer(20)),
    "hvx": (0, HvxParams(15, data=b"\0\x3c")),
    "service_changed": (0, 13, 20),
    "rw_authorize_reply": (0, RwAuthorizeReplyParams(type=2, write=READ)),
    "sys_attr_set": (0,),
    "sys_attr_get": (0, 64),
    "initial_user_handle_get": (),
    "attr_get": (15,),
    "exchange_mtu_reply": (0, 247),
}


class TestCalls:
    @pytest.mark.parametrize("dialect", DIALECTS)
    def test_every_command_of_the_dialect_and_no_other(self, dialect: str) -> None:
        codec = Codec(dialect)
        with rig(dialect) as (sd, chip):
            for name, arguments in CALLS.items():
                method = getattr(sd, name)
                if name not in DIALECTS[dialect].calls:
                    with pytest.raises(EncodeError, match=f"{dialect} has no "):
                        method(*arguments)
                    continue
                response = method(*arguments)
                assert type(response) is codec.message_class("response", name)
                assert isinstance(response, Response)
                assert response.result == 0
                sent = codec.decode_command(chip.commands[-1][1:])
                assert type(sent) is codec.message_class("command", name)
            assert len(chip.commands) == len(DIALECTS[dialect].calls)

    def test_a_service_from_beginning_to_notification(self) -> None:
        with rig() as (sd, chip):
            service = sd.service_add(ServiceType.PRIMARY, Uuid(0x180D)).handle
            handles = sd.characteristic_add(service, CharMd(CharProps(notify=1)), ATTR).handles
            assert handles is not None
            sd.hvx(0, HvxParams(handles.value_handle, data=b"\0\x3c"))
            chip.send(HvcEvent(0, handles.value_handle))
            for event in sd.events(timeout_s=300):
                assert event == HvcEvent(0, 15)
                break
        codec = Codec(DIALECT)
        assert [codec.decode_command(command[1:]) for command in chip.commands] == [
            ServiceAdd(1, Uuid(0x180D)),
            CharacteristicAdd(13, CharMd(CharProps(notify=1)), ATTR),
            Hvx(0, HvxParams(15, data=b"\0\x3c")),
        ]

    def test_a_handle_that_a_response_did_not_have(self) -> None:
        with rig() as (sd, chip):
            chip.next(chip.refuse(4))
            service = sd.unchecked.service_add(1, Uuid(0x180D)).handle
            with pytest.raises(EncodeError, match=r"service_handle: expected an integer .* got None"):
                sd.characteristic_add(service, CharMd(CharProps()), ATTR)

    def test_a_failed_command_has_name_and_hint(self) -> None:
        with rig() as (sd, chip):
            chip.next(chip.refuse(0x3401), chip.refuse(0x3401))
            with pytest.raises(CommandFailed, match="hvx failed: BLE_ERROR_GATTS_SYS_ATTR_MISSING") as caught:
                sd.hvx(0, HvxParams(14))
            assert (caught.value.command, caught.value.result) == ("hvx", 0x3401)
            assert "sys_attr_set" in caught.value.hint
            assert sd.unchecked.hvx(0, HvxParams(14)).result == 0x3401

    def test_any_message(self) -> None:
        with rig() as (sd, chip):
            assert sd.call(ServiceAdd(1, Uuid(0x180D))) == ServiceAddResponse(0, 13)
            enable = Opaque(0, "command", "common", 0x60, b"\0")
            assert sd.call(enable) == Opaque(1, "response", "common", 0x60, bytes(4))
            chip.next(chip.refuse(8), chip.refuse(8))
            with pytest.raises(CommandFailed, match="common command 0x60 failed: NRF_ERROR_INVALID_STATE"):
                sd.call(enable)
            assert sd.call(enable, check=False).result == 8

    @pytest.mark.parametrize(
        "message",
        [HvcEvent(0, 1), ServiceAddResponse(0, 1), Opaque(2, "event", "gap", 0x10, b""), "hvx", None],
    )
    def test_what_is_no_command_is_not_sent(self, message: Any) -> None:
        with rig() as (sd, chip):
            with pytest.raises(EncodeError, match="expected a command"):
                sd.call(message)
            assert chip.commands == []

    def test_packets_of_other_groups(self) -> None:
        with rig() as (sd, chip):
            assert sd.send_raw(b"\x00\x65\x01") == b"\x01\x65" + bytes(4)
            assert sd.send_raw(bytearray(b"\x00\x60\x00")) == b"\x01\x60" + bytes(4)
            chip.next(lambda command: chip.respond(b"\x04\x12\x34"))
            assert sd.send_raw(b"\x03\x00\x00") == b"\x04\x12\x34"  # DTM
            chip.next(chip.ignore)
            assert sd.send_raw(b"\x05\x01") == b""  # reset: the ACK is all there is
            assert chip.commands == [b"\x00\x65\x01", b"\x00\x60\x00", b"\x03\x00\x00", b"\x05\x01"]

    @pytest.mark.parametrize("payload", [b"", b"\x00", b"\x03", "0065", None, 5])
    def test_payloads_that_are_none(self, payload: Any) -> None:
        with rig() as (sd, chip):
            with pytest.raises(EncodeError) as caught:
                sd.send_raw(payload)
            assert caught.value.path == "payload"
            assert chip.commands == []

    def test_too_long_a_packet_is_refused_before_it_is_sent(self) -> None:
        with rig() as (sd, chip):
            longest = 384 - 12
            sd.value_set(0xFFFF, 15, Value(bytes(longest)))
            with pytest.raises(EncodeError, match=r"385 bytes, the firmware takes 384: .* max_payload"):
                sd.value_set(0xFFFF, 15, Value(bytes(longest + 1)))
            with pytest.raises(EncodeError, match="command 0x60"):
                sd.send_raw(b"\x00\x60" + bytes(383))
            assert [len(command) for command in chip.commands] == [384]

    def test_max_payload_is_a_matter_of_the_firmware(self) -> None:
        with (
            rig("sd_api_v2_pc", max_payload=40) as (sd, _),
            pytest.raises(EncodeError, match="the firmware takes 40"),
        ):
            sd.value_set(0xFFFF, 15, Value(bytes(40)))

    def test_a_response_that_does_not_decode(self) -> None:
        with rig() as (sd, chip):
            opcode = Codec(DIALECT).opcode(ServiceAdd)
            chip.next(lambda command: chip.respond(bytes((1, opcode, 0, 0, 0, 0, 1))))
            with pytest.raises(DecodeError, match="service_add response"):
                sd.service_add(1, Uuid(0x180D))
            assert sd.service_add(1, Uuid(0x180D)).handle == 13

    @pytest.mark.parametrize("dialect", ["s110_v8", "s130_v1"])
    def test_early_dialects_answer_a_write_with_a_status(self, dialect: str) -> None:
        with rig(dialect) as (sd, chip):
            sd.rw_authorize_reply(0, RwAuthorizeReplyParams(type=2, write=AuthorizeParams(0x103)))
            sd.call(RwAuthorizeReply(0, RwAuthorizeReplyParams(type=1, read=READ)))
            sd.call(RwAuthorizeReply(0, None))
            bodies = [command[2:].hex() for command in chip.commands]
        assert bodies == ["000001020301", "00000101000001000001000178", "000000"]

    def test_sd_api_v2_sends_a_uuid_to_ask_for_one(self) -> None:
        with rig("sd_api_v2") as (sd, chip):
            sd.attr_get(15)
            sd.call(AttrGet(15, uuid_present=False))
            assert [command[2:].hex() for command in chip.commands] == ["0f000100000001", "0f000001"]


def test_methods_take_what_messages_have() -> None:
    names = [name for name in vars(GattsCalls) if not name.startswith("_")]
    assert set(names) == set(CALLS) == {name for dialect in DIALECTS.values() for name in dialect.calls}
    codec = Codec("sd_api_v7")
    for name in names:
        cls = codec.message_class("command", name)
        answer = codec.message_class("response", name)
        for client in (Client, AsyncClient):
            method = getattr(client, name)
            signature = inspect.signature(method)
            assert list(signature.parameters.values())[1:] == list(inspect.signature(cls).parameters.values())
            assert signature.return_annotation == answer.__name__
            assert get_type_hints(method)["return"] is answer
            assert inspect.getdoc(method) == inspect.getdoc(cls)
            assert name in pydoc.render_doc(client)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_command_says_what_answers_it(dialect: str) -> None:
    for call in DIALECTS[dialect].calls.values():
        (answer,) = get_args(call.command.cls.__orig_bases__[0])  # type: ignore[attr-defined]
        assert answer.__forward_arg__ == call.response.cls.__name__


def connected(handle: int) -> bytes:
    """A GAP event, as a payload."""
    return b"\x02" + (0x10).to_bytes(2, "little") + handle.to_bytes(2, "little")


class TestEvents:
    def test_in_the_order_they_come_and_each_once(self) -> None:
        with rig() as (sd, chip):
            events = [HvcEvent(0, handle) for handle in range(50)]
            for event in events:
                chip.send(event)
            assert [sd.wait_for(HvcEvent) for _ in events] == events
            assert list(sd.events(timeout_s=0)) == []

    def test_other_groups_come_as_opaque(self) -> None:
        with rig() as (sd, chip):
            chip.send(connected(7))
            event = sd.wait_for(Opaque, where=lambda event: event.opcode == 0x10)
            assert (event.group, event.data) == ("gap", b"\x07\x00")

    def test_wait_for_leaves_the_others(self) -> None:
        with rig() as (sd, chip):
            chip.send(HvcEvent(0, 1))
            chip.send(ScConfirmEvent(0))
            chip.send(HvcEvent(0, 2))
            assert sd.wait_for(ScConfirmEvent) == ScConfirmEvent(0)
            assert sd.wait_for(HvcEvent, where=lambda event: event.handle == 2) == HvcEvent(0, 2)
            assert list(sd.events(timeout_s=0)) == [HvcEvent(0, 1)]

    def test_waiting_in_vain_tells_what_came(self) -> None:
        with rig() as (sd, chip):
            chip.send(HvcEvent(0, 1))
            sd.wait_for(HvcEvent, where=lambda event: event.handle == 1)
            with pytest.raises(LinkTimeout, match="no ScConfirmEvent within 0 s; there is no event"):
                sd.wait_for(ScConfirmEvent, 0)
            chip.send(HvcEvent(0, 2))
            chip.send(HvcEvent(0, 3))
            chip.settle()
            with pytest.raises(LinkTimeout, match="there is 2 HvcEvent") as caught:
                sd.wait_for(ScConfirmEvent, 0.01)
            assert (caught.value.stage, caught.value.heard) == ("event", "2 HvcEvent")

    def test_events_during_a_call(self) -> None:
        with rig() as (sd, chip):
            chip.next(chip.after(chip.codec.pack(HvcEvent(0, 1))))
            assert sd.service_add(1, Uuid(0x180D)).handle == 13
            assert list(sd.events(timeout_s=0)) == [HvcEvent(0, 1)]

    def test_events_are_acknowledged_while_nobody_looks(self) -> None:
        with rig() as (sd, chip):
            for handle in range(20):
                chip.send(HvcEvent(0, handle))
            chip.settle()
            assert chip.link_ups == 1
            assert len(list(sd.events(timeout_s=0))) == 20

    def test_callbacks(self) -> None:
        with rig() as (sd, chip):
            every: list[object] = []
            some: list[object] = []
            done = threading.Event()
            sd.on_event(every.append)
            stop = sd.on_event(some.append, HvcEvent, SysAttrMissingEvent)
            sd.on_event(lambda event: done.set(), ScConfirmEvent)
            chip.send(HvcEvent(0, 1))
            chip.send(connected(0))
            chip.send(ScConfirmEvent(0))
            assert done.wait(300)
            assert some == [HvcEvent(0, 1)]
            assert [type(event) for event in every] == [HvcEvent, Opaque, ScConfirmEvent]
            stop()
            stop()
            done.clear()
            chip.send(HvcEvent(0, 2))
            chip.send(ScConfirmEvent(1))
            assert done.wait(300)
            assert some == [HvcEvent(0, 1)]
            # What callbacks see is still there for the others.
            assert len(list(sd.events(timeout_s=0))) == 5

    def test_a_callback_may_call_and_wait(self) -> None:
        with rig() as (sd, chip):
            answers: list[object] = []
            done = threading.Event()

            def reply(event: object) -> None:
                answers.append(sd.sys_attr_set(0))
                chip.send(HvcEvent(0, 9))
                answers.append(sd.wait_for(HvcEvent))
                done.set()

            sd.on_event(reply, SysAttrMissingEvent)
            chip.send(SysAttrMissingEvent(0, 0))
            assert done.wait(300)
            assert answers[1] == HvcEvent(0, 9)

    def test_a_callback_that_fails_is_logged_and_nothing_else(self, caplog: pytest.LogCaptureFixture) -> None:
        with rig() as (sd, chip):
            seen: list[object] = []
            done = threading.Event()

            def fail(event: object) -> None:
                raise RuntimeError("oops")

            sd.on_event(fail)
            sd.on_event(seen.append)
            sd.on_event(lambda event: done.set())
            chip.send(HvcEvent(0, 1))
            assert done.wait(300)
            assert seen == [HvcEvent(0, 1)]
        assert "oops" in caplog.text

    def test_a_callback_that_does_not_end_does_not_hold_up_closing(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr("gatts_codec.link.client.PATIENCE_S", 0.01)
        begun, end, ended = threading.Event(), threading.Event(), threading.Event()

        def stubborn(event: object) -> None:
            begun.set()
            end.wait()
            ended.set()

        ours, theirs = memory_pair()
        with ScriptedChip(theirs, DIALECT) as chip, connect(ours, DIALECT, link=QUICK) as sd:
            sd.on_event(stubborn)
            chip.send(HvcEvent(0, 1))
            assert begun.wait(300)
        assert "a callback still runs" in caplog.text
        end.set()
        assert ended.wait(300)

    def test_a_condition_that_fails_is_for_who_waits(self) -> None:
        with rig() as (sd, chip):
            chip.send(HvcEvent(0, 1))
            with pytest.raises(ZeroDivisionError):
                sd.wait_for(HvcEvent, where=lambda event: 1 // 0 == 1)
            assert sd.wait_for(HvcEvent) == HvcEvent(0, 1)

    def test_a_full_buffer_drops_the_oldest_and_says_so(self, caplog: pytest.LogCaptureFixture) -> None:
        with rig(event_buffer=3) as (sd, chip):
            for handle in range(5):
                chip.send(HvcEvent(0, handle))
            chip.settle()
            assert list(sd.events(timeout_s=0)) == [HvcEvent(0, handle) for handle in (2, 3, 4)]
            assert sd.lost_events == 2
        assert "dropped the oldest of 3" in caplog.text

    @pytest.mark.parametrize(
        ("payload", "kept"),
        {
            "02": Opaque(2, "event", "unknown", None, b""),
            "0253": Opaque(2, "event", "unknown", None, b"\x53"),
            "025300": Opaque(2, "event", "gatts", 0x53, b""),
            "02530000000100ff": Opaque(2, "event", "gatts", 0x53, b"\0\0\1\0\xff"),
        }.items(),
    )
    def test_an_event_that_does_not_decode_is_kept_as_it_is(
        self, payload: str, kept: Opaque, caplog: pytest.LogCaptureFixture
    ) -> None:
        with rig() as (sd, chip):
            chip.send(bytes.fromhex(payload))
            chip.send(HvcEvent(0, 1))
            assert sd.wait_for(Opaque) == kept
            assert sd.wait_for(HvcEvent) == HvcEvent(0, 1)
        assert "does not decode" in caplog.text


class TestThreads:
    def test_calls_from_many_threads_get_their_own_answers(self) -> None:
        """Each thread writes its own values; the chip's answer says which it was."""

        def echo(chip: Any) -> Callable[[bytes], None]:
            from gatts_codec import ValueSetResponse

            def react(command: bytes) -> None:
                sent = chip.codec.decode_command(command[1:])
                assert isinstance(sent, ValueSet)
                chip.respond(chip.codec.pack(ValueSetResponse(0, sent.value)))

            return react

        with rig() as (sd, chip):
            chip.otherwise = echo(chip)
            wrong: list[object] = []

            def work(number: int) -> None:
                for turn in range(50):
                    value = Value(bytes((number, turn)))
                    answer = sd.value_set(0xFFFF, 15, value)
                    if answer.value != value:
                        wrong.append((value, answer))

            threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert wrong == []
            assert len(chip.commands) == 400

    def test_events_for_one_thread_while_another_calls(self) -> None:
        with rig() as (sd, chip):
            seen: list[Event | Opaque] = []
            waiting = threading.Thread(target=lambda: seen.extend(sd.wait_for(HvcEvent) for _ in range(100)))
            waiting.start()

            def answer_and_send(command: bytes) -> None:
                chip.answer(command)
                chip.respond(chip.codec.pack(HvcEvent(0, len(chip.commands))))

            chip.otherwise = answer_and_send
            for _ in range(100):
                sd.value_get(0xFFFF, 15, ValueBuffer(20))
            waiting.join()
            assert seen == [HvcEvent(0, number) for number in range(1, 101)]

    def test_an_answer_that_another_thread_reads_just_before_one_would_is_not_waited_for(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class ReadByAnother:
            looks = 0

            @property
            def done(self) -> bool:
                self.looks += 1
                return self.looks > 1

        monkeypatch.setattr("gatts_codec.link.line.Line.tend", lambda line: None)
        with rig() as (sd, _):
            sd._line.run(goal := ReadByAnother())
            assert goal.done

    def test_each_event_goes_to_one_of_those_who_wait(self) -> None:
        with rig() as (sd, chip):
            taken: list[int] = []
            threads = [
                threading.Thread(target=lambda: taken.append(sd.wait_for(HvcEvent).handle)) for _ in range(5)
            ]
            for thread in threads:
                thread.start()
            for handle in range(5):
                chip.send(HvcEvent(0, handle))
            for thread in threads:
                thread.join()
            assert sorted(taken) == [0, 1, 2, 3, 4]


def test_repr_says_where_and_how() -> None:
    with rig() as (sd, _):
        assert repr(sd) == "<Client memory sd_api_v5 ACTIVE>"
        assert sd.dialect is DIALECTS["sd_api_v5"]
        assert isinstance(sd, Client)
    assert repr(sd) == "<Client memory sd_api_v5 closed>"
