"""Recordings of the line, from bytes to packets: readers, frames, records.

with open("capture.jsonl", "rb") as file:
    decoder = PacketDecoder("sd_api_v5")
    for item in assemble(jsonl.read(file, "capture.jsonl")):
        if isinstance(item, CapturedFrame):
            print(decoder.decode(item).to_dict())
"""

from gatts_codec.capture.chunks import (
    DIRECTIONS,
    TO_DEVICE,
    TO_HOST,
    Chunk,
    Direction,
    Entries,
    Entry,
    LineFault,
    Remark,
)
from gatts_codec.capture.frames import Aside, CapturedFrame, FrameAssembler, Item, Stray, Unfinished, assemble
from gatts_codec.capture.packets import Decoded, PacketDecoder, PacketRecord

__all__ = [
    "DIRECTIONS",
    "TO_DEVICE",
    "TO_HOST",
    "Aside",
    "CapturedFrame",
    "Chunk",
    "Decoded",
    "Direction",
    "Entries",
    "Entry",
    "FrameAssembler",
    "Item",
    "LineFault",
    "PacketDecoder",
    "PacketRecord",
    "Remark",
    "Stray",
    "Unfinished",
    "assemble",
]
