"""The blocking client: calls from any thread, events by iterator, by callback, or one by one."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from gatts_codec.dialects import Dialect, find_dialect
from gatts_codec.errors import CommandFailed, LinkClosed
from gatts_codec.framing.stream import Buffer
from gatts_codec.link.any_client import AnyClient
from gatts_codec.link.calls.base import Blocking
from gatts_codec.link.commands import check_raw, command_failed, encode_command, steps_of
from gatts_codec.link.config import HostConfig, timeout
from gatts_codec.link.dispatch import PATIENCE_S, Callback, Callbacks
from gatts_codec.link.goals import Request
from gatts_codec.link.inbox import DEFAULT_SIZE, AnyEvent, Predicate, Waiter, matching
from gatts_codec.link.line import Line
from gatts_codec.link.opening import Options, open_port
from gatts_codec.link.transports import Transport
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Command, Response

if TYPE_CHECKING:
    from gatts_codec.plans.plan import Plan

R = TypeVar("R", bound=Response)
T = TypeVar("T")
E = TypeVar("E", bound=AnyEvent)


def connect(
    port: str | Transport,
    dialect: str | Dialect,
    *,
    reset: bool = True,
    max_payload: int | None = None,
    timeout_s: float = 3.0,
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
    find_dialect(dialect)  # before a port is opened for nothing
    transport = open_port(port, record)
    try:
        return Client(transport, dialect, options)
    except BaseException:
        transport.close()
        raise


class Client(AnyClient[Blocking]):
    """A link to a chip. One method a command; any thread may call, close, and wait for events.

    Use it in ``with``, or ``close`` it; a process that is forked finds it closed, as the port is its parent's. A lost
    link is set up again by itself; the next call, or a wait for an event, raises LinkReset, since the chip's attribute
    table may be gone. Each event goes to every callback, and to one of those who take events by ``events`` or
    ``wait_for``.

    Calls take turns. Each raises EncodeError, CommandFailed, LinkTimeout, LinkReset, LinkClosed or DecodeError: what
    they have in common stands at ``gatts_codec.link.calls``.
    """

    def __init__(self, transport: Transport, dialect: str | Dialect, options: Options | None = None) -> None:
        """Bring the link up; the transport is then the client's, and closed where the link does not come up.

        Raises as ``connect`` does, but for PortError.
        """
        options = options or Options()
        super().__init__(transport, dialect, options)
        self._line = Line(transport, self._session)
        self._callbacks: Callbacks = Callbacks(options.event_buffer)
        self._session.listener = self._callbacks.put
        # Neither knows the client: one that is dropped without close() gives its port and its threads back.
        self._dropped = weakref.finalize(self, _give_back, self._line, self._callbacks)
        try:
            self.reset()
            self._line.tend()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @overload
    def call(self, message: Command[R], *, check: bool = True, timeout_s: float | None = None) -> R: ...

    @overload
    def call(self, message: Opaque, *, check: bool = True, timeout_s: float | None = None) -> Opaque: ...

    def call(
        self, message: Command[Any] | Opaque, *, check: bool = True, timeout_s: float | None = None
    ) -> Response | Opaque:
        """Send any command and return its response; an Opaque one gets an Opaque one.

        ``check=False`` returns a response with a result other than 0 instead of raising CommandFailed. ``timeout_s`` is
        how long the call may take in all, in seconds; None: as long as the client was made with.

        Raises what the other calls do: EncodeError for a command that does not encode or is longer than
        ``max_payload``, CommandFailed, LinkTimeout, LinkReset, LinkClosed; DecodeError for the response.
        """
        payload = encode_command(self.codec, message, self._max_payload)
        answer = self._exchange(payload, timeout_s)
        response = self._session.response_in(answer, message)
        if check and response.result:
            raise command_failed(self.codec, message, response.result)
        return response

    def carry_out(self, plan: Plan[T]) -> T:
        """Send what a plan consists of in this dialect: ``carry_out(Start(..))`` is ``start(..)``.

        Raises EncodeError, before anything is sent, for what the dialect cannot do; then what ``call`` does.
        """
        steps = steps_of(plan, self.codec)
        try:
            command = next(steps)
            while True:
                try:
                    response = self.call(command)
                except CommandFailed as error:
                    command = steps.throw(error)
                else:
                    command = steps.send(response)
        except StopIteration as end:
            return cast(T, end.value)

    def send_raw(self, payload: Buffer, *, timeout_s: float | None = None) -> bytes:
        """Send a packet that is encoded already, packet type first, and return its response's payload.

        The result in it is not looked at. Packet types without a response return ``b""`` once they are acknowledged.
        Raises EncodeError for what no firmware takes: no bytes, too few, over ``max_payload``; LinkTimeout, LinkReset,
        LinkClosed.
        """
        return self._exchange(check_raw(payload, self._max_payload, self.codec), timeout_s)

    def events(self, timeout_s: float | None = None) -> Iterator[AnyEvent]:
        """Events as they come, oldest first, until none has come for ``timeout_s`` or the client is closed.

        Without ``timeout_s`` (in seconds) there is no end but closing; 0 takes what is there. Events that the dialect
        does not have, and those that do not decode, come as Opaque. Raises LinkReset when the link is lost meanwhile
        (iterating goes on), LinkClosed when the port goes away, EncodeError for an impossible time.
        """
        # Not a generator: that would end with an interrupt, and with it the event under way.
        take: Callable[[], AnyEvent | None] = partial(self._next, Opaque, None, timeout(timeout_s))
        return iter(take, None)

    def wait_for(
        self, event_type: type[E], timeout_s: float | None = 5.0, where: Callable[[E], bool] | None = None
    ) -> E:
        """Take the next event of a type, ``where`` it fits; those that came before it stay for others.

        ``where`` is asked in the thread that waits; it may call the chip, and close the client. Raises LinkTimeout
        after ``timeout_s`` seconds (None: there is no end), and says what came instead; LinkReset and LinkClosed as
        ``events`` does; EncodeError for an impossible time; and what ``where`` raises.
        """
        return self._next(event_type, matching(event_type, where), timeout(timeout_s))

    def on_event(self, callback: Callback, *event_types: type[AnyEvent]) -> Callable[[], None]:
        """Call back for every event, or for those of some types, in a thread made for it. Returns what ends that.

        One callback runs at a time; it may call the chip, wait and close. What it raises is logged.
        """
        return self._callbacks.add(callback, event_types)

    def reset(self) -> None:
        """Restart the link; this restarts the chip, unless the client was made with ``reset=False``.

        Waits for a call under way. Raises LinkTimeout where the chip does not answer; LinkClosed where the client is
        closed or the port has gone, or LinkReset if a link was lost before and no caller knows it yet.
        """
        self._line.open()

    def close(self) -> None:
        """End the link and give the port back. Calls under way get LinkClosed. May be called twice, and anywhere."""
        self._closed = True
        self._line.close(LinkClosed(f"{self.port} was closed", stage="closed"))
        self._callbacks.close(PATIENCE_S)
        self._dropped.detach()

    def _exchange(self, payload: bytes, timeout_s: float | None) -> bytes:
        timeout_s = self._timeout_s if timeout_s is None else timeout(timeout_s)
        request = Request(payload, timeout_s, monotonic() + timeout_s)
        self._line.ask(request)
        if request.error is not None:
            raise self._session.error_of(request)
        return request.answer

    def _next(self, event_type: type[E], matches: Predicate | None, timeout_s: float | None) -> E:
        waiter = Waiter(self._session.inbox, matches)
        try:
            event = self._wait(waiter, timeout_s)
            self._session.withdraw(waiter)
            if event is None and matches is not None:
                raise self._session.inbox.missing(event_type, timeout_s or 0.0)
            return cast(E, event)
        except BaseException:
            waiter.put_back()  # after an interrupt nobody has it
            self._session.withdraw(waiter)
            raise

    def _wait(self, waiter: Waiter, timeout_s: float | None) -> AnyEvent | None:
        until, is_over = None if timeout_s is None else monotonic() + timeout_s, False
        waiter.enter()
        try:
            while (event := waiter.look()) is None:
                self._session.check(waiter)
                if is_over:
                    break
                self._line.run(waiter, until)
                is_over = until is not None and monotonic() >= until
        except LinkClosed:
            if not self._closed or waiter.is_choosy:
                raise
            return None
        return event


def _give_back(line: Line, callbacks: Callbacks) -> None:
    line.close(
        LinkClosed(f"{line.transport.name} was closed: nobody had the client any more", stage="closed"), 0.0
    )
    callbacks.close(0.0)
