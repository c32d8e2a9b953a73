"""A scenario with the blocking client: programs in threads, one in the main thread, then a calm chip and the end."""

from __future__ import annotations

import gc
import threading
from collections import Counter
from contextlib import suppress
from random import Random

from gatts_codec import Client, GattsError, LinkClosed, LinkError, connect
from tools.soak.interrupts import Interrupt, interrupt_thread
from tools.soak.judge import Failure, Metronome, check_order, join_all
from tools.soak.peer import Temper
from tools.soak.plan import Plan
from tools.soak.programs import Program, draw_command, number_of

STYLES = ("none", "none", "line", "instruction", "thread")
_TRIES = 30


class Run:
    """One scenario, and what is found."""

    def __init__(self, plan: Plan, metronome: Metronome, failures: list[str], outcomes: Counter[str]) -> None:
        self.plan, self.metronome, self.failures, self.outcomes = plan, metronome, failures, outcomes
        self.client: Client | None = None
        self.closed = self.disturbed = False
        self.slack = 0  # events that an interrupt may have taken from a program that had them already
        self._called: list[int] = []
        self._is_over = False

    def go(self) -> None:
        """All of it. Raises Failure."""
        self.plan.peer.start()
        try:
            if self._connect():
                self._work()
                self._end()
        finally:
            self._is_over = True
            self.plan.peer.stop()

    def _connect(self) -> bool:
        random = self.plan.random
        interrupt = Interrupt(int(10 ** random.uniform(0, 3)) if random.random() < 0.2 else 0)
        outcomes: list[str] = []

        def work() -> None:
            try:
                with interrupt.armed():
                    self.client = connect(self.plan.port, **self.plan.options)  # type: ignore[arg-type]
            except (LinkError, KeyboardInterrupt) as error:
                outcomes.append(type(error).__name__)

        # Not in the main thread: where a tracer interrupts, CPython may take an error for one that is being handled.
        thread = threading.Thread(target=work, name="connecting", daemon=True)
        thread.start()
        join_all(self.metronome, [thread], 60.0)
        self.outcomes[f"connect: {''.join(outcomes) or 'well'}"] += 1
        return self.client is not None

    def _work(self) -> None:
        assert self.client is not None
        self.client.on_event(self._be_called)
        random = self.plan.random
        programs = [
            Program(f"program {number}", self, random.choice(STYLES), random.randrange(1, 25))
            for number in range(random.randrange(5))
        ]
        first = Program("main program", self, random.choice(("none", "signal")), random.randrange(1, 25))
        threads = [threading.Thread(target=each.work, name=each.name, daemon=True) for each in programs]
        targets = [thread for thread, each in zip(threads, programs, strict=True) if each.style == "thread"]
        for thread in threads:
            thread.start()
        self.disturbed = any(each.style != "none" for each in (first, *programs))
        harasser = threading.Thread(target=self._harass, args=(targets, Random(random.random())), daemon=True)
        harasser.start()
        first.work()
        join_all(self.metronome, [*threads, harasser], 120.0)

    def _harass(self, targets: list[threading.Thread], random: Random) -> None:
        while any(thread.is_alive() for thread in targets) and not self._is_over:
            threading.Event().wait(random.random() * 0.1)
            self.slack += 1
            interrupt_thread(random.choice(targets))

    def _be_called(self, event: object) -> None:
        if number := number_of(event):
            self._called.append(number)

    # -- the end

    def _end(self) -> None:
        client, peer = self.client, self.plan.peer
        assert client is not None
        peer.temper = Temper()
        if not self.closed and peer.is_alive() and self.plan.stays_in_step(self.disturbed):
            self._recover(client)
        self.metronome.wait_for("the chip is quiet", lambda: peer.is_quiet or self.closed)
        self._drain(client)
        self._settle_callbacks(client)
        self._close(client)
        self._drain(client)
        lost, lost_callbacks = client.lost_events, client.lost_callbacks
        del client
        self.client = None
        gc.collect()
        if self.plan.tells_losses(self.disturbed):
            self.plan.ledger.check(lost + self.slack)
        check_order("the callback", self._called)
        unheard = self.plan.ledger.acked - set(self._called)
        if self.plan.tells_losses(self.disturbed) and not self.closed and len(unheard) > lost_callbacks:
            raise Failure(f"{lost_callbacks} are counted as lost, and no callback came for {sorted(unheard)}")

    def _recover(self, client: Client) -> None:
        command, is_own = draw_command(self.plan.random)
        errors = []
        for _ in range(_TRIES):
            try:
                response = client.call(command, check=False, timeout_s=2.0)
            except LinkClosed:
                return  # the port has gone, which shows now
            except LinkError as error:
                errors.append(str(error))
            else:
                if response.result == 0 and is_own(response):
                    self.outcomes[f"recovered at try {len(errors) + 1}"] += 1
                    return
                errors.append(f"answered with {response}")
        raise Failure(f"a chip in order on a good line does not answer: {errors}")

    def _drain(self, client: Client) -> None:
        taken = self.plan.ledger.taker("the last")
        for _ in range(2):  # LinkReset may come first
            with suppress(LinkError):
                for event in client.events(timeout_s=0):
                    if number := number_of(event):
                        taken.append(number)

    def _settle_callbacks(self, client: Client) -> None:
        def is_settled() -> bool:
            return self.closed or not client._callbacks._waiting

        self.metronome.wait_for("callbacks are called", is_settled)

    def _close(self, client: Client) -> None:
        began_s = self.metronome.now_s
        if self.plan.ending == "twice":
            threads = [
                threading.Thread(target=client.close, name=f"closer {number}", daemon=True)
                for number in (1, 2)
            ]
            for thread in threads:
                thread.start()
            join_all(self.metronome, threads, 20.0)
        if self.plan.ending != "drop":
            client.close()
        if self.metronome.now_s - began_s > 10.0:
            raise Failure(f"close() took {self.metronome.now_s - began_s:.1f} s")
        try:
            client.call(draw_command(Random(1))[0]) if self.plan.ending != "drop" else None
        except LinkClosed:
            return
        except GattsError as error:
            raise Failure(f"after close() a call raised {error!r}") from error
        if self.plan.ending != "drop":
            raise Failure("after close() a call was answered")
