"""A simulated peer: a GATT client that does what a test or a script wants.

    peer = Peer(device)
    peer.connect()
    peer.subscribe(heart_rate)                  # once the host has called sys_attr_set
    writing = peer.write(control, b"\\x01")      # a Procedure
    writing.done                                # False as long as the application has to authorize
    writing.result()                            # raises PeerError with the ATT error, or says what it waits for
    peer.received                               # notifications and indications, in order

Requests go one at a time, as ATT demands: one that is made while another waits, waits too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

from gatts_codec.arguments import checked
from gatts_codec.constants import GattStatus, gatt_status_name
from gatts_codec.constants.gap import HciStatus
from gatts_codec.device import air, bonding
from gatts_codec.device.connection import AttRequest, Connection, Op, Reply
from gatts_codec.device.discovery import Service, discover
from gatts_codec.device.procedure import Procedure
from gatts_codec.device.simulated import SimulatedChip
from gatts_codec.device.state import DeviceState
from gatts_codec.errors import PeerError
from gatts_codec.link.notices import call_back

T = TypeVar("T")
AttProcedure = Generator[AttRequest, Reply, T]

_WRITE_OVERHEAD, _PREPARE_OVERHEAD = 3, 5  # ATT opcode, handle; and offset
_KEY_SIZE = 16
DEFAULT_ADDRESS = "c6:05:04:03:02:01"


@dataclass(frozen=True, slots=True)
class ReceivedValue:
    """A notification or indication as the peer got it."""

    handle: int
    data: bytes
    indication: bool


class Peer:
    """One GATT client. Its methods raise PeerError when it is not connected, and for numbers out of range.

    Requests return a ``Procedure``, whose ``result()`` raises PeerError with the status that the server answered.
    """

    @checked
    def __init__(self, device: DeviceState) -> None:
        self._device = device
        self.connection: Connection | None = None
        self.received: list[ReceivedValue] = []
        self.in_reach: bool = True
        self.confirms = True
        """Whether indications are confirmed at once; otherwise by ``confirm()``."""
        self.on_value: Callable[[ReceivedValue], None] | None = None
        self._queue: deque[tuple[AttProcedure[object], Procedure[object]]] = deque()
        self._running: tuple[AttProcedure[object], Procedure[object]] | None = None

    # -- the connection

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection."""
        return self.connection is not None

    @property
    def mtu(self) -> int:
        """The ATT MTU in bytes."""
        return self._connected().mtu

    @checked
    def connect(self, address: str = DEFAULT_ADDRESS, address_type: int = 1) -> int:
        """Connect, whether or not the chip advertises; the connection's handle. ``address`` as people write it.

        Raises PeerError when connected already, when the chip has no room for another connection, and for no address.
        """
        if self.connection is not None:
            raise PeerError(f"connected already, as connection {self.connection.handle}")
        if len(self._device.connections) >= self._device.config.max_connections:
            raise PeerError(f"the chip has {len(self._device.connections)} connections, no room for another")
        _check_number("address_type", address_type, 0x7F)
        self.received.clear()
        self.connection = air.open(self._device, self, _address(address), address_type)
        self.connection.remote = SimulatedChip(self._device, self.connection)
        return self.connection.handle

    @checked
    def disconnect(self, reason: int = HciStatus.REMOTE_USER_TERMINATED_CONNECTION) -> None:
        """End the connection, with an HCI reason, 0 to 0xFF. Raises PeerError when not connected."""
        _check_number("reason", reason, 0xFF)
        air.close(self._device, self._connected(), reason)

    @checked
    def encrypt(self, level: int = 2) -> None:
        """Let the link be as secure as after pairing: security mode 1, level 1 (open) to 4.

        Raises PeerError for another level, and when not connected.
        """
        connection = self._connected()
        if level not in (1, 2, 3, 4):
            raise PeerError(f"security levels are 1 to 4, not {level}")
        bonding.secure(self._device, connection, level, _KEY_SIZE if level > 1 else 0)

    def leave(self) -> None:
        """Go out of reach: nothing that the server sends arrives, its queue fills."""
        self.in_reach = False

    def come_back(self) -> None:
        """Be in reach again: what waits arrives."""
        returning, self.in_reach = not self.in_reach, True
        if returning and self.connection is not None:
            air.flush(self._device, self.connection)

    # -- requests

    @checked
    def exchange_mtu(self, mtu: int) -> Procedure[int]:
        """Ask for an ATT MTU in bytes; the result is the one that both ends then use. Raises PeerError over 0xFFFF."""
        _check_number("mtu", mtu, 0xFFFF)
        return self._begin(self._exchange_mtu(mtu))

    def discover(self) -> list[Service]:
        """Services with their characteristics and descriptors, as a client finds them. The host notices nothing."""
        self._connected()
        return discover(self._device)

    @checked
    def read(self, handle: int, offset: int = 0) -> Procedure[bytes]:
        """One read request: at most MTU - 1 bytes, from ``offset`` on."""
        _check_number("offset", offset, 0xFFFF)
        return self._begin(self._read(handle, offset))

    @checked
    def read_long(self, handle: int) -> Procedure[bytes]:
        """Read requests until the value is complete."""
        return self._begin(self._read_long(handle))

    @checked
    def write(self, handle: int, data: bytes) -> Procedure[None]:
        """A write request. Raises PeerError for data over MTU - 3 bytes: that is for ``write_long``."""
        self._check_length(data, _WRITE_OVERHEAD)
        return self._begin(self._request(AttRequest(Op.WRITE, handle, bytes(data))))

    @checked
    def write_command(self, handle: int, data: bytes, *, signed: bool = False) -> None:
        """A write command, which is never answered. Raises PeerError over MTU - 3 bytes."""
        self._check_length(data, _WRITE_OVERHEAD)
        op = Op.SIGNED_WRITE if signed else Op.WRITE_COMMAND
        connection = self._connected()
        if not connection.timed_out:
            air.command(self._device, connection, AttRequest(op, handle, bytes(data)))

    @checked
    def prepare(self, handle: int, data: bytes, offset: int = 0) -> Procedure[None]:
        """One prepared write, to be executed or cancelled later. Raises PeerError over MTU - 5 bytes."""
        _check_number("offset", offset, 0xFFFF)
        self._check_length(data, _PREPARE_OVERHEAD)
        return self._begin(self._request(AttRequest(Op.PREPARE, handle, bytes(data), offset)))

    def execute(self) -> Procedure[None]:
        """Execute the prepared writes."""
        return self._begin(self._request(AttRequest(Op.EXECUTE)))

    def cancel(self) -> Procedure[None]:
        """Cancel the prepared writes."""
        return self._begin(self._request(AttRequest(Op.CANCEL)))

    @checked
    def write_long(self, handle: int, data: bytes) -> Procedure[None]:
        """Prepared writes of all the data, then execute; cancel as soon as one is refused."""
        return self._begin(self._write_long(handle, bytes(data)))

    @checked
    def subscribe(
        self, value_handle: int, *, notifications: bool = True, indications: bool = False
    ) -> Procedure[None]:
        """Write the CCCD of a characteristic. Raises PeerError where the handle is not that of a value, or has none."""
        cccd = self._device.table.cccd_of(value_handle)
        if cccd is None:
            raise PeerError(f"0x{value_handle:04x} is not the value of a characteristic with a CCCD")
        bits = int(notifications) | int(indications) << 1
        return self.write(cccd.handle, bits.to_bytes(2, "little"))

    @checked
    def unsubscribe(self, value_handle: int) -> Procedure[None]:
        """Clear the CCCD of a characteristic. Raises PeerError as ``subscribe`` does."""
        return self.subscribe(value_handle, notifications=False)

    def confirm(self) -> None:
        """Confirm the indication under way."""
        air.confirm(self._device, self._connected())

    # -- what a procedure consists of

    def _request(self, request: AttRequest) -> AttProcedure[None]:
        _check(self._device, (yield request), request)

    def _exchange_mtu(self, mtu: int) -> AttProcedure[int]:
        request = AttRequest(Op.EXCHANGE_MTU, mtu=mtu)
        _check(self._device, (yield request), request)
        return self.mtu

    def _read(self, handle: int, offset: int) -> AttProcedure[bytes]:
        request = AttRequest(Op.READ, handle, offset=offset)
        return _check(self._device, (yield request), request).data

    def _read_long(self, handle: int) -> AttProcedure[bytes]:
        value = b""
        while True:
            part = yield from self._read(handle, len(value))
            value += part
            if len(part) < self.mtu - 1:
                return value

    def _write_long(self, handle: int, data: bytes) -> AttProcedure[None]:
        size = self.mtu - _PREPARE_OVERHEAD
        for offset in range(0, len(data), size):
            request = AttRequest(Op.PREPARE, handle, data[offset : offset + size], offset)
            reply = yield request
            if reply.status != GattStatus.SUCCESS:
                yield AttRequest(Op.CANCEL)
                _check(self._device, reply, request)
        yield from self._request(AttRequest(Op.EXECUTE))

    # -- running procedures

    def _begin(self, steps: AttProcedure[T]) -> Procedure[T]:
        connection = self._connected()
        if connection.timed_out:
            raise PeerError("an ATT transaction has timed out: connect again")
        procedure: Procedure[T] = Procedure(self._waits_for)
        self._queue.append((steps, procedure))  # type: ignore[arg-type]
        self._next()
        return procedure

    def _next(self) -> None:
        while self._running is None and self._queue:
            self._running = self._queue.popleft()
            self._step(None)

    def _step(self, reply: Reply | None) -> None:
        """Let the running procedure go on with the reply to its last request."""
        assert self._running is not None
        steps, procedure = self._running
        try:
            request = steps.send(reply)  # type: ignore[arg-type]
        except StopIteration as stop:
            self._running = None
            procedure.finish(stop.value)
            return
        except PeerError as error:
            self._running = None
            procedure.fail(error)
            return
        air.ask(self._device, self._connected(), request, self._answered)

    def _answered(self, reply: Reply) -> None:
        self._step(reply)
        self._next()

    def _waits_for(self) -> str:
        pending = self.connection.pending if self.connection is not None else None
        return (
            f"the host has to call {pending.wait.value}"
            if pending is not None
            else "another request is first"
        )

    # -- what the device tells

    def hear(self, handle: int, data: bytes, *, indication: bool) -> None:
        """A notification or indication from the server."""
        if not self.in_reach:
            return
        heard = ReceivedValue(handle, data, indication)
        self.received.append(heard)
        if indication and self.confirms:
            self.confirm()
        if self.on_value is not None:
            call_back(self.on_value, heard)

    def lose(self, connection: Connection) -> None:
        """The connection is gone."""
        if self.connection is connection:
            self.connection = None
            self._fail_all("the connection is gone")

    def time_out(self, connection: Connection) -> None:
        """An ATT transaction has timed out."""
        self._fail_all("ATT transaction timed out: the application did not answer in time")

    def _fail_all(self, reason: str) -> None:
        waiting = [self._running] if self._running is not None else []
        waiting += self._queue
        self._running = None
        self._queue.clear()
        for steps, procedure in waiting:
            steps.close()
            procedure.fail(PeerError(reason))

    def _connected(self) -> Connection:
        if self.connection is None:
            raise PeerError("the peer is not connected: call connect() first")
        return self.connection

    def _check_length(self, data: bytes, overhead: int) -> None:
        room = self._connected().mtu - overhead
        if len(data) > room:
            raise PeerError(
                f"{len(data)} bytes do not fit a request at MTU {self.mtu}: {room} do; use write_long"
            )


def _check(device: DeviceState, reply: Reply, request: AttRequest) -> Reply:
    if reply.status != GattStatus.SUCCESS:
        name = gatt_status_name(device.dialect.numbers, reply.status) or f"0x{reply.status:04x}"
        where = f" of 0x{request.handle:04x}" if request.handle else ""
        raise PeerError(f"{request.op.value}{where}: {name}", status=reply.status)
    return reply


def _check_number(name: str, value: int, most: int) -> None:
    if not 0 <= value <= most:
        raise PeerError(f"{name} is 0 to {most}, not {value}")


def _address(text: str) -> bytes:
    try:
        address = bytes.fromhex(text.replace(":", ""))
    except ValueError:
        address = b""
    if len(address) != 6:
        raise PeerError(f"{text!r} is not an address; one looks like {DEFAULT_ADDRESS}")
    return address
