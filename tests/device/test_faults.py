"""Faults on demand: each kind at the time it was asked for, and nothing else."""

from __future__ import annotations

import pytest
from device.wire import INTERVAL_S, PC, VERSION, VERSION_GET, Wire
from link.link_bytes import ACKS, CONFIG, CONFIG_RSP, RESET, SYNC, SYNC_RSP, packet

from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.faults import Fault, Occurrences, parse_fault
from gatts_codec.errors import EncodeError
from gatts_codec.framing import Decoder

ANSWER = f"packet 0 ack 1 {VERSION.hex()}"


def wire_with(*faults: str | Fault, seed: int = 0) -> Wire:
    return Wire(VirtualChip(PC, faults=faults, seed=seed))


def test_drop_ack() -> None:
    wire = wire_with("drop-ack=1")
    assert wire.say(packet(VERSION_GET)) == [ANSWER]
    assert wire.say(packet(VERSION_GET)) == ["ACK 1"]  # repeated, and not executed again


def test_drop_several() -> None:
    wire = wire_with("drop-ack=2x2")
    heard = []
    for number in range(5):
        heard += wire.say(packet(VERSION_GET, seq=number))
        wire.say(ACKS[number + 1])
    assert [what for what in heard if what.startswith("ACK")] == ["ACK 1", "ACK 4", "ACK 5"]


def test_drop_response_is_repaired_by_retransmission() -> None:
    wire = wire_with("drop-response=1")
    assert wire.say(packet(VERSION_GET)) == ["ACK 1"]
    assert wire.after(INTERVAL_S) == [ANSWER]


def test_drop_all_responses_until_the_chip_reboots() -> None:
    wire = wire_with("drop-response=all")
    assert wire.say(packet(VERSION_GET)) == ["ACK 1"]
    assert wire.after(INTERVAL_S * 6) == ["SYNC"]


def test_drop_event() -> None:
    wire = wire_with("drop-event=1")
    wire.chip.peer.connect()
    assert wire.say() == []
    assert wire.after(INTERVAL_S)[0].startswith("packet 0 ack 0 0210")


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("what", ["ack", "response"])
def test_corrupt_frames_are_frames_with_an_error(seed: int, what: str) -> None:
    wire = wire_with(f"corrupt-{what}=1", seed=seed)
    wire.chip.receive_data(packet(VERSION_GET), 0.0)
    decoder = Decoder()
    frames = decoder.feed(wire.chip.data_to_send())
    bad = 0 if what == "ack" else 1
    assert [frame.packet is None for frame in frames] == [index == bad for index in range(2)]
    assert not decoder.pending


def test_delay_response() -> None:
    wire = wire_with("delay-response=1@0.25")
    assert wire.say(packet(VERSION_GET)) == ["ACK 1"]
    assert wire.after(0.24) == []
    assert wire.after(0.02) == [ANSWER]


def test_a_delayed_ack_comes_after_the_response() -> None:
    wire = wire_with("delay-ack=1@0.1")
    assert wire.say(packet(VERSION_GET)) == [ANSWER]
    assert wire.after(0.11) == ["ACK 1"]


def test_duplicates() -> None:
    wire = wire_with("duplicate-response=1", "duplicate-ack=all")
    assert wire.say(packet(VERSION_GET)) == ["ACK 1", "ACK 1", ANSWER, ANSWER]


def test_no_response() -> None:
    wire = wire_with("no-response=2")
    assert wire.say(packet(VERSION_GET)) == ["ACK 1", ANSWER]
    wire.say(ACKS[1])
    assert wire.say(packet(VERSION_GET, seq=1)) == ["ACK 2"]
    assert wire.after(INTERVAL_S * 5) == []
    assert wire.chip.is_up
    assert wire.say(packet(VERSION_GET, seq=2))[1].startswith("packet 1")


def test_no_response_means_executed_all_the_same() -> None:
    wire = wire_with("no-response=1")
    service = bytes.fromhex("00a001010d180101")
    assert wire.say(packet(service)) == ["ACK 1"]
    assert wire.say(packet(service, seq=1))[1].endswith("010f00")


