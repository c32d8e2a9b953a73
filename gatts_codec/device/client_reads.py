"""Several values of a server, one after the other: its application is asked about each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gatts_codec.constants import GattStatus
from gatts_codec.device.connection import AttRequest, FarEnd, Op, Reply


def read_each(
    far: FarEnd,
    handles: Sequence[int],
    enough: Callable[[list[bytes]], bool],
    done: Callable[[list[bytes], int], None],
) -> None:
    """Read until one fails, ``enough`` says so or there are no more; ``done`` gets the values and the last status."""
    values: list[bytes] = []
    arrived: list[Reply] = []
    stepping = False

    def arrive(reply: Reply) -> None:
        arrived.append(reply)
        if not stepping:
            step()

    def step() -> None:
        """A loop: answers that come at once do not nest."""
        nonlocal stepping
        stepping = True
        while arrived:
            reply = arrived.pop()
            if reply.status != GattStatus.SUCCESS:
                done(values, reply.status)
                break
            values.append(reply.data)
            if len(values) == len(handles) or enough(values):
                done(values, GattStatus.SUCCESS)
                break
            far.ask(AttRequest(Op.READ, handles[len(values)]), arrive)
        stepping = False

    if handles:
        far.ask(AttRequest(Op.READ, handles[0]), arrive)
    else:
        done(values, GattStatus.SUCCESS)
