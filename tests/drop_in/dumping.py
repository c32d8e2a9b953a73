"""All that a program can read of an event, as plain values."""

from __future__ import annotations

import re
from typing import Any

_NAME = re.compile(r"BLE_(?:(GAP|GATTS|GATTC|L2CAP)_)?EVT_(.+)")
_OTHER_MEMBERS = {"rw_authorize_request": "authorize_request"}
_LENGTHS = ("len", "dlen", "count")


class Dumper:
    """Reads events as programs do: through ``X_array.frompointer``, as many as the length beside says.

    ``module`` has the array classes.
    """

    def __init__(self, module: Any) -> None:
        self._arrays: dict[str, Any] = {}
        for name, cls in vars(module).items():
            if name.endswith("_array"):
                self._arrays[f"{name[:-6]}_t"] = cls

    def event(self, name: str, event: Any) -> dict[str, Any]:
        """``name`` is the SoftDevice's: ``BLE_GAP_EVT_CONNECTED``."""
        match = _NAME.fullmatch(name)
        assert match is not None
        outer = getattr(event.evt, f"{(match[1] or 'common').lower()}_evt")
        member = _OTHER_MEMBERS.get(match[2].lower(), match[2].lower())
        found = {"id": event.header.evt_id, "outer": self._structure(outer, {"params"})}
        if hasattr(getattr(outer, "params", None), member):
            own = getattr(outer.params, member)
            found["params"] = self._structure(own, {"mem_block"} if member == "write" else set())
        return found

    def _structure(self, place: Any, without: set[str] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]
        names = [n for n in dir(type(place)) if isinstance(getattr(type(place), n), property)]
        wanted = sorted(set(names) - {"this", "thisown"} - without)
        return {name: self._member(place, name, wanted) for name in wanted}

    def _member(self, place: Any, name: str, names: list[str]) -> Any:
        value = getattr(place, name)
        if value is None or isinstance(value, (int, str)):
            return value
        c = self._type(place, name)
        base = c.split()[0] if c else ""
        declared = re.search(r"\[\(?(\d+)\)?\]", c)
        if name == "handle_value" and declared:
            return "skip"  # read by an iterator
        if base not in self._arrays or not (declared or base in ("uint8_t", "uint16_t")):
            return self._structure(value)
        count = int(declared[1]) if declared else 1
        if c.endswith("[1]") or declared is None or name == "data":
            count = next((getattr(place, length) for length in _LENGTHS if length in names), count)
        cells = self._arrays[base].frompointer(value)
        return [self._item(cells[at]) for at in range(count)]

    def _item(self, item: Any) -> Any:
        return item if isinstance(item, int) else self._structure(item)

    def _type(self, place: Any, name: str) -> str:
        try:
            setattr(type(place)(), name, object())
        except (TypeError, AttributeError) as error:
            found = re.search(r"of type '([^']*)'", str(error))
            return found[1].replace(" const", "") if found else ""
        return ""
