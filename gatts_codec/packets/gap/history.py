"""What each dialect has of the GAP group: S110 v8 in full, each later one as what it changed.

Source: the bytes that Nordic's codecs of both sides produce for each version.
"""

from __future__ import annotations

from gatts_codec.packets.gap import (
    address,
    adv_data_set,
    adv_events,
    adv_set_configure,
    adv_start,
    characteristics,
    connect,
    connection_events,
    encryption,
    lesc,
    link_layer,
    pairing,
    privacy,
    rssi,
    scan,
    security_events,
    tx_power_set,
    whitelist,
)
from gatts_codec.packets.group import Call, PacketGroup

S110_V8 = PacketGroup(
    "gap",
    calls={
        "address_set": Call(0x70, address.SET_V2, address.SET_RESPONSE_V2),
        "address_get": Call(0x71, address.GET_V2, address.GET_RESPONSE_V2),
        "adv_data_set": Call(0x72, adv_data_set.COMMAND, adv_data_set.RESPONSE),
        "adv_start": Call(0x73, adv_start.COMMAND_V2, adv_start.RESPONSE),
        "adv_stop": Call(0x74, adv_start.STOP_V5, adv_start.STOP_RESPONSE),
        "conn_param_update": Call(0x75, connect.UPDATE, connect.UPDATE_RESPONSE),
        "disconnect": Call(0x76, connect.DISCONNECT, connect.DISCONNECT_RESPONSE),
        "tx_power_set": Call(0x77, tx_power_set.COMMAND_V5, tx_power_set.RESPONSE),
        "appearance_set": Call(0x78, characteristics.APPEARANCE_SET, characteristics.APPEARANCE_SET_RESPONSE),
        "appearance_get": Call(
            0x79, characteristics.APPEARANCE_GET_V2, characteristics.APPEARANCE_GET_RESPONSE_V2
        ),
        "ppcp_set": Call(0x7A, characteristics.PPCP_SET, characteristics.PPCP_SET_RESPONSE),
        "ppcp_get": Call(0x7B, characteristics.PPCP_GET_V2, characteristics.PPCP_GET_RESPONSE_V2),
        "device_name_set": Call(0x7C, characteristics.NAME_SET_V2, characteristics.NAME_SET_RESPONSE),
        "device_name_get": Call(0x7D, characteristics.NAME_GET_V2, characteristics.NAME_GET_RESPONSE_V2),
        "authenticate": Call(0x7E, pairing.AUTHENTICATE_V1, pairing.AUTHENTICATE_RESPONSE),
        "sec_params_reply": Call(0x7F, pairing.REPLY_V1, pairing.REPLY_RESPONSE_V1),
        "auth_key_reply": Call(0x80, pairing.KEY_REPLY, pairing.KEY_REPLY_RESPONSE),
        "encrypt": Call(0x81, encryption.ENCRYPT_V1, encryption.ENCRYPT_RESPONSE),
        "sec_info_reply": Call(0x82, encryption.INFO_REPLY_V1, encryption.INFO_REPLY_RESPONSE),
        "conn_sec_get": Call(0x83, encryption.SEC_GET, encryption.SEC_GET_RESPONSE),
        "rssi_start": Call(0x84, rssi.START, rssi.START_RESPONSE),
        "rssi_stop": Call(0x85, rssi.STOP, rssi.STOP_RESPONSE),
        "scan_start": Call(0x86, scan.START_V1, scan.START_RESPONSE),
        "scan_stop": Call(0x87, scan.STOP, scan.STOP_RESPONSE),
        "connect": Call(0x88, connect.CONNECT_V1, connect.CONNECT_RESPONSE),
        "connect_cancel": Call(0x89, connect.CANCEL, connect.CANCEL_RESPONSE),
        "rssi_get": Call(0x8A, rssi.GET_V5, rssi.GET_RESPONSE_V5),
    },
    events={
        "connected": (0x10, connection_events.CONNECTED_S110),
        "disconnected": (0x11, connection_events.DISCONNECTED),
        "conn_param_update": (0x12, connection_events.CONN_PARAM_UPDATE),
        "sec_params_request": (0x13, security_events.SEC_PARAMS_REQUEST_V1),
        "sec_info_request": (0x14, security_events.SEC_INFO_REQUEST_V2),
        "passkey_display": (0x15, security_events.PASSKEY_DISPLAY_V1),
        "auth_key_request": (0x16, security_events.AUTH_KEY_REQUEST),
        "auth_status": (0x17, security_events.AUTH_STATUS_V1),
        "conn_sec_update": (0x18, security_events.CONN_SEC_UPDATE),
        "timeout": (0x19, connection_events.TIMEOUT_V4),
        "rssi_changed": (0x1A, connection_events.RSSI_CHANGED_V5),
        "adv_report": (0x1B, adv_events.REPORT_V2),
        "sec_request": (0x1C, security_events.SEC_REQUEST_V1),
        "conn_param_update_request": (0x1D, connection_events.CONN_PARAM_UPDATE_REQUEST),
        "scan_req_report": (0x1E, adv_events.SCAN_REQ_REPORT_V2),
    },
)

