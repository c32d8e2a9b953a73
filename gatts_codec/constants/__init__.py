"""Numbers, their names in each dialect, and what they mean.

The enums hold what is the same everywhere; `result_name`, `gatt_status_name` and `group_of` answer for
one dialect; `hint` says what to do about a result; `explain` finds everything known about a number or name.
"""

from gatts_codec.constants.catalogue import Explanation
from gatts_codec.constants.codes import BleError, GattStatus, NrfError, ResultCode, SdRpcError
from gatts_codec.constants.enums import (
    BLE_CONN_HANDLE_ALL,
    BLE_CONN_HANDLE_INVALID,
    MAX_VALUE_LEN,
    AttrType,
    AttrVloc,
    AuthorizeType,
    HvxType,
    PresentationFormat,
    RpcPacketType,
    SecurityMode,
    ServiceType,
    SysAttrFlags,
    TimeoutSource,
    UuidType,
    WriteOp,
)
from gatts_codec.constants.hints import hint
from gatts_codec.constants.lookup import explain
from gatts_codec.constants.table import Group, Kind, gatt_status_name, group_of, result_name

__all__ = [
    "BLE_CONN_HANDLE_ALL",
    "BLE_CONN_HANDLE_INVALID",
    "MAX_VALUE_LEN",
    "AttrType",
    "AttrVloc",
    "AuthorizeType",
    "BleError",
    "Explanation",
    "GattStatus",
    "Group",
    "HvxType",
    "Kind",
    "NrfError",
    "PresentationFormat",
    "ResultCode",
    "RpcPacketType",
    "SdRpcError",
    "SecurityMode",
    "ServiceType",
    "SysAttrFlags",
    "TimeoutSource",
    "UuidType",
    "WriteOp",
    "explain",
    "gatt_status_name",
    "group_of",
    "hint",
    "result_name",
]
