"""What each rule of the doctor needs to see, and what it must not be misled by."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

import pytest
from capture.talk import CODEC, NOTHING, NOTIFY, REQUEST, RESET, Talk

from gatts_codec import (
    Attr,
    AttrMd,
    CharacteristicAdd,
    CharacteristicAddResponse,
    CharHandles,
    CharMd,
    CharProps,
    ExchangeMtuReply,
    ExchangeMtuReplyResponse,
    ExchangeMtuRequestEvent,
    Hvx,
    HvxParams,
    HvxResponse,
    RwAuthorizeReply,
    RwAuthorizeReplyParams,
    RwAuthorizeReplyResponse,
    SysAttrSetResponse,
    Uuid,
    Value,
    ValueSet,
    ValueSetResponse,
    WriteEvent,
)
from gatts_codec.capture import TO_DEVICE, TO_HOST, Remark, Report, assemble, diagnose
from gatts_codec.framing.slip import RELEASE
from gatts_codec.packets.gattc.exchange_mtu_request import ExchangeMtuRequest, ExchangeMtuRequestResponse
from gatts_codec.packets.gattc.exchange_mtu_rsp_event import ExchangeMtuRspEvent
from gatts_codec.packets.gatts.rw_authorize_reply import AuthorizeParams

DONE = SysAttrSetResponse(0)
LONG = bytes(80)


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.findings]


def in_vain(talk: Talk, payload: bytes = b"\x00\x65\x00") -> None:
    talk.packet(TO_DEVICE, payload, ack=False, times=6, wait_us=250_000)


# Silence, and what it means.


def test_a_command_without_an_ack_is_found_whatever_the_host_does_then() -> None:
    for ending in ("nothing", "reset", "next"):
        talk = Talk()
        talk.call(NOTHING, DONE)
        in_vain(talk)
        if ending == "reset":
            talk.raw(TO_DEVICE, RESET)
            talk.come_up()
        if ending != "nothing":
            talk.call(NOTHING, DONE)
        assert "not acknowledged" in codes(talk.report()), ending


def test_an_acknowledged_call_without_a_response_is_found_after_a_reset_too() -> None:
    talk = Talk()
    talk.message(NOTHING)
    talk.raw(TO_DEVICE, RESET, 2_000_000)
    talk.come_up()
    talk.call(NOTHING, DONE)
    assert codes(talk.report()) == ["no response"]


@pytest.mark.parametrize("acked", [False, True])
def test_a_call_that_the_host_itself_cuts_off_is_not_the_chips_fault(acked: bool) -> None:
    talk = Talk()
    talk.call(NOTHING, DONE)
    talk.packet(TO_DEVICE, CODEC.pack(NOTHING), ack=acked)
    talk.raw(TO_DEVICE, RESET)
    talk.come_up()
    talk.call(NOTHING, DONE)
    (finding,) = talk.report().findings
    assert finding.code == "call cut off"
    assert "sys_attr_set" in finding.title


def test_a_chip_that_is_not_heard_at_all_is_not_said_to_speak_at_other_times() -> None:
    talk = Talk(up=False)
    in_vain(talk)
    assert codes(talk.report()) == ["chip never heard"]


def test_a_chip_that_is_silent_to_the_end_is_one_finding() -> None:
    talk = Talk()
    talk.call(NOTHING, DONE)
    in_vain(talk)
    talk.sync(6)
    (finding,) = talk.report().findings
    assert finding.code == "chip silent"
    assert "send c0 dd c0" in finding.advice


def test_a_chip_that_stays_silent_though_the_host_would_wake_it_is_not_deaf() -> None:
    talk = Talk()
    talk.call(NOTHING, DONE)
    in_vain(talk)
    talk.raw(TO_DEVICE, RELEASE)
    talk.sync(6)
    (finding,) = talk.report().findings
    assert finding.code == "chip silent"
    assert "no damaged byte keeps the chip deaf" in finding.cause


def test_a_chip_that_hangs_on_a_packet_is_one_finding() -> None:
    talk = Talk()
    talk.call(NOTHING, DONE)
    talk.packet(TO_DEVICE, b"\x00\xfe")
    in_vain(talk)
    talk.sync(6)
    (finding,) = talk.report().findings
    assert (finding.code, finding.fault) == ("chip hung", "the host")
    assert "opcode 0xfe" in finding.cause


def test_a_damaged_byte_that_makes_the_chip_deaf_is_the_cause() -> None:
    talk = Talk()
    talk.call(NOTHING, DONE)
    talk.raw(TO_DEVICE, bytes.fromhex("c0d16e0091db7ec0"))
    in_vain(talk)
    talk.sync(6)
    (finding,) = talk.report().findings
    assert finding.code == "chip deaf"
    assert "frame 9" in finding.title
    assert "DB must be followed by DC or DD" in finding.cause


def test_a_chip_that_was_heard_before_has_the_right_port() -> None:
    talk = Talk()
    talk.call(NOTHING, DONE)
    talk.sync(6)
    (finding,) = talk.report().findings
    assert finding.code == "chip answers no more"
    assert "port and settings are right" in finding.cause


def test_a_chip_that_comes_back_by_itself_was_gone() -> None:
    talk = Talk()
    talk.call(NOTHING, DONE)
    in_vain(talk)
    talk.sync(4)
    for _ in range(5):
        talk.link(TO_HOST, b"\x01\x7e", 40_000)
    talk.raw(TO_DEVICE, RESET)
    talk.come_up()
    assert codes(talk.report()) == ["chip gone and back"]


@pytest.mark.parametrize(
    ("long_one_took", "code"), [(False, "long packet not acknowledged"), (True, "not acknowledged")]
)
def test_the_debugger_is_blamed_only_where_nothing_long_gets_through(long_one_took: bool, code: str) -> None:
    talk = Talk()
    talk.call(NOTHING, DONE)
    if long_one_took:
        talk.call(ValueSet(0, 14, Value(LONG)), ValueSetResponse(0))
    in_vain(talk, CODEC.pack(ValueSet(0, 14, Value(LONG))))
    talk.raw(TO_DEVICE, RESET)
    talk.come_up()
    talk.call(NOTHING, DONE)
    assert codes(talk.report()) == [code]


def test_late_is_not_two_writers() -> None:
    talk = Talk()
    talk.call(NOTHING, DONE)
    talk.now_us += 500_000
    frame = CODEC.pack(REQUEST)
    talk.packet(TO_HOST, frame, times=3, wait_us=10)
    assert "duplicate frames" not in codes(talk.report())


def test_a_chip_that_uses_a_number_again_is_not_a_host_that_does() -> None:
    talk = Talk()
    talk.packet(TO_HOST, CODEC.pack(REQUEST), ack=False)
    talk.sent[TO_HOST] -= 1
    talk.message(WriteEvent(0, 14, Uuid(0x2A37), 2, 0, 0, b"\1"))
    assert "seq reused" not in codes(talk.report())


def test_two_links_in_one_recording_are_said_to_be_two() -> None:
    talks = Talk(), Talk()
    for number, talk in enumerate(talks):
        for _ in range(4):
            talk.call(ValueSet(0, 14 + number, Value(b"\1")), ValueSetResponse(0))
    pairs = zip_longest(*(talk.chunks for talk in talks))
    chunks = [chunk for pair in pairs for chunk in pair if chunk]
    assert codes(diagnose(assemble(chunks), "sd_api_v5")) == ["two links"]
    apart = [chunk._replace(link="ab"[number % 2]) for number, chunk in enumerate(chunks)]
    report = diagnose(assemble(apart), "sd_api_v5")
    assert report.healthy
    assert report.links == ("a", "b")


# Another protocol.


def test_firmware_with_length_framing_is_recognised() -> None:
    talk = Talk(up=False)
    for _ in range(6):
        talk.link(TO_DEVICE, b"\x01\x7e", 250_000)
        talk.raw(TO_HOST, bytes.fromhex("0600016000000000"))
    assert codes(talk.report()) == ["length framing"]


def test_a_few_damaged_checksums_are_no_other_kind() -> None:
    talk = Talk()
    talk.call(NOTHING, DONE)
    for _ in range(4):
        talk.raw(TO_DEVICE, bytes.fromhex("c0002f00d0017ec0"))
    assert codes(talk.report()) == ["bad frames in runs"]


# Three outcomes.


def test_a_link_without_a_call_is_too_little() -> None:
    report = Talk().report()
    assert (report.outcome, report.healthy) == ("too little to judge", False)


def test_a_recording_that_ends_within_a_call_is_too_little() -> None:
    talk = Talk()
    talk.call(NOTHING, DONE)
    talk.message(NOTHING)
    assert talk.report().too_little == "the recording ends in the middle: sys_attr_set has no response yet"


def test_a_recording_that_ends_within_a_frame_is_too_little() -> None:
    talk = Talk()
    talk.call(NOTHING, DONE)
    talk.raw(TO_HOST, bytes.fromhex("c0c99e00"))
    assert "within a frame of the chip" in talk.report().headline


def test_calls_that_fail_are_amber() -> None:
    talk = Talk()
    talk.call(NOTHING, SysAttrSetResponse(7))
    report = talk.report()
    assert report.healthy
    assert report.amber
    assert report.headline == "Nothing wrong found with the link in 1 call and 0 events, but 1 call failed."


# What the application owes.


@pytest.mark.parametrize("op", [2, 3])
def test_a_reply_to_a_write_command(op: int) -> None:
    talk = Talk()
    talk.message(WriteEvent(0, 14, Uuid(0x2A37), op, 1, 0, b"\1"))
    params = RwAuthorizeReplyParams(2, write=AuthorizeParams(0, 1, data=b"\1"))
    talk.call(RwAuthorizeReply(0, params), RwAuthorizeReplyResponse(8))
    (finding,) = talk.report().findings
    assert finding.code == "reply to a write command"
    assert "value_set" in finding.advice


def test_an_mtu_request_that_gets_only_a_refused_reply() -> None:
    talk = Talk()
    talk.message(ExchangeMtuRequestEvent(0, 100))
    talk.call(ExchangeMtuReply(0, 500), ExchangeMtuReplyResponse(7))
    talk.call(NOTHING, DONE, wait_us=6_000_000)
    (finding,) = talk.report().findings
    assert finding.code == "reply refused"
    assert "exchange_mtu_reply" in finding.title


def test_a_reply_that_is_refused_and_then_taken_is_no_fault() -> None:
    talk = Talk()
    talk.message(ExchangeMtuRequestEvent(0, 100))
    talk.call(ExchangeMtuReply(0, 500), ExchangeMtuReplyResponse(7))
    talk.call(ExchangeMtuReply(0, 100), ExchangeMtuReplyResponse(0))
    talk.call(NOTHING, DONE, wait_us=6_000_000)
    assert talk.report().healthy


@pytest.mark.parametrize(("length", "found"), [(97, []), (98, ["hvx longer than the mtu"])])
def test_the_mtu_that_was_agreed_counts(length: int, found: list[str]) -> None:
    talk = Talk()
    talk.message(ExchangeMtuRequestEvent(0, 100))
    talk.call(ExchangeMtuReply(0, 247), ExchangeMtuReplyResponse(0))
    talk.call(Hvx(0, HvxParams(14, data=bytes(length))), HvxResponse(12))
    assert codes(talk.report()) == found


def test_notifications_that_nobody_subscribed_to() -> None:
    talk = Talk()
    for _ in range(2):
        talk.call(NOTIFY, HvxResponse(8))
    (finding,) = talk.report().findings
    assert finding.code == "not subscribed"
    assert "0x000f" in finding.advice


def test_notifications_that_a_peer_has_subscribed_to_fail_for_another_reason() -> None:
    talk = Talk()
    talk.message(WriteEvent(0, 15, Uuid(0x2902), 1, 0, 0, b"\1\0"))
    for _ in range(2):
        talk.call(NOTIFY, HvxResponse(8))
    assert talk.report().healthy


def test_value_memory_in_the_application() -> None:
    talk = Talk()
    command = CharacteristicAdd(12, CharMd(CharProps(read=1)), Attr(Uuid(0x2A19), AttrMd(), 1))
    packed = bytearray(CODEC.pack(command))
    (place,) = [at for at, byte in enumerate(packed) if byte == 0x02 and packed[at - 1] == 0x11]
    packed[place] = 4
    talk.packet(TO_DEVICE, bytes(packed))
    talk.message(CharacteristicAddResponse(0, CharHandles(14, 0, 0, 0)))
    assert codes(talk.report()) == ["value in the application"]


# The host's log, in the words of several releases.


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("serial port read on port COM3 failed. Error: aborted [995]", "port lost"),
        ("RpcAppStatus.ioResourcesUnavailable: serial port read: Device not configured", "port lost"),
        ("No response from device. Tried to send packet 6 times", "host gave up"),
        ("Error sending packet to target. Code #13", "host gave up"),
        ("Error sending packet to target. Code: 0x802a", "host gave up"),
        ("code:PKT_SEND_ERROR message:Error sending packet to target. Code: 0x802a", "host gave up"),
        ("Failed to decode event, error code is 9", "event not decoded"),
        ("Failed to open nRF BLE Driver. Error code: 0x0D", "no link"),
        ("Failed to receive response for command", "response not received"),
        ("something that nobody has read before, 0x3401", "host reports an error"),
    ],
)
def test_the_hosts_log(text: str, code: str) -> None:
    (finding,) = Talk().report([Remark(1, text, 9, "error")]).findings
    assert finding.code == code


def said(texts: Iterable[str]) -> list[Remark]:
    return [Remark(1, text, 9, "error") for text in texts]


def test_what_the_log_says_of_a_packet_is_part_of_what_the_packet_shows() -> None:
    talk = Talk()
    talk.call(NOTHING, DONE)
    in_vain(talk)
    report = talk.report(said(["No response from device. Tried to send packet 6 times"]))
    assert codes(report) == ["not acknowledged"]
    assert any("Tried to send" in piece.text for piece in report.findings[0].evidence)


def test_firmware_takes_what_the_most_modest_of_the_possible_dialects_takes() -> None:
    talk = Talk()
    talk.call(ValueSet(0, 14, Value(b"\1")), ValueSetResponse(0))
    in_vain(talk, CODEC.pack(ValueSet(0, 14, Value(bytes(450)))))
    report = diagnose(assemble(talk.chunks))
    assert report.verdict.ties
    assert codes(report) == ["payload too long"]
    assert "end at 384 bytes" in report.findings[0].cause


@pytest.mark.parametrize(("asked", "replied", "found"), [(247, 247, []), (247, 100, ["two mtus"])])
def test_an_end_has_one_mtu_for_both_roles(asked: int, replied: int, found: list[str]) -> None:
    talk = Talk()
    talk.call(ExchangeMtuRequest(0, asked), ExchangeMtuRequestResponse(0))
    talk.message(ExchangeMtuRequestEvent(0, 185))
    talk.call(ExchangeMtuReply(0, replied), ExchangeMtuReplyResponse(0))
    assert codes(talk.report()) == found


def test_an_mtu_that_the_host_asked_for_as_a_client_counts_too() -> None:
    talk = Talk()
    talk.call(ExchangeMtuRequest(0, 247), ExchangeMtuRequestResponse(0))
    talk.message(ExchangeMtuRspEvent(0, 0, 0, 100))
    talk.call(Hvx(0, HvxParams(14, data=bytes(120))), HvxResponse(12))
    (finding,) = talk.report().findings
    assert "MTU of 100" in finding.title
