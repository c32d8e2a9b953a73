"""The doctor's rules about the Common and GAP groups: requests, disconnects, enabling, advertising."""

from __future__ import annotations

import pytest
from capture.recordings import words_of
from capture.talk import DONE, NOTHING, Talk

from gatts_codec.capture import TO_HOST
from gatts_codec.packets.common.cfg_set import CfgSet, CfgSetResponse, ConnGatt
from gatts_codec.packets.common.enable import Enable, EnableResponse
from gatts_codec.packets.common.events import UserMemRequestEvent
from gatts_codec.packets.common.user_mem_reply import UserMemReply, UserMemReplyResponse
from gatts_codec.packets.gap.adv_start import AdvStartResponse, AdvStartV5, AdvStop, AdvStopResponse
from gatts_codec.packets.gap.connection_events import ConnectedEvent, DisconnectedEvent, PhyUpdateRequestEvent
from gatts_codec.packets.gap.radio import Phys
from gatts_codec.packets.gap.structs import Addr, ConnParams

CONNECTED = ConnectedEvent(0, Addr.from_text("F0:12:34:56:78:9A"), ConnParams(24, 24, 0, 400), role=1)
ADVERTISE = AdvStartV5(None, 0)


def codes(talk: Talk) -> list[str]:
    return [finding.code for finding in talk.report().findings]


def notes(talk: Talk) -> list[str]:
    return [note.code for note in talk.report().notes]


@pytest.mark.parametrize("lent", [False, True])
def test_memory_for_queued_writes(lent: bool) -> None:
    talk = Talk()
    talk.message(CONNECTED)
    talk.message(UserMemRequestEvent(0, 1))
    if lent:
        talk.call(UserMemReply(0), UserMemReplyResponse(0))
    talk.call(NOTHING, DONE, wait_us=2_000_000)
    talk.message(DisconnectedEvent(0, 0x13), wait_us=30_000_000)
    assert codes(talk) == ([] if lent else ["unanswered request"])


def test_a_request_of_the_link_layer_that_nobody_answers() -> None:
    talk = Talk()
    talk.message(CONNECTED)
    talk.message(PhyUpdateRequestEvent(0, Phys(1, 2)))
    talk.call(NOTHING, DONE, wait_us=2_000_000)
    (finding,) = talk.report().findings
    assert "gap.phy_update" in finding.advice


@pytest.mark.parametrize(
    ("reason", "broke", "words"),
    [
        (0x08, True, "supervision timeout"),
        (0x3E, True, "never established"),
        (0x13, False, "peer's user"),
        (0x16, False, "this host ended it"),
    ],
)
def test_why_a_connection_ends(reason: int, broke: bool, words: str) -> None:
    talk = Talk()
    talk.message(CONNECTED)
    talk.message(DisconnectedEvent(0, reason))
    assert codes(talk) == (["connection broke"] if broke else [])
    assert words in words_of(talk.report())
    assert f"0x{reason:02X}" in words_of(talk.report())


def test_a_stack_without_memory_says_what_it_was_to_have() -> None:
    talk = Talk()
    talk.call(CfgSet(ConnGatt(att_mtu=247, conn_cfg_tag=1)), CfgSetResponse(0))
    talk.call(Enable(), EnableResponse(4))
    (finding,) = talk.report().findings
    assert finding.code == "enable without memory"
    assert "att_mtu=247" in finding.cause


def test_advertising_that_nobody_stops() -> None:
    talk = Talk()
    talk.call(ADVERTISE, AdvStartResponse(0))
    assert notes(talk) == ["advertising goes on"]
    talk.call(AdvStop(), AdvStopResponse(0))
    assert notes(talk) == []


def test_a_connection_ends_advertising() -> None:
    talk = Talk()
    talk.call(ADVERTISE, AdvStartResponse(0))
    talk.message(CONNECTED)
    assert notes(talk) == []


def test_advertising_of_the_session_before_is_in_the_way() -> None:
    talk = Talk()
    talk.call(ADVERTISE, AdvStartResponse(0))
    talk.come_up()
    talk.call(ADVERTISE, AdvStartResponse(8))
    assert "still advertising" in codes(talk)


def test_a_host_that_left_while_it_advertised_left_a_chip_that_goes_on() -> None:
    talk = Talk()
    talk.call(ADVERTISE, AdvStartResponse(0))
    talk.packet(TO_HOST, talk.packed(CONNECTED), ack=False, times=5, wait_us=250_000)
    (finding,) = talk.report().findings
    assert finding.code == "host gone"
    assert "keeps advertising" in finding.cause


def test_a_restart_ends_advertising() -> None:
    talk = Talk()
    talk.call(ADVERTISE, AdvStartResponse(0))
    talk.link(TO_HOST, b"\x01\x7e")
    talk.come_up()
    talk.call(ADVERTISE, AdvStartResponse(8))
    assert "still advertising" not in codes(talk)
