"""What a client's calls are: the groups of commands, and the same with other options."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gatts_codec.link.calls.base import View, WayT
from gatts_codec.link.calls.common import CommonCalls
from gatts_codec.link.calls.gatts import GattsCalls

if TYPE_CHECKING:  # a group loads when it is used
    from gatts_codec.link.calls.gap import GapCalls
    from gatts_codec.link.calls.gattc import GattcCalls
    from gatts_codec.link.calls.l2cap import L2capCalls


class ClientCalls(GattsCalls[WayT], CommonCalls[WayT]):
    """Every command of every dialect, as a method that returns its response; those of other groups by their group."""

    @property
    def gap(self) -> GapCalls[WayT]:
        """The calls of GAP: ``sd.gap.adv_start(..)``."""
        from gatts_codec.link.calls.gap import GapCalls

        return GapCalls(self.call)

    @property
    def gattc(self) -> GattcCalls[WayT]:
        """The calls of a GATT client: ``sd.gattc.write(..)``."""
        from gatts_codec.link.calls.gattc import GattcCalls

        return GattcCalls(self.call)

    @property
    def l2cap(self) -> L2capCalls[WayT]:
        """The calls of L2CAP: ``sd.l2cap.ch_setup(..)``."""
        from gatts_codec.link.calls.l2cap import L2capCalls

        return L2capCalls(self.call)

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