# Connections say which role the chip has in them.
S130_V1 = S110_V8.derive(events={"connected": (0x10, connection_events.CONNECTED_V2)})

# LE Secure Connections: four calls and two events stand before what came behind them, key sets hold public keys, and
# sides are own and peer rather than peripheral and central.
V2 = S130_V1.derive(
    calls={
        "authenticate": Call(0x7E, pairing.AUTHENTICATE, pairing.AUTHENTICATE_RESPONSE),
        "sec_params_reply": Call(0x7F, pairing.REPLY_V2, pairing.REPLY_RESPONSE_V2),
        "lesc_dhkey_reply": Call(0x81, lesc.DHKEY_REPLY, lesc.DHKEY_REPLY_RESPONSE),
        "keypress_notify": Call(0x82, pairing.KEYPRESS, pairing.KEYPRESS_RESPONSE),
        "lesc_oob_data_get": Call(0x83, lesc.OOB_GET, lesc.OOB_GET_RESPONSE_V2),
        "lesc_oob_data_set": Call(0x84, lesc.OOB_SET_V2, lesc.OOB_SET_RESPONSE),
        "encrypt": Call(0x85, encryption.ENCRYPT_V2, encryption.ENCRYPT_RESPONSE),
        "sec_info_reply": Call(0x86, encryption.INFO_REPLY, encryption.INFO_REPLY_RESPONSE),
        "conn_sec_get": Call(0x87, encryption.SEC_GET, encryption.SEC_GET_RESPONSE),
        "rssi_start": Call(0x88, rssi.START, rssi.START_RESPONSE),
        "rssi_stop": Call(0x89, rssi.STOP, rssi.STOP_RESPONSE),
        "scan_start": Call(0x8A, scan.START_V2, scan.START_RESPONSE),
        "scan_stop": Call(0x8B, scan.STOP, scan.STOP_RESPONSE),
        "connect": Call(0x8C, connect.CONNECT_V2, connect.CONNECT_RESPONSE),
        "connect_cancel": Call(0x8D, connect.CANCEL, connect.CANCEL_RESPONSE),
        "rssi_get": Call(0x8E, rssi.GET_V5, rssi.GET_RESPONSE_V5),
    },
    events={
        "sec_params_request": (0x13, security_events.SEC_PARAMS_REQUEST),
        "passkey_display": (0x15, security_events.PASSKEY_DISPLAY),
        "key_pressed": (0x16, security_events.KEY_PRESSED),
        "auth_key_request": (0x17, security_events.AUTH_KEY_REQUEST),
        "lesc_dhkey_request": (0x18, security_events.LESC_DHKEY_REQUEST),
        "auth_status": (0x19, security_events.AUTH_STATUS_V2),
        "conn_sec_update": (0x1A, security_events.CONN_SEC_UPDATE),
        "timeout": (0x1B, connection_events.TIMEOUT_V4),
        "rssi_changed": (0x1C, connection_events.RSSI_CHANGED_V5),
        "adv_report": (0x1D, adv_events.REPORT_V2),
        "sec_request": (0x1E, security_events.SEC_REQUEST),
        "conn_param_update_request": (0x1F, connection_events.CONN_PARAM_UPDATE_REQUEST),
        "scan_req_report": (0x20, adv_events.SCAN_REQ_REPORT_V2),
    },
)

# Addresses say whether they are an identity; whitelist, identities and privacy become calls of their own; outputs of
# responses get flags.
V3 = V2.derive(
    calls={
        "addr_set": Call(0x6C, address.SET, address.SET_RESPONSE),
        "addr_get": Call(0x6D, address.GET, address.GET_RESPONSE),
        "whitelist_set": Call(0x6E, whitelist.SET, whitelist.SET_RESPONSE),
        "device_identities_set": Call(0x6F, whitelist.IDENTITIES_SET, whitelist.IDENTITIES_SET_RESPONSE),
        "privacy_set": Call(0x70, privacy.SET, privacy.SET_RESPONSE),
        "privacy_get": Call(0x71, privacy.GET, privacy.GET_RESPONSE),
        "adv_start": Call(0x73, adv_start.COMMAND_V3, adv_start.RESPONSE),
        "appearance_get": Call(0x79, characteristics.APPEARANCE_GET, characteristics.APPEARANCE_GET_RESPONSE),
        "ppcp_get": Call(0x7B, characteristics.PPCP_GET, characteristics.PPCP_GET_RESPONSE),
        "device_name_set": Call(0x7C, characteristics.NAME_SET, characteristics.NAME_SET_RESPONSE),
        "device_name_get": Call(0x7D, characteristics.NAME_GET, characteristics.NAME_GET_RESPONSE_V6),
        "sec_params_reply": Call(0x7F, pairing.REPLY, pairing.REPLY_RESPONSE),
        "lesc_oob_data_get": Call(0x83, lesc.OOB_GET, lesc.OOB_GET_RESPONSE),
        "lesc_oob_data_set": Call(0x84, lesc.OOB_SET, lesc.OOB_SET_RESPONSE),
        "encrypt": Call(0x85, encryption.ENCRYPT, encryption.ENCRYPT_RESPONSE),
        "scan_start": Call(0x8A, scan.START_V5, scan.START_RESPONSE),
        "connect": Call(0x8C, connect.CONNECT_V3, connect.CONNECT_RESPONSE),
    },
    events={
        "connected": (0x10, connection_events.CONNECTED_V5),
        "sec_info_request": (0x14, security_events.SEC_INFO_REQUEST),
        "auth_status": (0x19, security_events.AUTH_STATUS_V4),
        "adv_report": (0x1D, adv_events.REPORT_V5),
        "scan_req_report": (0x20, adv_events.SCAN_REQ_REPORT_V5),
    },
    without=("address_set", "address_get"),
)

