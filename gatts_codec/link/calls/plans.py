"""What a host wants of any chip, one line a plan."""

from __future__ import annotations

from typing import Final

from gatts_codec.link.calls.base import Calls, WayT, plan
from gatts_codec.plans.advertise import Advertise, StopAdvertising
from gatts_codec.plans.connect import ConnectTo
from gatts_codec.plans.scan import ResumeScanning, Scan, StopScanning
from gatts_codec.plans.start import Start


class PlanCalls(Calls[WayT]):
    """Starting, advertising, scanning, connecting: the same on every dialect."""

    start: Final = plan(Start)
    advertise: Final = plan(Advertise)
    stop_advertising: Final = plan(StopAdvertising)
    scan: Final = plan(Scan)
    resume_scanning: Final = plan(ResumeScanning)
    stop_scanning: Final = plan(StopScanning)
    connect_to: Final = plan(ConnectTo)
