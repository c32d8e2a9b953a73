"""The rows of the table of packets, one at a time: what every column means.

    frame           number of the frame, from 1
    time            microseconds, as the recording counts them
    direction       host->device or device->host
    type            of the H5 packet: VENDOR_SPECIFIC, ACK, LINK_CONTROL ..
    seq, ack        its numbers
    kind            command, response, event .. of a vendor packet
    group           gatts, common, gap, gattc, l2cap, unknown
    name            the SoftDevice's own for GATTS packets, SYNC, CONFIG .. for link control
    opcode          or event id
    conn_handle     the connection it is about
    handle          the first attribute handle in it
    result          of a response
    length          of the payload, in bytes
    payload         of the H5 packet, opcode and all
    error           short_frame, length_mismatch, bad_escape, header_checksum, crc, unknown_packet_type, decode
    tolerated       strict decoding refuses it, and the firmware takes it
    retransmission  the packet before, sent again

A bad frame has nothing but frame, time, direction, error, and False. A packet that does not decode has no handles.
"""

from __future__ import annotations

from typing import NamedTuple

from gatts_codec.capture.calls.exchanges import connection_of
from gatts_codec.capture.calls.selection import handles_of
from gatts_codec.capture.decoding.packets import PacketDecoder, PacketRecord
from gatts_codec.capture.decoding.repeats import Repeats
from gatts_codec.capture.wire.frames import CapturedFrame
from gatts_codec.constants.table import group_and_name
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Message, Response


class FrameRow(NamedTuple):
    """One frame; None where a column does not apply."""

    frame: int
    time: int | None
    direction: str | None
    type: str | None
    seq: int | None
    ack: int | None
    kind: str | None
    group: str | None
    name: str | None
    opcode: int | None
    conn_handle: int | None
    handle: int | None
    result: int | None
    length: int | None
    payload: bytes | None
    error: str | None
    tolerated: bool
    retransmission: bool


class RowMaker:
    """Makes the rows of a recording, frame by frame."""

    def __init__(self, decoder: PacketDecoder) -> None:
        self._decoder = decoder
        self._repeats = Repeats()

    def row(self, frame: CapturedFrame) -> FrameRow:
        """The row of a frame."""
        return row_of(self._decoder.decode(frame), self._repeats.add(frame.dir, frame.packet))


def row_of(record: PacketRecord, repeated: bool) -> FrameRow:
    """The row of a decoded frame."""
    frame, h5, packet = record.frame, record.h5, record.packet
    message = packet.message if packet else None
    attribute = next(handles_of(message), None) if isinstance(message, Message) else None
    return FrameRow(
        frame=frame.number,
        time=frame.t_us if fits(frame.t_us) else None,
        direction=frame.dir,
        type=h5.type_name if h5 else None,
        seq=h5.seq if h5 else None,
        ack=h5.ack if h5 else None,
        kind=packet.kind if packet else None,
        group=_group(record),
        name=packet.name if packet else h5.link if h5 else None,
        opcode=packet.opcode if packet else None,
        conn_handle=connection_of(message),
        handle=attribute,
        result=message.result if isinstance(message, (Response, Opaque)) else None,
        length=len(h5.payload) if h5 else None,
        payload=h5.payload if h5 else None,
        error=record.failure[0] if record.failure else None,
        tolerated=packet.tolerated if packet else False,
        retransmission=repeated,
    )


def fits(time: int | None) -> bool:
    """Whether a time has room in 64 bits; others mean nothing."""
    return time is None or -(1 << 63) <= time < 1 << 63


def _group(record: PacketRecord) -> str | None:
    packet = record.packet
    if packet is None:
        return None
    if isinstance(packet.message, Opaque):
        return packet.message.group
    return group_and_name(packet.name)[0] if packet.name else None
