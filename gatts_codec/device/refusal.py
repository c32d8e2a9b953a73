"""How a call says no: the result that goes out instead of its outputs."""

from __future__ import annotations

from typing import TypeVar

from gatts_codec.constants import NrfError

T = TypeVar("T")


class Refusal(Exception):
    """Answer the call with this result (``NRF_ERROR_*`` or ``BLE_ERROR_*``)."""

    def __init__(self, result: int) -> None:
        super().__init__(result)
        self.result = int(result)


class UndecodableCommand(Exception):
    """The command's bytes are not one: firmware acknowledges it, then reboots."""


class Crash(Exception):
    """The call was made, and the firmware fails before its response is out: a fault."""


def refuse_unless(condition: object, result: int) -> None:
    """Refuse the call with ``result`` where ``condition`` does not hold."""
    if not condition:
        raise Refusal(result)


def required(pointer: T | None) -> T:
    """What a caller may not leave out: a NULL pointer is refused as a bad address."""
    if pointer is None:
        raise Refusal(NrfError.INVALID_ADDR)
    return pointer
