"""Nobody gives up on a slow machine: what waits for another thread or process waits for minutes.

Clients, chips and peers that run in real time have waits as defaults, chosen for a user. In tests they only end what
hangs. A test of a timeout names its own; state machines take the time as an argument and are not touched.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gatts_codec.device import BlockingPeer, ChipRunner, demonstration, meeting
from gatts_codec.link import client, line, opening, session
from gatts_codec.link.aio import AsyncClient, aconnect
from gatts_codec.link.client import Client, connect
from gatts_codec.link.config import ChipConfig, HostConfig
from gatts_codec.link.line import Line

PATIENCE_S = 300.0
PATIENT_HOST = HostConfig(transmissions=1000, link_transmissions=1000, reset_wait_s=0.01)
PATIENT_CHIP = ChipConfig(transmissions=1000)
_WAITING: tuple[Callable[..., Any], ...] = (
    *(connect, Client.wait_for, aconnect, AsyncClient.wait_for),
    *(ChipRunner.call, ChipRunner.wait_until, BlockingPeer.__init__, Line.close),
)
_WAITS: tuple[tuple[object, str], ...] = (
    *((session, "HANG_S"), (line, "PATIENCE_S"), (client, "PATIENCE_S")),
    *((demonstration, "_PATIENCE_S"), (meeting, "_PATIENCE_S")),
)


def be_patient() -> None:
    """Make it the default in this process."""
    opening.Options()  # which learns the types of its fields while HostConfig is one
    opening.HostConfig = lambda **given: replace(PATIENT_HOST, **given)  # type: ignore[assignment, attr-defined]
    for function in map(inspect.unwrap, _WAITING):
        function.__defaults__ = tuple(map(_patient, function.__defaults__ or ()))
        function.__kwdefaults__ = {name: _patient(it) for name, it in (function.__kwdefaults__ or {}).items()}
    for module, name in _WAITS:
        setattr(module, name, PATIENCE_S)


def _patient(default: object) -> object:
    return PATIENCE_S if isinstance(default, float) else default
