"""The calls of a GATT server."""

from __future__ import annotations

from typing import Final

from gatts_codec.link.calls.base import Calls, WayT, command
from gatts_codec.packets.gatts.attr_get import AttrGet
from gatts_codec.packets.gatts.characteristic_add import CharacteristicAdd
from gatts_codec.packets.gatts.descriptor_add import DescriptorAdd
from gatts_codec.packets.gatts.exchange_mtu_reply import ExchangeMtuReply
from gatts_codec.packets.gatts.hvx import Hvx
from gatts_codec.packets.gatts.include_add import IncludeAdd
from gatts_codec.packets.gatts.initial_user_handle_get import InitialUserHandleGet
from gatts_codec.packets.gatts.rw_authorize_reply import RwAuthorizeReply
from gatts_codec.packets.gatts.service_add import ServiceAdd
from gatts_codec.packets.gatts.service_changed import ServiceChanged
from gatts_codec.packets.gatts.sys_attr_get import SysAttrGet
from gatts_codec.packets.gatts.sys_attr_set import SysAttrSet
from gatts_codec.packets.gatts.value_get import ValueGet
from gatts_codec.packets.gatts.value_set import ValueSet


class GattsCalls(Calls[WayT]):
    """Attributes: declare them, read and write them, tell peers about them."""

    service_add: Final = command(ServiceAdd)
    include_add: Final = command(IncludeAdd)
    characteristic_add: Final = command(CharacteristicAdd)
    descriptor_add: Final = command(DescriptorAdd)
    value_set: Final = command(ValueSet)
    value_get: Final = command(ValueGet)
    hvx: Final = command(Hvx)
    service_changed: Final = command(ServiceChanged)
    rw_authorize_reply: Final = command(RwAuthorizeReply)
    sys_attr_set: Final = command(SysAttrSet)
    sys_attr_get: Final = command(SysAttrGet)
    initial_user_handle_get: Final = command(InitialUserHandleGet)
    attr_get: Final = command(AttrGet)
    exchange_mtu_reply: Final = command(ExchangeMtuReply)
