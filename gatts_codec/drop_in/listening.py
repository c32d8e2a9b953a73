"""What goes over an adapter's wire: as lines for its log, in words; and what the doctor says of it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from gatts_codec.capture import Chunk, FrameAssembler, diagnose
from gatts_codec.capture.decoding.packets import PacketDecoder
from gatts_codec.capture.wire.chunks import TO_DEVICE
from gatts_codec.capture.wire.frames import CapturedFrame, assemble
from gatts_codec.dialects import Dialect
from gatts_codec.framing import H5Packet
from gatts_codec.link.transports import Transport
from gatts_codec.link.transports.overheard import OverheardTransport

_KEPT_CHUNKS = 300  # a link that comes up, or does not, is told by less

# As the native module has them.
_TYPE_NAMES = {"LINK_CONTROL": "LINK_CONTROL_PACKET", "RESET": "RESERVED_5"}


class Listening(OverheardTransport):
    """A transport that says each packet where ``wanted`` says that somebody listens.

    As long as ``opening`` it remembers the last chunks, for the doctor.
    """

    opening = True

    def __init__(
        self,
        transport: Transport,
        dialect: str | Dialect,
        wanted: Callable[[], bool],
        say: Callable[[str], None],
    ) -> None:
        super().__init__(transport)
        self._dialect, self._wanted, self._say = dialect, wanted, say
        self._chunks: deque[Chunk] = deque(maxlen=_KEPT_CHUNKS)
        self._frames, self._decoder = FrameAssembler(), PacketDecoder(dialect)

    def verdict(self) -> str:
        """What is wrong, why, and what to try, by all that was heard; "" where nothing is."""
        found = diagnose(assemble(tuple(self._chunks)), self._dialect).findings
        return " ".join(f"{one.title}: {one.cause}; {one.advice}." for one in found)

    def _hear(self, direction: str, data: bytes) -> None:
        wanted = self._wanted()
        if not (wanted or self.opening):
            return
        chunk = Chunk(time.monotonic_ns() // 1000, direction, data)  # type: ignore[arg-type]
        if self.opening:
            self._chunks.append(chunk)
        if wanted:
            for item in self._frames.feed(chunk):
                if isinstance(item, CapturedFrame) and item.packet is not None:
                    self._say(self._line(item, item.packet))

    def _line(self, frame: CapturedFrame, packet: H5Packet) -> str:
        """As the native module writes it, so that what reads such logs reads this one, and in words behind."""
        arrow = "->" if frame.dir == TO_DEVICE else "<-"
        payload = f"[{packet.payload.hex(' ')} ]" if packet.payload else "[N/A]"
        decoded = self._decoder.decode(frame).packet
        words = decoded.message if decoded is not None else packet.link
        return (
            f"{frame.number:>8} {arrow}  {payload} type: {_TYPE_NAMES.get(packet.type_name, packet.type_name):>19} "
            f"reliable:{'yes' if packet.reliable else ' no'} seq#:{packet.seq} ack#:{packet.ack} "
            f"payload_length:{len(packet.payload):x} data_integrity:{int(packet.crc)} err_code:0x0"
            + (f" [{words}]" if words else "")
        )