def test_reboot() -> None:
    wire = wire_with("reboot=1")
    assert wire.say(packet(VERSION_GET)) == ["ACK 1"]
    assert wire.after(INTERVAL_S) == ["SYNC"]
    wire.say(SYNC, SYNC_RSP, CONFIG, CONFIG_RSP, CONFIG)
    assert wire.say(packet(VERSION_GET)) == ["ACK 1", ANSWER]  # counters outlive the reboot


def test_silent() -> None:
    wire = wire_with("silent=2")
    assert wire.say(packet(VERSION_GET)) == ["ACK 1", ANSWER]
    wire.say(ACKS[1])
    assert wire.say(packet(VERSION_GET, seq=1)) == []
    assert wire.say(RESET, SYNC) == []
    assert wire.after(INTERVAL_S * 10) == []


def test_sync_in_active() -> None:
    wire = wire_with("sync=1")
    assert wire.say(packet(VERSION_GET)) == ["ACK 1", ANSWER, "SYNC"]


def test_a_given_result() -> None:
    wire = wire_with("result=service_add:NO_MEM:2")
    service = bytes.fromhex("00a001010d180101")
    results = []
    for number in range(2):
        results.append(wire.say(packet(service, seq=number))[1])
        wire.say(ACKS[number + 1])
    assert results[0].endswith("010e00")
    assert results[1].endswith("01a004000000")
    again = wire.say(packet(service, seq=2))
    assert again[1].endswith("010f00")  # the refused one was not executed


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("0x13", 0x13),
        ("19", 19),
        ("RESOURCES", 0x13),
        ("NRF_ERROR_BUSY", 0x11),
        ("invalid_conn_handle", 0x3002),
    ],
)
def test_results_by_number_and_name(code: str, result: int) -> None:
    assert parse_fault(f"result=hvx:{code}", "sd_api_v5") == Fault("result", call="hvx", result=result)


def test_results_of_other_groups() -> None:
    wire = wire_with("result=version_get:BUSY")
    assert wire.say(packet(VERSION_GET))[1] == "packet 0 ack 1 016511000000"


def test_results_of_every_call_and_of_none() -> None:
    wire = wire_with("result=:BUSY")
    assert wire.say(packet(VERSION_GET))[1] == "packet 0 ack 1 016511000000"
    wire.say(ACKS[1])
    assert wire.say(packet(b"\0", seq=1)) == ["ACK 2"]
    assert not wire.chip.is_up  # no opcode at all: the chip reboots


def test_a_packet_limit() -> None:
    wire = wire_with("max-payload=16")
    assert wire.say(packet(VERSION_GET + bytes(14))) == []
    assert wire.say(packet(VERSION_GET))[0] == "ACK 1"


def test_chance_is_seeded() -> None:
    def heard(seed: int) -> list[int]:
        wire = wire_with("drop-ack=30%", seed=seed)
        return [len(wire.say(packet(VERSION_GET, seq=n & 7), ACKS[n + 1 & 7])) for n in range(40)]

    assert heard(1) == heard(1)
    assert heard(1) != heard(2)
    assert 40 < sum(heard(1)) < 80


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("drop-ack", Fault("drop-ack")),
        ("drop-ack=3", Fault("drop-ack", Occurrences(3, 3))),
        ("drop-ack=3x2", Fault("drop-ack", Occurrences(3, 4))),
        ("drop-ack=3+", Fault("drop-ack", Occurrences(3))),
        ("drop-ack=all", Fault("drop-ack")),
        ("drop-ack=2.5%", Fault("drop-ack", Occurrences(rate=0.025))),
        ("delay-event=2@1.5", Fault("delay-event", Occurrences(2, 2), delay_s=1.5)),
        ("max-payload=384", Fault("max-payload", max_payload=384)),
    ],
)
def test_written_forms(text: str, fault: Fault) -> None:
    assert parse_fault(text, "sd_api_v5") == fault


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("explode", "kinds are"),
        ("drop-ack=0", "when"),
        ("drop-ack=x", "when"),
        ("drop-ack=1@1", "drop-ack=WHEN"),
        ("delay-ack=1", "@SECONDS"),
        ("delay-ack=1@soon", "@SECONDS"),
        ("result=hvx:NOT_A_RESULT", "not a result"),
        ("result=hvx", "not a result"),
        ("max-payload=many", "kinds are"),
    ],
)
def test_what_cannot_be_understood_is_explained(text: str, said: str) -> None:
    with pytest.raises(EncodeError, match=said):
        VirtualChip(PC, faults=[text])
