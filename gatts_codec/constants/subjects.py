"""What people ask about by name and what is not a number: attribute permissions, writes, the MTU, the driver's status.

Each answers the question behind the name. Sources: what SoftDevices were seen to do, the SDK's public headers' names.
"""

from __future__ import annotations

_WRITES = (
    "A WRITE_REQ is acknowledged to the peer: by the chip, or with wr_auth only after the host's rw_authorize_reply. A "
    "WRITE_CMD (write without response) is never acknowledged and asks for no reply. "
)
_AUTHORIZE = (
    "With wr_auth a write request comes as BLE_GATTS_EVT_RW_AUTHORIZE_REQUEST and is not stored: the host must call "
    "sd_ble_gatts_rw_authorize_reply within 30 s, or the connection is dead for ATT; from sd_api_v2 a reply of SUCCESS "
    "needs update=1 with the data. A write command comes as BLE_GATTS_EVT_WRITE with auth_required=1 and is not stored "
    "either: store it with sd_ble_gatts_value_set, and do not reply. "
)
_MTU = (
    "23 until both ends have exchanged it; a notification carries MTU - 3 bytes. The chip's limit is configured before "
    "enable: sd_api_v3 with att_mtu in ble_enable's parameters, from sd_api_v4 with sd_ble_cfg_set, BLE_CONN_CFG_GATT "
    "(att_mtu), used by the connections of that conn_cfg_tag. Then either end asks (sd_ble_gattc_exchange_mtu_request) "
    "and the other replies (sd_ble_gatts_exchange_mtu_reply); the smaller of both counts. s110, s130 and sd_api_v2: "
    "always 23"
)
_CCCD = (
    "the peer writes 1 (notify) or 2 (indicate) to it; before that hvx is NRF_ERROR_INVALID_STATE. Call "
    "sd_ble_gatts_sys_attr_set after each connect (without data for a peer that is not bonded), and give a bonded peer "
    "its bytes of sys_attr_get back"
)

SUBJECTS: dict[str, tuple[tuple[str, ...], str]] = {
    "write request or write command": (
        ("write_req", "write_request", "write_cmd", "write_command", "write_without_response", "write_wo_resp"),
        _WRITES + _AUTHORIZE.strip(),
    ),
    "write authorization": (
        (
            "wr_auth", "auth_required", "authorization", "authorize", "rw_authorize", "rw_authorize_request",
            "rw_authorize_reply", "write_authorization",
        ),
        _AUTHORIZE + _WRITES.strip(),
    ),
    "read authorization": (
        ("rd_auth",),
        "each read comes as BLE_GATTS_EVT_RW_AUTHORIZE_REQUEST and waits for sd_ble_gatts_rw_authorize_reply, 30 s at "
        "most; the reply may bring the value (update=1)",
    ),
    "value location": (
        ("vloc", "vloc_user", "vloc_stack", "ble_gatts_vloc_user"),
        "1 (STACK): the value lives in the chip. 2 (USER) is memory of the application, which over serialization is "
        "not the chip's: use STACK",
    ),
    "variable length": (
        ("vlen",),
        "1: the value's length may change up to max_len; 0: writes must have init_len bytes",
    ),
    "ATT MTU": (
        (
            "mtu", "att_mtu", "mtu_size", "client_rx_mtu", "server_rx_mtu", "ble_conn_cfg_gatt",
            "nrf_sdh_ble_gatt_max_mtu_size",
        ),
        _MTU,
    ),
    "client characteristic configuration": ((
            "cccd", "p_cccd_md", "cccd_md", "0x2902", "sys_attr_set", "sys_attr_get",
            "system_attributes", "client_characteristic_configuration",
        ),
        _CCCD,
    ),
    "notification queue": (
        ("hvn_tx_queue_size", "hvn_tx_complete", "notification_queue", "notification_buffer", "many_notification"),
        "how many notifications the chip holds for a connection (BLE_CONN_CFG_GATTS, from sd_api_v4, 1 by default); "
        "each HVN_TX_COMPLETE frees some",
    ),
    "attribute table size": (
        ("attr_tab_size", "ble_gatts_cfg_attr_tab_size", "attribute_table"),
        "bytes of the chip's attribute table, a multiple of 4, set before enable; NRF_ERROR_NO_MEM of an add says that "
        "it is full",
    ),
    "vendor UUID count": (
        ("vs_uuid_count", "ble_common_cfg_vs_uuid"),
        "how many uuid_vs_add the chip takes, set before enable; one more is NRF_ERROR_NO_MEM",
    ),
    "length of a notification": (
        ("long_notification", "notification_length", "notification_size", "indication_length", "hvx_length"),
        "MTU - 3 bytes: 20 until the MTU is exchanged. hvx takes what fits, and its response says how many bytes: "
        "compare the length with what was asked. Without data the stored value goes out",
    ),
    "connection parameters": (
        (
            "conn_interval", "connection_interval", "min_conn_interval", "max_conn_interval", "slave_latency",
            "connection_parameters", "conn_params", "ppcp",
        ),
        "intervals are in units of 1.25 ms (6 to 3200: 7.5 ms to 4 s), the supervision timeout in units of 10 ms "
        "(10 to 3200), the latency in events that the peripheral may skip. The timeout must be longer than "
        "(1 + latency) * interval * 2. The central decides; a peripheral asks with sd_ble_gap_conn_param_update",
    ),
    "supervision timeout": (
        ("supervision_timeout", "conn_sup_timeout", "connection_timeout"),
        "how long a connection lives without a packet from the other end, in units of 10 ms; then it ends with "
        "reason 0x08, BLE_HCI_CONNECTION_TIMEOUT: out of range, switched off, or a stack that stopped. Nobody ended "
        "it: reason 0x13 is a peer that did",
    ),
    "serial settings": (
        ("baud_rate", "baudrate", "parity", "flow_control", "serial_settings", "uart_settings", "hwfc"),
        "stock SDK connectivity firmware: 1000000 baud, even parity, RTS/CTS; firmware built by pc-ble-driver: "
        "1000000, no parity, no flow control; old images 115200. With the wrong parity or rate every frame is damaged, "
        "or SYNC is never answered",
    ),
    "link-up": (
        ("sync", "link_up", "sync_rsp", "sync_config", "link_establishment", "never_active"),
        "before any command the ends exchange SYNC, SYNC_RSP, CONFIG and CONFIG_RSP. SYNC without an answer: port, "
        "baud rate, parity, or no connectivity firmware. SYNC from the chip later on: it has restarted",
    ),
    "advertising after the end": (
        ("still_advertising", "keep_advertising", "advertising_stop", "adv_stop"),
        "the chip goes on advertising when its program ends, and a new adv_start is NRF_ERROR_INVALID_STATE: call "
        "sd_ble_gap_adv_stop before the end, or reset the chip (firmware up to SDK 14.2 takes no reset over the link)",
    ),
    "connectivity firmware": (
        ("connectivity_firmware", "connectivity_chip", "connectivity_image", "connectivity_board"),
        "the program on the board that hands calls from the UART to the SoftDevice: the SDK's connectivity example, or "
        "the image that comes with pc-ble-driver (nrfutil dfu ble -f flashes it). Its SoftDevice API version must be "
        "the host's; after --eraseall a board has none, and answers no SYNC",
    ),
    "pairing": (
        ("pair", "pairing", "bonding", "security_level", "sec_params_request", "gap_authenticate"),
        "as peripheral answer BLE_GAP_EVT_SEC_PARAMS_REQUEST with sd_ble_gap_sec_params_reply; as central begin with "
        "sd_ble_gap_authenticate. BLE_GAP_EVT_AUTH_STATUS says how it went, and BLE_GAP_EVT_CONN_SEC_UPDATE which "
        "level the link has. Each request unanswered for 30 s ends security on the connection",
    ),
    "MTU exchange": (
        ("mtu_exchange", "exchange_mtu", "mtu_request", "exchange_mtu_request", "exchange_mtu_reply"),
        _MTU,
    ),
    "absent pointer": (
        ("nrf_error_invalid_addr", "invalid_addr"),
        "NRF_ERROR_INVALID_ADDR comes over serialization too: a field that the call needs was None, so its presence "
        "byte was 00. gatts-codec decode -v of the command shows each presence byte: look for 00",
    ),
}  # fmt: skip

