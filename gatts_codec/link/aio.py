"""The asyncio client: the blocking client's names, to be awaited. For one event loop and its thread."""

from __future__ import annotations

import asyncio
import os
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from gatts_codec.dialects import Dialect, find_dialect
from gatts_codec.errors import CommandFailed, GattsError, LinkClosed
from gatts_codec.framing.stream import Buffer
from gatts_codec.link.aline import AsyncLine
from gatts_codec.link.any_client import AnyClient
from gatts_codec.link.calls.base import Awaited
from gatts_codec.link.commands import check_raw, command_failed, encode_command, steps_of
from gatts_codec.link.config import HostConfig, timeout
from gatts_codec.link.dispatch import AsyncCallbacks, Callback
from gatts_codec.link.goals import Request
from gatts_codec.link.inbox import DEFAULT_SIZE, AnyEvent, Predicate, Waiter, matching
from gatts_codec.link.opening import Options, open_port
from gatts_codec.link.transports import Transport
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Command, Response

if TYPE_CHECKING:
    from gatts_codec.plans.plan import Plan

R = TypeVar("R", bound=Response)
T = TypeVar("T")
E = TypeVar("E", bound=AnyEvent)


def aconnect(
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
) -> Connecting:
    """``connect`` for asyncio: ``async with aconnect(..) as sd``, or ``sd = await aconnect(..)`` and ``close`` it.

    Raises UnknownDialectError, and EncodeError for a time or size out of range, at once. Other EncodeErrors, PortError,
    LinkTimeout and LinkClosed come when it is awaited or entered, for the reasons that ``connect`` has.
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
        find_dialect(dialect)  # before a port is opened for nothing
        self._port, self._dialect, self._options, self._record = port, dialect, options, record
        self._client: AsyncClient | None = None

    def __await__(self) -> Generator[object, None, AsyncClient]:
        return self._connect().__await__()

    async def __aenter__(self) -> AsyncClient:
        self._client = await self._connect()
        return self._client

    async def __aexit__(self, *_: object) -> None:
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
        if not isinstance(self._port, str):
            return open_port(self._port, self._record)
        # A port can take seconds to open. If no task waits for that any more it must still be closed.
        opening = asyncio.ensure_future(asyncio.to_thread(open_port, self._port, self._record))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_port)
            raise


def _close_port(opening: asyncio.Future[Transport]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


class AsyncClient(AnyClient[Awaited]):
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
        super().__init__(transport, dialect, options)
        self._line = AsyncLine(transport, self._session)
        self._callbacks: AsyncCallbacks = AsyncCallbacks(options.event_buffer)
        self._tasks = self._callbacks.tasks
        self._session.listener = self._callbacks.put
        # Neither knows the client: one that is dropped without close() gives its port and its tasks back.
        self._dropped = weakref.finalize(self, _give_back, self._line, self._callbacks)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @overload
    async def call(self, message: Command[R], *, check: bool = True, timeout_s: float | None = None) -> R: ...

    @overload
    async def call(
        self, message: Opaque, *, check: bool = True, timeout_s: float | None = None
    ) -> Opaque: ...

    async def call(
        self, message: Command[Any] | Opaque, *, check: bool = True, timeout_s: float | None = None
    ) -> Response | Opaque:
        """Send any command and return its response; an Opaque one gets an Opaque one.

        ``check=False`` returns a response with a result other than 0 instead of raising CommandFailed. ``timeout_s`` is
        how long the call may take in all, in seconds; None: as long as the client was made with.

        Raises what the other calls do: EncodeError for a command that does not encode or is longer than
        ``max_payload``, CommandFailed, LinkTimeout, LinkReset, LinkClosed; DecodeError for the response.
        """
        answer = await self._exchange(timeout_s, encode_command, self.codec, message, self._max_payload)
        response = self._session.response_in(answer, message)
        if check and response.result:
            raise command_failed(self.codec, message, response.result)
        return response

    async def carry_out(self, plan: Plan[T]) -> T:
        """Send what a plan consists of in this dialect: ``carry_out(Start(..))`` is ``start(..)``.

        Raises EncodeError, before anything is sent, for what the dialect cannot do; then what ``call`` does.
        """
        steps = steps_of(plan, self.codec)
        try:
            command = next(steps)
            while True:
                try:
                    response = await self.call(command)
                except CommandFailed as error:
                    command = steps.throw(error)
                else:
                    command = steps.send(response)
        except StopIteration as end:
            return cast(T, end.value)

    async def send_raw(self, payload: Buffer, *, timeout_s: float | None = None) -> bytes:
        """Send a packet that is encoded already, packet type first, and return its response's payload.

        The result in it is not looked at. Packet types without a response return ``b""`` once they are acknowledged.
        Raises EncodeError for what no firmware takes: no bytes, too few, over ``max_payload``; LinkTimeout, LinkReset,
        LinkClosed.
        """
        return await self._exchange(timeout_s, check_raw, payload, self._max_payload, self.codec)

    def events(self, timeout_s: float | None = None) -> AsyncIterator[AnyEvent]:
        """Events as they come, oldest first, until none has come for ``timeout_s`` or the client is closed.

        Without ``timeout_s`` (in seconds) there is no end but closing; 0 takes what is there. Events that the dialect
        does not have, and those that do not decode, come as Opaque. Raises LinkReset when the link is lost meanwhile
        (iterating goes on), LinkClosed when the port goes away, EncodeError for an impossible time.
        """
        return _Events(partial(self._next, Opaque, None, timeout(timeout_s)))

    async def wait_for(
        self, event_type: type[E], timeout_s: float | None = 5.0, where: Callable[[E], bool] | None = None
    ) -> E:
        """Take the next event of a type, ``where`` it fits; those that came before it stay for others.

        Raises LinkTimeout after ``timeout_s`` seconds (None: there is no end), and says what came instead; LinkReset
        and LinkClosed as ``events`` does; EncodeError for an impossible time; and what ``where`` raises. A task that
        is cancelled here takes no event.
        """
        return await self._next(event_type, matching(event_type, where), timeout(timeout_s))

    def on_event(self, callback: Callback, *event_types: type[AnyEvent]) -> Callable[[], None]:
        """Call back in the loop for every event, or for those of some types. Returns what ends that.

        A coroutine function is awaited; one callback runs at a time, in the order of the events. At most
        ``event_buffer`` events wait for that, then the oldest is dropped, with a warning. What a callback raises is
        logged. Close cancels the one that is under way.
        """
        return self._callbacks.add(callback, event_types)

    async def reset(self) -> None:
        """Restart the link; this restarts the chip, unless the client was made with ``reset=False``.

        Waits for a call under way. Raises LinkTimeout where the chip does not answer; LinkClosed where the client is
        closed or the port has gone, or LinkReset if a link was lost before and no caller knows it yet.
        """
        try:
            await self._line.open()
        except GattsError:
            await asyncio.sleep(0)
            raise

    def close(self) -> Awaitable[object]:
        """End the link and give the port back, at once; awaiting what it returns also waits for callbacks' tasks.

        Calls under way get LinkClosed. May be called twice, from a callback, and after its loop has ended.
        """
        self._closed = True
        self._line.close(LinkClosed(f"{self.port} was closed", stage="closed"))
        self._dropped.detach()
        return _Ending(self._callbacks.close())

    async def _exchange(
        self, timeout_s: float | None, encode: Callable[..., bytes], *arguments: object
    ) -> bytes:
        try:
            timeout_s = self._timeout_s if timeout_s is None else timeout(timeout_s)
            request = Request(encode(*arguments), timeout_s)
            await self._line.ask(request)
        except GattsError:
            await asyncio.sleep(0)
            raise
        if request.error is not None:
            raise self._session.error_of(request)
        return request.answer

    async def _next(self, event_type: type[E], matches: Predicate | None, timeout_s: float | None) -> E:
        await asyncio.sleep(0)  # who takes what is there, and that again and again, is not alone in the loop
        waiter = Waiter(self._session.inbox, matches)
        try:
            event = await self._wait(waiter, timeout_s)
            self._session.withdraw(waiter)
            if event is None and matches is not None:
                raise self._session.inbox.missing(event_type, timeout_s or 0.0)
            return cast(E, event)
        except BaseException:
            waiter.put_back()
            self._session.withdraw(waiter)
            raise

    async def _wait(self, waiter: Waiter, timeout_s: float | None) -> AnyEvent | None:
        loop = self._line.loop
        until, is_over = None if timeout_s is None else loop.time() + timeout_s, False
        waiter.enter()
        try:
            while (event := waiter.look()) is None:
                self._session.check(waiter)
                if is_over:
                    break
                await self._line.wait(waiter, until)
                is_over = until is not None and loop.time() >= until
        except LinkClosed:
            if not self._closed or waiter.is_choosy:
                raise
            return None
        return event


class _Events:
    """Not a generator: that would end with the task that is cancelled in it."""

    def __init__(self, take: Callable[[], Awaitable[AnyEvent | None]]) -> None:
        self._take = take

    def __aiter__(self) -> AsyncIterator[AnyEvent]:
        return self

    async def __anext__(self) -> AnyEvent:
        event = await self._take()
        if event is None:
            raise StopAsyncIteration
        return event


class _Ending:
    """The end of tasks, to be awaited by who likes: without a loop there is nothing to gather them in."""

    def __init__(self, tasks: list[asyncio.Task[None]]) -> None:
        self._tasks = tasks

    def __await__(self) -> Generator[object, None, object]:
        return asyncio.gather(*self._tasks, return_exceptions=True).__await__()


def _give_back(line: AsyncLine, callbacks: AsyncCallbacks) -> None:
    error = LinkClosed(f"{line.transport.name} was closed: nobody had the client any more", stage="closed")

    def close() -> None:
        line.close(error)
        callbacks.close()

    try:
        line.loop.call_soon_threadsafe(close)
    except RuntimeError:  # the loop has ended, and with it all tasks
        line.close(error)
