"""Programs on blatann and pc-ble-driver-py in processes of their own, on the native driver or ``gatts_codec.drop_in``.

The native driver has wheels for Python up to 3.10 on x86-64 Linux: ``tox -e realhost`` runs both. The drop-in runs on
any Python: ``tox -e blatann313``.

On a busy machine the native driver now and then loses an ACK, or its link while that comes up, and its application
ends. So what runs on it may fail, and is run again; what runs on the drop-in may not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

PATIENCE_S = 120
NATIVE, DROP_IN = (), ("-m", "gatts_codec.drop_in")
HAS_BLATANN = find_spec("blatann") is not None
HAS_PACKAGE = find_spec("pc_ble_driver_py") is not None
HAS_NATIVE = HAS_PACKAGE and sys.version_info < (3, 11)

needs_blatann = pytest.mark.skipif(
    not HAS_BLATANN, reason="needs blatann: tox -e realhost, tox -e blatann313"
)
needs_package = pytest.mark.skipif(
    not HAS_PACKAGE, reason="needs pc-ble-driver-py: tox -e realhost, tox -e blatann313"
)
native_runs = pytest.mark.skipif(
    not HAS_NATIVE, reason="needs the native module, for Python 3.10 on x86-64 Linux"
)
native = pytest.param(NATIVE, id="native", marks=[native_runs, pytest.mark.flaky(reruns=5)])
# pc-ble-driver-py waits five seconds for an event, and misses one that comes before it waits.
drop_in = pytest.param(DROP_IN, id="drop_in", marks=pytest.mark.flaky(reruns=2))
on_each_driver = pytest.mark.parametrize("driver", [native, drop_in])


class Host:
    """A host in a process of its own; its output, line by line."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", *arguments],
            env={**os.environ, "HOME": str(home)},  # where blatann keeps its bonds
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._ended = False
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line.rstrip())
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def wait_for(self, *words: str) -> str:
        """The first line that contains all of the words."""

        def found() -> str | None:
            return next((line for line in self.lines if all(word in line for word in words)), None)

        with self._news:
            self._news.wait_for(lambda: found() or self._ended, PATIENCE_S)
            line = found()
        assert line, f"{words} not in:\n" + "\n".join(self.lines)
        return line

    @property
    def said(self) -> list[Any]:
        """What it has printed as JSON."""
        return [json.loads(line) for line in self.lines if line.startswith("{")]

    def finish(self) -> Host:
        """Wait for its end."""
        self.process.wait(PATIENCE_S)
        self._reader.join()
        return self

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
