"""How a program gets the drop-in: by ``python -m gatts_codec.drop_in``, by ``install()``, from ``sitecustomize``.

Each in a process of its own, as users do it, in which pc-ble-driver-py is not installed or a package of its name is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from realhost.hosts import HAS_PACKAGE

from gatts_codec.drop_in.__main__ import USAGE

NATIVE = "pc_ble_driver_py.lib.nrf_ble_driver_sd_api_"
PROGRAM = f"""\
import sys
import {NATIVE}v5 as driver
import helper
print(driver.sd_rpc_open.__name__, helper.__name__, __name__, sys.argv[1:])
"""


def python(folder: Path, *arguments: str, fails: int = 0) -> str:
    """What it prints when it runs in a folder that is also where modules are found first."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(folder / "site")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == fails, done.stdout
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a program, and a module beside it."""
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "program.py").write_text(PROGRAM)
    (tmp_path / "programs" / "helper.py").write_text("")
    (tmp_path / "site").mkdir()
    return tmp_path


@pytest.fixture
def vendor(folder: Path) -> Path:
    """A package of the vendor's name, whose native module cannot be imported here."""
    package = folder / "site" / "pc_ble_driver_py"
    (package / "lib").mkdir(parents=True)
    (package / "__init__.py").write_text("from . import config")
    (package / "config.py").write_text("vendor = True")
    (package / "lib" / "__init__.py").write_text("")
    (package / "lib" / "nrf_ble_driver_sd_api_v5.py").write_text("raise ImportError('not for this Python')")
    return package


def test_a_script(folder: Path) -> None:
    printed = python(folder, "-m", "gatts_codec.drop_in", "programs/program.py", "PORT", "-x")
    assert printed == "sd_rpc_open helper __main__ ['PORT', '-x']\n"


def test_a_module(folder: Path) -> None:
    printed = python(folder / "programs", "-m", "gatts_codec.drop_in", "-m", "program", "-m", "PORT")
    assert printed == "sd_rpc_open helper __main__ ['-m', 'PORT']\n"


def test_a_package_with_a_main_module(folder: Path) -> None:
    package = folder / "programs" / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(PROGRAM)
    printed = python(folder / "programs", "-m", "gatts_codec.drop_in", "-m", "package")
    assert printed == "sd_rpc_open helper __main__ []\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-m", "nothing.here"], "no module named nothing.here\n"),
        (["-m", "helper.here"], "no module named helper.here\n"),
        (["nothing.py"], "no such file: nothing.py\n"),
    ],
)
def test_a_program_that_is_not_there(folder: Path, arguments: list[str], said: str) -> None:
    printed = python(folder / "programs", "-m", "gatts_codec.drop_in", *arguments, fails=1)
    assert printed == f"{sys.executable}: {said}"


def test_a_program_whose_package_lacks_something_says_what(folder: Path) -> None:
    (folder / "programs" / "broken").mkdir()
    (folder / "programs" / "broken" / "__init__.py").write_text("import missing")
    printed = python(folder / "programs", "-m", "gatts_codec.drop_in", "-m", "broken.main", fails=1)
    assert printed.endswith("ModuleNotFoundError: No module named 'missing'\n")


@pytest.mark.parametrize(("arguments", "status"), [([], 2), (["-m"], 2), (["-x"], 2), (["--help"], 0)])
def test_its_usage(folder: Path, arguments: list[str], status: int) -> None:
    assert python(folder, "-m", "gatts_codec.drop_in", *arguments, fails=status) == USAGE + "\n"


INSTALL = "import gatts_codec.drop_in as d; d.install(); d.install(); "


def test_install_in_a_program(folder: Path) -> None:
    versions = ", ".join(f"{NATIVE}{version} as {version}" for version in ("v2", "v5"))
    printed = python(
        folder, "-c", INSTALL + f"import {versions}; print(v2.__name__, v5.sd_ble_enable.__name__)"
    )
    assert printed == f"{NATIVE}v2 sd_ble_enable\n"


def test_sitecustomize(folder: Path) -> None:
    (folder / "site" / "sitecustomize.py").write_text(INSTALL)
    printed = python(folder, "programs/program.py")
    assert printed == "sd_rpc_open helper __main__ []\n"


def test_installing_costs_nothing_until_the_module_is_wanted(folder: Path) -> None:
    count = "print(*sorted(name for name in sys.modules if name.startswith('gatts_codec.')))"
    printed = python(folder, "-c", INSTALL + "import sys; " + count)
    loaded = [f"gatts_codec.{name}" for name in ("drop_in", "drop_in.finder", "errors", "facade")]
    assert printed.split() == loaded


def test_the_vendors_python_files_are_used(folder: Path, vendor: Path) -> None:
    program = f"from pc_ble_driver_py import config; import {NATIVE}v5 as v5; "
    program += "print(config.vendor, v5.sd_rpc_open.__name__)"
    assert python(folder, "-c", INSTALL + program) == "True sd_rpc_open\n"


@pytest.mark.skipif(HAS_PACKAGE, reason="pc-ble-driver-py is installed")
def test_the_vendors_own_layer_needs_the_vendors_files(folder: Path) -> None:
    printed = python(folder, "-c", INSTALL + "import pc_ble_driver_py.ble_adapter", fails=1)
    assert (
        "No module named 'pc_ble_driver_py.ble_adapter': it is one of pc-ble-driver-py's Python files"
        in printed
    )
    printed = python(folder, "-c", INSTALL + "import pc_ble_driver_py.nothing", fails=1)
    assert printed.endswith("No module named 'pc_ble_driver_py.nothing'\n")


def test_too_late(folder: Path, vendor: Path) -> None:
    (vendor / "lib" / "nrf_ble_driver_sd_api_v5.py").write_text("")
    printed = python(folder, "-c", f"import {NATIVE}v5; " + INSTALL, fails=1)
    assert printed.endswith(f"GattsError: {NATIVE}v5 was imported before: install() has to come first\n")
