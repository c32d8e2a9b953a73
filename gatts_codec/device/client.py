"""What all calls of the GATT client share: one request at a time, an answer an interval later, and 30 s to get it."""

from __future__ import annotations

from collections.abc import Callable

from gatts_codec.constants import GattStatus, NrfError
from gatts_codec.device import air
from gatts_codec.device.connection import AttRequest, Connection, FarEnd, Reply
from gatts_codec.device.refusal import Refusal, refuse_unless
from gatts_codec.device.state import DeviceState
from gatts_codec.packets.gattc.structs import HandleRange


def require(device: DeviceState, conn_handle: int) -> tuple[Connection, FarEnd]:
    """The connection and its server. INVALID_CONN_HANDLE, BUSY or TIMEOUT."""
    connection = device.connections.require(conn_handle)
    refuse_unless(not connection.timed_out, device.profile.timeout_result)
    return connection, connection.remote


def require_range(within: HandleRange | None) -> HandleRange:
    """INVALID_ADDR, INVALID_PARAM."""
    if within is None:
        raise Refusal(NrfError.INVALID_ADDR)
    refuse_unless(0 < within.start_handle <= within.end_handle, NrfError.INVALID_PARAM)
    return within


def begin(device: DeviceState, connection: Connection) -> Callable[[Callable[[], None]], None]:
    """A request begins: BUSY beside another one. Call what is returned with what to do when the answer arrives."""
    refuse_unless(connection.answer_due is None, NrfError.BUSY)
    connection.answer_due = device.now + device.config.att_timeout_s

    def answered(then: Callable[[], None]) -> None:
        air.deliver(device, connection, lambda: arrive(then))

    def arrive(then: Callable[[], None]) -> None:
        if connection.answer_due is not None:  # it was not given up
            connection.answer_due = None
            then()

    return answered


def ask(
    device: DeviceState,
    connection: Connection,
    far: FarEnd,
    request: AttRequest,
    answer: Callable[[Reply], None],
) -> None:
    """Ask; the answer comes an interval after the server has it."""
    answered = begin(device, connection)
    far.ask(request, lambda reply: answered(lambda: answer(reply)))


def error_handle(status: int, handle: int) -> int:
    """What an answer's event says about where the error is."""
    return handle if status != GattStatus.SUCCESS else 0