# The status that pc-ble-driver calls back with, by number (releases 1 to 3 print the number alone).
DRIVER_STATUSES: dict[str, tuple[int, str]] = {
    "PKT_SEND_MAX_RETRIES_REACHED": (0, "a packet was sent 6 times and never acknowledged: chip off, wrong port "
    "settings, or a packet that is too long on the way"),
    "PKT_UNEXPECTED": (1, "a packet came that fits no state of the link"),
    "PKT_ENCODE_ERROR": (2, "the driver could not encode a packet"),
    "PKT_DECODE_ERROR": (3, "the driver could not decode a packet: firmware of another SoftDevice API version"),
    "PKT_SEND_ERROR": (4, "sending failed; the code behind it says why (0x802A: never acknowledged)"),
    "IO_RESOURCES_UNAVAILABLE": (5, "the serial port failed or went away: the board was unplugged, reset, or its USB "
    "port enumerated again"),
    "RESET_PERFORMED": (6, "the chip was asked to reset, and the link begins"),
    "CONNECTION_ACTIVE": (7, "the link is up"),
}  # fmt: skip

DISCONNECT_REASONS: dict[str, str] = {
    "AUTHENTICATION_FAILURE": "the keys of the two ends do not fit: one of them has lost its bond",
    "PIN_OR_KEY_MISSING": "a key is missing: one end has lost its bond",
    "CONNECTION_TIMEOUT": "the peer was not heard for the supervision timeout: out of range, switched off, "
    "or its stack stopped; nobody ended the connection",
    "REMOTE_USER_TERMINATED_CONNECTION": "the peer's user or application ended it: the chip and its host "
    "have no part in that",
    "REMOTE_DEV_TERMINATION_DUE_TO_LOW_RESOURCES": "the peer ran low on resources",
    "REMOTE_DEV_TERMINATION_DUE_TO_POWER_OFF": "the peer is switched off",
    "LOCAL_HOST_TERMINATED_CONNECTION": "this host ended it, by disconnect",
    "UNSUPPORTED_REMOTE_FEATURE": "the peer does not support what this end uses",
    "LMP_RESPONSE_TIMEOUT": "the peer's link layer did not answer a request of this one in time",
    "INSTANT_PASSED": "an update was to take effect at a moment that had passed: packets were lost on the "
    "air",
    "PAIRING_WITH_UNIT_KEY_UNSUPPORTED": "pairing with a unit key is not supported",
    "CONN_INTERVAL_UNACCEPTABLE": "the connection parameters are not acceptable to the peer",
    "CONN_TERMINATED_DUE_TO_MIC_FAILURE": "an encrypted packet did not decrypt: wrong keys, or an attack",
    "CONN_FAILED_TO_BE_ESTABLISHED": "it was never established: the peer did not answer the first packets. "
    "Out of range, or connected elsewhere",
}
ANY_REASON = "why a connection ended, or a procedure failed (Bluetooth Core Specification, Vol 1, Part F)"
