"""Numbers of the GATTC and L2CAP groups with one meaning in every dialect that has them, as enums."""

from __future__ import annotations

from enum import IntEnum


class GattOp(IntEnum):
    """``write_op`` of a GATT client's write (``BLE_GATT_OP_*``): what goes to the peer."""

    INVALID = 0
    WRITE_REQ = 1
    WRITE_CMD = 2
    SIGN_WRITE_CMD = 3
    PREP_WRITE_REQ = 4
    EXEC_WRITE_REQ = 5


class ExecWriteFlag(IntEnum):
    """``flags`` of an execute write (``BLE_GATT_EXEC_WRITE_FLAG_PREPARED_*``)."""

    CANCEL = 0
    WRITE = 1


class AttrInfoFormat(IntEnum):
    """``format`` of discovered attributes (``BLE_GATTC_ATTR_INFO_FORMAT_*``)."""

    UUID_16BIT = 1
    UUID_128BIT = 2


class ChSetupRefusedSource(IntEnum):
    """``source`` of a refused channel (``BLE_L2CAP_CH_SETUP_REFUSED_SRC_*``): which end refused it."""

    LOCAL = 1
    REMOTE = 2


class ChStatus(IntEnum):
    """``status`` of a channel's setup (``BLE_L2CAP_CH_STATUS_CODE_*``)."""

    SUCCESS = 0x0000
    LE_PSM_NOT_SUPPORTED = 0x0002
    NO_RESOURCES = 0x0004
    INSUFF_AUTHENTICATION = 0x0005
    INSUFF_AUTHORIZATION = 0x0006
    INSUFF_ENC_KEY_SIZE = 0x0007
    INSUFF_ENC = 0x0008
    INVALID_SCID = 0x0009
    SCID_ALLOCATED = 0x000A
    UNACCEPTABLE_PARAMS = 0x000B
    NOT_UNDERSTOOD = 0x8000
    TIMEOUT = 0xC000
