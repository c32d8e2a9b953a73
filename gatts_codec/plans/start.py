"""start: configure and enable the stack.

Up to sd_api_v3 that is one command with parameters, which grew with each version; from v4 on ``cfg_set`` for each
configuration, then ``enable``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gatts_codec.constants import DEFAULT_MTU
from gatts_codec.constants.table import table
from gatts_codec.dialects import Dialect
from gatts_codec.errors import brief
from gatts_codec.packets.common.cfg_set import (
    AttrTabSizeCfg,
    Cfg,
    CfgSet,
    ConnGap,
    ConnGatt,
    ConnGattc,
    ConnGatts,
    RoleCount,
    ServiceChangedCfg,
    VsUuidCfg,
)
from gatts_codec.packets.common.device_name import DeviceName
from gatts_codec.packets.common.enable import (
    CommonEnableParams,
    Enable,
    EnableParams,
    EnableV3,
    GapEnableParams,
    GapEnableParamsV2,
    GattEnableParams,
    GattsEnableParams,
)
from gatts_codec.packets.gap.characteristics import AppearanceSet, DeviceNameSet
from gatts_codec.plans.plan import AnyCommand, Plan
from gatts_codec.schema.structs import NO_ACCESS

_DEFAULT_EVENT_LENGTH = 3  # units of 1.25 ms
_DEFAULT_NAME_ROOM, _LONGEST_NAME = 31, 248  # bytes
# The first SD API that can be told.
_SINCE = {
    "att_mtu": 3,
    "vs_uuid_count": 2,
    "central_sec_count": 2,
    "hvn_tx_queue_size": 4,
    "write_cmd_tx_queue_size": 4,
    "event_length": 4,
}

_LIMITS = {
    "appearance": (0, 0xFFFF),
    "att_mtu": (DEFAULT_MTU, 0xFFFF),
    "vs_uuid_count": (0, 254),
    "attr_tab_size": (0, 0xFFFFFFFF),
    "periph_role_count": (0, 20),
    "central_role_count": (0, 20),
    "central_sec_count": (0, 20),
    "hvn_tx_queue_size": (1, 0xFF),
    "write_cmd_tx_queue_size": (1, 0xFF),
    "event_length": (2, 0xFFFF),
    "conn_cfg_tag": (1, 0xFF),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Plan[None]):
    """Configure and enable the BLE stack: ``sd.start(att_mtu=247, device_name="Heart")``. None is the chip's default.

    ``device_name`` and ``appearance`` (Appearance) are those of the GAP service. ``att_mtu`` is the longest ATT packet
    in bytes that connections may agree on, 23 or more. ``vs_uuid_count`` is how many vendor UUID bases there may be,
    ``attr_tab_size`` the attribute table's size in bytes, a multiple of 4; ``service_changed`` whether there is a
    Service Changed characteristic. There may be ``periph_role_count`` connections as peripheral,
    ``central_role_count`` as central, and ``central_sec_count`` of these may pair at the same time.
    ``hvn_tx_queue_size`` notifications and ``write_cmd_tx_queue_size`` write commands may wait on each connection;
    ``event_length`` is a connection's time on the air, in units of 1.25 ms. ``conn_cfg_tag`` names this configuration
    of connections; advertise and connect_to take the same.

    Raises EncodeError that names dialect and field for what the dialect cannot do, CommandFailed where the chip
    refuses: it is enabled already (INVALID_STATE), or its firmware has too little memory for all that (NO_MEM).
    """

    name: ClassVar[str] = "start"
    device_name: str | None = None
    appearance: int | None = None
    att_mtu: int = DEFAULT_MTU
    vs_uuid_count: int | None = None
    attr_tab_size: int | None = None
    service_changed: bool = True
    periph_role_count: int = 1
    central_role_count: int = 0
    central_sec_count: int = 0
    hvn_tx_queue_size: int | None = None
    write_cmd_tx_queue_size: int | None = None
    event_length: int | None = None
    conn_cfg_tag: int = 1

    def in_dialect(self, dialect: Dialect) -> Iterator[AnyCommand]:
        """What ``commands`` lists."""
        self._check(dialect)
        name = self._name(dialect)
        if dialect.api < 4:
            yield EnableV3(self._params(dialect.api, _room(name)))
        else:
            for cfg in self._configurations(_room(name)):
                yield CfgSet(cfg)
            yield Enable()
        if name is not None:
            yield DeviceNameSet(NO_ACCESS, name)
        if self.appearance is not None:
            yield AppearanceSet(self.appearance)

    def _check(self, dialect: Dialect) -> None:
        default = Start()
        for field, since in _SINCE.items():
            told = getattr(self, field) != getattr(default, field)
            reason = f"cannot be set in {dialect.name}, only from sd_api_v{since} on"
            self.check(dialect.api >= since or not told, field, reason, dialect)
        for field, (least, most) in _LIMITS.items():
            if getattr(self, field) is not None or getattr(default, field) is not None:
                self.whole(field, least, most, dialect)
        self.yes_or_no("service_changed", dialect=dialect)
        self._check_roles(dialect)
        size, smallest = self.attr_tab_size, table(dialect.numbers)["BLE_GATTS_ATTR_TAB_SIZE_MIN"]
        fits = size is None or (size >= smallest and size % 4 == 0)
        self.check(fits, "attr_tab_size", f"must be a multiple of 4, {smallest} bytes at least", dialect)

    def _check_roles(self, dialect: Dialect) -> None:
        central = dialect.can_be_central or not self.central_role_count
        self.check(central, "central_role_count", f"{dialect.firmware} cannot be central", dialect)
        alone = dialect.api >= 2 or self.periph_role_count <= 1
        self.check(alone, "periph_role_count", f"{dialect.firmware} has one at a time", dialect)

    def _name(self, dialect: Dialect) -> bytes | None:
        name = self.device_name
        if name is None:
            return None
        data = b""
        try:
            data = str.encode(name)
        except (TypeError, UnicodeEncodeError):
            self.check(False, "device_name", f"expected text, got {brief(name)}", dialect)
        most = _LONGEST_NAME if dialect.api >= 3 else _DEFAULT_NAME_ROOM
        self.check(len(data) <= most, "device_name", f"{len(data)} bytes, {most} fit", dialect)
        return data

    def _params(self, api: int, name: DeviceName | None) -> EnableParams:
        """What travels with enable: each version of the API put more into it."""
        server = GattsEnableParams(int(self.service_changed), self.attr_tab_size or 0)
        if api < 2:
            return EnableParams(server)
        roles = self.periph_role_count, self.central_role_count, self.central_sec_count
        common = CommonEnableParams(self.vs_uuid_count or 0)
        if api < 3:
            return EnableParams(server, common, GapEnableParamsV2(*roles))
        return EnableParams(server, common, GapEnableParams(*roles, name), GattEnableParams(self.att_mtu))

    def _configurations(self, name: DeviceName | None) -> Iterator[Cfg]:
        tag, links = self.conn_cfg_tag, self.periph_role_count + self.central_role_count
        if links:  # also with nothing but defaults: it makes the tag known
            yield ConnGap(links, self.event_length or _DEFAULT_EVENT_LENGTH, tag)
        if self.hvn_tx_queue_size is not None:
            yield ConnGatts(self.hvn_tx_queue_size, tag)
        if self.write_cmd_tx_queue_size is not None:
            yield ConnGattc(self.write_cmd_tx_queue_size, tag)
        if self.att_mtu != DEFAULT_MTU:
            yield ConnGatt(self.att_mtu, tag)
        yield RoleCount(
            self.periph_role_count,
            central_role_count=self.central_role_count,
            central_sec_count=self.central_sec_count,
        )
        if self.vs_uuid_count is not None:
            yield VsUuidCfg(self.vs_uuid_count)
        if self.attr_tab_size is not None:
            yield AttrTabSizeCfg(self.attr_tab_size)
        if not self.service_changed:
            yield ServiceChangedCfg(0)
        if name is not None:
            yield name


def _room(name: bytes | None) -> DeviceName | None:
    """The configuration that a long name needs; the name itself is set later, as in every dialect."""
    return DeviceName(max_len=len(name)) if name and len(name) > _DEFAULT_NAME_ROOM else None
