"""A value longer than one packet: prepared writes, in memory that the application lends.

The first prepared write makes the chip ask for memory (USER_MEM_REQUEST). Once it is lent the chip queues the parts
there without asking, and the execution's event brings the whole block: u16 handle, u16 offset, u16 length and bytes,
repeated, ended by handle 0.

    python examples/long_write.py
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gatts_codec import (
    Attr,
    AttrMd,
    CharMd,
    CharProps,
    ServiceType,
    Uuid,
    WriteEvent,
    connect,
    memory_pair,
)
from gatts_codec.common import UserMemBlock, UserMemReply, UserMemRequestEvent
from gatts_codec.device import ChipRunner, VirtualChip

DIALECT = "sd_api_v5"
MEMORY = 64  # bytes: firmware has no more, whatever is offered
TEXT = b"Over 20 bytes a value comes in parts."


def queued_writes(block: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Handle, offset and bytes of each write in a lent block."""
    at = 0
    while at + 6 <= len(block):
        handle, offset, length = struct.unpack_from("<HHH", block, at)
        if handle == 0:
            return
        yield handle, offset, block[at + 6 : at + 6 + length]
        at += 6 + length


def main() -> None:
    chip_end, host_end = memory_pair()
    with ChipRunner(VirtualChip(DIALECT), chip_end) as chip, connect(host_end, DIALECT) as client:
        service = client.service_add(ServiceType.PRIMARY, Uuid(0x1815)).handle
        value = Attr(Uuid(0x2A3D), AttrMd(vlen=1), max_len=200)
        handles = client.characteristic_add(service, CharMd(CharProps(write=1)), value).handles
        assert handles is not None
        client.sys_attr_set(chip.peer.connect())

        writing = chip.peer.begin(lambda phone: phone.write_long(handles.value_handle, TEXT))
        request = client.wait_for(UserMemRequestEvent)
        client.call(UserMemReply(request.conn_handle, UserMemBlock(MEMORY)))

        executed = client.wait_for(WriteEvent)
        assert executed.mem_block is not None
        for handle, offset, part in queued_writes(executed.mem_block.mem or b""):
            print(f"{handle:#06x} offset {offset:2}: {part.decode()}")
        writing.result(30)
        stored = chip.peer.begin(lambda phone: phone.read_long(handles.value_handle)).result(30)
        print(len(stored), "bytes in the chip's table")


if __name__ == "__main__":
    main()
