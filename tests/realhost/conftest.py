"""Hosts, and the chips that they run on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from realhost.hosts import NATIVE, PATIENCE_S, Host

from gatts_codec.device import Air, ChipRunner, Guest, VirtualChip
from gatts_codec.link.transports import open_transport


def ack_delay_s(driver: tuple[str, ...]) -> float:
    """The native driver (4.1.4) can miss an ACK that comes at once, and then reports no response."""
    return 0.001 if driver == NATIVE else 0.0


@pytest.fixture
def start(driver: tuple[str, ...]) -> Iterator[Callable[..., ChipRunner]]:
    """Start a chip of a dialect on a pseudo-terminal, with a guest in its air if so wished."""
    runners: list[ChipRunner] = []

    def begin(dialect: str, guest: Guest | None = None) -> ChipRunner:
        chip = VirtualChip(dialect, ack_delay_s=ack_delay_s(driver))
        if guest is not None:
            (air := Air()).add(chip)
            air.host(chip, guest)
        runner = ChipRunner(chip, open_transport("pty:"))
        runner.peer.timeout_s = PATIENCE_S
        runner.start()
        runners.append(runner)
        return runner

    yield begin
    for runner in runners:
        runner.stop()


@pytest.fixture
def host(driver: tuple[str, ...], tmp_path: Path) -> Iterator[Callable[..., Host]]:
    """Start a host on the driver: a script or ``-m`` and a module, and their arguments."""
    hosts: list[Host] = []

    def begin(*arguments: str) -> Host:
        hosts.append(Host(tmp_path, *driver, *arguments))
        return hosts[-1]

    yield begin
    for started in hosts:
        started.stop()


@pytest.fixture
def air(
    driver: tuple[str, ...], tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[], tuple[str, str]]]:
    """Start two chips of one air, in a process of their own; their ports. The parameter is their dialect.

    A host that fails leaves its chips enabled, which the next one cannot use: a run made again starts others.
    """
    delay = ("--ack-delay-ms", str(round(1000 * ack_delay_s(driver))))
    command = [
        sys.executable,
        "-m",
        "gatts_codec",
        "air",
        "-d",
        getattr(request, "param", "sd_api_v5"),
        *delay,
    ]
    airs: list[subprocess.Popen[str]] = []

    def begin() -> tuple[str, str]:
        ports = tmp_path / f"air{len(airs)}"
        ports.mkdir()
        chips = subprocess.Popen(
            [*command, "--pty", str(ports / "chip{n}")], stderr=subprocess.PIPE, text=True
        )
        airs.append(chips)
        assert chips.stderr is not None
        while "Ctrl-C" not in (line := chips.stderr.readline()):
            assert line, "it has ended"
        return str((ports / "chip1").resolve()), str((ports / "chip2").resolve())

    yield begin
    for chips in airs:
        chips.terminate()
        chips.communicate()
