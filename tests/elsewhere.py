"""A process that has what Windows or macOS has, as far as Linux can pretend: ``elsewhere.py win32 FOLDER``.

On ``win32`` there are no POSIX modules, no Unix sockets, no poll(), no pseudo-terminals, and pyserial is the one for
Windows on top of mocks; on ``darwin`` pseudo-terminals refuse the speeds that macOS refuses, and poll() is not used.
Imports every module of the package, runs commands, and prints as JSON how each ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import importlib
import io
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

# Before the platform changes: modules that look at it while they are imported.
ALREADY_THERE = (
    *("asyncio", "click", "concurrent.futures.process", "importlib.metadata", "importlib.resources"),
    *("multiprocessing.context", "numpy", "pcapng", "pyarrow.compute", "pyarrow.dataset", "pyarrow.parquet"),
    *(
        "pytest",
        "rich.console",
        "rich.padding",
        "rich.progress",
        "rich.table",
        "shutil",
        "subprocess",
        "uuid",
    ),
)
NO_MODULES = "fcntl grp pty pwd resource syslog termios tty"
NO_NAMES: dict[Any, str] = {
    os: "fork forkpty geteuid getuid mkfifo openpty ttyname",
    select: "epoll poll",
    signal: "SIGALRM SIGHUP SIGKILL SIGPIPE SIGUSR1 pthread_kill",
    socket: "AF_UNIX",
}
RUNS_WHEN_IMPORTED = ("gatts_codec.__main__",)
CAPTURE = Path(__file__).parent / "captures" / "scripted_chip" / "sd_api_v5" / "f_drop_ack.jsonl"


def pair_of_tcp() -> tuple[socket.socket, socket.socket]:
    """What socketpair() is on Windows."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return socket.create_connection(listener.getsockname()), listener.accept()[0]


def become_windows() -> None:
    """Take away what Windows lacks."""
    ctypes.WinDLL = ctypes.windll = MagicMock()  # type: ignore[attr-defined]
    ctypes.WINFUNCTYPE = ctypes.CFUNCTYPE  # type: ignore[attr-defined]
    ctypes.WinError = OSError  # type: ignore[attr-defined]
    for name in NO_MODULES.split():
        sys.modules[name] = None  # type: ignore[assignment]
    for module, names in NO_NAMES.items():
        for name in names.split():
            if hasattr(module, name):
                delattr(module, name)
    socket.socketpair = pair_of_tcp  # type: ignore[assignment]
    os.name = "nt"
    importlib.import_module("serial.tools.list_ports")
    os.name = "posix"  # pathlib would have no paths
    os.O_BINARY = os.O_SYNC  # type: ignore[attr-defined]  # any flag that Linux takes, too
    sys.platform = "win32"


def become_mac() -> None:
    """Refuse what macOS refuses."""
    import termios

    import serial
    import serial.tools.list_ports

    def refuse(port: object, baud: int) -> None:
        raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))

    serial.Serial.BAUDRATE_CONSTANTS = {}
    serial.Serial._set_special_baudrate = refuse  # type: ignore[attr-defined]
    with contextlib.suppress(AttributeError):
        del termios.B1000000
    sys.platform = "darwin"


def outcomes(folder: Path) -> Iterator[dict[str, Any]]:
    """How each command ends."""
    from gatts_codec.cli import main

    record = str(folder / "demo.jsonl")
    for args in (
        ("--version",),
        ("decode", str(CAPTURE)),
        ("decode", str(CAPTURE), "--to", "pcapng", "-o", str(folder / "out.pcapng")),
        ("doctor", str(CAPTURE)),
        ("chip", "--help"),
        ("demo", "--record", record),
        ("decode", record, "-d", "sd_api_v5"),
        ("convert", str(CAPTURE), str(folder / "out.parquet")),
        ("ports",),
        ("chip", "-d", "sd_api_v5"),
        ("chip", "-d", "sd_api_v5", "--unix", str(folder / "socket")),
        ("call", f"unix:{folder}/socket", "raw", "0060", "-d", "sd_api_v5"),
        ("tap", "loop://", "--pty", str(folder / "link"), "-d", "sd_api_v5"),
        ("wireshark", "path"),
    ):
        if sys.platform != "win32" and args[0] in ("chip", "tap", "ports") and "--help" not in args:
            continue  # they work, and wait
        with (
            contextlib.redirect_stdout(io.StringIO()) as out,
            contextlib.redirect_stderr(io.StringIO()) as err,
        ):
            status = main(args)
        yield {"args": args, "status": status, "out": out.getvalue(), "err": err.getvalue()}


def line_ends(folder: Path) -> list[str]:
    """What is opened in a way that changes line ends: those that os.open() opens without O_BINARY."""
    from gatts_codec.link.transports import open_transport

    changing = []
    really_open = os.open

    def watched(path: str, how: int, mode: int = 0o777) -> int:
        if hasattr(os, "O_BINARY") and not how & os.O_BINARY:
            changing.append(path)
        return really_open(path, how, mode)

    os.open = watched  # type: ignore[assignment]
    open_transport("loop://", record=folder / "wire.jsonl").close()
    os.open = really_open
    return changing


def imported() -> int:
    """How many modules the package has."""
    import gatts_codec

    names = [found.name for found in pkgutil.walk_packages(gatts_codec.__path__, "gatts_codec.")]
    for name in set(names).difference(RUNS_WHEN_IMPORTED):
        importlib.import_module(name)
    return len(names)


if __name__ == "__main__":
    for wanted in ALREADY_THERE:
        with contextlib.suppress(ImportError):
            importlib.import_module(wanted)
    {"win32": become_windows, "darwin": become_mac}[sys.argv[1]]()
    warnings.simplefilter("error")
    place = Path(sys.argv[2])
    found = {"imported": imported(), "line_ends": line_ends(place), "ran": list(outcomes(place))}
    print(json.dumps(found))
