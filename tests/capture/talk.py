"""Frames of a talk between a host and a chip, for what no capture shows."""

from __future__ import annotations

from collections.abc import Iterable

from gatts_codec import Codec, Hvx, HvxParams, RwAuthorizeRequestEvent, SysAttrSet, SysAttrSetResponse, Uuid
from gatts_codec.capture import TO_DEVICE, TO_HOST, Chunk, Direction, Item, Report, assemble, diagnose
from gatts_codec.framing import H5Packet, encode_frame, h5
from gatts_codec.packets.gatts.rw_authorize_request_event import ReadParams
from gatts_codec.schema.message import Packet

RESET = bytes.fromhex("c0000500fbc0")
CODEC = Codec("sd_api_v5")
LINK_UP = [
    (TO_DEVICE, h5.LINK_PAYLOADS["SYNC"]),
    (TO_HOST, h5.LINK_PAYLOADS["SYNC_RSP"]),
    (TO_DEVICE, h5.LINK_PAYLOADS["CONFIG"] + b"\x11"),
    (TO_HOST, h5.LINK_PAYLOADS["CONFIG_RSP"] + b"\x11"),
]


class Talk:
    """Frames of a talk between a host and a chip, one every millisecond unless told otherwise."""

    def __init__(self, *, up: bool = True) -> None:
        self.chunks: list[Chunk] = []
        self.now_us = 0
        self.sent = {TO_DEVICE: 0, TO_HOST: 0}
        if up:
            self.come_up()

    def raw(self, way: Direction, data: bytes, wait_us: int = 1000) -> None:
        self.now_us += wait_us
        self.chunks.append(Chunk(self.now_us, way, data))

    def link(self, way: Direction, payload: bytes, wait_us: int = 1000) -> None:
        self.raw(way, encode_frame(H5Packet(15, payload)), wait_us)

    def packet(
        self, way: Direction, payload: bytes, *, ack: bool = True, times: int = 1, wait_us: int = 1000
    ) -> None:
        other = TO_HOST if way == TO_DEVICE else TO_DEVICE
        frame = encode_frame(H5Packet(14, payload, self.sent[way] % 8, self.sent[other] % 8, True, True))
        for _ in range(times):
            self.raw(way, frame, wait_us)
        self.sent[way] += 1
        if ack:
            self.raw(other, encode_frame(H5Packet(0, ack=self.sent[way] % 8)))

    def call(self, command: Packet, response: Packet, *, wait_us: int = 1000) -> None:
        """A command and its response."""
        self.message(command, wait_us=wait_us)
        self.message(response)

    @staticmethod
    def packed(message: Packet) -> bytes:
        """The payload of a packet."""
        return CODEC.pack(message)

    def message(self, message: Packet, *, wait_us: int = 1000) -> None:
        way = TO_DEVICE if message.kind == "command" else TO_HOST
        self.packet(way, CODEC.pack(message), wait_us=wait_us)

    def sync(self, times: int) -> None:
        """The host restarts the link, in vain."""
        self.raw(TO_DEVICE, RESET)
        for _ in range(times):
            self.link(TO_DEVICE, h5.LINK_PAYLOADS["SYNC"], 250_000)

    def come_up(self) -> None:
        """The link is made."""
        for way, payload in LINK_UP:
            self.link(way, payload)
        self.sent = {TO_DEVICE: 0, TO_HOST: 0}

    def report(self, extra: Iterable[Item] = (), dialect: str = "sd_api_v5") -> Report:
        return diagnose([*assemble(self.chunks), *extra], dialect)


NOTIFY = Hvx(0, HvxParams(0x0E, data=b"\1"))
REQUEST = RwAuthorizeRequestEvent(0, 1, read=ReadParams(0x0E, Uuid(0x2A37), 0))
NOTHING = SysAttrSet(0)
DONE = SysAttrSetResponse(0)
