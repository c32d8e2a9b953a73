"""What the GAP calls have set, and what the chip is doing until when."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from math import inf

from gatts_codec.constants import NrfError
from gatts_codec.constants.gap import AddrType
from gatts_codec.device.connection import CONN_PARAMS
from gatts_codec.device.ether import AdvPdu, Extension
from gatts_codec.device.privacy_state import Identity, Privacy
from gatts_codec.device.refusal import refuse_unless
from gatts_codec.packets.gap.adv_set_configure import AdvParams
from gatts_codec.packets.gap.structs import Addr, AdvSetData, ConnParams
from gatts_codec.schema.structs import NO_ACCESS, SecMode

MAX_NAME = 31
NO_WISHES = ConnParams(0xFFFF, 0xFFFF, 0, 0xFFFF)  # until ppcp_set


class Activity(Enum):
    """What a chip does until it is stopped, or its time is over."""

    ADVERTISING = "advertising"
    SCANNING = "scanning"
    CONNECTING = "connecting"


@dataclass(frozen=True, slots=True)
class Advertiser:
    """How a chip advertises, whatever the dialect's parameters look like. ``max_events`` 0: any number."""

    connectable: bool = True
    scannable: bool = True
    target: Addr | None = None
    policy: int = 0
    interval_s: float = 0.1
    max_events: int = 0
    tells_requests: bool = False
    extension: Extension | None = None


@dataclass(frozen=True, slots=True)
class Scanner:
    """How a chip scans: ``share`` of the time, the window of each interval. Only if ``extended`` it hears all."""

    active: bool = False
    listed_only: bool = False
    share: float = 1.0
    extended: bool = False
    unresolved: bool = False
    """Directed advertising to an address that the chip does not resolve is reported as well."""


def same_address(one: Addr, other: Addr) -> bool:
    """Whether two addresses are one device's, resolved or not."""
    return (one.addr, one.addr_type) == (other.addr, other.addr_type)


@dataclass(slots=True)
class GapState:
    """``address`` has its most significant byte first; ``tag`` is the configuration that advertising began with.

    ``name_room`` is how long ``name`` may become, in bytes.
    """

    address: bytes
    name: bytes
    address_type: int = AddrType.RANDOM_STATIC
    name_room: int = MAX_NAME
    name_write_perm: SecMode = NO_ACCESS
    name_is_fixed: bool = False
    """It lies in the application's memory, and nobody may write it."""
    passkey: bytes | None = None
    """The digits that are shown each time; None: others each time."""
    appearance: int = 0
    ppcp: ConnParams = NO_WISHES
    privacy: Privacy = field(default_factory=Privacy)
    identities: tuple[Identity, ...] = ()
    adv_params: AdvParams | None = None
    adv_data: AdvSetData = field(default_factory=AdvSetData)
    scan_room: int = 0
    enabled: bool = False
    tag: int = 0
    advertiser: Advertiser = Advertiser()
    advertised: tuple[bytes, bytes] = (b"", b"")
    """Advertising data and scan response."""
    next_adv_event: float = 0.0
    adv_events: int = 0
    tells_requests: bool = False
    """Scan requests are reported, up to v5."""
    scanner: Scanner = Scanner()
    paused: bool = False
    held_report: tuple[AdvPdu, int] | None = None
    whitelist: tuple[Addr, ...] = ()
    listed_irks: tuple[bytes, ...] = ()
    """Keys of the whitelist, up to v2."""
    target: Addr | None = None
    wanted_params: ConnParams = CONN_PARAMS
    central_tag: int = 0
    channels_since: float = -inf
    """When the host has chosen the data channels."""
    _until: dict[Activity, float] = field(default_factory=dict)

    @property
    def advertising(self) -> bool:
        """Whether a peer may come."""
        return self.is_doing(Activity.ADVERTISING)

    @property
    def is_idle(self) -> bool:
        """Whether it neither advertises nor scans nor connects."""
        return not self._until

    def lists(self, address: Addr) -> bool:
        """Whether the whitelist has it."""
        return any(same_address(listed, address) for listed in self.whitelist)

    def is_doing(self, activity: Activity) -> bool:
        """Whether it has begun, and not ended."""
        return activity in self._until

    @property
    def begins_listening(self) -> bool:
        """Whether it may: it neither scans nor connects."""
        return not (self.is_doing(Activity.SCANNING) or self.is_doing(Activity.CONNECTING))

    def begin(self, activity: Activity, now: float, seconds: float) -> None:
        """Begin, for so long, or with 0 for ever. INVALID_STATE if it has begun already."""
        refuse_unless(activity not in self._until, NrfError.INVALID_STATE)
        self._until[activity] = now + seconds if seconds else inf

    def end(self, activity: Activity) -> None:
        """End. INVALID_STATE if it has not begun."""
        refuse_unless(activity in self._until, NrfError.INVALID_STATE)
        del self._until[activity]

    def connected(self, by: Activity) -> None:
        """A connection has come of it: it is over."""
        self._until.pop(by, None)

    def next_deadline(self) -> float | None:
        """When the first of them ends."""
        until = min(self._until.values(), default=inf)
        return None if until == inf else until

    def ended(self, now: float) -> list[Activity]:
        """What has ended by its time."""
        over = [activity for activity, until in self._until.items() if until <= now]
        for activity in over:
            del self._until[activity]
        return over
