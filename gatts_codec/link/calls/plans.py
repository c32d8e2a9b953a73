"""What a host wants of any chip, one line a plan."""

from __future__ import annotations

from typing import Any, Final

from gatts_codec.link.calls.base import WayT, plan
from gatts_codec.link.calls.client import ClientCalls
from gatts_codec.plans.advertise import Advertise, StopAdvertising
from gatts_codec.plans.connect import ConnectTo
from gatts_codec.plans.scan import ResumeScanning, Scan, StopScanning
from gatts_codec.plans.start import Start


class HostCalls(ClientCalls[WayT]):
    """All of a client's calls: the same on every dialect, and the commands of each."""

    start: Final = plan(Start)
    advertise: Final = plan(Advertise)
    stop_advertising: Final = plan(StopAdvertising)
    scan: Final = plan(Scan)
    resume_scanning: Final = plan(ResumeScanning)
    stop_scanning: Final = plan(StopScanning)
    connect_to: Final = plan(ConnectTo)

    def carry_out(self, plan: Any) -> Any:
        """Send what a plan consists of; each client has its own way."""
        raise NotImplementedError