_RSSI_GET_PC = Call(0x8E, rssi.GET_V5, rssi.GET_RESPONSE_V5_PC)

# SDK 15.3's codecs put the signal strength behind a flag.
V3_PC = V3.derive(calls={"rssi_get": _RSSI_GET_PC})

# Connections have configurations, by tag, and packets of other lengths.
V4 = V3.derive(
    calls={
        "adv_start": Call(0x73, adv_start.COMMAND_V5, adv_start.RESPONSE),
        "connect": Call(0x8C, connect.CONNECT_V5, connect.CONNECT_RESPONSE),
        "data_length_update": Call(
            0x8F, link_layer.DATA_LENGTH_UPDATE_V4, link_layer.DATA_LENGTH_UPDATE_RESPONSE_V4
        ),
    },
    events={
        "data_length_update_request": (0x21, connection_events.DATA_LENGTH_UPDATE_REQUEST_V4),
        "data_length_update": (0x22, connection_events.DATA_LENGTH_UPDATE_V4),
    },
)

# Radio modes come, and take the numbers of packet lengths, whose octets have two bytes now.
V5 = V4.derive(
    calls={
        "phy_update": Call(0x8F, link_layer.PHY_UPDATE, link_layer.PHY_UPDATE_RESPONSE),
        "data_length_update": Call(
            0x90, link_layer.DATA_LENGTH_UPDATE, link_layer.DATA_LENGTH_UPDATE_RESPONSE
        ),
    },
    events={
        "auth_status": (0x19, security_events.AUTH_STATUS),
        "timeout": (0x1B, connection_events.TIMEOUT_V5),
        "phy_update_request": (0x21, connection_events.PHY_UPDATE_REQUEST),
        "phy_update": (0x22, connection_events.PHY_UPDATE),
        "data_length_update_request": (0x23, connection_events.DATA_LENGTH_UPDATE_REQUEST),
        "data_length_update": (0x24, connection_events.DATA_LENGTH_UPDATE),
    },
)

V5_PC = V5.derive(calls={"rssi_get": _RSSI_GET_PC})

# Advertising sets, and buffers that both sides know by numbers.
V6 = V5.derive(
    calls={
        "adv_set_configure": Call(0x72, adv_set_configure.COMMAND, adv_set_configure.RESPONSE),
        "adv_start": Call(0x73, adv_start.COMMAND, adv_start.RESPONSE),
        "adv_stop": Call(0x74, adv_start.STOP, adv_start.STOP_RESPONSE),
        "tx_power_set": Call(0x77, tx_power_set.COMMAND, tx_power_set.RESPONSE),
        "scan_start": Call(0x8A, scan.START, scan.START_RESPONSE),
        "connect": Call(0x8C, connect.CONNECT, connect.CONNECT_RESPONSE),
        "rssi_get": Call(0x8E, rssi.GET, rssi.GET_RESPONSE),
        "qos_channel_survey_start": Call(0x91, link_layer.SURVEY_START, link_layer.SURVEY_START_RESPONSE),
        "qos_channel_survey_stop": Call(0x92, link_layer.SURVEY_STOP, link_layer.SURVEY_STOP_RESPONSE),
    },
    events={
        "connected": (0x10, connection_events.CONNECTED),
        "timeout": (0x1B, connection_events.TIMEOUT),
        "rssi_changed": (0x1C, connection_events.RSSI_CHANGED),
        "adv_report": (0x1D, adv_events.REPORT),
        "scan_req_report": (0x20, adv_events.SCAN_REQ_REPORT),
        "qos_channel_survey_report": (0x25, adv_events.QOS_CHANNEL_SURVEY_REPORT),
        "adv_set_terminated": (0x26, adv_events.ADV_SET_TERMINATED),
    },
    without=("adv_data_set",),
)

# pc-ble-driver's patch leaves the bytes of buffers out where the other side has them.
V6_PC = V6.derive(
    calls={"scan_start": Call(0x8A, scan.START_V6_PC, scan.START_RESPONSE)},
    events={
        "connected": (0x10, connection_events.CONNECTED_V6_PC),
        "timeout": (0x1B, connection_events.TIMEOUT_V6_PC),
        "adv_set_terminated": (0x26, adv_events.ADV_SET_TERMINATED_V6_PC),
    },
)

# A name longer than the caller's buffer comes cut.
V7 = V6.derive(
    calls={"device_name_get": Call(0x7D, characteristics.NAME_GET, characteristics.NAME_GET_RESPONSE)}
)
