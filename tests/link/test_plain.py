"""Clients on lines without a link: length framing and COBS."""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing

import pytest

from gatts_codec import (
    Codec,
    EncodeError,
    HostConfig,
    HvcEvent,
    LinkClosed,
    LinkTimeout,
    ServiceAdd,
    ServiceAddResponse,
    Transport,
    Uuid,
    aconnect,
    connect,
    memory_pair,
)
from gatts_codec.framing import FRAMINGS, framing_named
from gatts_codec.link.events import FrameRejected, LinkLost, LinkUp, PacketReceived
from gatts_codec.link.plain import PlainLink

DIALECT = "sd_api_v5"
CODEC = Codec(DIALECT)
ANSWER = CODEC.pack(ServiceAddResponse(0, 13)), CODEC.pack(HvcEvent(0, 15))
each_framing = pytest.mark.parametrize("framing", [name for name in FRAMINGS if name != "h5"])


def chip(transport: Transport, framing: str, times: int) -> threading.Thread:
    """Answers so many commands with a response and an event."""

    def serve() -> None:
        decoder, answered = framing_named(framing).decoder(), 0
        while answered < times:
            transport.wait(300)
            for frame in decoder.feed(transport.read()):
                assert CODEC.unpack(frame.payload or b"") == ServiceAdd(1, Uuid(0x180D))
                transport.write(b"".join(framing_named(framing).encode(payload) for payload in ANSWER))
                answered += 1

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


@each_framing
def test_blocking(framing: str) -> None:
    ours, theirs = memory_pair()
    with closing(theirs), connect(ours, DIALECT, framing=framing) as sd:
        thread = chip(theirs, framing, 3)
        for _ in range(3):
            assert sd.service_add(1, Uuid(0x180D)).handle == 13
            assert sd.wait_for(HvcEvent) == HvcEvent(0, 15)
        thread.join()
        with pytest.raises(
            LinkTimeout, match="the command was sent, and the chip did not answer it within 0"
        ):
            sd.calling(timeout_s=0.02).service_add(1, Uuid(0x180D))
        assert sd.send_raw(b"\x05\x01") == b""
        assert "ACTIVE" in repr(sd)
        sd.reset()


@each_framing
def test_asyncio(framing: str) -> None:
    async def main() -> None:
        ours, theirs = memory_pair()
        with closing(theirs):
            async with aconnect(ours, DIALECT, framing=framing) as sd:
                thread = chip(theirs, framing, 1)
                assert (await sd.service_add(1, Uuid(0x180D))).handle == 13
                assert await sd.wait_for(HvcEvent) == HvcEvent(0, 15)
                thread.join()

    asyncio.run(main())


def test_an_unknown_framing() -> None:
    ours, theirs = memory_pair()
    with closing(theirs), pytest.raises(EncodeError, match="no framing 'slip'; there are h5, length"):
        connect(ours, DIALECT, framing="slip")
    with pytest.raises(LinkClosed):
        ours.read()


@each_framing
def test_the_machine(framing: str) -> None:
    link = PlainLink(framing_named(framing), HostConfig(max_payload=5))
    with pytest.raises(LinkClosed):
        link.send(b"1", 0.0)
    assert link.receive_data(b"\x00\x00", 0.0) == []
    assert link.close(0.0) == []
    assert link.open(0.0) == [LinkUp()]
    with pytest.raises(EncodeError, match="6 bytes, the firmware takes 5"):
        link.send(b"123456", 0.0)
    link.send(b"12345", 0.0)
    assert (link.waiting, link.next_deadline(), link.tick(9.0)) == (0, None, [])
    data = link.data_to_send()
    assert link.data_to_send() == b""
    assert link.receive_data(data, 0.0) == [PacketReceived(b"12345")]
    assert [type(event) for event in link.close(0.0)] == [LinkLost]


def test_a_bad_frame_is_reported() -> None:
    link = PlainLink(framing_named("cobs+crc16"), HostConfig())
    link.open(0.0)
    (event,) = link.receive_data(b"\x03ab\x00", 0.0)
    assert isinstance(event, FrameRejected)
