"""initial_user_handle_get: the first handle that the application's own attributes get. Since sd_api_v2."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import Result, response
from gatts_codec.schema.blocks import Presence, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import HANDLE_PRESENT


@dataclass(frozen=True, slots=True, repr=False)
class InitialUserHandleGet(Command["InitialUserHandleGetResponse"]):
    """Ask for the first user handle (SDK: sd_ble_gatts_initial_user_handle_get).

        handle_present  1  whether the handle is wanted

    Behind the opcode (u8), little endian. Source: `specs/gatts/initial_user_handle_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_initial_user_handle_get"
    handle_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class InitialUserHandleGetResponse(Response):
    """The first user handle.

        result  4     0 success; anything else ends the packet here
        handle  1..3  presence flag, then the handle. None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/gatts/initial_user_handle_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gatts_initial_user_handle_get"
    result: Result
    handle: Handle | None = None


COMMAND = Record(InitialUserHandleGet, HANDLE_PRESENT)
RESPONSE = response(InitialUserHandleGetResponse, named("handle", Presence(u16)))
