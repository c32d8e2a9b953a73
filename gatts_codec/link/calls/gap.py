"""The calls of GAP."""

from __future__ import annotations

from typing import Final

from gatts_codec.link.calls.base import View, WayT, command
from gatts_codec.packets.gap.address import AddressGet, AddressSet, AddrGet, AddrSet
from gatts_codec.packets.gap.adv_data_set import AdvDataSet
from gatts_codec.packets.gap.adv_set_configure import AdvSetConfigure
from gatts_codec.packets.gap.adv_start import AdvStart, AdvStartV5, AdvStop
from gatts_codec.packets.gap.characteristics import (
    AppearanceGet,
    AppearanceSet,
    DeviceNameGet,
    DeviceNameSet,
    PpcpGet,
    PpcpSet,
)
from gatts_codec.packets.gap.connect import Connect, ConnectCancel, ConnParamUpdate, Disconnect
from gatts_codec.packets.gap.encryption import ConnSecGet, Encrypt, SecInfoReply
from gatts_codec.packets.gap.lesc import LescDhkeyReply, LescOobDataGet, LescOobDataSet
from gatts_codec.packets.gap.link_layer import (
    DataLengthUpdate,
    PhyUpdate,
    QosChannelSurveyStart,
    QosChannelSurveyStop,
)
from gatts_codec.packets.gap.pairing import Authenticate, AuthKeyReply, KeypressNotify, SecParamsReply
from gatts_codec.packets.gap.privacy import PrivacyGet, PrivacySet
from gatts_codec.packets.gap.rssi import RssiGet, RssiGetV5, RssiStart, RssiStop
from gatts_codec.packets.gap.scan import ScanStart, ScanStartV5, ScanStop
from gatts_codec.packets.gap.tx_power_set import TxPowerSet
from gatts_codec.packets.gap.whitelist import DeviceIdentitiesSet, WhitelistSet


class GapCalls(View[WayT]):
    """Addresses, advertising, scanning, connections, security."""

    addr_set: Final = command(AddrSet)
    addr_get: Final = command(AddrGet)
    address_set: Final = command(AddressSet)
    address_get: Final = command(AddressGet)
    adv_data_set: Final = command(AdvDataSet)
    adv_set_configure: Final = command(AdvSetConfigure)
    adv_start: Final = command(AdvStart)
    adv_start_v5: Final = command(AdvStartV5)
    adv_stop: Final = command(AdvStop)
    appearance_set: Final = command(AppearanceSet)
    appearance_get: Final = command(AppearanceGet)
    ppcp_set: Final = command(PpcpSet)
    ppcp_get: Final = command(PpcpGet)
    device_name_set: Final = command(DeviceNameSet)
    device_name_get: Final = command(DeviceNameGet)
    connect: Final = command(Connect)
    connect_cancel: Final = command(ConnectCancel)
    disconnect: Final = command(Disconnect)
    conn_param_update: Final = command(ConnParamUpdate)
    encrypt: Final = command(Encrypt)
    sec_info_reply: Final = command(SecInfoReply)
    conn_sec_get: Final = command(ConnSecGet)
    lesc_dhkey_reply: Final = command(LescDhkeyReply)
    lesc_oob_data_get: Final = command(LescOobDataGet)
    lesc_oob_data_set: Final = command(LescOobDataSet)
    phy_update: Final = command(PhyUpdate)
    data_length_update: Final = command(DataLengthUpdate)
    qos_channel_survey_start: Final = command(QosChannelSurveyStart)
    qos_channel_survey_stop: Final = command(QosChannelSurveyStop)
    authenticate: Final = command(Authenticate)
    sec_params_reply: Final = command(SecParamsReply)
    auth_key_reply: Final = command(AuthKeyReply)
    keypress_notify: Final = command(KeypressNotify)
    privacy_set: Final = command(PrivacySet)
    privacy_get: Final = command(PrivacyGet)
    rssi_start: Final = command(RssiStart)
    rssi_stop: Final = command(RssiStop)
    rssi_get: Final = command(RssiGet)
    rssi_get_v5: Final = command(RssiGetV5)
    scan_start: Final = command(ScanStart)
    scan_start_v5: Final = command(ScanStartV5)
    scan_stop: Final = command(ScanStop)
    tx_power_set: Final = command(TxPowerSet)
    whitelist_set: Final = command(WhitelistSet)
    device_identities_set: Final = command(DeviceIdentitiesSet)
