"""What GATTS opcodes, event ids and status codes stand for, in one line each."""

from __future__ import annotations

OPCODES: dict[str, str] = {
    "SERVICE_ADD": "add a service; the response gives its handle",
    "INCLUDE_ADD": "include another service in the one added last",
    "CHARACTERISTIC_ADD": "add a characteristic with its descriptors; the response gives four handles",
    "DESCRIPTOR_ADD": "add a descriptor to the characteristic added last",
    "VALUE_SET": "write an attribute's value in the chip's table",
    "VALUE_GET": "read an attribute's value from the chip's table",
    "HVX": "notify or indicate a value to the peer",
    "SERVICE_CHANGED": "tell the peer that a range of handles has changed",
    "RW_AUTHORIZE_REPLY": "answer the peer's read or write that waits for authorization",
    "SYS_ATTR_SET": "restore a connection's subscriptions (CCCDs), or start it without any",
    "SYS_ATTR_GET": "read a connection's subscriptions (CCCDs), to keep them for a bonded peer",
    "INITIAL_USER_HANDLE_GET": "the first handle that belongs to the application",
    "ATTR_GET": "an attribute's UUID and metadata",
    "EXCHANGE_MTU_REPLY": "answer the peer's wish for another ATT MTU",
}

EVENTS: dict[str, str] = {
    "BLE_EVT_TX_COMPLETE": "queued notifications or write commands have gone out; their buffers are free again",
    "BLE_EVT_USER_MEM_REQUEST": "the stack wants memory for queued writes: answer with user_mem_reply",
    "BLE_EVT_USER_MEM_RELEASE": "the memory lent for queued writes is the application's again",
    "BLE_GAP_EVT_CONNECTED": "a connection exists: its handle is what GATTS calls take",
    "BLE_GAP_EVT_DISCONNECTED": "the connection is gone; sys_attr_get still answers for its handle",
    "BLE_GATTS_EVT_WRITE": "the peer wrote an attribute",
    "BLE_GATTS_EVT_RW_AUTHORIZE_REQUEST": "the peer waits for rw_authorize_reply: 30 s, then the connection is dead "
    "for ATT",
    "BLE_GATTS_EVT_SYS_ATTR_MISSING": "the peer touched a CCCD: call sys_attr_set for this connection",
    "BLE_GATTS_EVT_HVC": "the peer has confirmed an indication",
    "BLE_GATTS_EVT_SC_CONFIRM": "the peer has confirmed service_changed",
    "BLE_GATTS_EVT_EXCHANGE_MTU_REQUEST": "the peer asks for an ATT MTU and waits for exchange_mtu_reply",
    "BLE_GATTS_EVT_TIMEOUT": "an ATT transaction took over 30 s: nothing works on this connection any more",
    "BLE_GATTS_EVT_HVN_TX_COMPLETE": "notifications have gone out: there is room for as many more",
}

STATUSES: dict[str, str] = {
    "SUCCESS": "the peer's request is granted",
    "UNKNOWN": "unknown, or not applicable",
    "ATTERR_INVALID": "not a valid ATT error",
    "ATTERR_INVALID_HANDLE": "the server has no attribute with this handle",
    "ATTERR_READ_NOT_PERMITTED": "the attribute cannot be read",
    "ATTERR_WRITE_NOT_PERMITTED": "the attribute cannot be written",
    "ATTERR_INVALID_PDU": "the request was malformed",
    "ATTERR_INSUF_AUTHENTICATION": "the link must be authenticated first: pair",
    "ATTERR_REQUEST_NOT_SUPPORTED": "the server does not do this kind of request",
    "ATTERR_INVALID_OFFSET": "the offset is beyond the value",
    "ATTERR_INSUF_AUTHORIZATION": "the application has not authorized it",
    "ATTERR_PREPARE_QUEUE_FULL": "too many prepared writes are waiting",
    "ATTERR_ATTRIBUTE_NOT_FOUND": "no attribute in this range of handles",
    "ATTERR_ATTRIBUTE_NOT_LONG": "the value is too short to be read in parts",
    "ATTERR_INSUF_ENC_KEY_SIZE": "the encryption key is too short",
    "ATTERR_INVALID_ATT_VAL_LENGTH": "the attribute does not take a value of this length",
    "ATTERR_UNLIKELY_ERROR": "something unforeseen went wrong",
    "ATTERR_INSUF_ENCRYPTION": "the link must be encrypted first",
    "ATTERR_UNSUPPORTED_GROUP_TYPE": "the attribute type does not group others",
    "ATTERR_INSUF_RESOURCES": "the server has no resources for it",
    "ATTERR_APP_BEGIN": "the application's own errors begin here (to 0x019F)",
    "ATTERR_APP_END": "the last of the application's own errors",
    "ATTERR_CPS_WRITE_REQ_REJECTED": "profiles: the write was refused",
    "ATTERR_CPS_CCCD_CONFIG_ERROR": "profiles: the CCCD is not configured as the operation needs",
    "ATTERR_CPS_PROC_ALR_IN_PROG": "profiles: a procedure is already under way",
    "ATTERR_CPS_OUT_OF_RANGE": "profiles: the value is out of range",
}
