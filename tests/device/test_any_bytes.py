"""Whatever a host sends: a response, silence or a reboot, and never anything else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from functools import cache
from typing import Any

from device.bench import ALL, Bench
from golden import records
from hypothesis import given
from hypothesis import strategies as st
from strategies import messages

from gatts_codec import Command
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.device import Device
from gatts_codec.device.peer import Peer
from gatts_codec.errors import PeerError
from gatts_codec.framing import encode_frame, h5
from gatts_codec.packets.common.user_mem_reply import UserMemBlock, UserMemReply


@cache
def known_commands(dialect: str) -> list[bytes]:
    valid = records(dialect, "valid")
    return [b"\0" + bytes.fromhex(record["hex"]) for record in valid if record["kind"] == "command"]


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
    device.tick(now)  # what is due comes before
    assert all(event[0] == 2 for event in device.payloads_to_send())
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


HANDLES = ("handle", "service_handle", "inc_srvc_handle", "char_handle", "start_handle", "end_handle")


def aimed(message: Command[Any], draw: st.DataObject, conn: int, last: int) -> Command[Any]:
    """The command with connection and handles that exist, mostly."""
    names = {field.name for field in fields(message)}  # type: ignore[arg-type]
    changed: dict[str, Any] = {}
    if "conn_handle" in names:
        changed["conn_handle"] = draw.draw(st.sampled_from([conn, conn, 0xFFFF, 7]))
    for name in [name for name in names.intersection(HANDLES) if getattr(message, name) is not None]:
        changed[name] = draw.draw(st.integers(0, last + 1))
    params = getattr(message, "hvx_params", None)
    if params is not None:
        changed["hvx_params"] = replace(params, handle=draw.draw(st.integers(0, last + 1)))
    return replace(message, **changed)  # type: ignore[type-var]


def peer_acts(peer: Peer, draw: st.DataObject, last: int) -> None:
    """Anything a peer can do; PeerError is the only way in which it may fail."""
    handle, data = draw.draw(st.integers(0, last + 1)), draw.draw(st.binary(max_size=18))
    acts: list[Callable[[], object]] = [
        peer.connect,
        peer.disconnect,
        peer.execute,
        peer.cancel,
        peer.confirm,
        peer.leave,
        peer.come_back,
        lambda: peer.read(handle, len(data)),
        lambda: peer.read_long(handle),
        lambda: peer.write(handle, data),
        lambda: peer.write_command(handle, data),
        lambda: peer.write_long(handle, data * 4),
        lambda: peer.prepare(handle, data, len(data)),
        lambda: peer.subscribe(handle, indications=True),
        lambda: peer.exchange_mtu(len(data) * 20),
        lambda: peer.encrypt(1 + len(data) % 4),
    ]
    with suppress(PeerError):
        draw.draw(st.sampled_from(acts))()


@given(data=st.data())
def test_any_calls_while_a_peer_does_anything(data: st.DataObject) -> None:
    dialect = data.draw(st.sampled_from(ALL))
    bench = Bench(dialect, notification_queue=2, max_mtu=247)
    bench.service()
    kinds: tuple[dict[str, Any], ...] = ({}, {"rd_auth": 1, "wr_auth": 1}, {"vlen": 0})
    for number, md in enumerate(kinds):
        bench.characteristic(0x2A37 + number, **md)
    bench.peer.confirms = data.draw(st.booleans())
    for _ in range(data.draw(st.integers(1, 20))):
        last = len(bench.device.table)
        what = data.draw(st.integers(0, 3))
        if what == 0:
            peer_acts(bench.peer, data, last)
        elif what == 1:
            lent = data.draw(
                st.sampled_from([None, UserMemBlock(64, mem_present=False), UserMemBlock(0xFFFF)])
            )
            check(bench.device, bench.codec.pack(UserMemReply(0, lent)), bench.now)
        elif what == 2:
            bench.after(data.draw(st.sampled_from([0.0, 1.0, 31.0])))
        else:
            command = data.draw(messages(dialect, "command"))
            assert isinstance(command, Command)
            check(bench.device, bench.codec.pack(aimed(command, data, 0, last)), bench.now)
        for payload in bench.device.payloads_to_send():
            bench.codec.unpack(payload)  # what the chip says is strictly right


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
