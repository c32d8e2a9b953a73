"""The chip beside firmware that was run, input by input.

``tests/conformance`` has what SDK 17.1 (sd_api_v7) answered to 283 link inputs in eight states, and SDK 14.2
(sd_api_v5) to 1,373 commands, sound and spoilt; the golden vectors have what the codecs of each firmware take. Behind
that firmware stood a stand-in for the SoftDevice, with a table of its own making: which results a call has is not
compared, but that it is answered, and by which packet.
"""

from __future__ import annotations

import json
from binascii import crc_hqx
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from device.test_firmware import EACH_BUILD, config_first
from device.wire import Wire
from every import one_in
from golden import records

from gatts_codec import Codec
from gatts_codec.constants import NrfError
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.device import Device
from gatts_codec.device.firmware import Firmware, firmware_of
from gatts_codec.dialects import DIALECTS
from gatts_codec.framing import h5, slip
from gatts_codec.vectors import is_accident

FOLDER = Path(__file__).parents[1] / "conformance"


def table(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("ascii"))
    return found


# -- the link

INPUTS = {name: bytes.fromhex(hex_) for name, hex_ in table("link_inputs").items()}
ANSWERS = {
    key: answer for key, answer in table("link_answers.sd_api_v7").items() if answer != ["STATE FAILED"]
}
# What leads to a state, from a chip that has sent its first SYNC.
HEARD: dict[str, list[str]] = {
    "U": [],
    "I": ["SYNC_RSP"],
    "CS": ["SYNC_RSP", "CONFIG"],
    "CA": ["SYNC_RSP", "CONFIG", "CONFIG"],
    "CC": ["SYNC_RSP", "CONFIG", "CONFIG_RSP"],
    "A": ["SYNC_RSP", "CONFIG", "CONFIG_RSP", "CONFIG"],
    "AW": ["SYNC_RSP", "CONFIG", "CONFIG_RSP", "CONFIG", "CMD"],
}
LISTENED_S = 0.15


def in_state(name: str) -> Wire:
    wire = Wire(VirtualChip("sd_api_v7"), up=False)
    if name != "U0":
        wire.after(wire.chip.device.firmware.interval_s)
        for heard in HEARD[name]:
            wire.say(INPUTS[heard])
    return wire


def as_recorded(answer: str) -> str:
    """``shown`` names packets otherwise; the recording cuts their payloads."""
    kind, *rest = answer.split()
    if kind == "packet":
        return f"PKT seq{rest[0]} ack{rest[2]} {rest[3]}"[: len("PKT seq0 ack1 01b30000000001")]
    return answer.replace("ACK ", "ACK")


@pytest.mark.parametrize("state", ["U0", *HEARD])
def test_link_inputs(state: str) -> None:
    judged = 0
    for key, recorded in ANSWERS.items():
        where, _, name = key.partition("|")
        if where != state:
            continue
        wire = in_state(state)
        heard = [as_recorded(answer) for answer in (*wire.say(INPUTS[name]), *wire.after(LISTENED_S))]
        # Not yet linked, the recorded chip says SYNC now and then, by its own clock.
        assert heard == [answer for answer in recorded if state != "U0" or answer != "SYNC"], (key, recorded)
        judged += 1
    assert judged > 10


# On the way to a state old builds send their own CONFIG an interval later: here stands None for it.
ACTIVE_EARLIER: list[str | None] = ["SYNC_RSP", "CONFIG", None, "CONFIG_RSP"]
HEARD_EARLIER: dict[str, Sequence[str | None]] = {
    **HEARD,
    "CS": ["SYNC_RSP", None],
    "CC": ["SYNC_RSP", None, "CONFIG_RSP"],
    "A": ACTIVE_EARLIER,
    "AW": [*ACTIVE_EARLIER, "CMD"],
}
CMD = bytes.fromhex("00b301")  # initial_user_handle_get of sd_api_v7


def inputs_of(dialect: str) -> dict[str, bytes]:
    """The inputs with version_get, which every chip has, in the place of the recorded command."""
    codec = Codec(dialect)
    instead = bytes([0, codec.opcode(codec.message_class("command", "sd_ble_version_get")), 1])
    return {
        name: b"".join(_with(slip.decode(frame), instead) for frame in frames.split(b"\xc0") if frame)
        if name.startswith("CMD")
        else frames
        for name, frames in INPUTS.items()
    }


