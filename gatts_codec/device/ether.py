"""What a chip sees of the air: the packets in it, and the protocol behind which any air may stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from gatts_codec.constants.gap import Phy
from gatts_codec.packets.gap.structs import Addr, ConnParams


@dataclass(frozen=True, slots=True)
class Extension:
    """What extended advertising says beside its data; ``phy`` is the radio mode that carries them."""

    set_id: int
    phy: Phy


@dataclass(frozen=True, slots=True)
class AdvPdu:
    """What an advertiser sends; ``target`` is for whom, of directed advertising."""

    address: Addr
    connectable: bool
    scannable: bool
    target: Addr | None
    data: bytes
    scan_response: bool = False
    extension: Extension | None = None
    """None: legacy advertising."""


@dataclass(frozen=True, slots=True)
class ConnectRequest:
    """An initiator's answer to an advertiser. ``params`` has the interval that was chosen as least and most."""

    initiator: Addr
    advertiser: Addr
    params: ConnParams
    tag: int


class Ether(Protocol):
    """The air as one chip sees it; ``device`` is always the chip that acts."""

    def broadcast(self, device: Any, pdu: AdvPdu) -> None:
        """An advertiser sends: scanners and initiators that are in reach may hear it."""

    def request_scan(self, device: Any, advertiser: Addr) -> AdvPdu | None:
        """A scanner asks; the scan response, if one comes."""

    def request_connection(self, device: Any, request: ConnectRequest) -> bool:
        """An initiator asks; whether both are connected now."""

    def leave(self, device: Any) -> None:
        """A chip without connections is here no more."""

    def vanish(self, device: Any) -> None:
        """A chip restarts without a word: its peers notice when their supervision timeouts are over."""

    def delay(self) -> float:
        """How much later than its interval says an advertising event begins, in seconds."""

    def repeats(self) -> int:
        """How many connection events a packet of a connection needs beyond its own, since it is lost."""

    def listens(self, share: float) -> bool:
        """Whether a scanner that listens for this share of the time does so now."""
