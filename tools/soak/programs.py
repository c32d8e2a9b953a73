"""What programs do with a blocking client, one step after the other; each step is judged."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from random import Random
from typing import TYPE_CHECKING, Any

from gatts_codec import (
    Client,
    GattsError,
    HvcEvent,
    LinkClosed,
    LinkError,
    ServiceAdd,
    SysAttrGet,
    Uuid,
    ValueBuffer,
    ValueGet,
)
from tools.soak.interrupts import Interrupt, signal_after
from tools.soak.judge import MARGIN_S, Failure, describe

if TYPE_CHECKING:
    from tools.soak.blocking import Run

TIMEOUTS_S = (None, 0.0, 0.001, 0.05, 0.3)


class OwnError(Exception):
    """A program's own, raised in what it hands in."""

    expected = True


def draw_command(random: Random) -> tuple[Any, Callable[[Any], bool]]:
    """A command, and whether a response is its own."""
    number = random.randrange(1, 0xFFF0)
    name = number.to_bytes(2, "little")
    return random.choice(
        [
            (ValueGet(0, number, ValueBuffer(20)), lambda response: response.value.value == name),
            (SysAttrGet(number, 20), lambda response: response.sys_attr_data == name),
            (ServiceAdd(1, Uuid(number)), lambda response: response.handle == number),
        ]
    )


def number_of(event: object) -> int:
    """Which of the chip's events it is; 0 for garbage."""
    return (event.conn_handle << 16) + event.handle if isinstance(event, HvcEvent) else 0


class Program:
    """One thread's doings with one client."""

    def __init__(self, name: str, run: Run, style: str, steps: int) -> None:
        self.name, self.style, self._run, self._steps = name, style, run, steps
        self.random = Random(run.plan.random.random())
        self._taken = run.plan.ledger.taker(name)
        self._chosen = run.plan.ledger.taker(f"{name}, choosing")
        self._place: Interrupt | None = None

    @property
    def client(self) -> Client:
        """Whom it talks to."""
        assert self._run.client is not None
        return self._run.client

    def work(self) -> None:
        """A number of steps, whatever they come to."""
        for _ in range(self._steps):
            (step,) = self.random.choices(list(STEPS), weights=list(STEPS.values()))
            self._do(step)

    def _do(self, step: Callable[[Program], object]) -> None:
        name, began_s = step.__name__, self._run.metronome.now_s
        outcome, error = "well", None
        try:
            with self._interrupts():
                step(self)
        except OwnError:
            outcome = "own error"
        except GattsError as raised:
            outcome = type(raised).__name__
        except KeyboardInterrupt:
            outcome = "interrupted"
        except BaseException as raised:
            outcome, error = "broken", raised
        took_s = self._run.metronome.now_s - began_s
        self._run.outcomes[f"{name}: {outcome}"] += 1
        place = f", interrupted at {self._place.place}" if self._place and self._place.place else ""
        if error is not None:
            self._run.failures.append(f"{self.name}: {name} raised {describe(error)}{place}")
        if took_s > MARGIN_S:
            self._run.failures.append(f"{self.name}: {name} took {took_s:.1f} s ({outcome}){place}")

    def _interrupts(self) -> AbstractContextManager[None]:
        if self.random.random() < 0.5 or self.style == "none":
            return nullcontext()
        if self.style == "signal":
            self._run.slack += 1
            return signal_after(10 ** self.random.uniform(-5, -1))
        if self.style == "thread":
            return nullcontext()
        count = int(10 ** self.random.uniform(0, 3))
        self._place = Interrupt(count, each_instruction=self.style == "instruction")
        return self._place.armed()

    def _note(self, event: object) -> None:
        if number := number_of(event):
            self._taken.append(number)

    def _timeout_s(self) -> float | None:
        return self.random.choice(TIMEOUTS_S)

    def _ask(self, command: Any, is_own: Callable[[Any], bool], timeout_s: float | None) -> None:
        response = self.client.call(command, check=False, timeout_s=timeout_s)
        if self._run.plan.peer.temper.answers_in_order and not (response.result == 0 and is_own(response)):
            raise Failure(f"{command} was answered with {response}")

    # -- steps

    def call(self) -> None:
        """Any call."""
        self._ask(*draw_command(self.random), self._timeout_s())

    def retry(self) -> None:
        """The same call again at once, until it is answered."""
        command, is_own = draw_command(self.random)
        for _ in range(8):
            try:
                return self._ask(command, is_own, self.random.choice((0.0, 0.02, 0.1)))
            except LinkClosed:
                raise
            except LinkError:
                pass
        return None

    def raw(self) -> None:
        """Bytes that no command has."""
        self.client.send_raw(b"\x00" + self.random.randbytes(self.random.randrange(1, 9)), timeout_s=0.1)

    def poll(self) -> None:
        """What is there."""
        for event in self.client.events(timeout_s=0):
            self._note(event)

    def poll_for(self) -> None:
        """One event, if it is there."""
        self._note(self.client.wait_for(HvcEvent, timeout_s=0))

    def take_some(self) -> None:
        """A few events."""
        for count, event in enumerate(self.client.events(timeout_s=0.05)):
            self._note(event)
            if count == 3:
                break

    def choose(self) -> None:
        """One of the events, by its number."""
        rest = self.random.randrange(3)
        event = self.client.wait_for(HvcEvent, 0.1, where=lambda event: number_of(event) % 3 == rest)
        self._chosen.append(number_of(event))

    def choose_by_call(self) -> None:
        """The same, and the chip is asked which."""
        command, is_own = draw_command(self.random)

        def is_right(event: HvcEvent) -> bool:
            self._ask(command, is_own, 0.1)
            return event.handle % 2 == 0

        self._chosen.append(number_of(self.client.wait_for(HvcEvent, 0.1, where=is_right)))

    def choose_badly(self) -> None:
        """The condition raises."""

        def fail(event: HvcEvent) -> bool:
            raise OwnError

        self.client.wait_for(HvcEvent, 0.05, where=fail)

    def call_me(self) -> None:
        """A callback for a while."""
        act = self.random.choice((self.call, self.retry, self.choose, self.fail, self.reset, lambda: None))

        def callback(event: object) -> None:
            with suppress(GattsError):
                act()

        end = self.client.on_event(callback, HvcEvent)
        time.sleep(self.random.random() * 0.05)
        end()

    def fail(self) -> None:
        """An error of its own."""
        raise OwnError

    def reset(self) -> None:
        """Restart the link."""
        self._run.disturbed = True
        self.client.reset()

    def close(self) -> None:
        """End it for all."""
        self._run.closed = True
        self.client.close()

    def pause(self) -> None:
        """Do something else for a while."""
        time.sleep(self.random.random() * 0.03)

    def collect(self) -> None:
        """Have garbage collected, and what the client shows of itself read."""
        gc.collect()
        assert repr(self.client)
        assert self.client.lost_events >= 0


STEPS: dict[Callable[[Program], object], float] = {
    Program.call: 8,
    Program.retry: 3,
    Program.raw: 0.5,
    Program.poll: 4,
    Program.poll_for: 2,
    Program.take_some: 2,
    Program.choose: 2,
    Program.choose_by_call: 1,
    Program.choose_badly: 0.5,
    Program.call_me: 1,
    Program.reset: 0.5,
    Program.close: 0.05,
    Program.pause: 2,
    Program.collect: 0.3,
}
