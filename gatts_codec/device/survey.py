"""The survey of channels, from v6 on: once an interval the chip says how loud each of the forty is."""

from __future__ import annotations

from typing import Any

from gatts_codec.constants import BLE_CONN_HANDLE_INVALID, NrfError
from gatts_codec.device.refusal import refuse_unless
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gap.adv_events import QosChannelSurveyReportEvent
from gatts_codec.packets.gap.link_layer import QosChannelSurveyStart, QosChannelSurveyStop

_INTERVALS_US = range(7500, 4_000_001)
_UNLESS_SAID_S = 0.1  # as often as possible: a host has to keep up with it
_CHANNELS = 40
_NOISE_DBM = range(-100, -84)


def qos_channel_survey_start(device: DeviceState, command: QosChannelSurveyStart) -> dict[str, object]:
    """INVALID_PARAM, RESOURCES: the role is not configured; INVALID_STATE."""
    interval_us = command.interval_us
    refuse_unless(not interval_us or interval_us in _INTERVALS_US, NrfError.INVALID_PARAM)
    refuse_unless(device.can_survey, NrfError.RESOURCES)
    refuse_unless(device.survey_s is None, NrfError.INVALID_STATE)
    device.survey_s = interval_us / 1_000_000 or _UNLESS_SAID_S
    device.survey_due = device.now + device.survey_s
    return {}


def qos_channel_survey_stop(device: DeviceState, command: QosChannelSurveyStop) -> dict[str, object]:
    """INVALID_STATE."""
    refuse_unless(device.survey_s is not None, NrfError.INVALID_STATE)
    device.survey_s = device.survey_due = None
    return {}


def tick(device: DeviceState) -> None:
    """Report, if it is time."""
    if device.survey_s is None or device.survey_due is None or device.survey_due > device.now:
        return
    device.survey_due = device.now + device.survey_s
    heard = bytes(device.random.choice(_NOISE_DBM) & 0xFF for _ in range(_CHANNELS))
    device.emit(QosChannelSurveyReportEvent(BLE_CONN_HANDLE_INVALID, heard))


CALLS: dict[str, Any] = {
    f"sd_ble_gap_{call.__name__}": call for call in (qos_channel_survey_start, qos_channel_survey_stop)
}
