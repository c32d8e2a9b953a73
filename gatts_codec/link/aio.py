"""The asyncio client: the blocking client's names, to be awaited. For one event loop and its thread."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from copy import copy
from types import TracebackType
from typing import Any, TypeVar, cast, overload

from gatts_codec.codec import Codec
from gatts_codec.dialects import Dialect, find_dialect
from gatts_codec.errors import LinkClosed
from gatts_codec.framing.stream import Buffer
from gatts_codec.link.aline import AsyncLine
from gatts_codec.link.calls.base import Awaited
from gatts_codec.link.calls.client import ClientCalls
from gatts_codec.link.commands import check_raw, command_failed, encode_command
from gatts_codec.link.config import HostConfig
from gatts_codec.link.dispatch import Callback, Types, arun
from gatts_codec.link.inbox import DEFAULT_SIZE, AnyEvent, Predicate, Wanted, matching
from gatts_codec.link.notices import call_back
from gatts_codec.link.opening import Options, new_session, open_port
from gatts_codec.link.session import Request
from gatts_codec.link.transports import Transport
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Command, Response

R = TypeVar("R", bound=Response)
E = TypeVar("E", bound=AnyEvent)


def aconnect(
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
) -> Connecting:
    """``connect`` for asyncio: ``async with aconnect(..) as sd``, or ``sd = await aconnect(..)`` and ``close`` it.

    Raises UnknownDialectError at once. EncodeError, PortError, LinkTimeout and LinkClosed come when it is awaited or
    entered, for the reasons that ``connect`` has.
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
    return Connecting(port, dialect, options, record)


class Connecting:
    """A client that is on its way: await it, or enter it."""

    def __init__(
        self,
        port: str | Transport,
        dialect: str | Dialect,
        options: Options,
        record: str | os.PathLike[str] | None,
    ) -> None:
        find_dialect(dialect)  # before a port is opened in vain
        self._port, self._dialect, self._options, self._record = port, dialect, options, record
        self._client: AsyncClient | None = None

    def __await__(self) -> Generator[object, None, AsyncClient]:
        return self._connect().__await__()

    async def __aenter__(self) -> AsyncClient:
        self._client = await self._connect()
        return self._client

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            await self._client.close()

    async def _connect(self) -> AsyncClient:
        transport = await self._open_port()
        try:
            client = AsyncClient(transport, self._dialect, self._options)
        except BaseException:
            transport.close()
            raise
        try:
            await client.reset()
        except BaseException:
            client.close()
            raise
        return client

    async def _open_port(self) -> Transport:
        # A port can take seconds to open. If nobody waits for that any more it must still be closed.
        opening = asyncio.ensure_future(asyncio.to_thread(open_port, self._port, self._record))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_port)
            raise


