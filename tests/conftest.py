"""Settings for every test: how hard hypothesis tries.

``HYPOTHESIS_PROFILE=thorough`` tries eighty times as many examples as the default, and other ones every time; the
default tries the same ones, so that a change is what makes it fail. ``quick`` tries some of these: enough to see
whether another interpreter differs. None looks at the clock, since a loaded machine is not a bug.
"""

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from patience import be_patient

# Fuzz harnesses and tools lie beside the package, which must still be imported from where it is installed: so, last.
sys.path.append(str(Path(__file__).parent.parent))

# In the background SIGINT is ignored, under nohup SIGHUP, and programs that tests start and interrupt would inherit it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# What a terminal is like is the test's to say. Whoever runs the tests has one of some width, without colours, or none.
for name in (
    "FORCE_COLOR",
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "TTY_COMPATIBLE",
    "TTY_INTERACTIVE",
    "COLUMNS",
    "LINES",
):
    os.environ.pop(name, None)
os.environ["TERM"] = "xterm"

# Coverage measures the processes that run tests. In those that tests start and interrupt it would now and then wait for
# ever: it takes a lock of its own for every call, and an interrupt there leaves it taken.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)

UNHURRIED: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("default", max_examples=25, derandomize=True, **UNHURRIED)
settings.register_profile("quick", max_examples=8, derandomize=True, **UNHURRIED)
settings.register_profile("thorough", max_examples=2000, **UNHURRIED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

be_patient()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip ``external("tshark")`` where there is no tshark; of ``"chromium|chrome"`` one is enough."""
    for mark in item.iter_markers("external"):
        for names in mark.args:
            if not any(map(shutil.which, names.split("|"))):
                pytest.skip(f"{names} is not installed: .ci/run says how Debian names it")
