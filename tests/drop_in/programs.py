"""What a program on the native module does, and what its handlers were told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from gatts_codec.drop_in.native import module

PATIENCE_S = 120


class Program:
    """An adapter on a port; its statuses, log lines and events so far."""

    def __init__(self, port: str, version: str = "v5", severity: int = 2) -> None:
        self.native: Any = module(version)
        self.statuses: list[tuple[int, str]] = []
        self.log: list[tuple[int, str]] = []
        self.events: list[Any] = []
        self._news = threading.Condition()
        uart = self.native.sd_rpc_physical_layer_create_uart(port, 1_000_000, 0, 0)
        link = self.native.sd_rpc_data_link_layer_create_bt_three_wire(uart, 100)
        self.adapter = self.native.sd_rpc_adapter_create(
            self.native.sd_rpc_transport_layer_create(link, 60_000)
        )
        self.native.sd_rpc_log_handler_severity_filter_set(self.adapter, severity)

    def open(self) -> int:
        """The result."""
        code: int = self.native.sd_rpc_open(self.adapter, self._status, self._event, self._log)
        return code

    def close(self) -> int:
        code: int = self.native.sd_rpc_close(self.adapter)
        return code

    def call(self, name: str, *arguments: Any) -> int:
        """``sd_ble_`` and so on."""
        code: int = getattr(self.native, f"sd_ble_{name}")(self.adapter, *arguments)
        return code

    def bytes_at(self, data: bytes) -> Any:
        """A pointer to bytes."""
        cells = self.native.uint8_array(len(data))
        for at, number in enumerate(data):
            cells[at] = number
        return cells.cast()

    def wait_for(self, event_id: int) -> Any:
        """The first event of that number."""

        def found() -> Any:
            return next((event for event in self.events if event.header.evt_id == event_id), None)

        with self._news:
            assert self._news.wait_for(found, PATIENCE_S), f"no event {event_id:#x}"
            return found()

    def serve(self, value: bytes) -> tuple[int, int]:
        """A service with one characteristic, its value and CCCD handles."""
        made = self.native
        uuid, service = made.ble_uuid_t(), made.new_uint16()
        uuid.uuid, uuid.type = 0x180D, 1
        assert self.call("gatts_service_add", 1, uuid, service) == 0
        md, attribute_md, attribute = (
            made.ble_gatts_char_md_t(),
            made.ble_gatts_attr_md_t(),
            made.ble_gatts_attr_t(),
        )
        md.char_props.read = md.char_props.write = md.char_props.notify = 1
        for mode in (attribute_md.read_perm, attribute_md.write_perm):
            mode.sm = mode.lv = 1
        attribute_md.vloc, attribute_md.vlen = 1, 1
        own = made.ble_uuid_t()
        own.uuid, own.type = 0x2A37, 1
        attribute.p_uuid, attribute.p_attr_md = own, attribute_md
        attribute.max_len, attribute.init_len, attribute.p_value = 20, len(value), self.bytes_at(value)
        handles = made.ble_gatts_char_handles_t()
        assert self.call("gatts_characteristic_add", made.uint16_value(service), md, attribute, handles) == 0
        return handles.value_handle, handles.cccd_handle

    def advertise(self) -> None:
        params = self.native.ble_gap_adv_params_t()
        params.interval = 0x40
        tag = (0,) if "conn_cfg_tag" in self.native.sd_ble_gap_adv_start.__code__.co_varnames else ()
        data = self.bytes_at(b"\x02\x01\x06")
        assert self.call("gap_adv_data_set", data, 3, None, 0) == 0
        assert self.call("gap_adv_start", params, *tag) == 0

    def _status(self, adapter: Any, code: int, text: str) -> None:
        assert adapter.internal == self.adapter.internal
        self.statuses.append((code, text))

    def _log(self, adapter: Any, severity: int, text: str) -> None:
        self.log.append((severity, text))

    def _event(self, adapter: Any, event: Any) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()


Start = Callable[[str], str]
"""A chip of a dialect on a port."""
