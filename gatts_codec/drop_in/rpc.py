"""The functions of the module: those that make, open and close adapters, and ``sd_ble_*`` by their declarations."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from inspect import signature
from typing import Any

from gatts_codec.codec import Codec
from gatts_codec.constants import NrfError, SdRpcError
from gatts_codec.drop_in import irregular
from gatts_codec.drop_in.adapter import Severity, Status
from gatts_codec.drop_in.adapters import AdapterFunctions, adapter_of
from gatts_codec.drop_in.calls import ITERATOR, Form
from gatts_codec.drop_in.convert import Converter
from gatts_codec.drop_in.declared import Declarations, Declared
from gatts_codec.drop_in.events import Events
from gatts_codec.drop_in.memory import Refuse, Structures, pointer_to

CONSTANTS: dict[str, Any] = {
    **{f"NRF_ERROR_SD_RPC_{each.name}": int(each) for each in SdRpcError},
    **{f"SD_RPC_LOG_{each.name}": int(each) for each in Severity},
    **{each.name: int(each) for each in Status},
    "NRF_ERROR_SD_RPC_BASE_NUM": 0x8000,
    "BLE_GAP_DEVNAME_DEFAULT": "nRF5x",
    "SD_RPC_FLOW_CONTROL_NONE": 0,
    "SD_RPC_FLOW_CONTROL_HARDWARE": 1,
    "SD_RPC_PARITY_NONE": 0,
    "SD_RPC_PARITY_EVEN": 1,
    "SD_RPC_MAXPATHLEN": 512,
    "SYS_RESET": 0,
    "SOFT_RESET": 1,
}


def functions(structures: Structures, dialect: str, declared: Declarations) -> dict[str, Any]:
    """Every function of the module by name."""
    codec = Codec(dialect, strict=False)
    converter = Converter(structures, irregular)
    made = {
        name: _call(Form(call, converter, codec)) for name, call in declared.calls.items() if name != ITERATOR
    }
    if ITERATOR in declared.calls:
        made[ITERATOR] = _iterator(declared.calls[ITERATOR], structures)
    adapters = AdapterFunctions(structures, dialect, Events(codec, converter))
    return {
        **made,
        **{name: _plain(getattr(adapters, name)) for name in vars(AdapterFunctions) if name[0] != "_"},
    }


def _function(name: str, arguments: Iterable[str], carry_out: Callable[..., Any]) -> Any:
    """A function with these arguments, which says in its TypeErrors what it is called."""
    listed = ", ".join(arguments)
    scope = {"carry_out": carry_out}
    exec(f"def {name}({listed}):\n    return carry_out({listed})", scope)  # names from our own files
    return scope[name]


def _plain(method: Any) -> Any:
    return _function(method.__name__, signature(method).parameters, method)


def _call(form: Form) -> Any:
    name, checks, arguments = form.declared.name, form.checks, form.arguments

    def carry_out(adapter: Any, *values: Any) -> int:
        running = adapter_of(adapter, name)
        for check, value in zip(checks, values, strict=True):
            check(value)
        return int(running.call(form, arguments(*values)) if running else SdRpcError.INVALID_ARGUMENT)

    return _function(name, ("adapter", *form.declared.members), carry_out)


def _iterator(declared: Declared, structures: Structures) -> Any:
    """Goes through the handles and values that one response has, one after the other as on the air."""
    event_class, item_class = (structures[kind.base] for kind in declared.members.values())

    def carry_out(p_gattc_evt: Any, p_iter: Any) -> int:
        for at, (value, wanted) in enumerate(((p_gattc_evt, event_class), (p_iter, item_class)), 1):
            if not isinstance(value, wanted):
                raise Refuse(ITERATOR, at, f"{wanted.__name__} *").type()
        response = p_gattc_evt.params.char_val_by_uuid_read_rsp
        data, size = response.handle_value, 2 + response.value_len
        begin = ctypes.addressof(data.contents)
        at = 0 if p_iter.p_value is None else int(p_iter.p_value) - begin + response.value_len
        if at >= response.count * size:
            return int(NrfError.NOT_FOUND)
        p_iter.handle = int.from_bytes(ctypes.string_at(begin + at, 2), "little")
        cells = (ctypes.c_uint8 * response.value_len).from_address(begin + at + 2)
        cells.owner = data
        p_iter.p_value = pointer_to(cells, "u8")
        return 0

    return _function(ITERATOR, declared.members, carry_out)
