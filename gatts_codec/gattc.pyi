# The public names, each with its home. Type checkers read them here; so does the package, which loads them late.

from gatts_codec.packets.gattc.attr_info_disc_rsp_event import AttrInfo16 as AttrInfo16
from gatts_codec.packets.gattc.attr_info_disc_rsp_event import AttrInfo128 as AttrInfo128
from gatts_codec.packets.gattc.attr_info_disc_rsp_event import AttrInfoDiscRspEvent as AttrInfoDiscRspEvent
from gatts_codec.packets.gattc.attr_info_discover import AttrInfoDiscover as AttrInfoDiscover
from gatts_codec.packets.gattc.attr_info_discover import AttrInfoDiscoverResponse as AttrInfoDiscoverResponse
from gatts_codec.packets.gattc.char_disc_rsp_event import Char as Char
from gatts_codec.packets.gattc.char_disc_rsp_event import CharDiscRspEvent as CharDiscRspEvent
from gatts_codec.packets.gattc.char_val_by_uuid_read_rsp_event import (
    CharValByUuidReadRspEvent as CharValByUuidReadRspEvent,
)
from gatts_codec.packets.gattc.char_val_by_uuid_read_rsp_event import HandleValue as HandleValue
from gatts_codec.packets.gattc.char_vals_read_rsp_event import CharValsReadRspEvent as CharValsReadRspEvent
from gatts_codec.packets.gattc.char_value_by_uuid_read import CharValueByUuidRead as CharValueByUuidRead
from gatts_codec.packets.gattc.char_value_by_uuid_read import (
    CharValueByUuidReadResponse as CharValueByUuidReadResponse,
)
from gatts_codec.packets.gattc.char_values_read import CharValuesRead as CharValuesRead
from gatts_codec.packets.gattc.char_values_read import CharValuesReadResponse as CharValuesReadResponse
from gatts_codec.packets.gattc.characteristics_discover import (
    CharacteristicsDiscover as CharacteristicsDiscover,
)
from gatts_codec.packets.gattc.characteristics_discover import (
    CharacteristicsDiscoverResponse as CharacteristicsDiscoverResponse,
)
from gatts_codec.packets.gattc.desc_disc_rsp_event import Desc as Desc
from gatts_codec.packets.gattc.desc_disc_rsp_event import DescDiscRspEvent as DescDiscRspEvent
from gatts_codec.packets.gattc.descriptors_discover import DescriptorsDiscover as DescriptorsDiscover
from gatts_codec.packets.gattc.descriptors_discover import (
    DescriptorsDiscoverResponse as DescriptorsDiscoverResponse,
)
from gatts_codec.packets.gattc.exchange_mtu_request import ExchangeMtuRequest as ExchangeMtuRequest
from gatts_codec.packets.gattc.exchange_mtu_request import (
    ExchangeMtuRequestResponse as ExchangeMtuRequestResponse,
)
from gatts_codec.packets.gattc.exchange_mtu_rsp_event import ExchangeMtuRspEvent as ExchangeMtuRspEvent
from gatts_codec.packets.gattc.hv_confirm import HvConfirm as HvConfirm
from gatts_codec.packets.gattc.hv_confirm import HvConfirmResponse as HvConfirmResponse
from gatts_codec.packets.gattc.hvx_event import HvxEvent as HvxEvent
from gatts_codec.packets.gattc.prim_srvc_disc_rsp_event import PrimSrvcDiscRspEvent as PrimSrvcDiscRspEvent
from gatts_codec.packets.gattc.primary_services_discover import (
    PrimaryServicesDiscover as PrimaryServicesDiscover,
)
from gatts_codec.packets.gattc.primary_services_discover import (
    PrimaryServicesDiscoverResponse as PrimaryServicesDiscoverResponse,
)
from gatts_codec.packets.gattc.read import Read as Read
from gatts_codec.packets.gattc.read import ReadResponse as ReadResponse
from gatts_codec.packets.gattc.read_rsp_event import ReadRspEvent as ReadRspEvent
from gatts_codec.packets.gattc.rel_disc_rsp_event import Include as Include
from gatts_codec.packets.gattc.rel_disc_rsp_event import RelDiscRspEvent as RelDiscRspEvent
from gatts_codec.packets.gattc.relationships_discover import RelationshipsDiscover as RelationshipsDiscover
from gatts_codec.packets.gattc.relationships_discover import (
    RelationshipsDiscoverResponse as RelationshipsDiscoverResponse,
)
from gatts_codec.packets.gattc.structs import HandleRange as HandleRange
from gatts_codec.packets.gattc.structs import Service as Service
from gatts_codec.packets.gattc.timeout_event import TimeoutEvent as TimeoutEvent
from gatts_codec.packets.gattc.write import Write as Write
from gatts_codec.packets.gattc.write import WriteParams as WriteParams
from gatts_codec.packets.gattc.write import WriteResponse as WriteResponse
from gatts_codec.packets.gattc.write_cmd_tx_complete_event import (
    WriteCmdTxCompleteEvent as WriteCmdTxCompleteEvent,
)
from gatts_codec.packets.gattc.write_rsp_event import WriteRspEvent as WriteRspEvent
