"""link_layer: radio mode and packet length of a connection, and what channels are like; from sd_api_v4 on."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.gap.radio import DATA_LENGTH, DATA_LENGTH_V4, PHYS, DataLengthParams, Phys
from gatts_codec.packets.response import Result, ResultAlone, response
from gatts_codec.schema.blocks import Given, Number, Presence, u8, u16, u32
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle, Message, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class DataLengthLimitation(Message):
    """What was asked for too much (SDK: ble_gap_data_length_limitation_t). In sd_api_v4 octets have one byte.

        tx_payload_limited_octets  1..2  bytes too many to the peer
        rx_payload_limited_octets  1..2  bytes too many from the peer
        tx_rx_time_limited_us      2     us too many, both together

    Source: `specs/gap/data_length_update.toml`.
    """

    tx_payload_limited_octets: int
    rx_payload_limited_octets: int
    tx_rx_time_limited_us: int


@dataclass(frozen=True, slots=True, repr=False)
class PhyUpdate(Command["PhyUpdateResponse"]):
    """Change the radio mode, or answer the peer (SDK: sd_ble_gap_phy_update), from sd_api_v5 on.

        conn_handle  2     connection
        gap_phys     1..3  presence flag, then Phys; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/phy_update.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_phy_update"
    conn_handle: Handle
    gap_phys: Phys | None = Phys()


class PhyUpdateResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_phy_update"


@dataclass(frozen=True, slots=True, repr=False)
class DataLengthUpdate(Command["DataLengthUpdateResponse"]):
    """Change the packet length, or answer the peer (SDK: sd_ble_gap_data_length_update).

        conn_handle            2     connection
        dl_params              1..9  presence flag, then DataLengthParams; None: flag alone, as long as possible
        dl_limitation_present  1     whether to say what was too much

    Behind the opcode (u8), little endian. Source: `specs/gap/data_length_update.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_data_length_update"
    conn_handle: Handle
    dl_params: DataLengthParams | None = None
    dl_limitation_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class DataLengthUpdateResponse(Response):
    """What was asked for too much.

        result         4     0 success; anything else ends the packet here
        dl_limitation  1..7  presence flag, then DataLengthLimitation; None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/data_length_update.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_data_length_update"
    result: Result
    dl_limitation: DataLengthLimitation | None = None


@dataclass(frozen=True, slots=True, repr=False)
class QosChannelSurveyStart(Command["QosChannelSurveyStartResponse"]):
    """Measure channels (SDK: sd_ble_gap_qos_channel_survey_start), from sd_api_v6 on.

        interval_us  4  how often, in us; 0: as often as possible

    Behind the opcode (u8), little endian. Source: `specs/gap/qos_channel_survey_start.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_qos_channel_survey_start"
    interval_us: int = 0


class QosChannelSurveyStartResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_qos_channel_survey_start"


@dataclass(frozen=True, slots=True, repr=False)
class QosChannelSurveyStop(Command["QosChannelSurveyStopResponse"]):
    """Measure no more (SDK: sd_ble_gap_qos_channel_survey_stop), from sd_api_v6 on.

    Nothing behind the opcode (u8). Source: `specs/gap/qos_channel_survey_stop.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_qos_channel_survey_stop"


class QosChannelSurveyStopResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_qos_channel_survey_stop"


PHY_UPDATE = Record(PhyUpdate, CONN_HANDLE, named("gap_phys", Presence(PHYS)))
PHY_UPDATE_RESPONSE = response(PhyUpdateResponse)


def _update(params: Record) -> Record:
    return Record(
        DataLengthUpdate,
        CONN_HANDLE,
        named("dl_params", Presence(params)),
        named("dl_limitation_present", Given()),
    )


def _updated(octets: Number) -> Record:
    limitation = Record(
        DataLengthLimitation,
        named("tx_payload_limited_octets", octets),
        named("rx_payload_limited_octets", octets),
        named("tx_rx_time_limited_us", u16),
    )
    return response(DataLengthUpdateResponse, named("dl_limitation", Presence(limitation)))


DATA_LENGTH_UPDATE_V4, DATA_LENGTH_UPDATE = _update(DATA_LENGTH_V4), _update(DATA_LENGTH)
DATA_LENGTH_UPDATE_RESPONSE_V4, DATA_LENGTH_UPDATE_RESPONSE = _updated(u8), _updated(u16)

SURVEY_START = Record(QosChannelSurveyStart, named("interval_us", u32))
SURVEY_START_RESPONSE = response(QosChannelSurveyStartResponse)
SURVEY_STOP = Record(QosChannelSurveyStop)
SURVEY_STOP_RESPONSE = response(QosChannelSurveyStopResponse)
