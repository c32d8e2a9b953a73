"""The calls of a blocking client: one method a command of the SoftDevice."""

from __future__ import annotations

from typing import TypeVar

from gatts_codec.link.variants import given
from gatts_codec.packets.attr_get import AttrGet, AttrGetResponse
from gatts_codec.packets.characteristic_add import CharacteristicAdd, CharacteristicAddResponse, CharMd
from gatts_codec.packets.descriptor_add import DescriptorAdd, DescriptorAddResponse
from gatts_codec.packets.exchange_mtu_reply import ExchangeMtuReply, ExchangeMtuReplyResponse
from gatts_codec.packets.hvx import Hvx, HvxParams, HvxResponse
from gatts_codec.packets.include_add import IncludeAdd, IncludeAddResponse
from gatts_codec.packets.initial_user_handle_get import InitialUserHandleGet, InitialUserHandleGetResponse
from gatts_codec.packets.rw_authorize_reply import (
    RwAuthorizeReply,
    RwAuthorizeReplyParams,
    RwAuthorizeReplyResponse,
)
from gatts_codec.packets.service_add import ServiceAdd, ServiceAddResponse
from gatts_codec.packets.service_changed import ServiceChanged, ServiceChangedResponse
from gatts_codec.packets.sys_attr_get import SysAttrGet, SysAttrGetResponse
from gatts_codec.packets.sys_attr_set import SysAttrSet, SysAttrSetResponse
from gatts_codec.packets.value_get import ValueBuffer, ValueGet, ValueGetResponse
from gatts_codec.packets.value_set import Value, ValueSet, ValueSetResponse
from gatts_codec.schema.message import FROM_DATA, Command, Response
from gatts_codec.schema.structs import Attr, Uuid

R = TypeVar("R", bound=Response)


