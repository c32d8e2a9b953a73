"""The blocking client: calls from any thread, events by iterator, by callback, or one by one."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from copy import copy
from time import monotonic
from types import TracebackType
from typing import Any, TypeVar, cast, overload

from gatts_codec.codec import Codec
from gatts_codec.dialects import Dialect, find_dialect
from gatts_codec.errors import LinkClosed
from gatts_codec.framing.stream import Buffer
from gatts_codec.link.calls.base import Blocking
from gatts_codec.link.calls.client import ClientCalls
from gatts_codec.link.commands import check_raw, command_failed, encode_command
from gatts_codec.link.config import HostConfig
from gatts_codec.link.dispatch import Callback, Callbacks
from gatts_codec.link.inbox import DEFAULT_SIZE, AnyEvent, Predicate, Wanted, matching
from gatts_codec.link.line import Line
from gatts_codec.link.opening import Options, new_session, open_port
from gatts_codec.link.session import Request
from gatts_codec.link.transports import Transport
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Command, Response

R = TypeVar("R", bound=Response)
E = TypeVar("E", bound=AnyEvent)


def connect(
    port: str | Transport,
    dialect: str | Dialect,
    *,
    reset: bool = True,
    max_payload: int | None = None,
    timeout_s: float = 1.5,
    strict: bool = True,
    event_buffer: int = DEFAULT_SIZE,
    framing: str = "h5",
    record: str | os.PathLike[str] | None = None,
    link: HostConfig | None = None,
) -> Client:
    """Open a port (``gatts_codec.link.transports``), bring the link up, return the client, to be used in ``with``.

    The options are explained at ``Options``; ``record`` names a capture file for all that goes over the wire. Raises
    UnknownDialectError; EncodeError for a framing or setting that does not exist; PortError where the port does not
    open or the capture file cannot be written; LinkTimeout where the chip does not answer, LinkClosed where the port
    goes away.
    """
    options = Options(
        reset=reset,
        max_payload=max_payload,
        timeout_s=timeout_s,
        strict=strict,
        event_buffer=event_buffer,
        framing=framing,
        link=link,
    )
    find_dialect(dialect)  # before a port is opened in vain
    transport = open_port(port, record)
    try:
        return Client(transport, dialect, options)
    except BaseException:
        transport.close()
        raise


class Client(ClientCalls[Blocking]):
    """A link to a chip. One method a command; any thread may call, close, and wait for events.

    Use it in ``with``, or ``close`` it. A link that is lost is made anew by itself; the next call, or who waits for an
    event, is told by LinkReset, since the chip's attribute table may be gone. Each event goes to every callback, and
    to one of those who take events by ``events`` or ``wait_for``.

    Calls take turns. Each raises EncodeError, CommandFailed, LinkTimeout, LinkReset, LinkClosed or DecodeError: what
    they have in common stands at ``gatts_codec.link.calls``.
    """

    def __init__(self, transport: Transport, dialect: str | Dialect, options: Options | None = None) -> None:
        """Bring the link up; the transport is then the client's, and closed where the link does not come up.

        Raises as ``connect`` does, but for PortError.
        """
        options = options or Options()
        self._session = new_session(transport, dialect, options)
        self.codec: Codec = self._session.codec
        self._timeout_s = options.timeout_s
        self._max_payload = self._session.link.config.max_payload
        self._turn = threading.Lock()
        self._line = Line(transport, self._session)
        self._callbacks = Callbacks(options.event_buffer)
        self._session.listener = self._callbacks.put
        self._closed = False
        try:
            self.reset()
        except BaseException:
            self.close()
            raise
        self._line.tend()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self._closed else self._session.link.state.name
        return f"<Client {self.port} {self.dialect.name} {state}>"

    @property
    def dialect(self) -> Dialect:
        """The dialect that is spoken."""
        return self.codec.dialect

    @property
    def port(self) -> str:
        """The name of the port."""
        return self._line.transport.name

    @property
    def lost_events(self) -> int:
        """How many events were dropped because nobody took them and the buffer was full."""
        return self._session.inbox.lost

    @overload
    def call(self, message: Command[R], *, check: bool = True, timeout_s: float | None = None) -> R: ...

    @overload
    def call(self, message: Opaque, *, check: bool = True, timeout_s: float | None = None) -> Opaque: ...

    def call(
        self, message: Command[Any] | Opaque, *, check: bool = True, timeout_s: float | None = None
    ) -> Response | Opaque:
        """Send any command and return its response; an Opaque one, of another group, gets an Opaque one.

        ``check=False`` returns a response with a result other than 0 instead of raising CommandFailed. ``timeout_s`` is
        how long the chip may take from its ACK to its response, in seconds; None: as long as the client was made with.

        Raises what the other calls do: EncodeError for a command that does not encode or is longer than
        ``max_payload``, CommandFailed, LinkTimeout, LinkReset, LinkClosed, DecodeError for a response that is none.
        """
        payload = encode_command(self.codec, message, self._max_payload)
        answer = self._exchange(payload, timeout_s)
        response: Response | Opaque
        if isinstance(message, Command):
            response = self.codec.decode_response(answer[1:])
        else:
            response = cast(Opaque, self.codec.unpack(answer))
        if check and response.result:
            raise command_failed(self.codec, message, response.result)
        return response

    def send_raw(self, payload: Buffer, *, timeout_s: float | None = None) -> bytes:
        """Send a packet that somebody else has encoded, packet type first, and return its response's payload.

        The result in it is not looked at. Packet types without a response return ``b""`` once they are acknowledged.
        Raises EncodeError for what no firmware takes: no bytes, too few, over ``max_payload``; LinkTimeout, LinkReset,
        LinkClosed.
        """
        return self._exchange(check_raw(payload, self._max_payload, self.codec), timeout_s)

    def events(self, timeout_s: float | None = None) -> Iterator[AnyEvent]:
        """Events as they come, oldest first, until none has come for ``timeout_s`` or the client is closed.

        Without ``timeout_s`` (in seconds) there is no end but closing. Events of other groups, and those that do not
        decode, come as Opaque. Raises LinkReset when the link is lost meanwhile (iterating anew goes on), LinkClosed
        when the port goes away.
        """
        while (event := self._next(lambda _: True, timeout_s, may_end=True)) is not None:
            yield event

    def wait_for(
        self, event_type: type[E], timeout_s: float = 5.0, where: Callable[[E], bool] | None = None
    ) -> E:
        """Take the next event of a type, ``where`` it fits; those that came before it stay for others.

        Raises LinkTimeout after ``timeout_s`` seconds, and says what came instead; LinkReset and LinkClosed as
        ``events`` does; and what ``where`` raises.
        """
        event = self._next(matching(event_type, where), timeout_s)
        if event is not None:
            return cast(E, event)
        with self._line.lock:
            raise self._session.inbox.missing(event_type, timeout_s)

    def on_event(self, callback: Callback, *event_types: type[AnyEvent]) -> Callable[[], None]:
        """Call back for every event, or for those of some types, in a thread made for it. Returns what ends that.

        One callback runs at a time; it may call the chip, wait and close. What it raises is logged.
        """
        return self._callbacks.add(callback, event_types)

    def reset(self) -> None:
        """Begin the link anew; this restarts the chip, unless the client was made with ``reset=False``.

        Waits for a call under way. Raises LinkTimeout where the chip does not answer; LinkClosed where the client is
        closed or the port has gone, or LinkReset if that a link was lost before had still to be told.
        """
        with self._turn:
            with self._line.lock:
                if self._closed:
                    self._session.report()
                self._session.unreported = None
            self._line.open()
            if self._session.down is not None:
                raise copy(self._session.down)

    def close(self) -> None:
        """End the link and give the port back. Calls under way get LinkClosed. May be called twice, and anywhere."""
        self._closed = True
        self._line.close(LinkClosed(f"{self.port} was closed", stage="closed"))
        self._callbacks.close()

    def _exchange(self, payload: bytes, timeout_s: float | None) -> bytes:
        request = Request(payload, self._timeout_s if timeout_s is None else timeout_s)
        line = self._line
        with self._turn:
            try:
                line.send(request)
                line.run(request)
            finally:
                line.abandon(request)
        if request.error is not None:
            raise copy(request.error)  # others may be told the same one
        return request.answer

    def _next(self, matches: Predicate, timeout_s: float | None, may_end: bool = False) -> AnyEvent | None:
        wish = Wanted(matches)
        until = None if timeout_s is None else monotonic() + timeout_s
        line, inbox = self._line, self._session.inbox
        with line.lock:
            inbox.want(wish)
        try:
            if not wish.done:
                with line.lock:
                    self._session.report()
                line.run(wish, until)
        except LinkClosed:
            if not (may_end and self._closed):
                raise
        finally:
            with line.lock:
                inbox.withdraw(wish)
        if wish.error is not None and not (may_end and self._closed):
            raise copy(wish.error)
        return wish.event
