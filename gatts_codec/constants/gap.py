"""Numbers of the Common and GAP groups with one meaning in every dialect that has them, as enums.

Decoded messages carry plain integers, and every member equals the number of the SoftDevice header's
constant (``numbers``), which a test holds.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag


class AddrType(IntEnum):
    """``addr_type`` of an address (``BLE_GAP_ADDR_TYPE_*``)."""

    PUBLIC = 0
    RANDOM_STATIC = 1
    RANDOM_PRIVATE_RESOLVABLE = 2
    RANDOM_PRIVATE_NON_RESOLVABLE = 3
    ANONYMOUS = 0x7F  # from sd_api_v6: an advertiser that hides its address


class AddrCycleMode(IntEnum):
    """Whether the chip renews a private address by itself (``BLE_GAP_ADDR_CYCLE_MODE_*``), up to sd_api_v2."""

    NONE = 0
    AUTO = 1


class Role(IntEnum):
    """``role`` in a connection (``BLE_GAP_ROLE_*``)."""

    INVALID = 0
    PERIPH = 1
    CENTRAL = 2


class AdvType(IntEnum):
    """``type`` of an advertising set's properties, from sd_api_v6 on (``BLE_GAP_ADV_TYPE_*``)."""

    CONNECTABLE_SCANNABLE_UNDIRECTED = 1
    CONNECTABLE_NONSCANNABLE_DIRECTED_HIGH_DUTY_CYCLE = 2
    CONNECTABLE_NONSCANNABLE_DIRECTED = 3
    NONCONNECTABLE_SCANNABLE_UNDIRECTED = 4
    NONCONNECTABLE_NONSCANNABLE_UNDIRECTED = 5
    EXTENDED_CONNECTABLE_NONSCANNABLE_UNDIRECTED = 6
    EXTENDED_CONNECTABLE_NONSCANNABLE_DIRECTED = 7
    EXTENDED_NONCONNECTABLE_SCANNABLE_UNDIRECTED = 8
    EXTENDED_NONCONNECTABLE_SCANNABLE_DIRECTED = 9
    EXTENDED_NONCONNECTABLE_NONSCANNABLE_UNDIRECTED = 10
    EXTENDED_NONCONNECTABLE_NONSCANNABLE_DIRECTED = 11


class AdvTypeV5(IntEnum):
    """``type`` of advertising and of its reports up to sd_api_v5 (``BLE_GAP_ADV_TYPE_ADV_*``)."""

    ADV_IND = 0
    ADV_DIRECT_IND = 1
    ADV_SCAN_IND = 2
    ADV_NONCONN_IND = 3


class AdvFilterPolicy(IntEnum):
    """Whose requests an advertiser takes (``BLE_GAP_ADV_FP_*``)."""

    ANY = 0
    FILTER_SCANREQ = 1
    FILTER_CONNREQ = 2
    FILTER_BOTH = 3


class ScanFilterPolicy(IntEnum):
    """Whose advertising a scanner reports, from sd_api_v6 on (``BLE_GAP_SCAN_FP_*``)."""

    ACCEPT_ALL = 0
    WHITELIST = 1
    ALL_NOT_RESOLVED_DIRECTED = 2
    WHITELIST_NOT_RESOLVED_DIRECTED = 3


class AdvDataStatus(IntEnum):
    """Whether an advertising report has all data (``BLE_GAP_ADV_DATA_STATUS_*``)."""

    COMPLETE = 0
    INCOMPLETE_MORE_DATA = 1
    INCOMPLETE_TRUNCATED = 2
    INCOMPLETE_MISSED = 3


class Phy(IntFlag):
    """Radio modes (``BLE_GAP_PHY_*``); several together as a preference."""

    AUTO = 0
    MBPS_1 = 1
    MBPS_2 = 2
    CODED = 4
    NOT_SET = 0xFF


class TxPowerRole(IntEnum):
    """Whose transmit power is set, from sd_api_v6 on (``BLE_GAP_TX_POWER_ROLE_*``)."""

    ADV = 1
    SCAN_INIT = 2
    CONN = 3


class PrivacyMode(IntEnum):
    """``privacy_mode`` (``BLE_GAP_PRIVACY_MODE_*``)."""

    OFF = 0
    DEVICE_PRIVACY = 1
    NETWORK_PRIVACY = 2


class IoCaps(IntEnum):
    """What a device has for pairing (``BLE_GAP_IO_CAPS_*``)."""

    DISPLAY_ONLY = 0
    DISPLAY_YESNO = 1
    KEYBOARD_ONLY = 2
    NONE = 3
    KEYBOARD_DISPLAY = 4


class AuthKeyType(IntEnum):
    """Which key pairing asks for (``BLE_GAP_AUTH_KEY_TYPE_*``)."""

    NONE = 0
    PASSKEY = 1
    OOB = 2


