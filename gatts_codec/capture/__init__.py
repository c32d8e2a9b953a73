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

from gatts_codec.facade import facade

__getattr__, __dir__ = facade(__name__, __file__)
