"""What C says in another way than the wire does: unions with a number that selects, and two lists.

Each has a reader, a writer, or both, by the call, event or structure and the field.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gatts_codec.drop_in.declared import Declared
from gatts_codec.drop_in.memory import pointer_to, room_for
from gatts_codec.errors import EncodeError
from gatts_codec.packets.common import cfg_set, device_name, options
from gatts_codec.packets.gap.pairing import KEYS
from gatts_codec.packets.gattc.attr_info_disc_rsp_event import AttrInfo16
from gatts_codec.schema.blocks import Raw
from gatts_codec.schema.lists import Switch

if TYPE_CHECKING:
    from gatts_codec.drop_in.convert import Converter, Field, Read, Write

# Where the unions ble_cfg_t and ble_opt_t have each structure.
_CFG_PLACES: dict[type, tuple[str, ...]] = {
    cfg_set.VsUuidCfg: ("common_cfg", "vs_uuid_cfg"),
    cfg_set.ConnGap: ("conn_cfg", "params", "gap_conn_cfg"),
    cfg_set.ConnGattc: ("conn_cfg", "params", "gattc_conn_cfg"),
    cfg_set.ConnGatts: ("conn_cfg", "params", "gatts_conn_cfg"),
    cfg_set.ConnGatt: ("conn_cfg", "params", "gatt_conn_cfg"),
    cfg_set.ConnL2cap: ("conn_cfg", "params", "l2cap_conn_cfg"),
    cfg_set.RoleCount: ("gap_cfg", "role_count_cfg"),
    device_name.DeviceName: ("gap_cfg", "device_name_cfg"),
    cfg_set.ServiceChangedCfg: ("gatts_cfg", "service_changed"),
    cfg_set.AttrTabSizeCfg: ("gatts_cfg", "attr_tab_size"),
}
_OPT_PLACES: dict[type, tuple[str, ...]] = {
    options.ConnBandwidthOpt: ("common_opt", "conn_bw"),
    options.PaLnaOpt: ("common_opt", "pa_lna"),
    options.ConnEvtExtOpt: ("common_opt", "conn_evt_ext"),
    options.ChMapOpt: ("gap_opt", "ch_map"),
    options.LocalConnLatencyOpt: ("gap_opt", "local_conn_latency"),
    options.PasskeyOpt: ("gap_opt", "passkey"),
    options.PrivacyOpt: ("gap_opt", "privacy"),
    options.ScanReqReportOpt: ("gap_opt", "scan_req_report"),
    options.CompatModeOpt: ("gap_opt", "compat_mode"),
    options.CompatMode1Opt: ("gap_opt", "compat_mode_1"),
    options.CompatMode2Opt: ("gap_opt", "compat_mode_2"),
    options.AuthPayloadTimeoutOpt: ("gap_opt", "auth_payload_timeout"),
    options.ExtLenOpt: ("gap_opt", "ext_len"),
    options.SlaveLatencyDisableOpt: ("gap_opt", "slave_latency_disable"),
}
_UUID_16 = 1


def reader(converter: Converter, field: Field, declared: Declared) -> Read | None:
    """Of the arguments that a number selects. It raises EncodeError where there is nothing of that number."""
    if (declared.name, field.name) in (("sd_ble_cfg_set", "cfg"), ("sd_ble_opt_set", "opt")):
        number, union, places = (
            ("cfg_id", "p_cfg", _CFG_PLACES) if field.name == "cfg" else ("opt_id", "p_opt", _OPT_PLACES)
        )
        return _selected(converter, field, declared.members[union].base, number, places)
    if (declared.name, field.name) == ("sd_ble_gap_auth_key_reply", "key"):
        return _key
    return None


def writer(converter: Converter, field: Field, declared: Declared) -> Write | None:
    """Of results and lists that C has in another form."""
    make = _WRITERS.get((declared.name, field.name))
    return None if make is None else make(converter, field, declared)


def _selected(
    converter: Converter, field: Field, union: str, number: str, places: dict[type, tuple[str, ...]]
) -> Read:
    cases = _switch(field.block).cases
    readers: dict[int, tuple[tuple[str, ...], Read]] = {}
    for identifier, record in cases.items():
        path = places[record.cls]
        readers[int(identifier)] = (
            path,
            converter.reader(record, _declared_at(converter, union, path, record)),
        )

    def read(place: Any) -> Any:
        structure = getattr(place, f"p_{field.name}")
        if structure is None:
            return None
        known = readers.get(getattr(place, number))
        if known is None:
            raise EncodeError(
                f"must be one of {', '.join(map(str, readers))}", path=number, value=getattr(place, number)
            )
        path, inner = known
        return inner(_Tagged(_at(structure, path), structure, path))

    return read


class _Tagged:
    """A structure of a configuration, with the tag that stands beside it."""

    __slots__ = ("_inner", "_tag")

    def __init__(self, inner: Any, union: Any, path: tuple[str, ...]) -> None:
        self._inner, self._tag = inner, union.conn_cfg if path[0] == "conn_cfg" else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tag if name == "conn_cfg_tag" else self._inner, name)


def _declared_at(converter: Converter, union: str, path: tuple[str, ...], record: Any) -> Declared:
    """The members of a structure in a union; of a connection's configuration the tag, too."""
    declared = outer = converter.structures.declared[union]
    for name in path:
        declared = converter.structures.declared[declared.members[name].base]
        outer = declared if name == "conn_cfg" else outer
    tag = {"conn_cfg_tag": outer.members["conn_cfg_tag"]} if "conn_cfg_tag" in outer.members else {}
    return declared._replace(members={**declared.members, **tag})


