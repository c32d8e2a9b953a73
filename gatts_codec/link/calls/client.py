"""What a client's calls are: the groups of commands, and the same with other options."""

from __future__ import annotations

from functools import partial

from gatts_codec.link.calls.base import View, WayT
from gatts_codec.link.calls.gatts import GattsCalls


class ClientCalls(GattsCalls[WayT]):
    """Every command of every dialect, as a method that returns its response."""

    @property
    def unchecked(self) -> OtherCalls[WayT]:
        """The same calls, which return a response with a result other than 0 instead of raising CommandFailed."""
        return self.calling(check=False)

    def calling(self, *, check: bool = True, timeout_s: float | None = None) -> OtherCalls[WayT]:
        """The same calls with other options, which are those of ``call``: ``sd.calling(timeout_s=5).service_add(..)``.

        ``check=False`` as ``unchecked``. ``timeout_s`` is how long a call may take in all, in seconds; None: as long as
        the client was made with.
        """
        return OtherCalls(partial(self.call, check=check, timeout_s=timeout_s))


class OtherCalls(View[WayT], ClientCalls[WayT]):
    """A client's calls with options of their own."""
