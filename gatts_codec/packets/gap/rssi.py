"""rssi: how strongly a peer is received."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import Result, ResultAlone, response
from gatts_codec.schema.blocks import Given, Presence, i8, u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Command, Handle, Response
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import CONN_HANDLE


@dataclass(frozen=True, slots=True, repr=False)
class RssiStart(Command["RssiStartResponse"]):
    """Report changes of the signal strength (SDK: sd_ble_gap_rssi_start).

        conn_handle    2  connection
        threshold_dbm  1  least change to report, in dBm; 0xFF: report none
        skip_count     1  how many samples a change must last

    Behind the opcode (u8), little endian. Source: `specs/gap/rssi_start.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_rssi_start"
    conn_handle: Handle
    threshold_dbm: int = 0
    skip_count: int = 0


class RssiStartResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_rssi_start"


@dataclass(frozen=True, slots=True, repr=False)
class RssiStop(Command["RssiStopResponse"]):
    """Report no more (SDK: sd_ble_gap_rssi_stop).

        conn_handle  2  connection

    Behind the opcode (u8), little endian. Source: `specs/gap/rssi_stop.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_rssi_stop"
    conn_handle: Handle


class RssiStopResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_rssi_stop"


@dataclass(frozen=True, slots=True, repr=False)
class RssiGet(Command["RssiGetResponse"]):
    """Ask for the signal strength (SDK: sd_ble_gap_rssi_get).

        conn_handle       2  connection
        rssi_present      1  whether it is wanted
        ch_index_present  1  whether the channel is wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/rssi_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_rssi_get"
    conn_handle: Handle
    rssi_present: bool = True
    ch_index_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class RssiGetResponse(Response):
    """The signal strength.

        result    4     0 success; anything else ends the packet here
        rssi      1..2  presence flag, then dBm, signed; None: the call failed, or it was not wanted
        ch_index  1..2  presence flag, then the channel; None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/rssi_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_rssi_get"
    result: Result
    rssi: int | None = None
    ch_index: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class RssiGetV5(Command["RssiGetResponseV5"]):
    """`RssiGet` as it is up to sd_api_v5, without a channel.

        conn_handle   2  connection
        rssi_present  1  whether it is wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/rssi_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_rssi_get"
    conn_handle: Handle
    rssi_present: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class RssiGetResponseV5(Response):
    """`RssiGetResponse` as it is up to sd_api_v5, without a channel.

        result  4     0 success; anything else ends the packet here
        rssi    1..2  dBm, signed; in sd_api_v3_pc and v5_pc behind a flag. None: the call failed, or it was not wanted

    Behind the opcode (u8), little endian. Source: `specs/gap/rssi_get.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_rssi_get"
    result: Result
    rssi: int | None = None


START = Record(RssiStart, CONN_HANDLE, named("threshold_dbm", u8), named("skip_count", u8))
START_RESPONSE = response(RssiStartResponse)
STOP = Record(RssiStop, CONN_HANDLE)
STOP_RESPONSE = response(RssiStopResponse)
RSSI_PRESENT = named("rssi_present", Given())
GET_V5 = Record(RssiGetV5, CONN_HANDLE, RSSI_PRESENT)
GET = Record(RssiGet, CONN_HANDLE, RSSI_PRESENT, named("ch_index_present", Given()))
GET_RESPONSE_V5 = response(RssiGetResponseV5, named("rssi", i8))
GET_RESPONSE_V5_PC = response(RssiGetResponseV5, named("rssi", Presence(i8)))
GET_RESPONSE = response(RssiGetResponse, named("rssi", Presence(i8)), named("ch_index", Presence(u8)))
