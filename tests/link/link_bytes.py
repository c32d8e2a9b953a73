"""Frames as they travel, written out, and shortcuts to bring an end into a state with them."""

from __future__ import annotations

from gatts_codec.framing import Decoder, H5Packet, encode_frame
from gatts_codec.link.chip_link import ChipLink
from gatts_codec.link.config import ChipConfig, HostConfig
from gatts_codec.link.events import LinkUp
from gatts_codec.link.host_link import HostLink

RELEASE = bytes.fromhex("c0ddc0")
RESET = bytes.fromhex("c0000500fbc0")
SYNC = bytes.fromhex("c0002f00d1017ec0")
SYNC_RSP = bytes.fromhex("c0002f00d1027dc0")
CONFIG = bytes.fromhex("c0003f00c103fc11c0")
CONFIG_RSP = bytes.fromhex("c0003f00c1047b11c0")
WAKEUP = bytes.fromhex("c0002f00d105fac0")
ACKS = [bytes.fromhex(f"c0{number << 3:02x}0000{-(number << 3) & 0xFF:02x}c0") for number in range(8)]


def packet(payload: bytes, seq: int = 0, ack: int = 0, *, reliable: bool = True, crc: bool = True) -> bytes:
    """A vendor specific frame."""
    return encode_frame(H5Packet(14, payload, seq=seq, ack=ack, reliable=reliable, crc=crc))


def shown(data: bytes) -> list[str]:
    """The frames in ``data``, readable: ``["SYNC", "ACK 1", "packet 0 ack 3 006601"]``; bad ones are left out."""
    decoder = Decoder()
    frames = decoder.feed(data)
    assert not decoder.pending
    assert not decoder.dropped
    return [
        shown_packet(frame.packet) if frame.packet else "RELEASE"
        for frame in frames
        if frame.packet or frame.raw == RELEASE
    ]


def shown_packet(packet: H5Packet) -> str:
    if packet.type == 0:
        return f"ACK {packet.ack}"
    if packet.type == 14:
        return f"packet {packet.seq} ack {packet.ack} {packet.payload.hex()}"
    return packet.link or packet.type_name


def active_host(config: HostConfig | None = None) -> HostLink:
    """A host's end in ACTIVE, at time 0."""
    host = HostLink(config or HostConfig(reset=False))
    host.open(0.0)
    for _ in range(9):
        if host.is_up:
            break
        host.tick(host.next_deadline() or 0.0)
        host.receive_data(SYNC_RSP + CONFIG_RSP, host.next_deadline() or 0.0)
    assert host.is_up
    host.data_to_send()
    return host


def active_chip(config: ChipConfig | None = None) -> ChipLink:
    """A chip's end in ACTIVE, at time 0."""
    chip = ChipLink(config)
    chip.open(0.0)
    assert LinkUp() in chip.receive_data(SYNC + SYNC_RSP + CONFIG + CONFIG_RSP + CONFIG, 0.0)
    chip.data_to_send()
    return chip
