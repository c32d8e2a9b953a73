# The public names, each with its home. Type checkers read them here; so does the package, which loads them late.

from gatts_codec import common as common
from gatts_codec import gap as gap
from gatts_codec import gattc as gattc
from gatts_codec import l2cap as l2cap
from gatts_codec import plans as plans
from gatts_codec.advertising.data import AdvData as AdvData
from gatts_codec.codec import Codec as Codec
from gatts_codec.constants import BLE_CONN_HANDLE_ALL as BLE_CONN_HANDLE_ALL
from gatts_codec.constants import BLE_CONN_HANDLE_INVALID as BLE_CONN_HANDLE_INVALID
from gatts_codec.constants import AttrType as AttrType
from gatts_codec.constants import AttrVloc as AttrVloc
from gatts_codec.constants import AuthorizeType as AuthorizeType
from gatts_codec.constants import BleError as BleError
from gatts_codec.constants import GattStatus as GattStatus
from gatts_codec.constants import HvxType as HvxType
from gatts_codec.constants import NrfError as NrfError
from gatts_codec.constants import ServiceType as ServiceType
from gatts_codec.constants import SysAttrFlags as SysAttrFlags
from gatts_codec.constants import TimeoutSource as TimeoutSource
from gatts_codec.constants import UuidType as UuidType
from gatts_codec.constants import WriteOp as WriteOp
from gatts_codec.dialects import DIALECTS as DIALECTS
from gatts_codec.dialects import Dialect as Dialect
from gatts_codec.dialects import find_dialect as find_dialect
from gatts_codec.errors import CaptureError as CaptureError
from gatts_codec.errors import CommandFailed as CommandFailed
from gatts_codec.errors import DecodeError as DecodeError
from gatts_codec.errors import EncodeError as EncodeError
from gatts_codec.errors import FramingError as FramingError
from gatts_codec.errors import GattsError as GattsError
from gatts_codec.errors import LinkClosed as LinkClosed
from gatts_codec.errors import LinkError as LinkError
from gatts_codec.errors import LinkReset as LinkReset
from gatts_codec.errors import LinkTimeout as LinkTimeout
from gatts_codec.errors import PeerError as PeerError
from gatts_codec.errors import PortError as PortError
from gatts_codec.errors import TrailingDataError as TrailingDataError
from gatts_codec.errors import TruncatedError as TruncatedError
from gatts_codec.errors import UnknownDialectError as UnknownDialectError
from gatts_codec.errors import UnknownOpcodeError as UnknownOpcodeError
from gatts_codec.link.aio import AsyncClient as AsyncClient
from gatts_codec.link.aio import aconnect as aconnect
from gatts_codec.link.client import Client as Client
from gatts_codec.link.client import connect as connect
from gatts_codec.link.config import HostConfig as HostConfig
from gatts_codec.link.transports import Transport as Transport
from gatts_codec.link.transports import memory_pair as memory_pair
from gatts_codec.link.transports import open_transport as open_transport
from gatts_codec.packets.gatts.attr_get import AttrGet as AttrGet
from gatts_codec.packets.gatts.attr_get import AttrGetResponse as AttrGetResponse
from gatts_codec.packets.gatts.attr_get import AttrGetV2 as AttrGetV2
from gatts_codec.packets.gatts.characteristic_add import CharacteristicAdd as CharacteristicAdd
from gatts_codec.packets.gatts.characteristic_add import (
    CharacteristicAddResponse as CharacteristicAddResponse,
)
from gatts_codec.packets.gatts.characteristic_add import CharExtProps as CharExtProps
from gatts_codec.packets.gatts.characteristic_add import CharHandles as CharHandles
from gatts_codec.packets.gatts.characteristic_add import CharMd as CharMd
from gatts_codec.packets.gatts.characteristic_add import CharPf as CharPf
from gatts_codec.packets.gatts.characteristic_add import CharProps as CharProps
from gatts_codec.packets.gatts.descriptor_add import DescriptorAdd as DescriptorAdd
from gatts_codec.packets.gatts.descriptor_add import DescriptorAddResponse as DescriptorAddResponse
from gatts_codec.packets.gatts.exchange_mtu_reply import ExchangeMtuReply as ExchangeMtuReply
from gatts_codec.packets.gatts.exchange_mtu_reply import ExchangeMtuReplyResponse as ExchangeMtuReplyResponse
from gatts_codec.packets.gatts.exchange_mtu_request_event import (
    ExchangeMtuRequestEvent as ExchangeMtuRequestEvent,
)
from gatts_codec.packets.gatts.hvc_event import HvcEvent as HvcEvent
from gatts_codec.packets.gatts.hvn_tx_complete_event import HvnTxCompleteEvent as HvnTxCompleteEvent
from gatts_codec.packets.gatts.hvx import Hvx as Hvx
from gatts_codec.packets.gatts.hvx import HvxParams as HvxParams
from gatts_codec.packets.gatts.hvx import HvxResponse as HvxResponse
from gatts_codec.packets.gatts.include_add import IncludeAdd as IncludeAdd
from gatts_codec.packets.gatts.include_add import IncludeAddResponse as IncludeAddResponse
from gatts_codec.packets.gatts.initial_user_handle_get import InitialUserHandleGet as InitialUserHandleGet
from gatts_codec.packets.gatts.initial_user_handle_get import (
    InitialUserHandleGetResponse as InitialUserHandleGetResponse,
)
from gatts_codec.packets.gatts.rw_authorize_reply import AuthorizeParams as AuthorizeParams
from gatts_codec.packets.gatts.rw_authorize_reply import RwAuthorizeReply as RwAuthorizeReply
from gatts_codec.packets.gatts.rw_authorize_reply import RwAuthorizeReplyParams as RwAuthorizeReplyParams
from gatts_codec.packets.gatts.rw_authorize_reply import RwAuthorizeReplyParamsV1 as RwAuthorizeReplyParamsV1
from gatts_codec.packets.gatts.rw_authorize_reply import RwAuthorizeReplyResponse as RwAuthorizeReplyResponse
from gatts_codec.packets.gatts.rw_authorize_reply import RwAuthorizeReplyV1 as RwAuthorizeReplyV1
from gatts_codec.packets.gatts.rw_authorize_reply import WriteAuthorizeParamsV1 as WriteAuthorizeParamsV1
from gatts_codec.packets.gatts.rw_authorize_request_event import ReadParams as ReadParams
from gatts_codec.packets.gatts.rw_authorize_request_event import ReadParamsV1 as ReadParamsV1
from gatts_codec.packets.gatts.rw_authorize_request_event import (
    RwAuthorizeRequestEvent as RwAuthorizeRequestEvent,
)
from gatts_codec.packets.gatts.rw_authorize_request_event import (
    RwAuthorizeRequestEventV1 as RwAuthorizeRequestEventV1,
)
from gatts_codec.packets.gatts.sc_confirm_event import ScConfirmEvent as ScConfirmEvent
from gatts_codec.packets.gatts.service_add import ServiceAdd as ServiceAdd
from gatts_codec.packets.gatts.service_add import ServiceAddResponse as ServiceAddResponse
from gatts_codec.packets.gatts.service_changed import ServiceChanged as ServiceChanged
from gatts_codec.packets.gatts.service_changed import ServiceChangedResponse as ServiceChangedResponse
from gatts_codec.packets.gatts.sys_attr_get import SysAttrGet as SysAttrGet
from gatts_codec.packets.gatts.sys_attr_get import SysAttrGetResponse as SysAttrGetResponse
from gatts_codec.packets.gatts.sys_attr_missing_event import SysAttrMissingEvent as SysAttrMissingEvent
from gatts_codec.packets.gatts.sys_attr_set import SysAttrSet as SysAttrSet
from gatts_codec.packets.gatts.sys_attr_set import SysAttrSetResponse as SysAttrSetResponse
from gatts_codec.packets.gatts.timeout_event import TimeoutEvent as TimeoutEvent
from gatts_codec.packets.gatts.value_get import ValueBuffer as ValueBuffer
from gatts_codec.packets.gatts.value_get import ValueGet as ValueGet
from gatts_codec.packets.gatts.value_get import ValueGetResponse as ValueGetResponse
from gatts_codec.packets.gatts.value_set import Value as Value
from gatts_codec.packets.gatts.value_set import ValueSet as ValueSet
from gatts_codec.packets.gatts.value_set import ValueSetResponse as ValueSetResponse
from gatts_codec.packets.gatts.write_event import WriteEvent as WriteEvent
from gatts_codec.packets.gatts.write_event import WriteEventV1 as WriteEventV1
from gatts_codec.packets.gatts.write_event import WriteParams as WriteParams
from gatts_codec.packets.gatts.write_event import WriteParamsV1 as WriteParamsV1
from gatts_codec.packets.opaque import Opaque as Opaque
from gatts_codec.schema.message import FROM_DATA as FROM_DATA
from gatts_codec.schema.message import Command as Command
from gatts_codec.schema.message import Event as Event
from gatts_codec.schema.message import Message as Message
from gatts_codec.schema.message import Packet as Packet
from gatts_codec.schema.message import Response as Response
from gatts_codec.schema.stream import Span as Span
from gatts_codec.schema.structs import AUTHENTICATED as AUTHENTICATED
from gatts_codec.schema.structs import ENCRYPTED as ENCRYPTED
from gatts_codec.schema.structs import NO_ACCESS as NO_ACCESS
from gatts_codec.schema.structs import OPEN as OPEN
from gatts_codec.schema.structs import Attr as Attr
from gatts_codec.schema.structs import AttrContext as AttrContext
from gatts_codec.schema.structs import AttrMd as AttrMd
from gatts_codec.schema.structs import MemBlock as MemBlock
from gatts_codec.schema.structs import SecMode as SecMode
from gatts_codec.schema.structs import Uuid as Uuid
from gatts_codec.version import __version__ as __version__
