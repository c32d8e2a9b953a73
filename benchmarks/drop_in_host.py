"""One side of the benchmark of the drop-in: ``python -m benchmarks.drop_in_host native|drop-in PORT``.

Of each line of its input, size and count, it makes so many value writes, and says the microseconds of CPU and of time.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from importlib import import_module
from typing import Any

import gatts_codec.drop_in


def opened(native: Any, port: str) -> Any:
    """An adapter whose link is up."""
    up = threading.Event()

    def status(adapter: Any, code: int, text: str) -> None:
        if code == native.CONNECTION_ACTIVE:
            up.set()

    uart = native.sd_rpc_physical_layer_create_uart(port, 1_000_000, 0, 0)
    link = native.sd_rpc_data_link_layer_create_bt_three_wire(uart, 250)
    adapter = native.sd_rpc_adapter_create(native.sd_rpc_transport_layer_create(link, 1500))
    native.sd_rpc_log_handler_severity_filter_set(adapter, native.SD_RPC_LOG_FATAL)
    assert native.sd_rpc_open(adapter, status, lambda *event: None, lambda *line: None) == 0
    assert up.wait(60)
    return adapter


def write(native: Any, adapter: Any, data: bytes) -> int:
    """One value write, as programs make it."""
    cells = native.uint8_array(len(data))
    for at, number in enumerate(data):
        cells[at] = number
    value = native.ble_gatts_value_t()
    value.p_value, value.len = cells.cast(), len(data)
    result: int = native.sd_ble_gatts_value_set(adapter, 0xFFFF, 15, value)
    return result


def main(side: str, port: str) -> None:
    """Serve until the input ends."""
    if side == "drop-in":
        gatts_codec.drop_in.install()
    native = import_module("pc_ble_driver_py.lib.nrf_ble_driver_sd_api_v5")
    adapter = opened(native, port)
    for line in sys.stdin:
        size, count = map(int, line.split())
        data = bytes(size)
        began_cpu, began = time.process_time(), time.perf_counter()
        failed = any(write(native, adapter, data) for _ in range(count))
        cpu, wall = time.process_time() - began_cpu, time.perf_counter() - began
        print("failed" if failed else f"{cpu / count * 1e6} {wall / count * 1e6}", flush=True)
    os._exit(0)  # the native driver's threads may abort a process that ends


if __name__ == "__main__":
    main(*sys.argv[1:])
