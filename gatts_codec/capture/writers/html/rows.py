"""A frame as one row of the report: what kind it is, what it says in a few words, and what it means for the air."""

from __future__ import annotations

from typing import NamedTuple

from gatts_codec.capture.calls.selection import handles_of
from gatts_codec.capture.decoding.describe import Describer, opaque_name
from gatts_codec.capture.decoding.packets import Decoded, PacketRecord
from gatts_codec.capture.wire.chunks import TO_DEVICE, TO_HOST, Direction
from gatts_codec.constants.table import short_name
from gatts_codec.framing.h5 import H5Packet, H5Type
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Packet, Response

KINDS = ("ack", "link", "command", "response", "event", "other", "bad")
DIRECTIONS: dict[Direction | None, int] = {TO_DEVICE: 0, TO_HOST: 1, None: 2}

# Flags, as data.js has them.
ERROR, TOLERATED, FAILED, COPY, REUSED, RESTART = 1, 2, 4, 8, 16, 32

_FROM_AIR, _TO_AIR = 1, 2
_HEARD = {"write", "rw_authorize_request", "hvc", "sc_confirm", "exchange_mtu_request"}
_SENT = {"hvx", "service_changed", "rw_authorize_reply", "exchange_mtu_reply"}


class HtmlRow(NamedTuple):
    """The columns of one frame. ``conn`` is -1 and ``handles`` empty where it is about none."""

    t: int | None
    dir: int
    kind: str
    name: str
    text: str
    result: str | None
    flags: int
    air: int
    conn: int
    handles: tuple[int, ...]
    seq: str | None


def row_of(record: PacketRecord, describer: Describer) -> HtmlRow:
    """The row of a frame."""
    frame, h5, packet = record.frame, record.h5, record.packet
    if frame.is_release:
        return HtmlRow(frame.t_us, DIRECTIONS[frame.dir], "link", "release", "", None, 0, 0, -1, (), None)
    if h5 is None:
        kind, name, text = "bad", record.failure[0] if record.failure else "", _reason(record)
        return HtmlRow(frame.t_us, DIRECTIONS[frame.dir], kind, name, text, None, ERROR, 0, -1, (), None)
    message = packet.message if packet else None
    return HtmlRow(
        t=frame.t_us,
        dir=DIRECTIONS[frame.dir],
        kind=_kind(h5, packet),
        name=packet_name(packet, describer.dialect) if packet else _link_name(h5),
        text=" ".join(map(str, describer.details(message))) if message else _reason(record),
        result=_result(message, describer),
        flags=_flags(record, message),
        air=_air(message),
        conn=getattr(message, "conn_handle", -1),
        handles=tuple(dict.fromkeys(filter(None, handles_of(message)))) if message else (),
        seq=f"{h5.seq} / {h5.ack}" if h5.reliable else None,
    )


def packet_name(packet: Decoded, dialect: str) -> str:
    """A packet in one word, an Opaque in two."""
    if isinstance(packet.message, Opaque):
        return opaque_name(packet.message, dialect)
    if packet.name is not None:
        return short_name(packet.name)
    return f"0x{packet.opcode:02x}" if packet.opcode is not None else "packet"


def _kind(h5: H5Packet, packet: Decoded | None) -> str:
    if h5.type == H5Type.ACK:
        return "ack"
    if packet is None:
        return "link"
    return packet.kind if packet.kind in KINDS and not isinstance(packet.message, Opaque) else "other"


def _link_name(h5: H5Packet) -> str:
    if h5.type == H5Type.ACK:
        return f"ACK {h5.ack}"
    return h5.link or h5.type_name


def _reason(record: PacketRecord) -> str:
    return record.failure[1].reason if record.failure else ""


def _result(message: Packet | Opaque | None, describer: Describer) -> str | None:
    code = message.result if isinstance(message, (Response, Opaque)) else None
    return None if code is None else describer.result(code)


def _flags(record: PacketRecord, message: Packet | Opaque | None) -> int:
    flags = ERROR if record.failure else 0
    flags |= TOLERATED if record.packet and record.packet.tolerated else 0
    failed = isinstance(message, (Response, Opaque)) and message.result
    return flags | (FAILED if failed else 0)


def _air(message: Packet | Opaque | None) -> int:
    """What a packet says of the air: an event that a peer caused, a call that made the chip send something."""
    if not isinstance(message, Packet):
        return 0
    name = short_name(message.name)
    if message.kind == "event":
        return _FROM_AIR if name in _HEARD else 0
    succeeded = isinstance(message, Response) and message.result == 0
    return _TO_AIR if succeeded and name in _SENT else 0
