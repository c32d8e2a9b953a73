"""What a result code means for a GATT server, and what to do about it.

One text a code that holds for every call, and one where a call gives the code a meaning of its own. The facts are the
documented behaviour of the calls and what the firmware was seen to answer; the texts are for people and may change.
"""

from __future__ import annotations

from gatts_codec.arguments import checked
from gatts_codec.constants.table import HasNumbers, result_name, short_name

_OWN_HANDLE = "the handle is not one of the application's own attributes"
_AFTER_TIMEOUT = (
    "an ATT request went unanswered for 30 s: nothing works on this connection until it is set up again"
)
_SYS_ATTR = "call sys_attr_set for this connection first (without data: no subscriptions)"
_LENGTHS = (
    "check the service handle, the permissions, a vendor UUID's type, and init_len + init_offs <= max_len"
)
_TOO_LONG = "an attribute holds 512 bytes with vlen, 510 at a fixed length"
_NO_BUFFER = "no free buffer for another notification: wait for BLE_EVT_TX_COMPLETE, then send again"
_TABLE_FULL = "the attribute table is full: enable the chip with a larger attr_tab_size"
_ENABLED = (
    "the chip is enabled already, and stays so until it restarts: let connect reset it; firmware up to SDK 14.2 "
    "ignores that, so switch the board off and on"
)
_TOO_MUCH = (
    "the firmware leaves the SoftDevice too little memory for this configuration: fewer connections, a smaller "
    "att_mtu, queue or attr_tab_size"
)
_STACK_UUID = "the stack keeps this UUID for itself (0x1800, 0x1801, declarations)"

