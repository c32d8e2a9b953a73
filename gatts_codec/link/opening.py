"""What both clients do to begin: the link's settings from the port, the dialect and the caller's wishes."""

from __future__ import annotations

import os
import weakref
from contextlib import suppress
from dataclasses import dataclass, replace

from gatts_codec.arguments import check_fields
from gatts_codec.codec import Codec
from gatts_codec.dialects import Dialect
from gatts_codec.errors import PortError, brief
from gatts_codec.framing import H5, framing_named
from gatts_codec.link.config import LARGEST_BUFFER, LONGEST_TIMEOUT_S, HostConfig, check_host_config, require
from gatts_codec.link.host_link import HostLink
from gatts_codec.link.inbox import DEFAULT_SIZE, Inbox
from gatts_codec.link.plain import PlainLink
from gatts_codec.link.session import CallSession
from gatts_codec.link.transports import Transport, open_transport, recorded

_sessions: weakref.WeakKeyDictionary[Transport, CallSession] = weakref.WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a client behaves; the keyword arguments of ``connect``. Raises EncodeError for a number out of range.

    ``reset`` restarts the chip first, so that its attribute table is empty; without it the chip keeps its table.
    ``max_payload`` is the firmware's largest packet in bytes, 384, 512 or 768, type byte included; by default that of
    the dialect.
    ``timeout_s`` is how long a call may take in all, in seconds: until other calls are through, the link is up, the
    chip has acknowledged the command and has answered it. The default leaves the chip the 1.5 s for its ACK and the 1.5
    s for its response that the reference host gives it. ``strict`` is the codec's. ``event_buffer`` is how many events
    may wait to be taken, and how many for callbacks. ``framing`` is ``h5``, or for other firmware and bridges
    ``length``, ``cobs`` or ``cobs+crc16``: lines without ACKs, where a restart goes unnoticed. ``link`` has the finer
    settings of the link; of it, ``reset`` and ``max_payload`` are replaced by those here, and what it leaves open of
    the line by the port's.
    """

    reset: bool = True
    max_payload: int | None = None
    timeout_s: float = 3.0
    strict: bool = True
    event_buffer: int = DEFAULT_SIZE
    framing: str = "h5"
    link: HostConfig | None = None

    def __post_init__(self) -> None:
        require("timeout_s", self.timeout_s, 0, LONGEST_TIMEOUT_S)
        require("event_buffer", self.event_buffer, 1, LARGEST_BUFFER)
        check_host_config(self.link)
        check_fields(self)


def open_port(port: str | Transport, record: str | os.PathLike[str] | None) -> Transport:
    """A transport by its URL, or as it is; recorded if so wished. Raises PortError."""
    if isinstance(port, str):
        return open_transport(port, record=record)
    if not isinstance(port, Transport):
        raise PortError(f"expected the URL of a port, or a Transport, got {brief(port)}", stage="open")
    _refuse_if_taken(port)
    return recorded(port, record) if record else port


def new_session(transport: Transport, dialect: str | Dialect, options: Options) -> CallSession:
    """A session on a transport, its link not yet begun.

    Raises UnknownDialectError, EncodeError for the framing, and PortError where another client has the transport.
    """
    _refuse_if_taken(transport)
    framing = framing_named(options.framing)
    codec = Codec(dialect, options.strict)
    codec.prepare()
    link = options.link or HostConfig()
    config = replace(
        link,
        reset=options.reset,
        max_payload=codec.dialect.max_payload if options.max_payload is None else options.max_payload,
        baud=transport.baud if link.baud is None else link.baud,
        parity=link.parity or transport.parity,
    )
    machine = HostLink(config) if framing is H5 else PlainLink(framing, config)
    session = CallSession(machine, codec, Inbox(options.event_buffer))
    with suppress(TypeError):  # a user's class, with slots or a comparison of its own
        _sessions[transport] = session
    return session


def _refuse_if_taken(transport: Transport) -> None:
    """Two clients would take each other's bytes."""
    with suppress(TypeError):
        session = _sessions.get(transport)
        if session is not None and not session.is_closed:
            raise PortError(f"{transport.name} has a client already: close that first", stage="open")
