"""nrfutil makes a package, and updates a virtual target with it, on each driver; the example sends it, too."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from examples.dfu_package import image_of
from examples.test_dfu import sent
from realhost.hosts import Host, on_each_driver

from gatts_codec.device import ChipRunner, DfuTarget

needs_nrfutil = pytest.mark.skipif(
    find_spec("nordicsemi") is None, reason="needs nrfutil 6.1.7: tox -e nrfutil"
)
DFU = Path(__file__).with_name("nrfutil_dfu.py")
IMAGE = image_of(20_000)


@pytest.fixture
def made_by_nrfutil(tmp_path: Path) -> Path:
    image, made = tmp_path / "app.bin", tmp_path / "app.zip"
    image.write_bytes(IMAGE)
    what = [
        "--hw-version",
        "52",
        "--sd-req",
        "0xFFFE",
        "--application-version",
        "1",
        "--application",
        str(image),
    ]
    subprocess.run(
        [sys.executable, "-m", "nordicsemi", "pkg", "generate", *what, str(made)],
        check=True,
        capture_output=True,
    )
    return made


@needs_nrfutil
@on_each_driver
@pytest.mark.parametrize(("chip", "dialect"), [("NRF52", "sd_api_v5_pc"), ("NRF51", "sd_api_v2_pc")])
def test_it_updates_the_target(
    chip: str,
    dialect: str,
    made_by_nrfutil: Path,
    start: Callable[..., ChipRunner],
    host: Callable[..., Host],
) -> None:
    target = DfuTarget()
    port = start(dialect, target).transport.name
    nrfutil = host(str(DFU), chip, str(made_by_nrfutil), port).finish()
    assert any("Device programmed" in line for line in nrfutil.lines), "\n".join(nrfutil.lines)
    assert target.objects.image == IMAGE


@needs_nrfutil
def test_the_example_sends_its_package(made_by_nrfutil: Path) -> None:
    assert sent(made_by_nrfutil).objects.image == IMAGE
