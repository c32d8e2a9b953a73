"""All calls of a client: the commands of each dialect, and what is the same on all, which loads when it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatts_codec.link.calls.base import WayT
from gatts_codec.link.calls.client import ClientCalls

if TYPE_CHECKING:
    from gatts_codec.link.calls.plans import PlanCalls

    class HostCalls(ClientCalls[WayT], PlanCalls[WayT]):
        """All calls of a client."""

else:

    class _Late:
        """The method of this name of PlanCalls."""

        def __set_name__(self, owner: type, name: str) -> None:
            self._name = name

        def __get__(self, calls: Any, owner: Any = None) -> Any:
            from gatts_codec.link.calls.plans import PlanCalls

            return vars(PlanCalls)[self._name].__get__(calls, owner)

    class HostCalls(ClientCalls[WayT]):
        """All calls of a client."""

        start = _Late()
        advertise = _Late()
        stop_advertising = _Late()
        scan = _Late()
        resume_scanning = _Late()
        stop_scanning = _Late()
        connect_to = _Late()