class Calls:
    """Every command of every dialect, as a method that returns its response.

    Parameters are those of the message class, in the same order: its docstring says what each means, in which unit. A
    handle is taken as responses give it, ``int | None``; EncodeError refuses None. ``check=False`` returns a response
    with a result other than 0 instead of raising CommandFailed. ``timeout_s`` is how long the chip may take from its
    ACK to its response, in seconds; None: as long as the client was made with.

    Every method raises EncodeError (before anything is sent; also where the dialect lacks the command), CommandFailed,
    LinkTimeout (no ACK, or no response in time), LinkReset (the link was lost, now or since the last call), LinkClosed,
    and DecodeError for a response that is none.
    """

    def _ask(self, command: Command, answer: type[R], check: bool, timeout_s: float | None) -> R:
        raise NotImplementedError

    def service_add(
        self,
        type: int,
        uuid: Uuid | None,
        handle_present: bool = True,
        *,
        check: bool = True,
        timeout_s: float | None = None,
    ) -> ServiceAddResponse:
        """Declare a service: ``type`` 1 primary, 2 secondary. The characteristics that follow belong to it."""
        return self._ask(ServiceAdd(type, uuid, handle_present), ServiceAddResponse, check, timeout_s)

    def include_add(
        self,
        service_handle: int | None,
        inc_srvc_handle: int | None,
        include_handle_present: bool = True,
        *,
        check: bool = True,
        timeout_s: float | None = None,
    ) -> IncludeAddResponse:
        """Make the last added service include another one."""
        return self._ask(
            IncludeAdd(
                given(service_handle, "service_handle"),
                given(inc_srvc_handle, "inc_srvc_handle"),
                include_handle_present,
            ),
            IncludeAddResponse,
            check,
            timeout_s,
        )

    def characteristic_add(
        self,
        service_handle: int | None,
        char_md: CharMd | None,
        attr_char_value: Attr | None,
        handles_present: bool = True,
        *,
        check: bool = True,
        timeout_s: float | None = None,
    ) -> CharacteristicAddResponse:
        """Add a characteristic to the last added service."""
        return self._ask(
            CharacteristicAdd(
                given(service_handle, "service_handle"), char_md, attr_char_value, handles_present
            ),
            CharacteristicAddResponse,
            check,
            timeout_s,
        )

    def descriptor_add(
        self,
        char_handle: int | None,
        attr: Attr | None,
        handle_present: bool = True,
        *,
        check: bool = True,
        timeout_s: float | None = None,
    ) -> DescriptorAddResponse:
        """Add a descriptor to the last added characteristic."""
        return self._ask(
            DescriptorAdd(given(char_handle, "char_handle"), attr, handle_present),
            DescriptorAddResponse,
            check,
            timeout_s,
        )

    def value_set(
        self,
        conn_handle: int,
        handle: int,
        value: Value | None,
        *,
        check: bool = True,
        timeout_s: float | None = None,
    ) -> ValueSetResponse:
        """Write an attribute's value in the chip's table; ``conn_handle`` 0xFFFF except for system attributes."""
        return self._ask(ValueSet(conn_handle, handle, value), ValueSetResponse, check, timeout_s)

    def value_get(
        self,
        conn_handle: int,
        handle: int,
        value: ValueBuffer | None,
        *,
        check: bool = True,
        timeout_s: float | None = None,
    ) -> ValueGetResponse:
        """Read an attribute's value from the chip's table."""
        return self._ask(ValueGet(conn_handle, handle, value), ValueGetResponse, check, timeout_s)

    def hvx(
        self,
        conn_handle: int,
        hvx_params: HvxParams | None,
        *,
        check: bool = True,
        timeout_s: float | None = None,
    ) -> HvxResponse:
        """Notify or indicate a value."""
        return self._ask(Hvx(conn_handle, hvx_params), HvxResponse, check, timeout_s)

    def service_changed(
        self,
        conn_handle: int,
        start_handle: int,
        end_handle: int,
        *,
        check: bool = True,
        timeout_s: float | None = None,
    ) -> ServiceChangedResponse:
        """Tell the peer that a range of handles has changed."""
        return self._ask(
            ServiceChanged(conn_handle, start_handle, end_handle), ServiceChangedResponse, check, timeout_s
        )

    def rw_authorize_reply(
        self,
        conn_handle: int,
        rw_authorize_reply_params: RwAuthorizeReplyParams | None,
        *,
        check: bool = True,
        timeout_s: float | None = None,
    ) -> RwAuthorizeReplyResponse:
        """Answer an authorization request. Early dialects get the form they know."""
        return self._ask(
            RwAuthorizeReply(conn_handle, rw_authorize_reply_params),
            RwAuthorizeReplyResponse,
            check,
            timeout_s,
        )

    def sys_attr_set(
        self,
        conn_handle: int,
        sys_attr_data: bytes | None = None,
        flags: int = 0,
        len: int = FROM_DATA,
        *,
        check: bool = True,
        timeout_s: float | None = None,
    ) -> SysAttrSetResponse:
        """Restore a peer's subscriptions, or initialise them when there is no data."""
        return self._ask(
            SysAttrSet(conn_handle, sys_attr_data, flags, len), SysAttrSetResponse, check, timeout_s
        )

    def sys_attr_get(
        self,
        conn_handle: int,
        len: int | None,
        sys_attr_data_present: bool = True,
        flags: int = 0,
        *,
        check: bool = True,
        timeout_s: float | None = None,
    ) -> SysAttrGetResponse:
        """Get a peer's subscriptions, to restore them when it returns; ``len`` is the size of the buffer in bytes."""
        return self._ask(
            SysAttrGet(conn_handle, len, sys_attr_data_present, flags), SysAttrGetResponse, check, timeout_s
        )

    def initial_user_handle_get(
        self, handle_present: bool = True, *, check: bool = True, timeout_s: float | None = None
    ) -> InitialUserHandleGetResponse:
        """The first handle that the application's own attributes get. Since sd_api_v2."""
        return self._ask(InitialUserHandleGet(handle_present), InitialUserHandleGetResponse, check, timeout_s)

    def attr_get(
        self,
        handle: int,
        uuid_present: bool = True,
        md_present: bool = True,
        *,
        check: bool = True,
        timeout_s: float | None = None,
    ) -> AttrGetResponse:
        """An attribute's UUID and metadata. Since sd_api_v2, which never answers with the UUID."""
        return self._ask(AttrGet(handle, uuid_present, md_present), AttrGetResponse, check, timeout_s)

    def exchange_mtu_reply(
        self, conn_handle: int, server_rx_mtu: int, *, check: bool = True, timeout_s: float | None = None
    ) -> ExchangeMtuReplyResponse:
        """Answer a peer's request for a larger MTU. Since sd_api_v3."""
        return self._ask(
            ExchangeMtuReply(conn_handle, server_rx_mtu), ExchangeMtuReplyResponse, check, timeout_s
        )
