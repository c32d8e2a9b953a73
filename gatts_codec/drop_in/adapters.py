"""``sd_rpc_*``: what makes, opens and closes adapters. Each is a structure; ``driver`` is what it stands for."""

from __future__ import annotations

import ctypes
from typing import Any

from gatts_codec.drop_in.adapter import Adapter, Port, Severity
from gatts_codec.drop_in.events import Events
from gatts_codec.drop_in.memory import NUMBERS, POINTERS, Refuse, Structures, check_number
from gatts_codec.drop_in.ports import enumerate_ports


def adapter_of(handle: Any, function: str) -> Adapter | None:
    """The adapter for which a program has a structure; None for no structure. Raises TypeError for anything else."""
    if handle is None or type(handle).__name__ == "adapter_t":
        return getattr(handle, "driver", None)
    raise Refuse(function, 1, "adapter_t *").type()


def _whole(value: Any, function: str, argument: int, c: str = "uint32_t") -> int:
    return check_number(NUMBERS["u32"], Refuse(function, argument, c))(value)


class AdapterFunctions:
    """The functions, for the structures and the dialect of one version."""

    def __init__(self, structures: Structures, dialect: str, events: Events) -> None:
        self._structures, self._dialect, self._events = structures, dialect, events

    def sd_rpc_physical_layer_create_uart(
        self, port_name: str, baud_rate: int, flow_control: int, parity: int
    ) -> Any:
        """The port: its name as the system has it, or a URL of ours (``tcp:host:port``)."""
        function = "sd_rpc_physical_layer_create_uart"
        if not isinstance(port_name, str):
            raise Refuse(function, 1, "char const *").type()
        baud = _whole(baud_rate, function, 2)
        flow = _whole(flow_control, function, 3, "sd_rpc_flow_control_t")
        return self._made(
            "physical_layer_t", Port(port_name, baud, flow, _whole(parity, function, 4, "sd_rpc_parity_t"))
        )

    def sd_rpc_data_link_layer_create_bt_three_wire(
        self, physical_layer: Any, retransmission_interval: int
    ) -> Any:
        """The link: how many milliseconds to wait for an ACK."""
        function = "sd_rpc_data_link_layer_create_bt_three_wire"
        port = self._driver(physical_layer, "physical_layer_t", function, retransmission_interval)
        port.retransmission_ms = retransmission_interval
        return self._made("data_link_layer_t", port)

    def sd_rpc_transport_layer_create(self, data_link_layer: Any, response_timeout: int) -> Any:
        """The calls: how many milliseconds to wait for a response."""
        function = "sd_rpc_transport_layer_create"
        port = self._driver(data_link_layer, "data_link_layer_t", function, response_timeout)
        port.response_ms = response_timeout
        return self._made("transport_layer_t", port)

    def sd_rpc_adapter_create(self, transport_layer: Any) -> Any:
        """The adapter, still closed."""
        port = self._driver(transport_layer, "transport_layer_t", "sd_rpc_adapter_create")
        adapter = Adapter(port, self._dialect, self._events)
        adapter.handle = self._made("adapter_t", adapter)
        return adapter.handle

    def sd_rpc_adapter_delete(self, adapter: Any) -> None:
        """Nothing: an adapter goes with the last that knows it."""
        self._driver(adapter, "adapter_t", "sd_rpc_adapter_delete")

    def sd_rpc_open(
        self, adapter: Any, py_status_handler: Any, py_evt_handler: Any, py_log_handler: Any
    ) -> int:
        """Open the port, reset the chip, bring the link up."""
        handlers = (py_status_handler, py_evt_handler, py_log_handler)
        if not all(map(callable, handlers)):
            raise TypeError("sd_rpc_open: the handlers must be callable")
        return int(self._adapter(adapter, "sd_rpc_open").open(*handlers))

    def sd_rpc_close(self, adapter: Any) -> int:
        """Close the port."""
        return int(self._adapter(adapter, "sd_rpc_close").close())

    def sd_rpc_conn_reset(self, adapter: Any, reset_mode: int) -> int:
        """Restart the chip."""
        return int(
            self._adapter(adapter, "sd_rpc_conn_reset", reset_mode, "sd_rpc_reset_t").reset(reset_mode)
        )

    def sd_rpc_log_handler_severity_filter_set(self, adapter: Any, severity_filter: int) -> int:
        """Leave out of the log what matters less."""
        function = "sd_rpc_log_handler_severity_filter_set"
        filtered = self._adapter(adapter, function, severity_filter, "sd_rpc_log_severity_t")
        filtered.severity = Severity(min(severity_filter, Severity.FATAL))
        return 0

    def sd_rpc_serial_port_enum(self, serial_port_descs: Any, size: Any) -> int:
        """The serial ports of the machine, into an array; ``size`` has how many fit, and gets how many there are."""
        return enumerate_ports(serial_port_descs, size, self._structures["sd_rpc_serial_port_desc_t"])

    def _made(self, name: str, driver: Any) -> Any:
        handle = self._structures[name]()
        handle.driver = driver
        # A pointer that no other has: programs tell adapters apart by it.
        handle.internal = ctypes.cast(ctypes.create_string_buffer(1), POINTERS["void"])
        return handle

    def _driver(
        self, handle: Any, name: str, function: str, number: int = 0, number_type: str = "uint32_t"
    ) -> Any:
        """What stands behind a structure, if both arguments are what they have to be."""
        if not isinstance(handle, self._structures[name]):
            raise Refuse(function, 1, f"{name} *").type()
        _whole(number, function, 2, number_type)
        driver = getattr(handle, "driver", None)
        if driver is None:
            raise ValueError(f"{function}: nothing stands behind this {name}")
        return driver

    def _adapter(self, handle: Any, function: str, number: int = 0, number_type: str = "uint32_t") -> Adapter:
        adapter: Adapter = self._driver(handle, "adapter_t", function, number, number_type)
        return adapter
