"""pcapng for Wireshark: H5 frames without SLIP, link type DLT_USER0 (147), direction in the packet flags.

    packet data   header, payload, CRC: what stands between the two C0, escapes undone
    epb_flags     2 (outbound) host to device, 1 (inbound) device to host, none where the recording does not know
    timestamp     microseconds as the recording counts them, none before 0 or beyond 64 bits
    comment       what is wrong with a bad frame

Wireshark reads the frames with the plugin in gatts_codec/dissectors. Needs python-pcapng (the wireshark extra).
"""

from __future__ import annotations

from typing import BinaryIO

from gatts_codec.capture.wire.chunks import TO_DEVICE, TO_HOST, Direction
from gatts_codec.capture.wire.frames import CapturedFrame, Item
from gatts_codec.errors import CaptureError, FramingError
from gatts_codec.framing import slip
from gatts_codec.version import __version__

try:
    import pcapng
    import pcapng.blocks
except ImportError:
    _INSTALLED = False
else:
    _INSTALLED = True

DLT_USER0 = 147
_FLAGS: dict[Direction, int] = {TO_DEVICE: 2, TO_HOST: 1}
_TIME_UNKNOWN_STEP_US = 1
_LAST_TIME_US = (1 << 64) - 1


class PcapngWriter:
    """Writes the frames of a recording to a binary stream as they come.

    Raises CaptureError where python-pcapng is not installed.
    """

    def __init__(self, stream: BinaryIO, *, dialect: str = "") -> None:
        if not _INSTALLED:
            raise CaptureError("pcapng files need the wireshark extra: pip install python-pcapng")
        self._section = pcapng.blocks.SectionHeader(options={"shb_userappl": f"gatts-codec {__version__}"})
        about = "H5 between host (outbound) and chip (inbound)" + (f", dialect {dialect}" if dialect else "")
        self._section.new_member(
            pcapng.blocks.InterfaceDescription,
            link_type=DLT_USER0,
            options={"if_name": "uart", "if_description": about},
        )
        self._writer = pcapng.FileWriter(stream, self._section)
        self._t_us = 0

    def write(self, item: Item) -> None:
        """Append a frame; other items have no place in the file. One without a time is 1 us after the one before."""
        if isinstance(item, CapturedFrame):
            self._write(item)

    def close(self) -> None:
        """Nothing is left to write. The stream stays open."""

    def _write(self, frame: CapturedFrame) -> None:
        t_us = self._t_us + _TIME_UNKNOWN_STEP_US if frame.t_us is None else frame.t_us
        self._t_us = min(max(t_us, 0), _LAST_TIME_US)
        block = self._section.new_member(
            pcapng.blocks.EnhancedPacket,
            packet_data=_without_slip(frame.raw),
            timestamp_high=self._t_us >> 32,
            timestamp_low=self._t_us & 0xFFFF_FFFF,
            options=_options(frame),
        )
        self._writer.write_block(block)


def _options(frame: CapturedFrame) -> dict[str, object]:
    options: dict[str, object] = {}
    if frame.dir is not None:
        options["epb_flags"] = _FLAGS[frame.dir]
    if frame.error is not None and not frame.is_release:
        options["opt_comment"] = str(frame.error).splitlines()[0]
    return options


def _without_slip(raw: bytes) -> bytes:
    body = raw.removeprefix(slip.END_BYTE).removesuffix(slip.END_BYTE)
    try:
        return slip.decode(body)
    except FramingError:
        return body  # a bad escape: the bytes as they came, and the comment says why