GENERAL: dict[str, str] = {
    "NRF_SUCCESS": "done",
    "NRF_ERROR_SVC_HANDLER_MISSING": "the chip has no SoftDevice that knows this call",
    "NRF_ERROR_SOFTDEVICE_NOT_ENABLED": "enable the SoftDevice first",
    "NRF_ERROR_INTERNAL": "a fault inside the chip: reset it, and keep the recording. From pc-ble-driver's open: "
    "the port could not be opened (in use by another program, not there, or not allowed)",
    "NRF_ERROR_NO_MEM": "the chip is out of memory for this: enable it with larger settings, or add less",
    "NRF_ERROR_NOT_FOUND": "no such attribute: handles count from 1 in the order in which attributes were added",
    "NRF_ERROR_NOT_SUPPORTED": "the firmware has no such call, or not in this situation: is the dialect right?",
    "NRF_ERROR_INVALID_PARAM": "a parameter is out of range or contradicts another",
    "NRF_ERROR_INVALID_STATE": "not now: something has to happen before this call is allowed",
    "NRF_ERROR_INVALID_LENGTH": "a length does not fit what it stands for",
    "NRF_ERROR_INVALID_FLAGS": "unknown flag bits",
    "NRF_ERROR_INVALID_DATA": "the data is not what the chip expects here",
    "NRF_ERROR_DATA_SIZE": "the data is longer or shorter than the attribute, or the buffer, allows",
    "NRF_ERROR_TIMEOUT": "the peer did not answer in time. From pc-ble-driver's open: the link never came up "
    "(wrong port, baud rate, parity, or no connectivity firmware)",
    "NRF_ERROR_NULL": "a required parameter is absent",
    "NRF_ERROR_FORBIDDEN": "the stack does not allow this for this attribute or at this security level",
    "NRF_ERROR_INVALID_ADDR": "a pointer that the call needs is absent (None, presence byte 00)",
    "NRF_ERROR_BUSY": "an earlier operation is still under way: wait for its event, then try again",
    "NRF_ERROR_CONN_COUNT": "more connections than the chip was enabled for",
    "NRF_ERROR_RESOURCES": "no free buffer for another notification: wait for BLE_GATTS_EVT_HVN_TX_COMPLETE (from v4) "
    "or BLE_EVT_TX_COMPLETE (up to v3), then send again",
    "BLE_ERROR_NOT_ENABLED": "enable the BLE stack first (ble_enable)",
    "BLE_ERROR_INVALID_CONN_HANDLE": "no such connection: it ended, or never had this handle",
    "BLE_ERROR_INVALID_ATTR_HANDLE": _OWN_HANDLE,
    "BLE_ERROR_INVALID_ROLE": "the connection is in the other role, central or peripheral",
    "BLE_ERROR_NO_TX_BUFFERS": _NO_BUFFER,
    "BLE_ERROR_NO_TX_PACKETS": _NO_BUFFER,
    "BLE_ERROR_INVALID_ADV_HANDLE": "no such advertising set",
    "BLE_ERROR_BLOCKED_BY_OTHER_LINKS": "other links take the time this one asks for",
    "BLE_ERROR_L2CAP_CID_IN_USE": "the L2CAP channel is taken",
    "BLE_ERROR_GAP_UUID_LIST_MISMATCH": "the UUID list in the advertising data does not fit its type",
    "BLE_ERROR_GAP_DISCOVERABLE_WITH_WHITELIST": "a discoverable mode cannot be used with a whitelist",
    "BLE_ERROR_GAP_INVALID_BLE_ADDR": "not a valid Bluetooth address for this use",
    "BLE_ERROR_GAP_WHITELIST_IN_USE": "another role is using the whitelist",
    "BLE_ERROR_GAP_DEVICE_IDENTITIES_IN_USE": "another role is using the device identities",
    "BLE_ERROR_GAP_DEVICE_IDENTITIES_DUPLICATE": "two of the device identities are the same",
    "BLE_ERROR_GATTC_PROC_NOT_PERMITTED": "the GATT client may not do this now",
    "BLE_ERROR_GATTS_INVALID_ATTR_TYPE": "only a characteristic's value can be notified or indicated: use value_handle",
    "BLE_ERROR_GATTS_SYS_ATTR_MISSING": _SYS_ATTR,
    "NRF_ERROR_SD_RPC_ENCODE": "the host could not encode the command: a parameter does not fit the packet",
    "NRF_ERROR_SD_RPC_DECODE": "the host could not decode the response: host and firmware speak different dialects",
    "NRF_ERROR_SD_RPC_SEND": "the link failed under the call: a transport error, or an ACK without a response in time",
    "NRF_ERROR_SD_RPC_INVALID_ARGUMENT": "the host refused an argument before sending anything",
    "NRF_ERROR_SD_RPC_NO_RESPONSE": "sent 6 times, never acknowledged (0x802A inside): chip off or rebooting, "
    "wrong port settings, or a payload longer than the firmware takes; open the link again before the next call",
    "NRF_ERROR_SD_RPC_INVALID_STATE": "the link is not active (0x8029 inside): open it first",
    "NRF_ERROR_SD_RPC_SERIALIZATION_TRANSPORT": "the host's serialization layer failed",
    "NRF_ERROR_SD_RPC_SERIALIZATION_TRANSPORT_INVALID_STATE": "the serialization layer is not open",
    "NRF_ERROR_SD_RPC_SERIALIZATION_TRANSPORT_ALREADY_OPEN": "opened twice: close it first",
    "NRF_ERROR_SD_RPC_SERIALIZATION_TRANSPORT_ALREADY_CLOSED": "closed twice",
    "NRF_ERROR_SD_RPC_SERIALIZATION_TRANSPORT_NO_RESPONSE": "acknowledged, not answered in time "
    "(0x8003 to the caller): the chip could not decode the command, or took it for a duplicate",
    "NRF_ERROR_SD_RPC_H5_TRANSPORT": "the host's H5 layer failed",
    "NRF_ERROR_SD_RPC_H5_TRANSPORT_STATE": "H5 link not active (0x8006 to the caller). From open: the port could not "
    "be opened (not there, in use by another program, or not allowed)",
    "NRF_ERROR_SD_RPC_H5_TRANSPORT_NO_RESPONSE": "6 transmissions without an ACK (0x8005 to the caller)",
    "NRF_ERROR_SD_RPC_H5_TRANSPORT_SLIP_PAYLOAD_SIZE": "a frame too short to be one: bytes were lost",
    "NRF_ERROR_SD_RPC_H5_TRANSPORT_SLIP_CALCULATED_PAYLOAD_SIZE": "the header's length is not the frame's",
    "NRF_ERROR_SD_RPC_H5_TRANSPORT_SLIP_DECODING": "a bad SLIP escape: parity, baud rate or overruns",
    "NRF_ERROR_SD_RPC_H5_TRANSPORT_HEADER_CHECKSUM": "H5 header damaged: parity, baud rate or overruns",
    "NRF_ERROR_SD_RPC_H5_TRANSPORT_PACKET_CHECKSUM": "CRC mismatch: parity, baud rate or overruns",
    "NRF_ERROR_SD_RPC_H5_TRANSPORT_ALREADY_OPEN": "opened twice: close it first",
    "NRF_ERROR_SD_RPC_H5_TRANSPORT_ALREADY_CLOSED": "closed twice",
    "NRF_ERROR_SD_RPC_H5_TRANSPORT_INTERNAL_ERROR": "a fault inside the host's H5 layer",
    "NRF_ERROR_SD_RPC_SERIAL_PORT": "the serial port failed: is it still there, and may this user open it?",
    "NRF_ERROR_SD_RPC_SERIAL_PORT_STATE": "the serial port is not open",
    "NRF_ERROR_SD_RPC_SERIAL_PORT_ALREADY_OPEN": "opened twice: close it first, or find who else holds the port",
    "NRF_ERROR_SD_RPC_SERIAL_PORT_ALREADY_CLOSED": "closed twice",
    "NRF_ERROR_SD_RPC_SERIAL_PORT_INTERNAL_ERROR": "the operating system refused an operation on the port",
}

