"""enable: start the BLE stack.

Up to sd_api_v3 its parameters travel with it; from v4 on they are configurations (cfg_set), and it has none.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.packets.common.device_name import DEVICE_NAME, DeviceName
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Presence, u8, u16, u32
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import Bits
from gatts_codec.schema.message import Command, Message
from gatts_codec.schema.record import Absent, Record, named
from gatts_codec.schema.shown import LATER


@dataclass(frozen=True, slots=True, repr=False)
class BandwidthCounts(Message):
    """How many connections have which bandwidth (SDK: ble_conn_bw_count_t).

        high_count  1  with high bandwidth
        mid_count   1  with medium bandwidth
        low_count   1  with low bandwidth

    Source: `specs/common/enable.toml`.
    """

    high_count: int = 0
    mid_count: int = 0
    low_count: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class ConnBandwidthCounts(Message):
    """The same for both directions (SDK: ble_conn_bw_counts_t).

        tx_counts  3  from the chip to the peer
        rx_counts  3  from the peer to the chip

    Source: `specs/common/enable.toml`.
    """

    tx_counts: BandwidthCounts = BandwidthCounts()
    rx_counts: BandwidthCounts = BandwidthCounts()


@dataclass(frozen=True, slots=True, repr=False)
class CommonEnableParams(Message):
    """What all groups share (SDK: ble_common_enable_params_t).

        vs_uuid_count   2     how many vendor UUID bases there may be; 0: the default
        conn_bw_counts  1..7  presence flag, then ConnBandwidthCounts; None: the default

    Source: `specs/common/enable.toml`.
    """

    vs_uuid_count: int = 0
    conn_bw_counts: ConnBandwidthCounts | None = None


@dataclass(frozen=True, slots=True, repr=False)
class GapEnableParams(Message):
    """How many connections there may be (SDK: ble_gap_enable_params_t), in sd_api_v3.

        periph_conn_count   1   as peripheral
        central_conn_count  1   as central
        central_sec_count   1   pairing at the same time as central
        device_name         1+  presence flag, then DeviceName; None: the default

    Source: `specs/common/enable.toml`.
    """

    periph_conn_count: int = 1
    central_conn_count: int = 0
    central_sec_count: int = 0
    device_name: DeviceName | None = None


@dataclass(frozen=True, slots=True, repr=False)
class GapEnableParamsV2(Message):
    """`GapEnableParams` of sd_api_v2, without a device name.

        periph_conn_count   1  as peripheral
        central_conn_count  1  as central
        central_sec_count   1  pairing at the same time as central

    Source: `specs/common/enable.toml`.
    """

    periph_conn_count: int = 1
    central_conn_count: int = 0
    central_sec_count: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class GattEnableParams(Message):
    """What GATT client and server share (SDK: ble_gatt_enable_params_t), in sd_api_v3.

        att_mtu  2  the longest ATT packet in bytes; 0: the default, 23

    Source: `specs/common/enable.toml`.
    """

    att_mtu: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class GattsEnableParams(Message):
    """The GATT server (SDK: ble_gatts_enable_params_t).

        service_changed  bit 0  1: with a Service Changed characteristic
        attr_tab_size    4      of the attribute table, in bytes; 0: the default

    Source: `specs/common/enable.toml`.
    """

    service_changed: int = 0
    attr_tab_size: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class EnableParams(Message):
    """Parameters of the stack (SDK: ble_enable_params_t), up to sd_api_v3.

        common_enable_params  0..9  from sd_api_v2 on; None: before
        gap_enable_params     0+    from sd_api_v2 on; GapEnableParamsV2 in that; None: before
        gatt_enable_params    0..2  in sd_api_v3; None: before
        gatts_enable_params   5     the GATT server's

    Source: `specs/common/enable.toml`.
    """

    gatts_enable_params: GattsEnableParams = GattsEnableParams()
    common_enable_params: Annotated[CommonEnableParams | None, LATER] = None
    gap_enable_params: Annotated[GapEnableParams | GapEnableParamsV2 | None, LATER] = None
    gatt_enable_params: Annotated[GattEnableParams | None, LATER] = None


@dataclass(frozen=True, slots=True, repr=False)
class EnableV3(Command["EnableResponse"]):
    """`Enable` as it is up to sd_api_v3, with its parameters (SDK: sd_ble_enable).

        ble_enable_params  1+  presence flag, then EnableParams; None: flag alone, and the chip refuses it

    Behind the opcode (u8), little endian. Source: `specs/common/enable.toml`.
    """

    name: ClassVar[str] = "sd_ble_enable"
    ble_enable_params: EnableParams | None


@dataclass(frozen=True, slots=True, repr=False)
class Enable(Command["EnableResponse"]):
    """Start the BLE stack with what cfg_set has configured (SDK: sd_ble_enable).

    Nothing behind the opcode (u8). Source: `specs/common/enable.toml`.
    """

    name: ClassVar[str] = "sd_ble_enable"


class EnableResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_enable"


_COUNTS = Record(BandwidthCounts, named("high_count", u8), named("mid_count", u8), named("low_count", u8))
_BOTH_COUNTS = Record(ConnBandwidthCounts, named("tx_counts", _COUNTS), named("rx_counts", _COUNTS))
_COMMON = Record(
    CommonEnableParams, named("vs_uuid_count", u16), named("conn_bw_counts", Presence(_BOTH_COUNTS))
)
_CONN_COUNTS = named("periph_conn_count", u8), named("central_conn_count", u8), named("central_sec_count", u8)
_GAP_V2 = Record(GapEnableParamsV2, *_CONN_COUNTS)
_GAP = Record(GapEnableParams, *_CONN_COUNTS, named("device_name", Presence(DEVICE_NAME)))
_GATT = Record(GattEnableParams, named("att_mtu", u16))
_GATTS = Record(GattsEnableParams, Bits(service_changed=1), named("attr_tab_size", u32))


def _command(*members: object) -> Record:
    params = Record(EnableParams, *members, named("gatts_enable_params", _GATTS))
    return Record(EnableV3, named("ble_enable_params", Presence(params)))


COMMAND_V1 = _command(Absent("common_enable_params", "gap_enable_params", "gatt_enable_params"))
COMMAND_V2 = _command(
    named("common_enable_params", _COMMON), named("gap_enable_params", _GAP_V2), Absent("gatt_enable_params")
)
COMMAND_V3 = _command(
    named("common_enable_params", _COMMON),
    named("gap_enable_params", _GAP),
    named("gatt_enable_params", _GATT),
)
COMMAND = Record(Enable)
RESPONSE = response(EnableResponse)
