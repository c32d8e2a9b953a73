"""Which chip a program speaks to: it sets ``__conn_ic_id__`` before it imports a driver."""

from __future__ import annotations

__conn_ic_id__: str | None = None
_SD_API_VERSIONS = {"NRF51": 2, "NRF52": 5}


def sd_api_ver_get() -> int:
    """The SD API version that pc-ble-driver-py uses with this chip. Raises RuntimeError when it was not set."""
    if not __conn_ic_id__:
        raise RuntimeError("Connectivity IC identifier __conn_ic_id__ is not set")
    version = _SD_API_VERSIONS.get(__conn_ic_id__.upper())
    if version is None:
        raise RuntimeError(f"Invalid connectivity IC identifier: {__conn_ic_id__}.")
    return version
