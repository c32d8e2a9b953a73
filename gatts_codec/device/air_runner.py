"""An air whose chips blocking hosts reach: the chips run in a thread of their own.

with AirRunner() as running:
    ports = [running.add("sd_api_v5") for _ in range(2)]       # what ``connect`` takes, and other hosts open
    running.call(lambda air: air.part(*running.chips))         # whatever an air can do, in its thread
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from gatts_codec.arguments import checked
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.farm import ChipFarm
from gatts_codec.device.shared_air import Air
from gatts_codec.dialects import Dialect
from gatts_codec.errors import LinkClosed
from gatts_codec.link.transports.base import Unshared

T = TypeVar("T")
_PATIENCE_S = 30.0


class AirRunner(Unshared):
    """An air, and chips on pseudo-terminals in it. ``loss`` and ``seed`` are the air's."""

    @checked
    def __init__(self, *, loss: float = 0.0, seed: int = 0) -> None:
        self._air = Air(loss=loss, seed=seed)
        self._next: VirtualChip | None = None
        self._farm = ChipFarm(self._take)
        self._loop: asyncio.AbstractEventLoop
        self._thread = threading.Thread(target=self._run, name="air", daemon=True)
        self.chips: list[VirtualChip] = []
        """In the order in which they came; to be touched in ``call`` only."""

    def __enter__(self) -> AirRunner:
        self._loop = asyncio.new_event_loop()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._farm.close(), self._loop).result(_PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def add(self, dialect: str | Dialect, **options: Any) -> str:
        """A chip in the air; the URL of its port. The options are VirtualChip's.

        Raises PortError where the system has no pseudo-terminals, and what VirtualChip raises.
        """
        chip = VirtualChip(dialect, **options)

        def open_port(air: Air) -> str:
            self._next = chip
            self.chips.append(chip)
            return self._farm.open_pty()

        return self.call(open_port)

    @checked
    def call(self, action: Callable[[Air], T]) -> T:
        """Let something be done with the air, in its thread; what comes of it. Raises what ``action`` raises.

        And LinkClosed where the air does not run: before ``with``, and after.
        """
        if not self._thread.is_alive():
            raise LinkClosed("the air does not run", stage="closed")
        outcome: Future[T] = Future()

        def act() -> None:
            try:
                outcome.set_result(action(self._air))
            except BaseException as error:  # sys.exit(), too, is the caller's
                outcome.set_exception(error)

        self._loop.call_soon_threadsafe(act)
        return outcome.result(_PATIENCE_S)

    def _take(self) -> VirtualChip:
        assert self._next is not None
        return self._air.add(self._next)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
