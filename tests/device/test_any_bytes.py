"""Whatever a host sends: a response, silence or a reboot, and never anything else."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from device.bench import ALL
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.device import Device
from gatts_codec.framing import encode_frame, h5

VECTORS = Path(__file__).parents[1] / "vectors"


@cache
def known_commands(dialect: str) -> list[bytes]:
    folder = VECTORS / ("sd_api_v2" if dialect == "sd_api_v2_pc" else dialect)
    records = [json.loads(line) for line in (folder / "valid.jsonl").read_text("ascii").splitlines()]
    return [b"\0" + bytes.fromhex(record["hex"]) for record in records if record["kind"] == "command"]


@st.composite
def payloads(draw: st.DrawFn, dialect: str) -> bytes:
    """Valid commands, such with a few bytes changed, and any bytes."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.binary(max_size=40))
    command = bytearray(draw(st.sampled_from(known_commands(dialect))))
    for _ in range(draw(st.integers(0, 2))):
        command[draw(st.integers(0, len(command) - 1))] = draw(st.integers(0, 255))
    return bytes(command[: draw(st.integers(1, len(command)))] if draw(st.booleans()) else command)


def check(device: Device, payload: bytes, now: float) -> None:
    device.receive(payload, now)
    answer = device.payloads_to_send()
    if device.reboot_cause is not None:
        assert answer == []
        device.reboot()
        return
    if payload[:1] != b"\0":
        assert answer == []
        return
    assert answer[0][:2] == b"\x01" + payload[1:2]
    assert all(event[0] == 2 for event in answer[1:])
    assert device.table.used <= device.table.size


@given(data=st.data())
def test_any_commands(data: st.DataObject) -> None:
    dialect = data.draw(st.sampled_from(ALL))
    device = Device(dialect)
    for number, payload in enumerate(data.draw(st.lists(payloads(dialect), max_size=15))):
        check(device, payload, float(number))


@given(data=st.data())
def test_any_bytes_on_the_wire(data: st.DataObject) -> None:
    chip = VirtualChip(data.draw(st.sampled_from(ALL)))
    chip.open(0.0)
    pieces = st.one_of(
        st.binary(max_size=30),
        st.sampled_from([encode_frame(h5.H5Packet(15, payload)) for payload in h5.LINK_PAYLOADS.values()]),
        st.builds(
            lambda payload, seq, ack: h5.encode_reliable(payload, seq, ack),
            st.binary(max_size=30),
            st.integers(0, 7),
            st.integers(0, 7),
        ),
    )
    for number, piece in enumerate(data.draw(st.lists(pieces, max_size=20))):
        chip.receive_data(piece, number * 0.1)
        chip.data_to_send()
