"""What programs do with an asyncio client, one step after the other; each step is judged."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, Any

from gatts_codec import AsyncClient, GattsError, HvcEvent, LinkClosed, LinkError
from tools.soak.judge import MARGIN_S, Failure, describe
from tools.soak.programs import TIMEOUTS_S, OwnError, draw_command, number_of

if TYPE_CHECKING:
    from tools.soak.tasks import AsyncRun


async def cancelled_after(work: Callable[[], Awaitable[Any]], turns: int | None) -> Any:
    """Await something; after so many turns of the loop it is cancelled."""

    async def wait() -> Any:
        return await work()

    task = asyncio.ensure_future(wait())
    task.add_done_callback(lambda task: task.cancelled() or task.exception())  # nobody may be there to see it
    if turns is not None:
        for _ in range(turns):
            if task.done():
                break
            await asyncio.sleep(0)
        task.cancel()
    return await task


class AsyncProgram:
    """One task's doings with one client."""

    def __init__(self, name: str, run: AsyncRun, steps: int) -> None:
        self.name, self._run, self._steps = name, run, steps
        self.random = Random(run.plan.random.random())
        self._taken = run.plan.ledger.taker(name)
        self._chosen = run.plan.ledger.taker(f"{name}, choosing")
        self._task: asyncio.Task[None] | None = None

    @property
    def client(self) -> AsyncClient:
        """Whom it talks to."""
        assert self._run.client is not None
        return self._run.client

    def start(self) -> None:
        """In a task."""
        self._task = asyncio.ensure_future(self._work())

    @property
    def is_over(self) -> bool:
        """Whether its task has ended."""
        return self._task is None or self._task.done()

    def end(self) -> None:
        """Give its task up."""
        if self._task is not None:
            self._task.cancel()

    async def _work(self) -> None:
        for _ in range(self._steps):
            (step,) = self.random.choices(list(ASYNC_STEPS), weights=list(ASYNC_STEPS.values()))
            await self._do(step)

    async def _do(self, step: Callable[[AsyncProgram], Awaitable[object]]) -> None:
        name, began_s, outcome = step.__name__, self._run.metronome.now_s, "well"
        turns = int(10 ** self.random.uniform(0, 3)) - 1 if self.random.random() < 0.3 else None
        try:
            await cancelled_after(lambda: step(self), turns)
        except OwnError:
            outcome = "own error"
        except GattsError as error:
            outcome = type(error).__name__
        except asyncio.CancelledError:
            outcome = "cancelled"
            if turns is None:
                raise
        except Exception as error:
            outcome = "broken"
            self._run.failures.append(f"{self.name}: {name} raised {describe(error)}")
        self._run.outcomes[f"{name}: {outcome}"] += 1
        if self._run.metronome.now_s - began_s > MARGIN_S:
            self._run.failures.append(f"{self.name}: {name} took {self._run.metronome.now_s - began_s:.1f} s")

    async def _ask(self, command: Any, is_own: Callable[[Any], bool], timeout_s: float | None) -> None:
        response = await self.client.call(command, check=False, timeout_s=timeout_s)
        if self._run.plan.peer.temper.answers_in_order and not (response.result == 0 and is_own(response)):
            raise Failure(f"{command} was answered with {response}")

    def _note(self, event: object) -> None:
        if number := number_of(event):
            self._taken.append(number)

    # -- steps

    async def call(self) -> None:
        """Any call."""
        await self._ask(*draw_command(self.random), self.random.choice(TIMEOUTS_S))

    async def retry(self) -> None:
        """The same call again at once, until it is answered."""
        command, is_own = draw_command(self.random)
        for _ in range(8):
            try:
                return await self._ask(command, is_own, self.random.choice((0.0, 0.02, 0.1)))
            except LinkClosed:
                raise
            except LinkError:
                pass
        return None

    async def poll(self) -> None:
        """What is there."""
        async for event in self.client.events(timeout_s=0):
            self._note(event)

    async def poll_for(self) -> None:
        """One event, if it is there."""
        self._note(await self.client.wait_for(HvcEvent, timeout_s=0))

    async def take_some(self) -> None:
        """A few events."""
        count = 0
        async for event in self.client.events(timeout_s=0.05):
            self._note(event)
            count += 1
            if count == 3:
                break

    async def choose(self) -> None:
        """One of the events, by its number."""
        rest = self.random.randrange(3)
        event = await self.client.wait_for(HvcEvent, 0.1, where=lambda event: number_of(event) % 3 == rest)
        self._chosen.append(number_of(event))

    async def choose_badly(self) -> None:
        """The condition raises."""

        def fail(event: HvcEvent) -> bool:
            raise OwnError

        await self.client.wait_for(HvcEvent, 0.05, where=fail)

    async def call_me(self) -> None:
        """A callback for a while, of either kind."""
        act = self.random.choice((self.call, self.retry, self.choose, self.fail, self.reset))

        async def callback(event: object) -> None:
            with suppress(GattsError):
                await act()

        def fail(event: object) -> None:
            raise OwnError

        end = self.client.on_event(self.random.choice((callback, fail)), HvcEvent)
        try:
            await asyncio.sleep(self.random.random() * 0.05)
        finally:
            end()

    async def fail(self) -> None:
        """An error of its own."""
        raise OwnError

    async def reset(self) -> None:
        """Restart the link."""
        self._run.disturbed = True
        await self.client.reset()

    async def close(self) -> None:
        """End it for all, and await that or not."""
        self._run.closed = True
        closing = self.client.close()
        if self.random.random() < 0.5:
            await closing

    async def pause(self) -> None:
        """Do something else for a while."""
        await asyncio.sleep(self.random.random() * 0.03)


ASYNC_STEPS: dict[Callable[[AsyncProgram], Awaitable[object]], float] = {
    AsyncProgram.call: 8,
    AsyncProgram.retry: 3,
    AsyncProgram.poll: 4,
    AsyncProgram.poll_for: 2,
    AsyncProgram.take_some: 2,
    AsyncProgram.choose: 2,
    AsyncProgram.choose_badly: 0.5,
    AsyncProgram.call_me: 1,
    AsyncProgram.reset: 0.5,
    AsyncProgram.close: 0.05,
    AsyncProgram.pause: 2,
}
