"""connect: begin a connection as central, and end any."""

from __future__ import annotations

from typing import Annotated, ClassVar

from construct import Construct

from gatts_codec.constants.gap import HciStatus
from gatts_codec.packets.gap.scan import (
    SCAN_PARAMS,
    SCAN_PARAMS_V1,
    SCAN_PARAMS_V2,
    SCAN_PARAMS_V5,
    ScanParams,
    ScanParamsV2,
    ScanParamsV5,
)
from gatts_codec.packets.gap.structs import ADDR, ADDR_V2, CONN_CFG_TAG, CONN_PARAMS, Addr, ConnParams
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Presence, u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle
from gatts_codec.schema.record import Absent, Record, named
from gatts_codec.schema.shown import LATER
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class Connect(Command["ConnectResponse"]):
    """Connect to a peer (SDK: sd_ble_gap_connect).

        peer_addr     1..8      presence flag, then Addr; None: flag alone, whom the whitelist has
        scan_params   1+        presence flag, then how to look for it, in the dialect's form; None: flag alone
        conn_params   1..9      presence flag, then ConnParams; None: flag alone
        conn_cfg_tag  bits 0-7  the connection's configuration. From sd_api_v4; None: 0, the default one, or before

    Behind the opcode (u8), little endian. Source: `specs/gap/connect.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_connect"
    peer_addr: Addr | None
    scan_params: ScanParams | ScanParamsV5 | ScanParamsV2 | None
    conn_params: ConnParams | None
    conn_cfg_tag: Annotated[int | None, LATER] = None


class ConnectResponse(ResultAlone):
    """The result alone: ConnectedEvent says that it is done."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_connect"


@dataclass(frozen=True, slots=True, repr=False)
class ConnectCancel(Command["ConnectCancelResponse"]):
    """Give up connecting (SDK: sd_ble_gap_connect_cancel).

    Nothing behind the opcode (u8). Source: `specs/gap/connect_cancel.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_connect_cancel"


class ConnectCancelResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_connect_cancel"


@dataclass(frozen=True, slots=True, repr=False)
class Disconnect(Command["DisconnectResponse"]):
    """End a connection (SDK: sd_ble_gap_disconnect).

        conn_handle      2  connection
        hci_status_code  1  HciStatus, what the peer learns

    Behind the opcode (u8), little endian. Source: `specs/gap/disconnect.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_disconnect"
    conn_handle: Handle
    hci_status_code: Annotated[int, HciStatus] = HciStatus.REMOTE_USER_TERMINATED_CONNECTION


class DisconnectResponse(ResultAlone):
    """The result alone: DisconnectedEvent says that it is done."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_disconnect"


@dataclass(frozen=True, slots=True, repr=False)
class ConnParamUpdate(Command["ConnParamUpdateResponse"]):
    """Change a connection's timing, or ask for it (SDK: sd_ble_gap_conn_param_update).

        conn_handle  2     connection
        conn_params  1..9  presence flag, then ConnParams; None: flag alone, as the peer wishes

    Behind the opcode (u8), little endian. Source: `specs/gap/conn_param_update.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_conn_param_update"
    conn_handle: Handle
    conn_params: ConnParams | None


class ConnParamUpdateResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_conn_param_update"


def _connect(addr: Record, scan_params: Record, tag: Construct) -> Record:
    return Record(
        Connect,
        named("peer_addr", Presence(addr)),
        named("scan_params", Presence(scan_params)),
        named("conn_params", Presence(CONN_PARAMS)),
        tag,
    )


_NO_TAG, _TAG = Absent("conn_cfg_tag"), CONN_CFG_TAG
CONNECT_V1 = _connect(ADDR_V2, SCAN_PARAMS_V1, _NO_TAG)
CONNECT_V2 = _connect(ADDR_V2, SCAN_PARAMS_V2, _NO_TAG)
CONNECT_V3 = _connect(ADDR, SCAN_PARAMS_V5, _NO_TAG)
CONNECT_V5 = _connect(ADDR, SCAN_PARAMS_V5, _TAG)
CONNECT = _connect(ADDR, SCAN_PARAMS, _TAG)
CONNECT_RESPONSE = response(ConnectResponse)
CANCEL = Record(ConnectCancel, tolerates_trailing=True)
CANCEL_RESPONSE = response(ConnectCancelResponse)
DISCONNECT = Record(Disconnect, CONN_HANDLE, named("hci_status_code", u8))
DISCONNECT_RESPONSE = response(DisconnectResponse)
UPDATE = Record(ConnParamUpdate, CONN_HANDLE, named("conn_params", Presence(CONN_PARAMS)))
UPDATE_RESPONSE = response(ConnParamUpdateResponse)
