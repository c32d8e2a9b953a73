"""A scenario with the asyncio client: tasks that are cancelled at any await, loops that are interrupted anywhere."""

from __future__ import annotations

import asyncio
import gc
import io
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from gatts_codec import AsyncClient, LinkClosed, LinkError, aconnect
from tools.soak.async_programs import AsyncProgram, cancelled_after
from tools.soak.interrupts import Interrupt
from tools.soak.judge import MARGIN_S, Failure, Metronome, check_order
from tools.soak.peer import Temper
from tools.soak.plan import Plan
from tools.soak.programs import draw_command, number_of

_TRIES = 30


class AsyncRun:
    """One scenario, and what is found."""

    def __init__(self, plan: Plan, metronome: Metronome, failures: list[str], outcomes: Counter[str]) -> None:
        self.plan, self.metronome, self.failures, self.outcomes = plan, metronome, failures, outcomes
        self.client: AsyncClient | None = None
        self.closed = self.disturbed = False
        self._called: list[int] = []
        self._interrupts = plan.random.random() < 0.3

    def go(self) -> None:
        """All of it. Raises Failure."""
        self.plan.peer.start()
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda _, context: self._complain(context))
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(self._connect())
            if self.client is not None:
                self._work(loop)
                loop.run_until_complete(self._end())
            self.client = None
            gc.collect()
            loop.run_until_complete(self._see_all_end())
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
            asyncio.set_event_loop(None)
            self.plan.peer.stop()
            if self._interrupts:  # one may strike between a coroutine's making and its awaiting
                self.failures[:] = [each for each in self.failures if "was never awaited" not in each]

    def _complain(self, context: dict[str, Any]) -> None:
        if not isinstance(context.get("exception"), KeyboardInterrupt):
            self.failures.append(f"the loop: {context}")

    async def _connect(self) -> None:
        turns = self.plan.random.randrange(40) if self.plan.random.random() < 0.2 else None
        options: Any = self.plan.options
        outcome = "well"
        try:
            self.client = await cancelled_after(lambda: aconnect(self.plan.port, **options), turns)
        except (LinkError, asyncio.CancelledError) as error:
            outcome = type(error).__name__
        self.outcomes[f"connect: {outcome}"] += 1

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        assert self.client is not None
        self.client.on_event(self._be_called)
        random = self.plan.random
        count = random.randrange(1, 5)
        programs = [AsyncProgram(f"task {number}", self, random.randrange(1, 25)) for number in range(count)]
        self.interrupt = interrupt = Interrupt(int(10 ** random.uniform(1, 4)) if self._interrupts else 0)
        self.disturbed = self._interrupts
        try:
            with interrupt.armed():
                loop.run_until_complete(self._all(programs))
        except KeyboardInterrupt:  # as asyncio.run does; but then the program goes on with its client
            for program in programs:
                program.end()
            loop.run_until_complete(self._all_ended(programs))

    async def _all(self, programs: list[AsyncProgram]) -> None:
        for program in programs:
            program.start()
        await self._all_ended(programs)

    async def _all_ended(self, programs: list[AsyncProgram]) -> None:
        for program in programs:
            await self._until(f"{program.name} ends", lambda program=program: program.is_over, 30.0)  # type: ignore[misc]

    async def _be_called(self, event: object) -> None:
        if self.plan.seed % 2:
            await asyncio.sleep(0)
        if number := number_of(event):
            self._called.append(number)

    async def _end(self) -> None:
        client, peer = self.client, self.plan.peer
        assert client is not None
        peer.temper = Temper()
        if not self.closed and peer.is_alive() and self.plan.stays_in_step(self.disturbed):
            await self._recover(client)
        await self._until("the chip is quiet", lambda: peer.is_quiet or self.closed)
        await self._drain(client)
        await self._until(
            "callbacks are called", lambda: self.closed or self._interrupts or not client._callbacks._waiting
        )
        if self.plan.ending != "drop" or self._interrupts:  # after a tracer's interrupts frames may be kept
            await client.close()
            await self._drain(client)
        if self.plan.tells_losses(self.disturbed):
            self.plan.ledger.check(client.lost_events)
        check_order("the callback", self._called)

    async def _until(self, what: str, condition: Callable[[], bool], limit_s: float = MARGIN_S) -> None:
        until_s = self.metronome.now_s + limit_s
        while not condition():
            if self.metronome.now_s > until_s:
                raise Failure(f"{what}: not within {limit_s:g} s{_stacks()}")
            await asyncio.sleep(0.001)

    async def _recover(self, client: AsyncClient) -> None:
        command, is_own = draw_command(self.plan.random)
        errors = []
        for _ in range(_TRIES):
            try:
                response = await client.call(command, check=False, timeout_s=2.0)
            except LinkClosed:
                return
            except LinkError as error:
                errors.append(str(error))
            else:
                if response.result == 0 and is_own(response):
                    self.outcomes[f"recovered at try {len(errors) + 1}"] += 1
                    return
                errors.append(f"answered with {response}")
        raise Failure(f"a chip in order on a good line does not answer: {errors}")

    async def _drain(self, client: AsyncClient) -> None:
        taken = self.plan.ledger.taker("the last")
        for _ in range(2):
            with suppress(LinkError):
                async for event in client.events(timeout_s=0):
                    if number := number_of(event):
                        taken.append(number)

    async def _see_all_end(self) -> None:
        def others() -> set[asyncio.Task[Any]]:
            return asyncio.all_tasks() - {asyncio.current_task()}

        await asyncio.sleep(0)
        await self._until("tasks end", lambda: not others())


def _stacks() -> str:
    """Where each task stands."""
    text = io.StringIO()
    for task in asyncio.all_tasks():
        task.print_stack(file=text)
    return f"\n{text.getvalue()}"