def _with(frame: bytes, instead: bytes) -> bytes:
    """A frame with another command; a wrong checksum stays as wrong as it was."""
    at, end = h5.HEADER_SIZE, h5.HEADER_SIZE + len(CMD)
    assert frame[at:end] == CMD
    changed, check = frame[:at] + instead, frame[end:]
    crc = int.from_bytes(check, "little") ^ crc_hqx(frame[:end], 0xFFFF) ^ crc_hqx(changed, 0xFFFF)
    return slip.encode(changed + crc.to_bytes(2, "little")[: len(check)])


def in_state_of(build: Firmware, dialect: str, state: str) -> tuple[Wire, dict[str, bytes]]:
    wire, inputs = Wire(VirtualChip(dialect, firmware=build), up=False), inputs_of(dialect)
    if state != "U0":
        wire.after(build.interval_s)
    for heard in (HEARD if config_first(wire) else HEARD_EARLIER).get(state, ()):
        wire.after(build.interval_s) if heard is None else wire.say(inputs[heard])
    return wire, inputs


@EACH_BUILD
@pytest.mark.parametrize("state", ["U0", *HEARD])
def test_link_inputs_of_other_builds(build: Firmware, dialect: str, state: str) -> None:
    """By the same rules, but for the first CONFIG."""
    for key, recorded in ANSWERS.items():
        where, _, name = key.partition("|")
        if where != state:
            continue
        wire, inputs = in_state_of(build, dialect, state)
        answers = [as_recorded(answer).partition(" 01")[0] for answer in wire.say(inputs[name])]
        own_sync = ["SYNC"] if state in ("U0", "U") and recorded[-1:] == ["SYNC"] else []
        expected = [answer.partition(" 01")[0] for answer in recorded[: len(recorded) - len(own_sync)]]
        if (state, name) == ("I", "CONFIG") and not config_first(wire):
            expected = ["CONFIG_RSP"]
        assert answers == expected, key


def test_all_link_answers_are_judged() -> None:
    assert len(ANSWERS) == 270
    assert {key.partition("|")[0] for key in ANSWERS} == {"U0", *HEARD}


# -- commands

COMMANDS = table("malformed_commands.sd_api_v5")
# Why the chip does otherwise, and a board too.
EXCEPTIONS = {
    # Power off. The recorded program went on, and sent its empty buffer; a board is off.
    "opcode|32 empty": ["OFF", None],
    # The recorded program was still restarting when these two came.
    "descriptor_add|cut11": ["RESTART", None],
    "descriptor_add|cut12": ["RESTART", None],
}


_ENDS = frozenset({"sd_ble_gap_scan_stop", "sd_ble_gap_connect_cancel"})
_UP_TO_V3 = _ENDS | {"sd_ble_gap_adv_stop"}
_V4_AND_V5 = _UP_TO_V3 | {"sd_ble_enable"}
_FROM_V6 = _ENDS | {"sd_ble_enable", "sd_ble_gap_qos_channel_survey_stop"}
# By the version of the API: the calls that are an opcode alone.
WITHOUT_PARAMETERS = dict(
    zip(range(1, 8), (_UP_TO_V3,) * 3 + (_V4_AND_V5,) * 2 + (_FROM_V6,) * 2, strict=True)
)


def reaction(sent: bytes, dialect: str = "sd_api_v5") -> list[Any]:
    """What a new chip does: restart, or the packet type and opcode of its answer, and whether a pointer was missing."""
    device = Device(dialect)
    device.receive(sent, 0.0)
    answers = device.payloads_to_send()
    if device.reboot_cause is not None:
        assert answers == []
        return ["OFF" if device.is_off else "RESTART", None]
    (answer, *_) = answers
    result = int.from_bytes(answer[2:6], "little")
    return [f"RESP {answer[:2].hex()}", result if result == NrfError.INVALID_ADDR else None]


@pytest.mark.parametrize("call", sorted({name.partition("|")[0] for name in COMMANDS}))
def test_commands(call: str) -> None:
    for name, (recorded, result, _, sent) in COMMANDS.items():
        if name.partition("|")[0] == call:
            wanted = [recorded, result if result == NrfError.INVALID_ADDR else None]
            assert reaction(bytes.fromhex(sent)) == EXCEPTIONS.get(name, wanted), (name, sent)


# GATTS commands have the same bytes from v3 on; the opcodes move with v6.
LATER = [name for name in DIALECTS if DIALECTS[name].api >= 3 and name != "sd_api_v5"]
# Not GATTS, or by the dialect: test_an_opcode_alone, and test_packet_type_5 of test_firmware.
OTHERWISE = ("opcode|", "pkttype|5")


