"""An update service in which the application decides about every step: authorized writes as in a firmware update.

A *control point* takes commands: ``01 size crc32`` begins an image, ``02`` ends it. It has wr_auth, so the chip stores
nothing and asks; the phone's write succeeds or fails by the answer. A *packet* characteristic takes the image in write
commands, which nobody answers: there the application takes the data and stores nothing.

    python examples/dfu_authorization.py
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import partial

from gatts_codec import (
    Attr,
    AttrMd,
    AuthorizeParams,
    AuthorizeType,
    CharMd,
    CharProps,
    Client,
    PeerError,
    RwAuthorizeReplyParams,
    RwAuthorizeRequestEvent,
    ServiceType,
    Uuid,
    WriteEvent,
    connect,
    memory_pair,
)
from gatts_codec.device import BlockingPeer, ChipRunner, Peer, VirtualChip

DIALECT = "sd_api_v5"
BEGIN, END = 1, 2
TOO_LARGE, NOT_NOW, DAMAGED = 0x0180, 0x0181, 0x0182  # GATT statuses of the application's own
LARGEST = 4096  # bytes
PACKET = 20  # bytes: what fits into one write at the smallest MTU


@dataclass
class Image:
    """An image under way."""

    size: int
    crc: int
    data: bytes = b""


class Updater:
    """The host's side of the service."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.image: Image | None = None
        service = client.service_add(ServiceType.PRIMARY, Uuid(0xFE59)).handle
        authorized = AttrMd(wr_auth=1, vlen=1)
        self.control_point = self._add(service, Uuid(0x0001), CharProps(write=1), authorized)
        self.packet = self._add(service, Uuid(0x0002), CharProps(write_wo_resp=1), authorized)

    def _add(self, service: int | None, uuid: Uuid, props: CharProps, md: AttrMd) -> int:
        handles = self.client.characteristic_add(service, CharMd(props), Attr(uuid, md, PACKET)).handles
        assert handles is not None
        return handles.value_handle

    def answer(self, event: object) -> None:
        """Take one event of the chip."""
        if isinstance(event, WriteEvent) and event.handle == self.packet and self.image is not None:
            self.image.data += event.data  # auth_required is 1: the chip has not stored it
        elif isinstance(event, RwAuthorizeRequestEvent) and event.write is not None:
            status = self.judge(event.write.data)
            # To grant a write is to store it: update 1, and the data again.
            granted = AuthorizeParams(update=1, data=event.write.data)
            write = granted if status == 0 else AuthorizeParams(gatt_status=status)
            reply = RwAuthorizeReplyParams(AuthorizeType.WRITE, write=write)
            self.client.rw_authorize_reply(event.conn_handle, reply)

    def judge(self, command: bytes) -> int:
        """The GATT status for a command: 0 grants it."""
        if command[:1] == bytes([BEGIN]) and len(command) == 9:
            size, crc = struct.unpack("<II", command[1:])
            self.image = Image(size, crc)
            return TOO_LARGE if size > LARGEST else 0
        if command != bytes([END]) or self.image is None:
            return NOT_NOW
        whole = len(self.image.data) == self.image.size and zlib.crc32(self.image.data) == self.image.crc
        return 0 if whole else DAMAGED


def update(phone: BlockingPeer, updater: Updater, image: bytes, crc: int) -> str:
    """What a phone does to bring an image to the device, and what came of it."""
    for command in (struct.pack("<BII", BEGIN, len(image), crc), bytes([END])):
        writing = phone.begin(partial(Peer.write, handle=updater.control_point, data=command))
        updater.answer(updater.client.wait_for(RwAuthorizeRequestEvent))
        try:
            writing.result(30)
        except PeerError as error:
            return str(error)
        if command[0] == BEGIN:
            for at in range(0, len(image), PACKET):
                phone.write_command(updater.packet, image[at : at + PACKET])
                updater.answer(updater.client.wait_for(WriteEvent))
    return f"{len(image)} bytes arrived"


def main() -> None:
    image = bytes(range(256)) * 4
    chip_end, host_end = memory_pair()
    with ChipRunner(VirtualChip(DIALECT), chip_end) as chip, connect(host_end, DIALECT) as client:
        updater = Updater(client)
        client.sys_attr_set(chip.peer.connect())
        print("good image:", update(chip.peer, updater, image, zlib.crc32(image)))
        print("damaged image:", update(chip.peer, updater, image, 0))
        print("large image:", update(chip.peer, updater, image * 8, 0))


if __name__ == "__main__":
    main()
