"""Talking to a chip: the H5 link machine of both ends, transports, clients.

``HostLink`` and ``ChipLink`` are the two ends of the machine, sans-IO (``gatts_codec.link.machine`` tells the protocol
and how they are driven). ``CallSession`` matches responses to commands above a ``HostLink``; ``Client`` and
``AsyncClient`` are that on a port. The names load on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatts_codec.facade import facade

if TYPE_CHECKING:
    from gatts_codec.link.aio import AsyncClient, Connecting, aconnect
    from gatts_codec.link.chip import ChipLink, OldChipLink
    from gatts_codec.link.client import Client, connect
    from gatts_codec.link.config import ChipConfig, HostConfig, LineConfig
    from gatts_codec.link.dispatch import Callback
    from gatts_codec.link.end import LinkEnd
    from gatts_codec.link.events import (
        ChipRestarted,
        FrameRejected,
        LinkEvent,
        LinkLost,
        LinkUp,
        LostReason,
        PacketAcked,
        PacketIgnored,
        PacketReceived,
        Rebooted,
        Retransmitted,
    )
    from gatts_codec.link.host import HostLink
    from gatts_codec.link.inbox import AnyEvent, Inbox
    from gatts_codec.link.machine import ChipState, HostState, Input
    from gatts_codec.link.opening import Options
    from gatts_codec.link.plain import PlainLink
    from gatts_codec.link.session import CallSession, Request
    from gatts_codec.link.transports import Transport, memory_pair, open_transport, recorded
    from gatts_codec.link.transports.ports import SerialPort, list_serial_ports

_HOMES = {
    "aio": "AsyncClient Connecting aconnect",
    "chip": "ChipLink OldChipLink",
    "client": "Client connect",
    "config": "ChipConfig HostConfig LineConfig",
    "dispatch": "Callback",
    "end": "LinkEnd",
    "events": (
        "ChipRestarted FrameRejected LinkEvent LinkLost LinkUp LostReason PacketAcked PacketIgnored "
        "PacketReceived Rebooted Retransmitted"
    ),
    "host": "HostLink",
    "inbox": "AnyEvent Inbox",
    "machine": "ChipState HostState Input",
    "opening": "Options",
    "plain": "PlainLink",
    "session": "CallSession Request",
    "transports": "Transport memory_pair open_transport recorded",
    "transports.ports": "SerialPort list_serial_ports",
}

__all__ = [
    "AnyEvent",
    "AsyncClient",
    "CallSession",
    "Callback",
    "ChipConfig",
    "ChipLink",
    "ChipRestarted",
    "ChipState",
    "Client",
    "Connecting",
    "FrameRejected",
    "HostConfig",
    "HostLink",
    "HostState",
    "Inbox",
    "Input",
    "LineConfig",
    "LinkEnd",
    "LinkEvent",
    "LinkLost",
    "LinkUp",
    "LostReason",
    "OldChipLink",
    "Options",
    "PacketAcked",
    "PacketIgnored",
    "PacketReceived",
    "PlainLink",
    "Rebooted",
    "Request",
    "Retransmitted",
    "SerialPort",
    "Transport",
    "aconnect",
    "connect",
    "list_serial_ports",
    "memory_pair",
    "open_transport",
    "recorded",
]

__getattr__, __dir__ = facade(__name__, _HOMES)