@one_in(5)
@pytest.mark.parametrize("dialect", LATER)
def test_the_same_commands_in_other_dialects(dialect: str, step: int) -> None:
    moved = DIALECTS[dialect].opcode("service_add") - DIALECTS["sd_api_v5"].opcode("service_add")
    judged = [name for name in COMMANDS if not name.startswith(OTHERWISE)]
    for name in judged[::step]:
        recorded, result, _, sent = COMMANDS[name]
        if name in EXCEPTIONS:
            recorded, result = EXCEPTIONS[name]
        payload = bytearray.fromhex(sent)
        payload[1:2] = bytes(opcode + moved for opcode in payload[1:2])
        answers = recorded.startswith("RESP")
        wanted = f"RESP 01{payload[1]:02x}" if answers else recorded
        wanted_result = result if result == NrfError.INVALID_ADDR else None
        assert reaction(bytes(payload), dialect) == [wanted, wanted_result], (name, payload.hex())


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_opcode_alone(dialect: str) -> None:
    """It is answered where the call has no parameters, and a fault to all others: the recorded rule."""
    codec, build = Codec(dialect), firmware_of(DIALECTS[dialect])
    lacking = Device(dialect).unknown_opcodes
    alone = {
        codec.opcode(cls)
        for cls in codec.message_classes()
        if cls.kind == "command" and cls.name in WITHOUT_PARAMETERS[DIALECTS[dialect].api]
    }
    known = {codec.opcode(cls) for cls in codec.message_classes() if cls.kind == "command"} - lacking
    for opcode in range(256):
        answered = opcode in alone - lacking or (build.refuses_unknown and opcode not in known)
        assert reaction(bytes([0, opcode]), dialect)[0].startswith("RESP") is answered, hex(opcode)


def test_all_commands_are_judged() -> None:
    assert len(COMMANDS) == 1373
    assert Counter(recorded for recorded, *_ in COMMANDS.values())["RESTART"] == 764
    assert set(EXCEPTIONS) <= set(COMMANDS)


# -- commands of every dialect, judged by the codecs of its firmware

# What is done with a command, by the vectors that it is in.
FATES = {"valid": "answered", "tolerated": "answered", "malformed": "fault"}


def fate(dialect: str, record: dict[str, Any]) -> str:
    """What the firmware does with a command: a call that its dispatcher lacks it does not look into."""
    build = firmware_of(DIALECTS[dialect])
    if record["name"] in DIALECTS[dialect].unknown_calls:
        return "answered" if build.refuses_unknown else "fault"
    return (
        "fault"
        if record["category"] != "malformed" and crashes(dialect, record)
        else FATES[record["category"]]
    )


def crashes(dialect: str, record: dict[str, Any]) -> bool:
    """Sound commands that a new chip's firmware does not get to answer."""
    fields, version = record["fields"], DIALECTS[dialect].api
    if record["name"] == "sd_ble_gap_device_name_get":  # the encoder of its response needs the name's buffer
        return 3 <= version <= 6 and fields["len"] is not None and not fields["dev_name_present"]
    if (
        record["name"] == "sd_ble_enable" and version == 2
    ):  # counts of bandwidths: through a pointer to nowhere
        common = (fields["ble_enable_params"] or {}).get("common_enable_params")
        return bool(common and common["conn_bw_counts"])
    if record["name"] == "sd_ble_gap_adv_set_configure":  # pc-ble-driver's build uses both without looking
        return dialect == "sd_api_v6_pc" and None in (fields["adv_handle"], fields["adv_data"])
    return False


@one_in(12)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_the_codecs_refuse_is_a_fault_and_all_else_is_answered(dialect: str, step: int) -> None:
    judged = [
        {**record, "category": category}
        for category in FATES
        for record in records(dialect, category)
        if record["kind"] == "command" and not is_accident(record, category)
    ]
    different = [
        record["hex"]
        for record in judged[::step]
        if done(dialect, bytes.fromhex(record["hex"])) != fate(dialect, record)
    ]
    assert judged
    assert different == []


def done(dialect: str, command: bytes) -> str:
    device = Device(dialect)
    device.receive(b"\0" + command, 0.0)
    answers = device.payloads_to_send()
    if device.reboot_cause is not None:
        return "fault" if device.at_fault and not answers else "something else"
    return "answered" if answers and answers[0][:2] == b"\1" + command[:1] else "something else"
