"""connect_to: begin a connection as central."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from gatts_codec.constants.gap import AddrType
from gatts_codec.dialects import Dialect
from gatts_codec.errors import brief
from gatts_codec.packets.gap.connect import Connect
from gatts_codec.packets.gap.scan import ScanParams, ScanParamsV2, ScanParamsV5
from gatts_codec.packets.gap.structs import Addr, ConnParams
from gatts_codec.plans.plan import AnyCommand, Plan

_MOST = {"addr_type": 0x7F, "slave_latency": 499, "conn_cfg_tag": 0xFF}


@dataclass(frozen=True, slots=True)
class ConnectTo(Plan[None]):
    """Connect to an advertiser: ``sd.connect_to("F0:12:34:56:78:9A")``. ConnectedEvent says that it is done.

    ``address`` is text, with ``addr_type`` (AddrType), or the Addr of a report. ``interval_ms`` is the connection's
    interval, 7.5 to 4000 ms, ``slave_latency`` how many of its events the peer may leave out,
    ``supervision_timeout_s`` after what silence it is lost, 0.1 to 32 s. ``timeout_s`` is how long to look for the
    peer, 0 until ``gap.connect_cancel``. ``conn_cfg_tag`` names the configuration of the connection, as ``start`` has
    made it.

    Raises EncodeError that names dialect and field, CommandFailed where the chip refuses.
    """

    name: ClassVar[str] = "connect_to"
    address: Addr | str
    addr_type: Annotated[int, AddrType] = AddrType.RANDOM_STATIC
    interval_ms: float = 30
    slave_latency: int = 0
    supervision_timeout_s: float = 4
    timeout_s: float = 0
    conn_cfg_tag: int = 1

    def in_dialect(self, dialect: Dialect) -> Iterator[AnyCommand]:
        """What ``commands`` lists."""
        address = self._address(dialect)
        interval = self.units("interval_ms", 1.25, 6, 3200, dialect)
        silence = self.units("supervision_timeout_s", 0.01, 10, 3200, dialect)
        params = ConnParams(interval, interval, self.slave_latency, silence)
        tag = self.conn_cfg_tag if dialect.api >= 4 else None
        yield Connect(address, self._scan_params(dialect), params, tag)

    def _address(self, dialect: Dialect) -> Addr:
        self.check_central(dialect)
        for field, most in _MOST.items():
            self.whole(field, 0, most, dialect)
        if isinstance(self.address, Addr):
            return self.address
        is_text = isinstance(self.address, str)
        self.check(is_text, "address", f"expected text or an Addr, got {brief(self.address)}", dialect)
        return Addr.from_text(self.address, self.addr_type)

    def _scan_params(self, dialect: Dialect) -> ScanParams | ScanParamsV5 | ScanParamsV2:
        if dialect.api >= 6:
            return ScanParams(timeout=self.units("timeout_s", 0.01, 1, 0xFFFF, dialect, or_zero=True))
        form = ScanParamsV2 if dialect.api < 3 else ScanParamsV5
        return form(timeout=self.units("timeout_s", 1, 1, 0xFFFF, dialect, or_zero=True))