class KeypressNotification(IntEnum):
    """What the user does at a keyboard (``BLE_GAP_KP_NOT_TYPE_*``)."""

    PASSKEY_START = 0
    PASSKEY_DIGIT_IN = 1
    PASSKEY_DIGIT_OUT = 2
    PASSKEY_CLEAR = 3
    PASSKEY_END = 4


class SecStatus(IntEnum):
    """How pairing went (``BLE_GAP_SEC_STATUS_*``)."""

    SUCCESS = 0x00
    TIMEOUT = 0x01
    PDU_INVALID = 0x02
    PASSKEY_ENTRY_FAILED = 0x81
    OOB_NOT_AVAILABLE = 0x82
    AUTH_REQ = 0x83
    CONFIRM_VALUE = 0x84
    PAIRING_NOT_SUPP = 0x85
    ENC_KEY_SIZE = 0x86
    SMP_CMD_UNSUPPORTED = 0x87
    UNSPECIFIED = 0x88
    REPEATED_ATTEMPTS = 0x89
    INVALID_PARAMS = 0x8A
    DHKEY_FAILURE = 0x8B
    NUM_COMP_FAILURE = 0x8C
    BR_EDR_IN_PROG = 0x8D
    X_TRANS_KEY_DISALLOWED = 0x8E


class SecStatusSource(IntEnum):
    """Who ended pairing (``BLE_GAP_SEC_STATUS_SOURCE_*``)."""

    LOCAL = 0
    REMOTE = 1


class GapTimeoutSource(IntEnum):
    """``src`` of the GAP timeout event from sd_api_v5 on (``BLE_GAP_TIMEOUT_SRC_*``)."""

    ADVERTISING = 0
    SCAN = 1
    CONN = 2
    AUTH_PAYLOAD = 3


class GapTimeoutSourceV4(IntEnum):
    """``src`` of the GAP timeout event up to sd_api_v4 (``BLE_GAP_TIMEOUT_SRC_*``)."""

    ADVERTISING = 0
    SECURITY_REQUEST = 1
    SCAN = 2
    CONN = 3
    AUTH_PAYLOAD = 4


class HciStatus(IntEnum):
    """Why a connection ended, or could not begin (``BLE_HCI_*``; Bluetooth Core Specification, Vol 1, Part F)."""

    SUCCESS = 0x00
    UNKNOWN_BTLE_COMMAND = 0x01
    UNKNOWN_CONNECTION_IDENTIFIER = 0x02
    AUTHENTICATION_FAILURE = 0x05
    PIN_OR_KEY_MISSING = 0x06
    MEMORY_CAPACITY_EXCEEDED = 0x07
    CONNECTION_TIMEOUT = 0x08
    COMMAND_DISALLOWED = 0x0C
    INVALID_BTLE_COMMAND_PARAMETERS = 0x12
    REMOTE_USER_TERMINATED_CONNECTION = 0x13
    REMOTE_DEV_TERMINATION_DUE_TO_LOW_RESOURCES = 0x14
    REMOTE_DEV_TERMINATION_DUE_TO_POWER_OFF = 0x15
    LOCAL_HOST_TERMINATED_CONNECTION = 0x16
    UNSUPPORTED_REMOTE_FEATURE = 0x1A
    INVALID_LMP_PARAMETERS = 0x1E
    UNSPECIFIED_ERROR = 0x1F
    LMP_RESPONSE_TIMEOUT = 0x22
    LMP_ERROR_TRANSACTION_COLLISION = 0x23
    LMP_PDU_NOT_ALLOWED = 0x24
    INSTANT_PASSED = 0x28
    PAIRING_WITH_UNIT_KEY_UNSUPPORTED = 0x29
    DIFFERENT_TRANSACTION_COLLISION = 0x2A
    PARAMETER_OUT_OF_MANDATORY_RANGE = 0x30
    CONTROLLER_BUSY = 0x3A
    CONN_INTERVAL_UNACCEPTABLE = 0x3B
    DIRECTED_ADVERTISER_TIMEOUT = 0x3C
    CONN_TERMINATED_DUE_TO_MIC_FAILURE = 0x3D
    CONN_FAILED_TO_BE_ESTABLISHED = 0x3E


class UserMemType(IntEnum):
    """What the chip wants memory for (``BLE_USER_MEM_TYPE_*``)."""

    INVALID = 0
    GATTS_QUEUED_WRITES = 1


class ConnBandwidth(IntEnum):
    """How much air time a connection gets, in sd_api_v2 and v3 (``BLE_CONN_BW_*``)."""

    INVALID = 0
    LOW = 1
    MID = 2
    HIGH = 3