def _close_port(opening: asyncio.Future[Transport]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


class AsyncClient(ClientCalls[Awaited]):
    """A link to a chip, for one event loop. What ``gatts_codec.Client`` says holds here too.

    Calls may be made from many tasks; one is under way at a time. A task that is cancelled in a call leaves the link
    in order: the response, if it comes, is dropped. Each raises EncodeError, CommandFailed, LinkTimeout, LinkReset,
    LinkClosed or DecodeError: what they have in common stands at ``gatts_codec.link.calls``.
    """

    def __init__(self, transport: Transport, dialect: str | Dialect, options: Options | None = None) -> None:
        """To be made inside a running loop, and to be brought up by ``reset``; ``aconnect`` does both.

        Raises UnknownDialectError, and EncodeError for a framing or setting that does not exist.
        """
        options = options or Options()
        self._session = new_session(transport, dialect, options)
        self.codec: Codec = self._session.codec
        self._timeout_s = options.timeout_s
        self._max_payload = self._session.link.config.max_payload
        self._turn = asyncio.Lock()
        self._line = AsyncLine(transport, self._session)
        self._callbacks: list[tuple[Callback, Types]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._session.listener = self._call_back
        self._closed = False

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        state = "closed" if self._closed else self._session.link.state.name
        return f"<AsyncClient {self.port} {self.dialect.name} {state}>"

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
    async def call(self, message: Command[R], *, check: bool = True, timeout_s: float | None = None) -> R: ...

    @overload
    async def call(
        self, message: Opaque, *, check: bool = True, timeout_s: float | None = None
    ) -> Opaque: ...

    async def call(
        self, message: Command[Any] | Opaque, *, check: bool = True, timeout_s: float | None = None
    ) -> Response | Opaque:
        """Send any command and return its response; an Opaque one, of another group, gets an Opaque one.

        ``check=False`` returns a response with a result other than 0 instead of raising CommandFailed. ``timeout_s`` is
        how long the chip may take from its ACK to its response, in seconds; None: as long as the client was made with.

        Raises what the other calls do: EncodeError for a command that does not encode or is longer than
        ``max_payload``, CommandFailed, LinkTimeout, LinkReset, LinkClosed, DecodeError for a response that is none.
        """
        payload = encode_command(self.codec, message, self._max_payload)
        answer = await self._exchange(payload, timeout_s)
        response: Response | Opaque
        if isinstance(message, Command):
            response = self.codec.decode_response(answer[1:])
        else:
            response = cast(Opaque, self.codec.unpack(answer))
        if check and response.result:
            raise command_failed(self.codec, message, response.result)
        return response

    async def send_raw(self, payload: Buffer, *, timeout_s: float | None = None) -> bytes:
        """Send a packet that somebody else has encoded, packet type first, and return its response's payload.

        The result in it is not looked at. Packet types without a response return ``b""`` once they are acknowledged.
        Raises EncodeError for what no firmware takes: no bytes, too few, over ``max_payload``; LinkTimeout, LinkReset,
        LinkClosed.
        """
        return await self._exchange(check_raw(payload, self._max_payload, self.codec), timeout_s)

    async def events(self, timeout_s: float | None = None) -> AsyncIterator[AnyEvent]:
        """Events as they come, oldest first, until none has come for ``timeout_s`` or the client is closed.

        Without ``timeout_s`` (in seconds) there is no end but closing. Events of other groups, and those that do not
        decode, come as Opaque. Raises LinkReset when the link is lost meanwhile (iterating anew goes on), LinkClosed
        when the port goes away.
        """
        while (event := await self._next(lambda _: True, timeout_s, may_end=True)) is not None:
            yield event

    async def wait_for(
        self, event_type: type[E], timeout_s: float = 5.0, where: Callable[[E], bool] | None = None
    ) -> E:
        """Take the next event of a type, ``where`` it fits; those that came before it stay for others.

        Raises LinkTimeout after ``timeout_s`` seconds, and says what came instead; LinkReset and LinkClosed as
        ``events`` does; and what ``where`` raises.
        """
        event = await self._next(matching(event_type, where), timeout_s)
        if event is None:
            raise self._session.inbox.missing(event_type, timeout_s)
        return cast(E, event)

    def on_event(self, callback: Callback, *event_types: type[AnyEvent]) -> Callable[[], None]:
        """Call back in the loop for every event, or for those of some types. Returns what ends that.

        A coroutine function runs as a task, cancelled on close. What either raises is logged.
        """
        entry = (callback, event_types)
        self._callbacks.append(entry)

        def remove() -> None:
            if entry in self._callbacks:
                self._callbacks.remove(entry)

        return remove

    async def reset(self) -> None:
        """Begin the link anew; this restarts the chip, unless the client was made with ``reset=False``.

        Waits for a call under way. Raises LinkTimeout where the chip does not answer; LinkClosed where the client is
        closed or the port has gone, or LinkReset if that a link was lost before had still to be told.
        """
        async with self._turn:
            if self._closed:
                self._session.report()
            self._session.unreported = None
            await self._line.open()
            if self._session.down is not None:
                raise copy(self._session.down)

    def close(self) -> Awaitable[object]:
        """End the link and give the port back, at once; awaiting what it returns also waits for callbacks' tasks.

        Calls under way get LinkClosed. May be called twice, and from a callback.
        """
        self._closed = True
        self._line.close(LinkClosed(f"{self.port} was closed", stage="closed"))
        current = asyncio.current_task()
        tasks = [task for task in self._tasks if task is not current]
        for task in tasks:
            task.cancel()
        return asyncio.gather(*tasks, return_exceptions=True)

    def _call_back(self, event: AnyEvent) -> bool:
        # Soon, not now: a callback may close the client, and the session is in the middle of something.
        loop = asyncio.get_running_loop()
        for callback, types in self._callbacks:
            if not types or isinstance(event, types):
                loop.call_soon(self._run, callback, event)
        return bool(self._callbacks)

    def _run(self, callback: Callback, event: AnyEvent) -> None:
        if self._closed:
            return
        outcome = call_back(callback, event)
        if asyncio.iscoroutine(outcome):
            task = asyncio.create_task(arun(callback, outcome, event))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _exchange(self, payload: bytes, timeout_s: float | None) -> bytes:
        request = Request(payload, self._timeout_s if timeout_s is None else timeout_s)
        async with self._turn:
            try:
                await self._line.send(request)
                await self._line.wait(request)
            finally:
                if not request.done:
                    self._session.abandon(request)
        if request.error is not None:
            raise copy(request.error)  # others may be told the same one
        return request.answer

    async def _next(
        self, matches: Predicate, timeout_s: float | None, may_end: bool = False
    ) -> AnyEvent | None:
        wish = Wanted(matches)
        inbox = self._session.inbox
        inbox.want(wish)
        try:
            if not wish.done:
                self._session.report()
                await self._line.wait(wish, timeout_s)
        except LinkClosed:
            if not (may_end and self._closed):
                raise
        finally:
            inbox.withdraw(wish)
        if wish.error is not None and not (may_end and self._closed):
            raise copy(wish.error)
        return wish.event
