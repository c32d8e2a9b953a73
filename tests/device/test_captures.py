"""The chip beside real firmware code: same frames for the same calls, but for values that a SoftDevice chooses."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from device.bench import Bench
from device.wire import Wire
from link.link_bytes import shown

from gatts_codec import CharacteristicAddResponse, Codec, DecodeError, NrfError, Opaque, Response, ValueGet
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.config import DeviceConfig
from gatts_codec.device.device import Device
from gatts_codec.device.firmware import FIRMWARE, OnFault
from gatts_codec.framing import Decoder

CAPTURES = Path(__file__).parents[1] / "captures"
RECORDED = sorted(
    path.relative_to(CAPTURES).as_posix()
    for folder in ("real_firmware", "python_apps")
    for path in (CAPTURES / folder).glob("*/*.jsonl")
)
# Of these the firmware, or a script in its place, did more than answer.
NOT_CALLS_ALONE = ("a_link_up", "a_conn_reset_soft", "a_conn_reset_sys")

# Where the stand-in behind the recorded firmware did not behave as SoftDevices are documented to. It had no table and
# no connections: it took any handle, stored any value and sent to peers that were not there.
AS_RECORDED = DeviceConfig(version=(9, 0x0059, 0x00AE))
CHOSEN = (
    *("include_add", "characteristic_add", "descriptor_add", "value_set", "value_get", "hvx", "attr_get"),
    *("rw_authorize_reply", "sys_attr_set", "sys_attr_get", "service_changed", "exchange_mtu_reply"),
    "initial_user_handle_get",
)


_NOT_SUPPORTED = (6).to_bytes(4, "little")


def calls_of(path: Path) -> list[tuple[bytes, bytes | None]]:
    """Commands with their recorded responses, None where the chip gave none; retransmissions once."""
    decoders = {"host->device": Decoder(), "device->host": Decoder()}
    calls: list[tuple[bytes, bytes | None]] = []
    last: dict[str, tuple[int, bytes]] = {}
    for line in path.read_text("ascii").splitlines():
        chunk = json.loads(line)
        for frame in decoders[chunk["dir"]].feed(bytes.fromhex(chunk["hex"])):
            packet = frame.packet
            if packet is None or packet.type != 14 or last.get(chunk["dir"]) == (packet.seq, packet.payload):
                continue
            last[chunk["dir"]] = (packet.seq, packet.payload)
            if chunk["dir"] == "host->device":
                calls.append((packet.payload, None))
            elif packet.payload[0] == 1 and calls:
                calls[-1] = (calls[-1][0], packet.payload)
    return calls


@pytest.mark.parametrize("name", RECORDED)
def test_same_frames_for_the_same_calls(name: str) -> None:
    path = CAPTURES / name
    if path.stem in NOT_CALLS_ALONE:
        assert all(command[0] == 5 or command[1] in (0x65, 0x66) for command, _ in calls_of(path))
        return
    dialect = path.parent.name
    device, codec = Device(dialect, AS_RECORDED), Codec(dialect, strict=False)
    compared = 0
    for command, recorded in calls_of(path):
        device.receive(command, 0.0)
        answer = device.payloads_to_send()
        if recorded is not None and recorded[2:] == _NOT_SUPPORTED:
            # The recorded program had no fault handler: a board restarts at an unknown opcode.
            assert device.at_fault
            device.reboot()
            continue
        if recorded is None:
            assert _rebooted_as_recorded(device, codec, command, answer)
            device.reboot()
            continue
        (ours,) = answer[:1]
        compared += 1
        if ours != recorded:
            assert _only_values_differ(codec, command, ours, recorded), (
                command.hex(),
                ours.hex(),
                recorded.hex(),
            )
    assert compared


def _only_values_differ(codec: Codec, command: bytes, ours: bytes, recorded: bytes) -> bool:
    """The same response in form, as far as it is one: same type and opcode, and where both succeed the same fields."""
    mine, theirs = codec.unpack(ours), codec.unpack(recorded)
    if isinstance(mine, Opaque) or isinstance(theirs, Opaque):
        return False
    assert isinstance(mine, Response)
    assert isinstance(theirs, Response)
    if type(mine) is not type(theirs):
        return False
    if mine.result or theirs.result:
        return mine.name.removeprefix("sd_ble_gatts_") in CHOSEN
    if isinstance(mine, CharacteristicAddResponse) or hasattr(mine, "handle"):
        return [k for k, v in mine.to_dict().items() if v is None] == [
            k for k, v in theirs.to_dict().items() if v is None
        ]
    return len(ours) == len(recorded)


def _rebooted_as_recorded(device: Device, codec: Codec, command: bytes, answer: list[bytes]) -> bool:
    """What the real chip did not answer: a value of 513 bytes, and the early length of system attributes alone."""
    if device.reboot_cause is not None:
        with pytest.raises(DecodeError):
            codec.unpack(command)
        return True
    # SDK 11 firmware cannot say the length alone, and crashes; here there is no connection that would have one.
    return command[1] == codec.opcode(codec.message_class("command", "sys_attr_get")) and answer != []


def test_the_first_frames_of_a_session_are_the_same_bytes() -> None:
    for dialect in ("sd_api_v2_pc", "sd_api_v5", "sd_api_v6"):
        device = Device(dialect, AS_RECORDED)
        for command, recorded in calls_of(CAPTURES / f"real_firmware/{dialect}/a_enable.jsonl"):
            device.receive(command, 0.0)
            assert device.payloads_to_send() == [recorded]


def at_recorded_handle(bench: Bench, handle: int, **characteristic: Any) -> None:
    """Add a characteristic where the recorded calls look for it; others fill what is left before."""
    while bench.service() < handle - 2:
        pass
    assert bench.characteristic(**characteristic).value_handle == handle


@pytest.mark.parametrize("dialect", ["sd_api_v2_pc", "sd_api_v5"])
def test_values_byte_for_byte(dialect: str) -> None:
    """c_values with an attribute at the recorded handle: all but what this chip says about buffers too small."""
    bench = Bench(dialect, service_changed=False)
    at_recorded_handle(bench, 14, max_len=512)
    same = different = 0
    for command, recorded in calls_of(CAPTURES / f"real_firmware/{dialect}/c_values.jsonl"):
        if recorded is None or (request := bench.codec.unpack(command)).to_dict()["handle"] == 0xDBC0:
            continue
        ours = bench.raw(command)
        same, different = same + (ours == recorded), different + (ours != recorded)
        if ours != recorded:
            assert isinstance(request, ValueGet)
            assert request.value is not None
            told = bench.codec.unpack(ours).to_dict()["value"]
            assert told["value"] is None
            assert told["len"] > request.value.len
    assert same > 20
    assert different == 2


@pytest.mark.parametrize("dialect", ["sd_api_v2_pc", "sd_api_v5"])
def test_notifications_and_indications_byte_for_byte(dialect: str) -> None:
    """d_hvx_misc, its first calls, with a subscribed peer at the recorded connection and handle."""
    bench = Bench(dialect, max_mtu=247, service_changed=False)
    at_recorded_handle(bench, 16, max_len=512, value=bytes(5))
    assert bench.connected() == 0
    bench.peer.subscribe(16, indications=True).result()
    calls = calls_of(CAPTURES / f"real_firmware/{dialect}/d_hvx_misc.jsonl")
    for command, recorded in calls[:3]:
        assert bench.raw(command) == recorded
    # The next gives no length: a NULL pointer to a SoftDevice, of which the recorded stand-in took no notice.
    assert bench.raw(calls[3][0])[2:] == NrfError.INVALID_ADDR.to_bytes(4, "little")
    kinds = [type(event).__name__ for event in bench.events()[1:]]
    sent = "HvnTxCompleteEvent" if dialect == "sd_api_v5" else "TxCompleteEvent"
    assert kinds == [sent, "HvcEvent", sent]


def test_the_recorded_peripheral_works_here() -> None:
    """blatann's session, with the handles that this chip gave it instead of the recorded ones."""
    device = Device("sd_api_v5")
    calls = calls_of(CAPTURES / "python_apps/sd_api_v5/blatann_peripheral.jsonl")
    service = b""
    for command, recorded in calls:
        if command[1] == 0xA2:
            command = command[:2] + service + command[4:]
        if command[1] == 0xA4:
            break
        device.receive(command, 0.0)
        (ours, *_) = device.payloads_to_send()
        assert recorded is not None
        assert ours[:6] == recorded[:6]
        if command[1] == 0xA0:
            service = ours[-2:]
        elif command[1] != 0xA2:
            assert ours == recorded
    assert device.gap.name == b"Peripheral Example"
    assert device.gap.advertising


