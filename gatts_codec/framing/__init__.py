"""Framing: where a packet begins and ends on the wire, and whether it arrived whole. No state of the link.

``h5`` is what connectivity firmware speaks, ``length`` what older firmware does; ``cobs`` and ``cobs+crc16``
are for bridges. ``framing_named`` puts all behind one interface: ``encode(payload)`` and
``decoder().feed(bytes)``.
"""

from __future__ import annotations

from gatts_codec.arguments import checked

from ..errors import EncodeError
from . import cobs, h5, length, slip
from .decoder import Decoder, Frame
from .firmware import FirmwareDecoder
from .h5 import H5Packet, H5Type, decode_frame, encode_frame
from .stream import AnyFrame, Buffer, Framing, PayloadFrame, StreamDecoder

H5 = Framing("h5", lambda payload: h5.encode_reliable(payload, 0, 0), Decoder)
FRAMINGS = {framing.name: framing for framing in (H5, length.LENGTH, cobs.PLAIN, cobs.WITH_CRC)}


@checked
def framing_named(name: str) -> Framing:
    """The framing of that name. Raises EncodeError, which lists the known ones."""
    try:
        return FRAMINGS[name]
    except KeyError:
        known = ", ".join(FRAMINGS)
        raise EncodeError(f"no framing {name!r}; there are {known}", path="framing", value=name) from None


__all__ = [
    "FRAMINGS",
    "H5",
    "AnyFrame",
    "Buffer",
    "Decoder",
    "FirmwareDecoder",
    "Frame",
    "Framing",
    "H5Packet",
    "H5Type",
    "PayloadFrame",
    "StreamDecoder",
    "cobs",
    "decode_frame",
    "encode_frame",
    "framing_named",
    "h5",
    "length",
    "slip",
]
