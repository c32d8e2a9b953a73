"""Encode and decode Nordic SoftDevice GATT server packets as they travel over a serial link.

    from gatts_codec import Codec, ValueSet, Value

    codec = Codec("sd_api_v5")
    body = codec.encode(ValueSet(conn_handle=0xFFFF, handle=14, value=Value(b"\\x64")))
    message = codec.decode_command(body)

The public names are those in ``__all__``. They load on first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from gatts_codec.facade import facade

# Not typing's: importing that, importlib or the exceptions costs more than all the rest. Type checkers know the name.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from gatts_codec.codec import (
        Codec,
    )
    from gatts_codec.constants import (
        BLE_CONN_HANDLE_ALL,
        BLE_CONN_HANDLE_INVALID,
        AttrType,
        AttrVloc,
        AuthorizeType,
        BleError,
        GattStatus,
        HvxType,
        NrfError,
        ServiceType,
        SysAttrFlags,
        TimeoutSource,
        UuidType,
        WriteOp,
    )
    from gatts_codec.dialects import (
        DIALECTS,
        Dialect,
        find_dialect,
    )
    from gatts_codec.errors import (
        CaptureError,
        CommandFailed,
        DecodeError,
        EncodeError,
        FramingError,
        GattsError,
        LinkClosed,
        LinkError,
        LinkReset,
        LinkTimeout,
        PeerError,
        PortError,
        TrailingDataError,
        TruncatedError,
        UnknownDialectError,
        UnknownOpcodeError,
    )
    from gatts_codec.link.aio import (
        AsyncClient,
        aconnect,
    )
    from gatts_codec.link.client import (
        Client,
        connect,
    )
    from gatts_codec.link.config import (
        HostConfig,
    )
    from gatts_codec.link.transports import (
        Transport,
        memory_pair,
        open_transport,
    )
    from gatts_codec.packets.gatts.attr_get import (
        AttrGet,
        AttrGetResponse,
        AttrGetV2,
    )
    from gatts_codec.packets.gatts.characteristic_add import (
        CharacteristicAdd,
        CharacteristicAddResponse,
        CharExtProps,
        CharHandles,
        CharMd,
        CharPf,
        CharProps,
    )
    from gatts_codec.packets.gatts.descriptor_add import (
        DescriptorAdd,
        DescriptorAddResponse,
    )
    from gatts_codec.packets.gatts.exchange_mtu_reply import (
        ExchangeMtuReply,
        ExchangeMtuReplyResponse,
    )
    from gatts_codec.packets.gatts.exchange_mtu_request_event import (
        ExchangeMtuRequestEvent,
    )
    from gatts_codec.packets.gatts.hvc_event import (
        HvcEvent,
    )
    from gatts_codec.packets.gatts.hvn_tx_complete_event import (
        HvnTxCompleteEvent,
    )
    from gatts_codec.packets.gatts.hvx import (
        Hvx,
        HvxParams,
        HvxResponse,
    )
    from gatts_codec.packets.gatts.include_add import (
        IncludeAdd,
        IncludeAddResponse,
    )
    from gatts_codec.packets.gatts.initial_user_handle_get import (
        InitialUserHandleGet,
        InitialUserHandleGetResponse,
    )
    from gatts_codec.packets.gatts.rw_authorize_reply import (
        AuthorizeParams,
        RwAuthorizeReply,
        RwAuthorizeReplyParams,
        RwAuthorizeReplyParamsV1,
        RwAuthorizeReplyResponse,
        RwAuthorizeReplyV1,
        WriteAuthorizeParamsV1,
    )
    from gatts_codec.packets.gatts.rw_authorize_request_event import (
        ReadParams,
        ReadParamsV1,
        RwAuthorizeRequestEvent,
        RwAuthorizeRequestEventV1,
    )
    from gatts_codec.packets.gatts.sc_confirm_event import (
        ScConfirmEvent,
    )
    from gatts_codec.packets.gatts.service_add import (
        ServiceAdd,
        ServiceAddResponse,
    )
    from gatts_codec.packets.gatts.service_changed import (
        ServiceChanged,
        ServiceChangedResponse,
    )
    from gatts_codec.packets.gatts.sys_attr_get import (
        SysAttrGet,
        SysAttrGetResponse,
    )
    from gatts_codec.packets.gatts.sys_attr_missing_event import (
        SysAttrMissingEvent,
    )
    from gatts_codec.packets.gatts.sys_attr_set import (
        SysAttrSet,
        SysAttrSetResponse,
    )
    from gatts_codec.packets.gatts.timeout_event import (
        TimeoutEvent,
    )
    from gatts_codec.packets.gatts.value_get import (
        ValueBuffer,
        ValueGet,
        ValueGetResponse,
    )
    from gatts_codec.packets.gatts.value_set import (
        Value,
        ValueSet,
        ValueSetResponse,
    )
    from gatts_codec.packets.gatts.write_event import (
        WriteEvent,
        WriteEventV1,
        WriteParams,
        WriteParamsV1,
    )
    from gatts_codec.packets.opaque import (
        Opaque,
    )
    from gatts_codec.schema.blocks import (
        Span,
    )
    from gatts_codec.schema.message import (
        FROM_DATA,
        Command,
        Event,
        Message,
        Packet,
        Response,
    )
    from gatts_codec.schema.structs import (
        AUTHENTICATED,
        ENCRYPTED,
        NO_ACCESS,
        OPEN,
        Attr,
        AttrContext,
        AttrMd,
        MemBlock,
        SecMode,
        Uuid,
    )

__version__ = "1.0.0rc1"

# Which module a public name lives in. Type checkers read the block above; a test holds the two together.
_HOMES = {
    "codec": "Codec",
    "constants": (
        "AttrType AttrVloc AuthorizeType BLE_CONN_HANDLE_ALL BLE_CONN_HANDLE_INVALID BleError "
        "GattStatus HvxType NrfError ServiceType SysAttrFlags TimeoutSource UuidType WriteOp"
    ),
    "dialects": "DIALECTS Dialect find_dialect",
    "link.aio": "AsyncClient aconnect",
    "link.client": "Client connect",
    "link.config": "HostConfig",
    "link.transports": "Transport memory_pair open_transport",
    "errors": (
        "CaptureError CommandFailed DecodeError EncodeError FramingError GattsError LinkClosed "
        "LinkError LinkReset LinkTimeout PeerError PortError TrailingDataError TruncatedError "
        "UnknownDialectError UnknownOpcodeError"
    ),
    "packets.gatts.attr_get": "AttrGet AttrGetResponse AttrGetV2",
    "packets.gatts.characteristic_add": (
        "CharExtProps CharHandles CharMd CharPf CharProps CharacteristicAdd CharacteristicAddResponse"
    ),
    "packets.gatts.descriptor_add": "DescriptorAdd DescriptorAddResponse",
    "packets.gatts.exchange_mtu_reply": "ExchangeMtuReply ExchangeMtuReplyResponse",
    "packets.gatts.exchange_mtu_request_event": "ExchangeMtuRequestEvent",
    "packets.gatts.hvc_event": "HvcEvent",
    "packets.gatts.hvn_tx_complete_event": "HvnTxCompleteEvent",
    "packets.gatts.hvx": "Hvx HvxParams HvxResponse",
    "packets.gatts.include_add": "IncludeAdd IncludeAddResponse",
    "packets.gatts.initial_user_handle_get": "InitialUserHandleGet InitialUserHandleGetResponse",
    "packets.opaque": "Opaque",
    "packets.gatts.rw_authorize_reply": (
        "AuthorizeParams RwAuthorizeReply RwAuthorizeReplyParams RwAuthorizeReplyParamsV1 "
        "RwAuthorizeReplyResponse RwAuthorizeReplyV1 WriteAuthorizeParamsV1"
    ),
    "packets.gatts.rw_authorize_request_event": (
        "ReadParams ReadParamsV1 RwAuthorizeRequestEvent RwAuthorizeRequestEventV1"
    ),
    "packets.gatts.sc_confirm_event": "ScConfirmEvent",
    "packets.gatts.service_add": "ServiceAdd ServiceAddResponse",
    "packets.gatts.service_changed": "ServiceChanged ServiceChangedResponse",
    "packets.gatts.sys_attr_get": "SysAttrGet SysAttrGetResponse",
    "packets.gatts.sys_attr_missing_event": "SysAttrMissingEvent",
    "packets.gatts.sys_attr_set": "SysAttrSet SysAttrSetResponse",
    "packets.gatts.timeout_event": "TimeoutEvent",
    "packets.gatts.value_get": "ValueBuffer ValueGet ValueGetResponse",
    "packets.gatts.value_set": "Value ValueSet ValueSetResponse",
    "packets.gatts.write_event": "WriteEvent WriteEventV1 WriteParams WriteParamsV1",
    "schema.blocks": "Span",
    "schema.message": "FROM_DATA Command Event Message Packet Response",
    "schema.structs": (
        "AUTHENTICATED Attr AttrContext AttrMd ENCRYPTED MemBlock NO_ACCESS OPEN SecMode Uuid"
    ),
}

__all__ = [
    "AUTHENTICATED",
    "BLE_CONN_HANDLE_ALL",
    "BLE_CONN_HANDLE_INVALID",
    "DIALECTS",
    "ENCRYPTED",
    "FROM_DATA",
    "NO_ACCESS",
    "OPEN",
    "AsyncClient",
    "Attr",
    "AttrContext",
    "AttrGet",
    "AttrGetResponse",
    "AttrGetV2",
    "AttrMd",
    "AttrType",
    "AttrVloc",
    "AuthorizeParams",
    "AuthorizeType",
    "BleError",
    "CaptureError",
    "CharExtProps",
    "CharHandles",
    "CharMd",
    "CharPf",
    "CharProps",
    "CharacteristicAdd",
    "CharacteristicAddResponse",
    "Client",
    "Codec",
    "Command",
    "CommandFailed",
    "DecodeError",
    "DescriptorAdd",
    "DescriptorAddResponse",
    "Dialect",
    "EncodeError",
    "Event",
    "ExchangeMtuReply",
    "ExchangeMtuReplyResponse",
    "ExchangeMtuRequestEvent",
    "FramingError",
    "GattStatus",
    "GattsError",
    "HostConfig",
    "HvcEvent",
    "HvnTxCompleteEvent",
    "Hvx",
    "HvxParams",
    "HvxResponse",
    "HvxType",
    "IncludeAdd",
    "IncludeAddResponse",
    "InitialUserHandleGet",
    "InitialUserHandleGetResponse",
    "LinkClosed",
    "LinkError",
    "LinkReset",
    "LinkTimeout",
    "MemBlock",
    "Message",
    "NrfError",
    "Opaque",
    "Packet",
    "PeerError",
    "PortError",
    "ReadParams",
    "ReadParamsV1",
    "Response",
    "RwAuthorizeReply",
    "RwAuthorizeReplyParams",
    "RwAuthorizeReplyParamsV1",
    "RwAuthorizeReplyResponse",
    "RwAuthorizeReplyV1",
    "RwAuthorizeRequestEvent",
    "RwAuthorizeRequestEventV1",
    "ScConfirmEvent",
    "SecMode",
    "ServiceAdd",
    "ServiceAddResponse",
    "ServiceChanged",
    "ServiceChangedResponse",
    "ServiceType",
    "Span",
    "SysAttrFlags",
    "SysAttrGet",
    "SysAttrGetResponse",
    "SysAttrMissingEvent",
    "SysAttrSet",
    "SysAttrSetResponse",
    "TimeoutEvent",
    "TimeoutSource",
    "TrailingDataError",
    "Transport",
    "TruncatedError",
    "UnknownDialectError",
    "UnknownOpcodeError",
    "Uuid",
    "UuidType",
    "Value",
    "ValueBuffer",
    "ValueGet",
    "ValueGetResponse",
    "ValueSet",
    "ValueSetResponse",
    "WriteAuthorizeParamsV1",
    "WriteEvent",
    "WriteEventV1",
    "WriteOp",
    "WriteParams",
    "WriteParamsV1",
    "__version__",
    "aconnect",
    "connect",
    "find_dialect",
    "memory_pair",
    "open_transport",
]

__getattr__, __dir__ = facade(__name__, _HOMES)
