"""advertise: set advertising data and parameters, and begin.

Up to sd_api_v5 that is ``adv_data_set``, then ``adv_start`` with parameters; from v6 on ``adv_set_configure`` with
both, then ``adv_start`` of the set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from gatts_codec.advertising.data import GENERAL, LEGACY_SIZE, AdvData
from gatts_codec.constants import NrfError
from gatts_codec.constants.gap import AdvType, AdvTypeV5, Phy
from gatts_codec.dialects import Dialect
from gatts_codec.errors import CommandFailed, EncodeError, brief
from gatts_codec.packets.gap.adv_data_set import AdvDataSet
from gatts_codec.packets.gap.adv_set_configure import AdvParams, AdvProperties, AdvSetConfigure
from gatts_codec.packets.gap.adv_start import AdvParamsV2, AdvParamsV5, AdvStart, AdvStartV5, AdvStop
from gatts_codec.packets.gap.structs import AdvSetData, BleData
from gatts_codec.plans.plan import UNIT_MS, AnyCommand, Plan, Steps
from gatts_codec.schema.message import Response

_SHORTEST, _SHORTEST_UNCONNECTABLE, _LONGEST = 0x20, 0xA0, 0x4000  # intervals, in units
_EXTENDED_SIZE, _EXTENDED_CONNECTABLE_SIZE = 255, 238  # bytes
_THE_SET = 0  # no SoftDevice has more than one
_DATA, _SCAN_RESPONSE = 1, 2  # what the buffers are called on the wire


@dataclass(frozen=True, slots=True)
class Advertise(Plan[None]):
    """Advertise: ``sd.advertise(AdvData(name="Heart", services=[0x180D]))``. It ends when a peer connects.

    ``data`` is what is advertised and ``scan_response`` what a scanner gets who asks, 31 bytes each, as AdvData or as
    bytes; in ``data``, where it has no flags, it says that the device is discoverable and LE only. ``interval_ms`` is
    how often, 20 to 10240 ms; ``timeout_s`` for how long, 0 until it is stopped. ``connectable=False`` only tells.
    ``extended`` (from sd_api_v6 on) has room for 238 bytes, or 255 where it is not connectable, and no scan response.
    ``conn_cfg_tag`` names the configuration of the connection that comes of it, as ``start`` has made it.

    Raises EncodeError that names the structures where data do not fit, and dialect and field for what the dialect
    cannot do; CommandFailed (INVALID_STATE) while it is advertising.
    """

    name: ClassVar[str] = "advertise"
    data: AdvData | bytes
    scan_response: AdvData | bytes | None = None
    interval_ms: float = 100
    timeout_s: float = 0
    connectable: bool = True
    extended: bool = False
    conn_cfg_tag: int = 1

    def in_dialect(self, dialect: Dialect) -> Iterator[AnyCommand]:
        """What ``commands`` lists."""
        self.yes_or_no("connectable", "extended", dialect=dialect)
        self.whole("conn_cfg_tag", 0, 0xFF, dialect)
        self.check(not self.extended or dialect.api >= 6, "extended", "only from sd_api_v6 on", dialect)
        both = not (self.extended and self.scan_response)
        self.check(both, "scan_response", "extended advertising has all in data", dialect)
        said = self._bytes("data", dialect)
        answer = b"" if self.scan_response is None else self._bytes("scan_response", dialect)
        if dialect.api >= 6:
            buffers = AdvSetData(
                BleData(_DATA, data=said), BleData(_SCAN_RESPONSE, data=answer) if answer else BleData()
            )
            yield AdvSetConfigure(adv_data=buffers, adv_params=self._params(dialect))
            yield AdvStart(_THE_SET, self.conn_cfg_tag)
        else:
            # An empty one, or what an earlier call has set would stay.
            yield AdvDataSet(data=said, sr_data=answer)
            tag = self.conn_cfg_tag if dialect.api >= 4 else None
            yield AdvStartV5(self._params_v5(dialect), tag)

    def step(self, command: AnyCommand) -> Steps[Response]:
        """A set that is there already, of an earlier call or program, is configured again."""
        try:
            return (yield command)
        except CommandFailed as error:
            if not isinstance(command, AdvSetConfigure) or error.result != NrfError.NO_MEM:
                raise
        return (yield replace(command, adv_handle=_THE_SET))

    def _bytes(self, field: str, dialect: Dialect) -> bytes:
        data, most = getattr(self, field), LEGACY_SIZE
        if self.extended:
            most = _EXTENDED_CONNECTABLE_SIZE if self.connectable else _EXTENDED_SIZE
        if isinstance(data, AdvData):
            flags = GENERAL if data.flags is None and field == "data" else data.flags
            try:
                return replace(data, flags=flags).to_bytes(most)
            except EncodeError as error:
                self.check(False, field, error.reason, dialect)
        self.check(isinstance(data, bytes), field, f"expected AdvData or bytes, got {brief(data)}", dialect)
        self.check(len(data) <= most, field, f"{len(data)} bytes do not fit in {most}", dialect)
        return bytes(data)

    def _interval(self, dialect: Dialect) -> int:
        slow = dialect.api < 5 and not self.connectable
        least = _SHORTEST_UNCONNECTABLE if slow else _SHORTEST
        return self.units("interval_ms", UNIT_MS, least, _LONGEST, dialect)

    def _params_v5(self, dialect: Dialect) -> AdvParamsV5 | AdvParamsV2:
        scannable = AdvTypeV5.ADV_SCAN_IND if self.scan_response else AdvTypeV5.ADV_NONCONN_IND
        kind = AdvTypeV5.ADV_IND if self.connectable else scannable
        timeout = self.units("timeout_s", 1, 1, 0x3FFF, dialect, or_zero=True)
        form = AdvParamsV2 if dialect.api < 3 else AdvParamsV5
        return form(type=kind, interval=self._interval(dialect), timeout=timeout)

    def _params(self, dialect: Dialect) -> AdvParams:
        duration = self.units("timeout_s", 0.01, 1, 0xFFFF, dialect, or_zero=True)
        phy = Phy.MBPS_1 if self.extended else Phy.AUTO
        kind = AdvProperties(self._kind())
        return AdvParams(kind, interval=self._interval(dialect), duration=duration, secondary_phy=phy)

    def _kind(self) -> AdvType:
        if self.extended and self.connectable:
            return AdvType.EXTENDED_CONNECTABLE_NONSCANNABLE_UNDIRECTED
        if self.extended:
            return AdvType.EXTENDED_NONCONNECTABLE_NONSCANNABLE_UNDIRECTED
        if self.connectable:
            return AdvType.CONNECTABLE_SCANNABLE_UNDIRECTED
        if self.scan_response:
            return AdvType.NONCONNECTABLE_SCANNABLE_UNDIRECTED
        return AdvType.NONCONNECTABLE_NONSCANNABLE_UNDIRECTED


@dataclass(frozen=True, slots=True)
class StopAdvertising(Plan[None]):
    """Stop advertising. Raises CommandFailed (INVALID_STATE) while it is not advertising."""

    name: ClassVar[str] = "stop_advertising"

    def in_dialect(self, dialect: Dialect) -> Iterator[AnyCommand]:
        """What ``commands`` lists."""
        yield AdvStop()
