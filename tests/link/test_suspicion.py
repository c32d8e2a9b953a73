"""A wrong dialect on a live link: the error says so, and which one fits."""

from __future__ import annotations

from typing import Any

import pytest
from link.rig import QUICK

from gatts_codec import (
    Client,
    Codec,
    DecodeError,
    HostConfig,
    LinkReset,
    LinkTimeout,
    ServiceAdd,
    Uuid,
    Value,
    ValueSet,
    ValueSetResponse,
    connect,
    memory_pair,
)
from gatts_codec.device import ChipRunner, VirtualChip
from gatts_codec.link.suspicion import Suspicion

V5, V7 = Codec("sd_api_v5"), Codec("sd_api_v7")
ADD = V5.pack(ServiceAdd(1, Uuid(0x180D)))
RESTARTED = LinkReset("the peer sent SYNC: it has restarted", stage="ack")
HUNG = LinkTimeout("the command was acknowledged, and ..", stage="response")
NEWER = ("sd_api_v6", "sd_api_v6_pc", "sd_api_v7")


@pytest.mark.parametrize("error", [RESTARTED, HUNG])
def test_dialects_whose_firmware_cannot_decode_the_command_are_named(error: Any) -> None:
    said = Suspicion(V5).about_loss(error, ADD)
    assert said.startswith("is the dialect right? sd_api_v5 was named, and firmware of sd_api_v6")
    assert all(name in said for name in NEWER)
    assert "sd_api_v3" not in said
    assert "s110" not in said


@pytest.mark.parametrize(
    "error",
    [
        LinkReset("the ends disagree about sequence numbers", stage="ack"),
        LinkTimeout("a packet was not acknowledged", stage="ack"),
    ],
)
def test_other_losses_say_nothing_of_the_dialect(error: Any) -> None:
    assert Suspicion(V5).about_loss(error, ADD) == ""


def test_a_command_that_is_none_here_either_says_nothing() -> None:
    assert Suspicion(V5).about_loss(RESTARTED, b"\x00\xa2\x01") == ""


def test_what_was_answered_before_speaks_for_the_dialect() -> None:
    suspicion = Suspicion(V5)
    for number in range(100):
        command = V5.pack(ValueSet(0xFFFF, number, Value(b"\x01")))
        suspicion.note(command, V5.pack(ValueSetResponse(0, Value(b"\x01"))))
    assert suspicion.about_loss(RESTARTED, ADD) == ""


def test_dialects_in_which_a_response_decodes_are_named() -> None:
    answer = Codec("sd_api_v2").pack(ValueSetResponse(0, Value(None, 0, 2)))
    with pytest.raises(DecodeError):
        V5.unpack(answer)
    said = Suspicion(V5).about_answer(answer)
    assert "in s110_v8, s130_v1, sd_api_v2 or sd_api_v2_pc it decodes" in said


def test_bytes_that_no_dialect_has_name_none() -> None:
    assert Suspicion(V5).about_answer(b"\x01\xa2") == ""


def call(speaks: str, named: str, config: HostConfig = QUICK) -> None:
    ours, theirs = memory_pair()
    with ChipRunner(VirtualChip(speaks), theirs), connect(ours, named, link=config) as sd:
        assert isinstance(sd, Client)
        sd.service_add(1, Uuid(0x180D))


def test_a_chip_of_another_dialect_restarts_and_the_call_says_why() -> None:
    with pytest.raises(
        LinkReset, match=r"it has restarted; is the dialect right\? sd_api_v5 was named, .* sd_api_v7"
    ):
        call("sd_api_v7", "sd_api_v5")


def test_a_chip_of_another_dialect_answers_and_the_call_says_why() -> None:
    with pytest.raises(DecodeError, match=r"is the dialect right\? sd_api_v5 was named, and in .*sd_api_v2"):
        call("sd_api_v2_pc", "sd_api_v5")
