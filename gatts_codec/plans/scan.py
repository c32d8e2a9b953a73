"""scan: look for advertisers.

From sd_api_v6 on a scanner waits after every report until it is told to go on; up to v5 it never does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gatts_codec.advertising.data import LEGACY_SIZE
from gatts_codec.dialects import Dialect
from gatts_codec.packets.gap.scan import (
    START_V6_PC,
    ScanParams,
    ScanParamsV2,
    ScanParamsV5,
    ScanStart,
    ScanStartV5,
    ScanStop,
)
from gatts_codec.packets.gap.structs import BleData
from gatts_codec.plans.plan import UNIT_MS, AnyCommand, Plan

_SHORTEST, _LONGEST = 4, 0x4000  # interval and window, in units
_BUFFER = 1  # what it is called on the wire
_EXTENDED_ROOM = 255  # bytes


@dataclass(frozen=True, slots=True)
class Scan(Plan[None]):
    """Look for advertisers: ``sd.scan(active=True)``. Each one that is heard is an AdvReportEvent, up to v5 ..V5.

    ``active`` asks them for scan responses. The chip listens for ``window_ms`` of every ``interval_ms``, 2.5 to 10240
    ms, for ``timeout_s`` in all, 0 until it is stopped. ``extended`` (from sd_api_v6 on) hears extended advertising
    too. After each report, ``resume_scanning`` goes on, in every dialect.

    Raises EncodeError that names dialect and field for what the dialect cannot do, CommandFailed (INVALID_STATE) while
    it is scanning.
    """

    name: ClassVar[str] = "scan"
    active: bool = False
    interval_ms: float = 100
    window_ms: float = 50
    timeout_s: float = 0
    extended: bool = False

    def in_dialect(self, dialect: Dialect) -> Iterator[AnyCommand]:
        """What ``commands`` lists."""
        self.check_central(dialect)
        self.yes_or_no("active", "extended", dialect=dialect)
        self.check(not self.extended or dialect.api >= 6, "extended", "only from sd_api_v6 on", dialect)
        interval, window = (
            self.units(field, UNIT_MS, _SHORTEST, _LONGEST, dialect) for field in ("interval_ms", "window_ms")
        )
        self.check(window <= interval, "window_ms", "cannot be longer than interval_ms", dialect)
        active, unit = int(self.active), 1 if dialect.api < 6 else 0.01
        timeout = self.units("timeout_s", unit, 1, 0xFFFF, dialect, or_zero=True)
        if dialect.api >= 6:
            params = ScanParams(
                int(self.extended), 0, active, interval=interval, window=window, timeout=timeout
            )
            yield ScanStart(params, _buffer(dialect, self.extended))
        else:
            form = ScanParamsV2 if dialect.api < 3 else ScanParamsV5
            yield ScanStartV5(form(active=active, interval=interval, window=window, timeout=timeout))


@dataclass(frozen=True, slots=True)
class ResumeScanning(Plan[None]):
    """Go on after a report; up to sd_api_v5 the chip does so by itself, and nothing is sent.

    ``extended`` as for ``scan``. Raises CommandFailed (INVALID_STATE) while it is not scanning.
    """

    name: ClassVar[str] = "resume_scanning"
    extended: bool = False

    def in_dialect(self, dialect: Dialect) -> Iterator[AnyCommand]:
        """What ``commands`` lists."""
        if dialect.api >= 6:
            yield ScanStart(None, _buffer(dialect, self.extended))


@dataclass(frozen=True, slots=True)
class StopScanning(Plan[None]):
    """Stop scanning. Raises CommandFailed (INVALID_STATE) while it is not scanning."""

    name: ClassVar[str] = "stop_scanning"

    def in_dialect(self, dialect: Dialect) -> Iterator[AnyCommand]:
        """What ``commands`` lists."""
        yield ScanStop()


def _buffer(dialect: Dialect, extended: bool) -> BleData:
    """Where a report goes. Its bytes travel, though they say nothing, but to pc-ble-driver's firmware."""
    room = _EXTENDED_ROOM if extended else LEGACY_SIZE
    bytes_travel = dialect.groups["gap"].calls["scan_start"].command is not START_V6_PC
    return BleData(_BUFFER, data=bytes(room)) if bytes_travel else BleData(_BUFFER, room)
