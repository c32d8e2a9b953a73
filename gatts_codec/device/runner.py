"""A virtual chip on a port, driven by a thread: this one (``run``) or one of its own (``start``).

    with ChipRunner(VirtualChip("sd_api_v5"), open_transport("pty:")) as running:
        print(running.transport.name)           # what the host opens
        running.peer.connect()
        running.peer.write(handle, b"\\x01")     # waits until the host has answered

A UART has no patience: what the host does not read is lost, as on a wire, and the chip's observers are notified.

What the user has handed in may raise. With ``run`` that ends the chip and reaches the caller; a chip in a thread of its
own, where there is none, logs it and goes on. A condition of ``wait_until`` and an action of ``call`` have callers, who
get it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from time import monotonic
from typing import TypeVar

from gatts_codec.arguments import checked
from gatts_codec.capture import TO_DEVICE, TO_HOST, Direction
from gatts_codec.device.blocking import BlockingPeer
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.outlet import Outlet
from gatts_codec.errors import LinkClosed
from gatts_codec.link.config import timeout
from gatts_codec.link.notices import call_back
from gatts_codec.link.transports import Transport
from gatts_codec.link.transports.base import LONGEST_WAIT_S, Unshared

T = TypeVar("T")


class ChipRunner(Unshared):
    """Moves bytes between a chip and a transport until ``stop``, or until the transport is gone.

    Once started in a thread of its own (``start``, ``with``) it owns the transport: it closes it at the end. With
    ``run`` the transport stays the caller's.
    """

    @checked
    def __init__(self, chip: VirtualChip, transport: Transport) -> None:
        self.chip: VirtualChip = chip
        self.transport: Transport = transport
        self.peer: BlockingPeer = BlockingPeer(self, chip.peer)
        self.on_turn: Callable[[float], float | None] | None = None
        """Called with the time after whatever happened; returns when it wants to be called at the latest."""
        self.on_wire: Callable[[Direction, bytes], object] | None = None
        """Called with all bytes that pass, before they are written and as they are read."""
        self._jobs: deque[Callable[[], None]] = deque()
        self._watches: list[tuple[Callable[[VirtualChip], object], Future[None]]] = []
        self._outlet = Outlet(transport.write, chip.note)
        self._stopping = False
        self._thread: threading.Thread | None = None

    def __enter__(self) -> ChipRunner:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Drive the chip in a thread of its own."""
        self._thread = threading.Thread(target=self._run_quietly, name="gatts-codec chip", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End ``run``; wait for the thread, if there is one, and close the transport. From any thread, even twice."""
        self._stopping = True
        self.transport.wake()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        if thread is not None:
            self.transport.close()

    def run(self) -> None:
        """Drive the chip here. Raises LinkClosed when the other end of the transport is gone."""
        self.chip.open(monotonic())
        try:
            while not self._stopping:
                self._turn()
        finally:
            self.chip.close(monotonic())
            self._stopping = True
            self._work()
            for _, reached in self._watches:
                reached.set_exception(stopped())

    def call(self, action: Callable[[], T], timeout_s: float | None = 5.0) -> T:
        """Do something with the chip between two turns, and return what it returns. From any thread but the chip's.

        Raises what ``action`` raises; LinkClosed once the chip does not run any more; TimeoutError (that of
        ``concurrent.futures``) when it has had no turn in ``timeout_s`` seconds; EncodeError for an impossible time.
        """
        timeout(timeout_s)
        return self.submit(action).result(timeout_s)

    @checked
    def submit(self, action: Callable[[], T]) -> Future[T]:
        """Have something done between two turns; the future has its outcome.

        Raises LinkClosed once the chip does not run any more.
        """
        if self._stopping:
            raise stopped()
        future: Future[T] = Future()

        def job() -> None:
            try:
                future.set_result(action())
            except BaseException as error:
                future.set_exception(error)

        self._jobs.append(job)
        self.transport.wake()
        if self._stopping:
            with suppress(ValueError):  # it has been done
                self._jobs.remove(job)
                raise stopped()
        return future

    @checked
    def wait_until(self, condition: Callable[[VirtualChip], object], timeout_s: float = 5.0) -> bool:
        """Wait until something is so of the chip, which is looked at after each turn; return whether it is.

        False after ``timeout_s`` seconds. Raises what ``condition`` raises, LinkClosed and EncodeError as ``call``.
        """
        timeout(timeout_s)
        reached: Future[None] = Future()
        watch = (condition, reached)
        self.call(lambda: self._watches.append(watch))
        wait([reached], timeout_s)
        if not reached.done():
            self.call(lambda: self._watches.remove(watch) if watch in self._watches else None)
        if reached.done():
            reached.result()
        return reached.done()

    def _turn(self) -> None:
        wake_at = self._called(self.on_turn, monotonic())
        data = self.chip.data_to_send()
        if data and self._outlet.has_room(len(data)):
            self._called(self.on_wire, TO_HOST, data)
            self._outlet.send(data)
        dues = [due for due in (self.chip.next_deadline(), wake_at) if due is not None]
        timeout_s = max(0.0, min(dues) - monotonic()) if dues else LONGEST_WAIT_S
        if not self._jobs:
            self.transport.wait(timeout_s, writing=self._outlet.waits)
        self._outlet.flush()
        received = self.transport.read()
        now = monotonic()
        if received:
            self._called(self.on_wire, TO_DEVICE, received)
            self.chip.receive_data(received, now)
        else:
            self.chip.tick(now)
        self._work()

    def _called(self, callback: Callable[..., T] | None, *values: object) -> T | None:
        if callback is None:
            return None
        return callback(*values) if self._thread is None else call_back(callback, *values)

    def _work(self) -> None:
        while self._jobs:
            self._jobs.popleft()()
        for watch in list(self._watches):
            condition, reached = watch
            try:
                if not condition(self.chip):
                    continue
                reached.set_result(None)
            except BaseException as error:
                reached.set_exception(error)
            self._watches.remove(watch)

    def _run_quietly(self) -> None:
        try:
            with suppress(LinkClosed):
                self.run()
        finally:
            self.transport.close()


def stopped() -> LinkClosed:
    """The error for a chip that nothing drives any more."""
    return LinkClosed("the virtual chip does not run any more", stage="closed")