_BY_COMMAND: dict[str, dict[str, str]] = {
    "service_add": {
        "NRF_ERROR_INVALID_PARAM": "unknown service type, or a vendor UUID whose type the chip has not been given",
        "NRF_ERROR_FORBIDDEN": _STACK_UUID,
        "NRF_ERROR_NO_MEM": _TABLE_FULL,
    },
    "include_add": {
        "NRF_ERROR_INVALID_PARAM": "a handle is not a service's",
        "NRF_ERROR_INVALID_STATE": "add a service first",
        "NRF_ERROR_NOT_SUPPORTED": "only the service added last can include others",
        "NRF_ERROR_FORBIDDEN": "a service cannot include itself",
        "NRF_ERROR_NOT_FOUND": "no attribute has one of these handles",
        "NRF_ERROR_NO_MEM": _TABLE_FULL,
    },
    "characteristic_add": {
        "NRF_ERROR_INVALID_PARAM": _LENGTHS,
        "NRF_ERROR_INVALID_STATE": "add a service first",
        "NRF_ERROR_FORBIDDEN": _STACK_UUID,
        "NRF_ERROR_DATA_SIZE": _TOO_LONG,
        "NRF_ERROR_NO_MEM": _TABLE_FULL,
    },
    "descriptor_add": {
        "NRF_ERROR_INVALID_PARAM": _LENGTHS,
        "NRF_ERROR_INVALID_STATE": "add a characteristic first",
        "NRF_ERROR_FORBIDDEN": _STACK_UUID,
        "NRF_ERROR_DATA_SIZE": _TOO_LONG,
        "NRF_ERROR_NO_MEM": _TABLE_FULL,
    },
    "value_set": {
        "NRF_ERROR_FORBIDDEN": "the attribute is the stack's own",
        "NRF_ERROR_DATA_SIZE": "offset + len is over the attribute's max_len, or not its fixed length",
        "BLE_ERROR_INVALID_CONN_HANDLE": "a CCCD belongs to a connection: give a live conn_handle",
    },
    "value_get": {
        "NRF_ERROR_INVALID_PARAM": "the offset is beyond the value",
        "BLE_ERROR_INVALID_CONN_HANDLE": "a CCCD belongs to a connection: give a live conn_handle",
    },
    "hvx": {
        "NRF_ERROR_INVALID_STATE": "the peer has not enabled this in the CCCD, or an MTU exchange is under way; "
        "the value is stored all the same",
        "NRF_ERROR_FORBIDDEN": "the link's security is below what the CCCD asks for: pair or encrypt first",
        "NRF_ERROR_BUSY": "an indication is under way: wait for BLE_GATTS_EVT_HVC",
        "NRF_ERROR_NOT_FOUND": "no attribute has this handle",
        "NRF_ERROR_TIMEOUT": _AFTER_TIMEOUT,
    },
    "service_changed": {
        "NRF_ERROR_NOT_SUPPORTED": "enable the chip with the Service Changed characteristic",
        "NRF_ERROR_INVALID_STATE": "the peer has not subscribed to Service Changed",
        "BLE_ERROR_INVALID_ATTR_HANDLE": "the range must lie within the application's own handles",
        "NRF_ERROR_BUSY": "an indication is under way: wait for BLE_GATTS_EVT_SC_CONFIRM",
        "NRF_ERROR_TIMEOUT": _AFTER_TIMEOUT,
    },
    "rw_authorize_reply": {
        "NRF_ERROR_INVALID_STATE": "nothing to reply to: answer each RW_AUTHORIZE_REQUEST once, within 30 s",
        "NRF_ERROR_INVALID_PARAM": "the type is not the pending request's, or the data does not fit the attribute",
        "NRF_ERROR_TIMEOUT": _AFTER_TIMEOUT,
    },
    "sys_attr_set": {
        "NRF_ERROR_INVALID_STATE": "there is no connection with this handle",
        "NRF_ERROR_INVALID_PARAM": "flags are 0, 1 (system services) or 2 (user services)",
        "NRF_ERROR_INVALID_DATA": "the data is not exactly what sys_attr_get gave for this attribute table",
    },
    "sys_attr_get": {
        "NRF_ERROR_NOT_FOUND": "there are no system attributes for this handle",
        "NRF_ERROR_DATA_SIZE": "the buffer is too small: ask without one, the answer is the length",
        "NRF_ERROR_INVALID_PARAM": "flags are 0, 1 (system services) or 2 (user services)",
    },
    "enable": {"NRF_ERROR_INVALID_STATE": _ENABLED, "NRF_ERROR_NO_MEM": _TOO_MUCH},
    "cfg_set": {"NRF_ERROR_INVALID_STATE": _ENABLED, "NRF_ERROR_NO_MEM": _TOO_MUCH},
    "gap.adv_start": {
        "NRF_ERROR_INVALID_STATE": "it is advertising already: adv_stop first",
        "NRF_ERROR_NOT_FOUND": "no configuration of connections has this conn_cfg_tag: cfg_set one before enable",
        "NRF_ERROR_CONN_COUNT": "all connections as peripheral that the chip was enabled for are there",
    },
    "gap.adv_stop": {"NRF_ERROR_INVALID_STATE": "it is not advertising"},
    "gap.adv_set_configure": {
        "NRF_ERROR_INVALID_STATE": "the set is advertising: adv_stop first",
        "NRF_ERROR_NO_MEM": "there is a set already, and no SoftDevice has two: configure that, adv_handle 0",
    },
    "gap.scan_start": {
        "NRF_ERROR_INVALID_STATE": "it is scanning already, or there is no scan to go on with"
    },
    "gap.scan_stop": {"NRF_ERROR_INVALID_STATE": "it is not scanning"},
    "gap.rssi_get": {
        "NRF_ERROR_INVALID_STATE": "rssi_start for this connection first",
        "NRF_ERROR_NOT_FOUND": "nothing has been measured yet",
    },
    "attr_get": {"NRF_ERROR_INVALID_PARAM": "ask for the UUID, the metadata or both"},
    "exchange_mtu_reply": {
        "NRF_ERROR_INVALID_STATE": "nothing to reply to: answer each EXCHANGE_MTU_REQUEST once",
        "NRF_ERROR_INVALID_PARAM": "the MTU must be at least 23 and at most what the chip was configured for",
    },
}


@checked
def hint(dialect: str | HasNumbers, code: int, command: str | None = None) -> str:
    """What to do about a result ``code``, as an answer to ``command`` if one is named; "" where nothing is known.

    ``command`` is the SoftDevice's name, with or without prefix (``"hvx"``). Raises UnknownDialectError.
    """
    name = result_name(dialect, code)
    if name is None:
        return ""
    return _BY_COMMAND.get(short_name(command or ""), {}).get(name) or GENERAL.get(name, "")


def command_hints(name: str) -> dict[str, str]:
    """What a result name means as the answer to each command that gives it a meaning of its own."""
    return {command: texts[name] for command, texts in _BY_COMMAND.items() if name in texts}
