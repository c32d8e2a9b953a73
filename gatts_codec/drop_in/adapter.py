"""An adapter: one chip behind one port, with a program's handlers. Between it and the chip stands ``Client``.

Times, sentences, codes and the order of calls back are those of the native module, as far as a program can see them.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from gatts_codec.constants import NrfError, RpcPacketType, SdRpcError
from gatts_codec.drop_in.calls import Form, Lent
from gatts_codec.drop_in.events import Events
from gatts_codec.drop_in.failures import remember
from gatts_codec.drop_in.listening import Listening
from gatts_codec.errors import (
    DecodeError,
    EncodeError,
    GattsError,
    LinkError,
    LinkTimeout,
    PortError,
)
from gatts_codec.link import Client, connect
from gatts_codec.link.config import HostConfig
from gatts_codec.link.transports import open_transport
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Event

_EVENT_BUFFER = 100_000
_RESET = "Target Reset performed"


class Status(IntEnum):
    """What the status handler is told."""

    PKT_SEND_MAX_RETRIES_REACHED = 0
    PKT_UNEXPECTED = 1
    PKT_ENCODE_ERROR = 2
    PKT_DECODE_ERROR = 3
    PKT_SEND_ERROR = 4
    IO_RESOURCES_UNAVAILABLE = 5
    RESET_PERFORMED = 6
    CONNECTION_ACTIVE = 7


class Severity(IntEnum):
    """How much a line of the log matters."""

    TRACE = 0
    DEBUG = 1
    INFO = 2
    WARNING = 3
    ERROR = 4
    FATAL = 5


class Port:
    """What an adapter is opened with: port and line, and the two times in milliseconds."""

    def __init__(self, name: str, baud: int, flow_control: int, parity: int) -> None:
        self.name, self.baud, self.flow_control, self.parity = name, baud, flow_control, parity
        self.retransmission_ms = 250
        self.response_ms = 1500

    @property
    def url(self) -> str:
        """As transports are named: a name without a kind is a serial port."""
        kind, colon, _ = self.name.partition(":")
        if colon and len(kind) > 1 and kind.isalpha():
            return self.name
        return f"serial:{self.name}?baud={self.baud}&parity={'E' if self.parity else 'N'}&rtscts={self.flow_control}"

    @property
    def described(self) -> str:
        """What the log says of it."""
        flow, parity = "hardware" if self.flow_control else "none", "even" if self.parity else "none"
        return f"{self.name}. Baud rate: {self.baud}. Flow control: {flow}. Parity: {parity}."


class Adapter:
    """One chip. ``handle`` is the program's ``adapter_t``, with which its handlers are called."""

    def __init__(self, port: Port, dialect: str, events: Events) -> None:
        self.port, self.dialect = port, dialect
        self.severity = Severity.INFO
        self.handle: Any = None
        self._lent = Lent()
        self._events = events
        self._client: Client | None = None
        self._handlers: tuple[Callable[..., Any], ...] | None = None

    # -- the program's handlers

    @property
    def has_handlers(self) -> bool:
        """Whether it was opened, or tried to be, and not closed since."""
        return self._handlers is not None

    def _call_back(self, which: int, *arguments: Any) -> None:
        if self._handlers is None:
            return
        try:
            self._handlers[which](self.handle, *arguments)
        except Exception:  # the program's own: it does not end ours
            traceback.print_exc(file=sys.stderr)

    def status(self, status: Status, text: str) -> None:
        """Tell the status handler."""
        self._call_back(0, int(status), text)

    def log(self, severity: Severity, text: str) -> None:
        """Tell the log handler, if it wants to hear that."""
        if severity >= self.severity:
            self._call_back(2, int(severity), text)

    def _failed(self, code: int, status: Status | None, text: str) -> int:
        """Tell both what happened, and remember it for the exception that the program is about to raise."""
        remember(code, text)
        self.log(Severity.ERROR, text)
        if status is not None:
            self.status(status, text)
        return code

    # -- opening and closing

    def open(self, *handlers: Callable[..., Any]) -> int:
        """Open the port and bring the link up. Raises ValueError where that was done before."""
        if self.has_handlers:
            raise ValueError("Not able to register adapter_context_t for adapter")
        self._handlers = handlers
        try:
            wire = Listening(open_transport(self.port.url), self.dialect, self._wants_packets, self._packet)
        except PortError as error:
            text = f"Error setting up serial port {self.port.name}. {error}"
            return self._failed(SdRpcError.H5_TRANSPORT_STATE, Status.IO_RESOURCES_UNAVAILABLE, text)
        self.log(Severity.INFO, f"Successfully opened {self.port.described}")
        try:
            client = self._connect(wire)
        except LinkError as error:
            self.status(Status.RESET_PERFORMED, _RESET)
            text = f"No response from device. {error}"
            return self._failed(
                NrfError.TIMEOUT,
                Status.PKT_SEND_MAX_RETRIES_REACHED,
                "\n".join((text, wire.verdict())).strip(),
            )
        wire.opening = False
        self._begin(client)
        return 0

    def _connect(self, wire: Listening) -> Client:
        retransmission_ms = max(self.port.retransmission_ms, 1)
        return connect(
            wire,
            self.dialect,
            link=HostConfig(retransmission_interval_s=retransmission_ms / 1000),
            timeout_s=(self.port.response_ms + 6 * retransmission_ms) / 1000,
            strict=False,
            event_buffer=_EVENT_BUFFER,
        )

    def _wants_packets(self) -> bool:
        return self.severity <= Severity.DEBUG

    def _packet(self, line: str) -> None:
        self.log(Severity.DEBUG, line)

    def _begin(self, client: Client) -> None:
        self._client = client
        client.on_event(self._deliver)
        self._tell_of_reset()

    def _tell_of_reset(self) -> None:
        self.status(Status.RESET_PERFORMED, _RESET)
        self.status(Status.CONNECTION_ACTIVE, "Connection active")

    def reset(self, mode: int) -> int:
        """Restart chip and link: by the command that every firmware obeys, then as when it was opened."""
        if self._client is None:
            return SdRpcError.SERIALIZATION_TRANSPORT_INVALID_STATE
        try:
            self._client.send_raw(bytes((RpcPacketType.RESET_COMMAND, mode & 0xFF)))
            self._client.reset()
        except LinkError as error:
            return self._failed(NrfError.TIMEOUT, None, str(error))
        self._tell_of_reset()
        return 0

    def close(self) -> int:
        """Close the port. Raises ValueError where there is nothing to close."""
        if not self.has_handlers:
            raise ValueError("Not able to find adapter_context_t for adapter")
        client, self._client = self._client, None
        if client is not None:
            client.close()
            self.log(Severity.INFO, f"serial port {self.port.name} closed.")
        self._handlers = None
        self._lent = Lent()
        return 0 if client is not None else SdRpcError.SERIALIZATION_TRANSPORT_ALREADY_CLOSED

    # -- calls and events

    def call(self, form: Form, arguments: Any) -> int:
        """Carry out one call; what the arguments point to has its results, if it succeeded."""
        client = self._client
        if client is None:
            why = SdRpcError.SERIALIZATION_TRANSPORT_INVALID_STATE
            self.status(Status.PKT_SEND_ERROR, f"Error sending packet to target. Code: {why:#x}")
            return SdRpcError.SEND
        try:
            command = form.read(arguments)
            if form.before is not None:
                form.before(self._lent, arguments)
            response = client.call(command, check=False)
            if not response.result:
                form.write(arguments, response)
        except EncodeError as error:
            return self._failed(SdRpcError.ENCODE, Status.PKT_ENCODE_ERROR, str(error))
        except DecodeError as error:
            return self._failed(SdRpcError.DECODE, Status.PKT_DECODE_ERROR, str(error))
        except LinkTimeout as error:
            return self._failed(SdRpcError.NO_RESPONSE, None, str(error))
        except GattsError as error:
            return self._failed(
                SdRpcError.SEND, Status.PKT_SEND_ERROR, f"Error sending packet to target. {error}"
            )
        return int(response.result)

    def _deliver(self, event: Any) -> None:
        if isinstance(event, Opaque) or not isinstance(event, Event):
            return self.log(Severity.WARNING, f"an event that is not known was left out: {event}")
        try:
            evt = self._events.build(event, self._lent)
        except (LookupError, ValueError) as error:
            return self.log(Severity.ERROR, f"{event} was left out: {error}")
        return self._call_back(1, evt)
