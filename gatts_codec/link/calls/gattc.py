"""The calls of a GATT client."""

from __future__ import annotations

from typing import Final

from gatts_codec.link.calls.base import View, WayT, command
from gatts_codec.packets.gattc.attr_info_discover import AttrInfoDiscover
from gatts_codec.packets.gattc.char_value_by_uuid_read import CharValueByUuidRead
from gatts_codec.packets.gattc.char_values_read import CharValuesRead
from gatts_codec.packets.gattc.characteristics_discover import CharacteristicsDiscover
from gatts_codec.packets.gattc.descriptors_discover import DescriptorsDiscover
from gatts_codec.packets.gattc.exchange_mtu_request import ExchangeMtuRequest
from gatts_codec.packets.gattc.hv_confirm import HvConfirm
from gatts_codec.packets.gattc.primary_services_discover import PrimaryServicesDiscover
from gatts_codec.packets.gattc.read import Read
from gatts_codec.packets.gattc.relationships_discover import RelationshipsDiscover
from gatts_codec.packets.gattc.write import Write


class GattcCalls(View[WayT]):
    """A peer's attributes: find, read and write them."""

    attr_info_discover: Final = command(AttrInfoDiscover)
    char_value_by_uuid_read: Final = command(CharValueByUuidRead)
    char_values_read: Final = command(CharValuesRead)
    characteristics_discover: Final = command(CharacteristicsDiscover)
    descriptors_discover: Final = command(DescriptorsDiscover)
    exchange_mtu_request: Final = command(ExchangeMtuRequest)
    hv_confirm: Final = command(HvConfirm)
    primary_services_discover: Final = command(PrimaryServicesDiscover)
    read: Final = command(Read)
    relationships_discover: Final = command(RelationshipsDiscover)
    write: Final = command(Write)
