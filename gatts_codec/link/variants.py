"""From a message that a caller writes for every dialect to the one that a dialect has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from gatts_codec.codec import Codec
from gatts_codec.constants.gap import AddrCycleMode
from gatts_codec.packets.gap.address import AddressGet, AddressSet, AddrGet, AddrSet
from gatts_codec.packets.gap.rssi import RssiGet, RssiGetV5
from gatts_codec.packets.gatts.attr_get import AttrGet, AttrGetV2
from gatts_codec.packets.gatts.rw_authorize_reply import (
    RwAuthorizeReply,
    RwAuthorizeReplyParamsV1,
    RwAuthorizeReplyV1,
    WriteAuthorizeParamsV1,
)
from gatts_codec.schema.message import Command, Response
from gatts_codec.schema.structs import Uuid

R = TypeVar("R", bound=Response)


def _reply_v1(message: RwAuthorizeReply) -> RwAuthorizeReplyV1:
    """The early chip stores what the peer wrote when the status is success: update, offset and data are implied."""
    params = message.rw_authorize_reply_params
    if params is None:
        return RwAuthorizeReplyV1(message.conn_handle, None)
    write = None if params.write is None else WriteAuthorizeParamsV1(params.write.gatt_status)
    return RwAuthorizeReplyV1(message.conn_handle, RwAuthorizeReplyParamsV1(params.type, params.read, write))


def _attr_get_v2(message: AttrGet) -> AttrGetV2:
    """Where later dialects say that a UUID is wanted, this one sends the caller's still empty one."""
    return AttrGetV2(message.handle, Uuid(0, 0) if message.uuid_present else None, message.md_present)


def _rssi_get_v5(message: RssiGet) -> RssiGetV5:
    """There is no channel to ask for."""
    return RssiGetV5(message.conn_handle, message.rssi_present)


def _address_set(message: AddrSet) -> AddressSet:
    """The chip keeps the address as it is given; what renews it is privacy's matter in later dialects."""
    return AddressSet(AddrCycleMode.NONE, message.addr)


def _address_get(message: AddrGet) -> AddressGet:
    return AddressGet(message.addr_present)


VARIANTS: dict[type[Command[Any]], tuple[type[Command[Any]], Callable[[Any], Command[Any]]]] = {
    RwAuthorizeReply: (RwAuthorizeReplyV1, _reply_v1),
    AttrGet: (AttrGetV2, _attr_get_v2),
    RssiGet: (RssiGetV5, _rssi_get_v5),
    AddrSet: (AddressSet, _address_set),
    AddrGet: (AddressGet, _address_get),
}


def variant_for(codec: Codec, message: Command[R]) -> Command[R]:
    """The message in the form that the codec's dialect has; itself if that has no other."""
    variant = VARIANTS.get(type(message))
    if variant is None:
        return message
    cls, convert = variant
    return convert(message) if codec.has(cls) else message
