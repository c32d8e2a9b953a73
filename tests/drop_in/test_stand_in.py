"""What stands in for pc_ble_driver_py where it is not installed behaves as that does."""

from __future__ import annotations

import pytest

from gatts_codec.drop_in.stand_in import config, exceptions


@pytest.mark.parametrize(("chip", "version"), [("NRF51", 2), ("NRF52", 5), ("nrf52", 5)])
def test_the_chip_chooses_the_version(chip: str, version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "__conn_ic_id__", chip)
    assert config.sd_api_ver_get() == version


@pytest.mark.parametrize(
    ("chip", "said"),
    [
        (None, "Connectivity IC identifier __conn_ic_id__ is not set"),
        ("X", "Invalid connectivity IC identifier: X."),
    ],
)
def test_no_chip_of_that_name(chip: str | None, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "__conn_ic_id__", chip)
    with pytest.raises(RuntimeError, match=f"^{said}$"):
        config.sd_api_ver_get()


def test_an_exception_carries_its_code() -> None:
    error = exceptions.NordicSemiException("Failed", 5)
    assert (str(error), error.args, error.msg, error.error_code) == ("Failed", ("Failed",), "Failed", 5)
    assert exceptions.InvalidArgumentException("x").error_code is None


def test_one_except_clause_catches_them_all() -> None:
    errors = [value for name, value in vars(exceptions).items() if name.endswith("Exception")]
    assert len(errors) == 5
    assert all(issubclass(error, exceptions.NordicSemiException) for error in errors)
