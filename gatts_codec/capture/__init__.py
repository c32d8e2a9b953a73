"""Recordings of the line, from bytes to packets, calls and a diagnosis; and from there to other formats.

    from gatts_codec.capture import CapturedFrame, PacketDecoder, open_recording

    decoder = PacketDecoder("sd_api_v5")
    with open_recording("capture.jsonl") as recording:
        for item in recording.items:
            if isinstance(item, CapturedFrame):
                print(decoder.decode(item).to_dict())

``detect_dialect`` finds the dialect, ``Session`` puts packets together to calls, ``diagnose`` says what is wrong. The
names load on first use; ``convert_file`` needs the parquet extra.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatts_codec.facade import facade

if TYPE_CHECKING:
    from gatts_codec.capture.bulk.convert import Converted, convert_file
    from gatts_codec.capture.bulk.objects import read_messages
    from gatts_codec.capture.calls.session import Call, EventSeen, Happening, Session
    from gatts_codec.capture.decoding.detection import Verdict, detect_dialect
    from gatts_codec.capture.decoding.packets import Decoded, PacketDecoder, PacketRecord
    from gatts_codec.capture.doctor import Evidence, Finding, Report, diagnose
    from gatts_codec.capture.files.whole import whole_file
    from gatts_codec.capture.readers.format import Format, Head
    from gatts_codec.capture.recording import Recording, from_hex, from_stream, open_pair, open_recording
    from gatts_codec.capture.wire.chunks import (
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
    from gatts_codec.capture.wire.frames import (
        Aside,
        CapturedFrame,
        FrameAssembler,
        Item,
        Stray,
        Unfinished,
        assemble,
    )
    from gatts_codec.capture.writers import Export, Output, Writer, writer_for, writer_named

_HOMES = {
    "bulk.convert": "Converted convert_file",
    "bulk.objects": "read_messages",
    "wire.chunks": "DIRECTIONS TO_DEVICE TO_HOST Chunk Direction Entries Entry LineFault Remark",
    "decoding.detection": "Verdict detect_dialect",
    "doctor": "Evidence Finding Report diagnose",
    "files.whole": "whole_file",
    "wire.frames": "Aside CapturedFrame FrameAssembler Item Stray Unfinished assemble",
    "decoding.packets": "Decoded PacketDecoder PacketRecord",
    "readers.format": "Format Head",
    "recording": "Recording from_hex from_stream open_pair open_recording",
    "calls.session": "Call EventSeen Happening Session",
    "writers": "Export Output Writer writer_for writer_named",
}

__all__ = [
    "DIRECTIONS",
    "TO_DEVICE",
    "TO_HOST",
    "Aside",
    "Call",
    "CapturedFrame",
    "Chunk",
    "Converted",
    "Decoded",
    "Direction",
    "Entries",
    "Entry",
    "EventSeen",
    "Evidence",
    "Export",
    "Finding",
    "Format",
    "FrameAssembler",
    "Happening",
    "Head",
    "Item",
    "LineFault",
    "Output",
    "PacketDecoder",
    "PacketRecord",
    "Recording",
    "Remark",
    "Report",
    "Session",
    "Stray",
    "Unfinished",
    "Verdict",
    "Writer",
    "assemble",
    "convert_file",
    "detect_dialect",
    "diagnose",
    "from_hex",
    "from_stream",
    "open_pair",
    "open_recording",
    "read_messages",
    "whole_file",
    "writer_for",
    "writer_named",
]

__getattr__, __dir__ = facade(__name__, _HOMES)
