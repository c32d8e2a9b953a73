"""A peer of a chip that runs in another thread: the same methods, each waiting for its outcome."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout  # the builtin one only from Python 3.11 on
from typing import Protocol, TypeVar

from gatts_codec.arguments import checked
from gatts_codec.constants.gap import HciStatus
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.discovery import Service
from gatts_codec.device.peer import DEFAULT_ADDRESS, Peer, ReceivedValue
from gatts_codec.device.procedure import Procedure
from gatts_codec.errors import PeerError
from gatts_codec.link.config import timeout
from gatts_codec.link.transports.base import Unshared

T = TypeVar("T")


class ChipThread(Protocol):
    """What runs the chip in its thread: a ``ChipRunner``."""

    def call(self, action: Callable[[], T], timeout_s: float | None) -> T:
        """Do something with the chip between two turns."""

    def wait_until(self, condition: Callable[[VirtualChip], object], timeout_s: float) -> bool:
        """Wait until something is so of the chip."""


class BlockingPeer(Unshared):
    """``Peer``, from any thread but the chip's. Requests wait ``timeout_s`` seconds; PeerError then says for what.

    Methods raise PeerError as those of ``Peer`` do, where no connection or a refusal is in the way; LinkClosed when the
    chip does not run any more; TimeoutError where it takes no turn in time. ``begin`` starts a request without waiting,
    for a test that has to answer it itself.
    """

    @checked
    def __init__(self, runner: ChipThread, peer: Peer, timeout_s: float = 5.0) -> None:
        """Raises EncodeError for an impossible time."""
        self._runner, self._peer = runner, peer
        self.timeout_s: float = timeout(timeout_s)

    @property
    def received(self) -> list[ReceivedValue]:
        """Notifications and indications so far."""
        return self._call(lambda: list(self._peer.received))

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection."""
        return self._peer.is_connected

    @property
    def mtu(self) -> int:
        """The ATT MTU in bytes."""
        return self._call(lambda: self._peer.mtu)

    def connect(self, address: str = DEFAULT_ADDRESS, address_type: int = 1) -> int:
        """Connect; the connection's handle. Raises PeerError as ``Peer.connect`` does."""
        return self._call(lambda: self._peer.connect(address, address_type))

    def wait_for_advertising(self) -> None:
        """Wait until the host has started advertising. Raises PeerError after ``timeout_s`` seconds."""
        if not self._runner.wait_until(lambda chip: chip.device.gap.advertising, self.timeout_s):
            raise PeerError(f"the host does not advertise within {self.timeout_s:g} s")

    def disconnect(self, reason: int = HciStatus.REMOTE_USER_TERMINATED_CONNECTION) -> None:
        """End the connection, with an HCI reason."""
        self._call(lambda: self._peer.disconnect(reason))

    def encrypt(self, level: int = 2) -> None:
        """Let the link be encrypted: security mode 1, level 1 to 4. Raises PeerError for another level."""
        self._call(lambda: self._peer.encrypt(level))

    def leave(self) -> None:
        """Go out of reach."""
        self._call(self._peer.leave)

    def come_back(self) -> None:
        """Be in reach again."""
        self._call(self._peer.come_back)

    def confirm(self) -> None:
        """Confirm the indication under way, where ``confirm_by_hand`` was asked for."""
        self._call(self._peer.confirm)

    @property
    def confirms(self) -> bool:
        """Whether indications are confirmed at once; otherwise by ``confirm()``."""
        return self._call(lambda: self._peer.confirms)

    @confirms.setter
    def confirms(self, at_once: bool) -> None:
        self._call(lambda: setattr(self._peer, "confirms", at_once))

    def confirm_by_hand(self, by_hand: bool = True) -> None:
        """Whether indications wait for ``confirm``: the opposite of ``confirms``."""
        self.confirms = not by_hand

    def discover(self) -> list[Service]:
        """Services, characteristics, descriptors."""
        return self._call(self._peer.discover)

    def exchange_mtu(self, mtu: int) -> int:
        """Ask for an ATT MTU in bytes; the one in use then."""
        return self._wait(lambda peer: peer.exchange_mtu(mtu))

    def read(self, handle: int, offset: int = 0) -> bytes:
        """One read request: at most MTU - 1 bytes, from ``offset`` on. Raises PeerError with the ATT error's status."""
        return self._wait(lambda peer: peer.read(handle, offset))

    def read_long(self, handle: int) -> bytes:
        """The whole value, by as many read requests as it takes. Raises PeerError."""
        return self._wait(lambda peer: peer.read_long(handle))

    def write(self, handle: int, data: bytes) -> None:
        """A write request, of at most MTU - 3 bytes. Raises PeerError with the ATT error's status."""
        self._wait(lambda peer: peer.write(handle, data))

    def write_long(self, handle: int, data: bytes) -> None:
        """Prepared writes, executed. Raises PeerError as soon as one is refused."""
        self._wait(lambda peer: peer.write_long(handle, data))

    def prepare(self, handle: int, data: bytes, offset: int = 0) -> None:
        """One prepared write, to be executed or cancelled later."""
        self._wait(lambda peer: peer.prepare(handle, data, offset))

    def execute(self) -> None:
        """Execute the prepared writes."""
        self._wait(lambda peer: peer.execute())

    def cancel(self) -> None:
        """Cancel the prepared writes."""
        self._wait(lambda peer: peer.cancel())

    def write_command(self, handle: int, data: bytes, *, signed: bool = False) -> None:
        """A write command, of at most MTU - 3 bytes, which is not answered. Raises PeerError for longer ones."""
        self._call(lambda: self._peer.write_command(handle, data, signed=signed))

    def subscribe(self, value_handle: int, *, notifications: bool = True, indications: bool = False) -> None:
        """Write a characteristic's CCCD. Raises PeerError where it has none, or the chip refuses."""
        self._wait(
            lambda peer: peer.subscribe(value_handle, notifications=notifications, indications=indications)
        )

    def unsubscribe(self, value_handle: int) -> None:
        """Clear a characteristic's CCCD."""
        self._wait(lambda peer: peer.unsubscribe(value_handle))

    @checked
    def begin(self, start: Callable[[Peer], Procedure[T]]) -> Future[T]:
        """Start a request, ``begin(lambda peer: peer.read(handle))``; its future is done when the host has answered."""
        future: Future[T] = Future()

        def settle(procedure: Procedure[T]) -> None:
            if procedure.error is not None:
                future.set_exception(procedure.error)
            else:
                future.set_result(procedure.result())

        self._call(lambda: start(self._peer).when_done(settle))
        return future

    @checked
    def wait_for_value(self, count: int = 1) -> list[ReceivedValue]:
        """Wait until ``count`` notifications and indications have come since connecting; all of them.

        Raises PeerError after ``timeout_s`` seconds, and says how many there are.
        """
        if not self._runner.wait_until(lambda _: len(self._peer.received) >= count, self.timeout_s):
            raise PeerError(f"only {len(self.received)} values came within {self.timeout_s:g} s")
        return self.received

    def _call(self, action: Callable[[], T]) -> T:
        return self._runner.call(action, self.timeout_s)

    def _wait(self, start: Callable[[Peer], Procedure[T]]) -> T:
        procedures: list[Procedure[T]] = []

        def begin(peer: Peer) -> Procedure[T]:
            procedures.append(start(peer))
            return procedures[0]

        try:
            return self.begin(begin).result(self.timeout_s)
        except FutureTimeout:
            raise PeerError(f"no answer within {self.timeout_s:g} s: {procedures[0]!r}") from None
