"""Numbers with one meaning in every dialect, as enums for people to write and read.

Decoded messages carry plain integers: an unknown number is not an error. Every member equals the number that
the compiler gives for the SoftDevice header's constant (``numbers``), which a test holds.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag

BLE_CONN_HANDLE_INVALID = 0xFFFF
"""No connection: value_set and value_get of the table itself."""
BLE_CONN_HANDLE_ALL = 0xFFFE
"""Every connection."""
MAX_VALUE_LEN = 512
"""The longest attribute value, in bytes: Nordic's codecs were measured to refuse more. (One of fixed length has 510 at
most, by the API documentation: that is for the chip to say.)"""
DEFAULT_MTU = 23
"""The ATT MTU in bytes until both ends have agreed on another (``BLE_GATT_ATT_MTU_DEFAULT``)."""


class RpcPacketType(IntEnum):
    """First byte of every vendor-specific payload."""

    COMMAND = 0
    RESPONSE = 1
    EVENT = 2
    DTM_COMMAND = 3
    DTM_RESPONSE = 4
    RESET_COMMAND = 5  # up to sd_api_v5
    GENERIC_COMMAND = 5  # from sd_api_v6, the same number


class ServiceType(IntEnum):
    """service_add's ``type`` (``BLE_GATTS_SRVC_TYPE_*``)."""

    INVALID = 0
    PRIMARY = 1
    SECONDARY = 2


class HvxType(IntEnum):
    """hvx's ``type`` (``BLE_GATT_HVX_*``)."""

    INVALID = 0
    NOTIFICATION = 1
    INDICATION = 2


class WriteOp(IntEnum):
    """``op`` of a write (``BLE_GATTS_OP_*``): what the peer sent."""

    INVALID = 0
    WRITE_REQ = 1
    WRITE_CMD = 2
    SIGN_WRITE_CMD = 3
    PREP_WRITE_REQ = 4
    EXEC_WRITE_REQ_CANCEL = 5
    EXEC_WRITE_REQ_NOW = 6


class AuthorizeType(IntEnum):
    """Which member of an authorize request or reply is present (``BLE_GATTS_AUTHORIZE_TYPE_*``)."""

    INVALID = 0
    READ = 1
    WRITE = 2


class AttrType(IntEnum):
    """``type`` of the attribute context in the events of s110_v8 and s130_v1 (``BLE_GATTS_ATTR_TYPE_*``)."""

    INVALID = 0
    PRIM_SRVC_DECL = 1
    SEC_SRVC_DECL = 2
    INC_DECL = 3
    CHAR_DECL = 4
    CHAR_VAL = 5
    DESC = 6
    OTHER = 7


class AttrVloc(IntEnum):
    """Where an attribute's value is kept (``BLE_GATTS_VLOC_*``). Over serialization only STACK can travel."""

    INVALID = 0
    STACK = 1
    USER = 2


class UuidType(IntEnum):
    """``type`` of a UUID (``BLE_UUID_TYPE_*``): vendor bases count from VENDOR_BEGIN as added."""

    UNKNOWN = 0
    BLE = 1
    VENDOR_BEGIN = 2


class SysAttrFlags(IntFlag):
    """``flags`` of sys_attr_set and sys_attr_get (``BLE_GATTS_SYS_ATTR_FLAG_*``). 0 means both."""

    SYS_SRVCS = 1
    USR_SRVCS = 2


class TimeoutSource(IntEnum):
    """``src`` of the timeout event (``BLE_GATT_TIMEOUT_SRC_*``)."""

    PROTOCOL = 0


class SecurityMode(IntEnum):
    """The permission byte of an attribute: security mode in bits 0-3, its level in bits 4-7.

    Modes and levels are those of the Bluetooth Core Specification (Vol 3, Part C, 10.2); mode 0 level 0 is
    no access.
    """

    NO_ACCESS = 0x00
    OPEN = 0x11
    ENCRYPTED = 0x21
    ENCRYPTED_MITM = 0x31
    ENCRYPTED_LESC_MITM = 0x41
    SIGNED = 0x12
    SIGNED_MITM = 0x22

    @property
    def sm(self) -> int:
        """Security mode, 0 to 2."""
        return self.value & 0x0F

    @property
    def lv(self) -> int:
        """Level within the mode."""
        return self.value >> 4


class PresentationFormat(IntEnum):
    """``format`` of a presentation format descriptor (``BLE_GATT_CPF_FORMAT_*``)."""

    RFU = 0x00
    BOOLEAN = 0x01
    TWO_BIT = 0x02
    NIBBLE = 0x03
    UINT8 = 0x04
    UINT12 = 0x05
    UINT16 = 0x06
    UINT24 = 0x07
    UINT32 = 0x08
    UINT48 = 0x09
    UINT64 = 0x0A
    UINT128 = 0x0B
    SINT8 = 0x0C
    SINT12 = 0x0D
    SINT16 = 0x0E
    SINT24 = 0x0F
    SINT32 = 0x10
    SINT48 = 0x11
    SINT64 = 0x12
    SINT128 = 0x13
    FLOAT32 = 0x14
    FLOAT64 = 0x15
    SFLOAT = 0x16
    FLOAT = 0x17
    DUINT16 = 0x18
    UTF8S = 0x19
    UTF16S = 0x1A
    STRUCT = 0x1B