# -- the whole chip beside firmware of SDK 14.2 that was run

WHOLE = [
    ("t13_bad_fw14hang", "hang"),  # a malformed command
    ("t13_over_fw14", "hang"),  # packets over its limit
    ("t7_fw14_size", "hang"),
    ("t7_fw14_reset", "hang"),  # another link, and the table of the first is still there
    ("t13_unk_fw14", "restart"),  # an unknown opcode
    ("t7_fw14_over", "restart"),
]


@pytest.mark.parametrize(("name", "on_fault"), WHOLE)
def test_frame_by_frame_in_the_recordings_time(name: str, on_fault: OnFault) -> None:
    """Values are the stand-in's, and how many SYNCs there are is a matter of the recording machine."""
    wire = Wire(VirtualChip("sd_api_v5", firmware=replace(FIRMWARE["sdk14.2"], on_fault=on_fault)), up=False)
    ours: list[str] = []
    theirs = b""
    for line in (CAPTURES.parent / f"verdicts/firmware/{name}.jsonl").read_text("ascii").splitlines():
        chunk = json.loads(line)
        if chunk["dir"] == "device->host":
            theirs += bytes.fromhex(chunk["hex"])
            continue
        ours += wire.after(max(0.0, chunk["t_us"] / 1_000_000 - wire.now))
        ours += wire.say(bytes.fromhex(chunk["hex"]))
    ours += wire.after(0.05)
    assert _in_form(ours) == _in_form(shown(theirs))
    assert len(_in_form(ours)) >= 5


def _in_form(heard: list[str]) -> list[str]:
    """Packets by their numbers and what they are; what is repeated once."""
    return [form for form, _ in groupby(frame[: len("packet 0 ack 1 01a0")] for frame in heard)]