def _at(place: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        place = getattr(place, name)
    return place


def _switch(block: Any) -> Switch:
    while not isinstance(block, Switch):
        block = block.subcon
    return block


def _key(place: Any) -> bytes | None:
    raw: Raw | None = KEYS.get(place.key_type)
    if place.p_key is None or raw is None:
        return None
    return ctypes.string_at(place.p_key, raw._size({}))


def _read_option(converter: Converter, field: Field, declared: Declared) -> Write:
    writers = {}
    for record in _switch(field.block).cases.values():
        path = _OPT_PLACES[record.cls]
        writers[record.cls] = (
            path,
            converter.writer(record, _declared_at(converter, "ble_opt_t", path, record)),
        )

    def write(place: Any, value: Any) -> None:
        path, inner = writers[type(value)]
        if place.p_opt is not None:
            inner(_at(place.p_opt, path), value)

    return write


def _bytes_written(converter: Converter, field: Field, declared: Declared) -> Write:
    def write(place: Any, value: int) -> None:
        params = place.p_hvx_params
        if params is not None and params.p_len is not None:
            params.p_len[0] = value

    return write


def _handle_values(converter: Converter, field: Field, declared: Declared) -> Write:
    """From v5 on handle and value one after the other, as on the air; before, structures with pointers."""
    kind = declared.members["handle_value"]

    def packed(place: Any, values: Any) -> None:
        place.count = len(values)
        data = b"".join(each.handle.to_bytes(2, "little") + each.value for each in values)
        ctypes.memmove(place.handle_value, data, min(len(data), place.handle_value.count))

    def pointed(place: Any, values: Any) -> None:
        place.count = len(values)
        cells = room_for(place.handle_value, converter.structures[kind.base], len(values))
        for cell, each in zip(cells, values, strict=True):
            cell.handle = each.handle
            cell.p_value = pointer_to((ctypes.c_uint8 * len(each.value))(*each.value), "u8")

    return packed if kind.base == "u8" else pointed


def _attr_infos(converter: Converter, field: Field, declared: Declared) -> Write:
    """From v5 on two lists that share their place; before, one of structures with a union."""

    def one_list(place: Any, values: Any) -> None:
        place.count = len(values)
        cells = room_for(place.attr_info, converter.structures["ble_gattc_attr_info_t"], len(values))
        for cell, each in zip(cells, values, strict=True):
            cell.handle = each.handle
            _write_uuid(cell.info.uuid16, cell.info.uuid128, each)

    def two_lists(place: Any, values: Any) -> None:
        place.count = len(values)
        first = place.info.attr_info16 if place.format == _UUID_16 else place.info.attr_info128
        for cell, each in zip(room_for(first, type(first), len(values)), values, strict=True):
            cell.handle = each.handle
            _write_uuid(cell.uuid, cell.uuid, each)

    return one_list if "attr_info" in declared.members else two_lists


def _write_uuid(short: Any, long: Any, info: Any) -> None:
    if isinstance(info, AttrInfo16):
        short.uuid, short.type = info.uuid.uuid, info.uuid.type
    else:
        ctypes.memmove(long.uuid128, info.uuid128, len(info.uuid128))


_WRITERS: dict[tuple[str, str], Callable[[Converter, Field, Declared], Write]] = {
    ("sd_ble_opt_get", "opt"): _read_option,
    ("sd_ble_gatts_hvx", "bytes_written"): _bytes_written,
    ("ble_gattc_evt_char_val_by_uuid_read_rsp_t", "handle_values"): _handle_values,
    ("ble_gattc_evt_attr_info_disc_rsp_t", "attr_infos"): _attr_infos,
}
