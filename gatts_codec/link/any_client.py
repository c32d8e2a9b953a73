"""What the blocking and the asyncio client have in common: a session on a line, with callbacks."""

from __future__ import annotations

from gatts_codec.arguments import checked
from gatts_codec.codec import Codec
from gatts_codec.dialects import Dialect
from gatts_codec.link.calls.base import WayT
from gatts_codec.link.calls.host import HostCalls
from gatts_codec.link.config import timeout
from gatts_codec.link.dispatch import Queue
from gatts_codec.link.opening import Options, new_session
from gatts_codec.link.transports import Transport
from gatts_codec.link.transports.base import Unshared


class AnyClient(Unshared, HostCalls[WayT]):
    """A client without its ways to wait. Line and callbacks do not know it: once it is dropped they can end."""

    _callbacks: Queue

    @checked
    def __init__(self, transport: Transport, dialect: str | Dialect, options: Options) -> None:
        self._transport = transport
        self._session = new_session(transport, dialect, options)
        self.codec: Codec = self._session.codec
        self._timeout_s = timeout(options.timeout_s)
        self._max_payload = self._session.link.config.max_payload
        self._closed = False

    def __repr__(self) -> str:
        state = "closed" if self._closed else self._session.link.state.name
        return f"<{type(self).__name__} {self.port} {self.dialect.name} {state}>"

    @property
    def dialect(self) -> Dialect:
        """The dialect that is spoken."""
        return self.codec.dialect

    @property
    def port(self) -> str:
        """The name of the port."""
        return self._transport.name

    @property
    def lost_events(self) -> int:
        """How many events were dropped because they were not taken and the buffer was full."""
        return self._session.inbox.lost

    @property
    def lost_callbacks(self) -> int:
        """How many events no callback was called for, because callbacks were too slow and ``event_buffer`` waited."""
        return self._callbacks.lost
