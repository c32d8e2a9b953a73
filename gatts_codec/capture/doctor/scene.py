"""What all rules know of the recording so far: its dialect, its time, and who spoke last."""

from __future__ import annotations

from gatts_codec.capture.calls.deliveries import Delivery
from gatts_codec.capture.calls.exchanges import DISCONNECTED
from gatts_codec.capture.calls.names import AttributeNames
from gatts_codec.capture.decoding.describe import Describer, packet_name
from gatts_codec.capture.decoding.packets import PacketRecord
from gatts_codec.capture.wire.chunks import TO_DEVICE, TO_HOST, Direction
from gatts_codec.constants import result_name
from gatts_codec.dialects import Dialect
from gatts_codec.framing import H5Type

SIDES: dict[Direction | None, str] = {TO_DEVICE: "host", TO_HOST: "chip", None: "line"}


class Scene:
    """One link of a recording. ``record`` keeps it up to date; it is read by all, and changed by nobody else."""

    def __init__(self, dialect: Dialect, names: AttributeNames) -> None:
        self.dialect, self.names = dialect, names
        self.describer = Describer(dialect.numbers)
        self.longest_payload: int = dialect.max_payload
        """What the firmware takes, in bytes: of the dialect, or of all that the recording may be."""
        self.ties: tuple[str, ...] = ()
        """Dialects that fit as well, once the recording is over."""
        self.now_us: int | None = None
        self.frames: dict[Direction | None, int] = dict.fromkeys(SIDES, 0)
        """How many frames each side has sent, damaged ones included."""
        self.latest: PacketRecord | None = None
        """The last frame of all, good or bad."""
        self.last: dict[Direction, PacketRecord] = {}
        """Each side's last good frame."""
        self.last_packet: dict[Direction, PacketRecord] = {}
        """Each side's last vendor frame."""

    def record(self, record: PacketRecord) -> None:
        """Takes a frame."""
        frame, h5 = record.frame, record.h5
        self.frames[frame.dir] += 1
        self.latest = record
        if frame.t_us is not None:
            self.now_us = frame.t_us
        if h5 is None or frame.dir is None:
            return
        self.last[frame.dir] = record
        if h5.type == H5Type.VENDOR_SPECIFIC:
            self.last_packet[frame.dir] = record

    def last_number(self, side: Direction) -> int | None:
        """The number of a side's last good frame; None where it has sent none."""
        last = self.last.get(side)
        return last.frame.number if last else None

    def name(self, delivery: Delivery) -> str:
        """What a packet is called in short."""
        return packet_name(delivery.packet, self.describer.dialect)

    def ends_connection(self, delivery: Delivery) -> bool:
        """Whether an event says that a connection has ended."""
        return delivery.packet.name == DISCONNECTED

    def field(self, delivery: Delivery, name: str) -> str:
        """A field of a packet as a person reads it; empty where it has none of that name."""
        message = delivery.packet.message
        details = [] if message is None else self.describer.details(message)
        return next((detail.text for detail in details if detail.label == name), "")

    def result_name(self, result: int | None) -> str | None:
        """The name of a result that is an error; None for others."""
        return result_name(self.dialect.numbers, result) if result else None

    def since(self, t_us: int | None) -> int | None:
        """Microseconds from then to now; None where the recording has no times."""
        return None if t_us is None or self.now_us is None else self.now_us - t_us
