"""The serial ports of the machine, as the native module lists them."""

from __future__ import annotations

from typing import Any

from gatts_codec.constants import NrfError
from gatts_codec.drop_in.arrays import StructureArray
from gatts_codec.drop_in.memory import POINTERS, Refuse, room_for

_FUNCTION = "sd_rpc_serial_port_enum"


def enumerate_ports(descriptions: Any, size: Any, cls: type[Any]) -> int:
    """Write what is known of each port; NRF_ERROR_DATA_SIZE where there are more than fit."""
    first = descriptions.cast() if isinstance(descriptions, StructureArray) else descriptions
    if not isinstance(first, cls):
        raise Refuse(_FUNCTION, 1, f"{cls.__name__} []").type()
    if not isinstance(size, POINTERS["u32"]):
        raise Refuse(_FUNCTION, 2, "uint32_t *").type()
    from serial.tools.list_ports import comports

    found, most = sorted(comports()), size[0]
    size[0] = len(found)
    if len(found) > most:
        return int(NrfError.DATA_SIZE)
    for cell, port in zip(room_for(first, cls, len(found)), found, strict=True):
        cell.port = port.device
        cell.manufacturer = port.manufacturer or ""
        cell.serialNumber = port.serial_number or ""
        cell.pnpId = port.hwid or ""
        cell.locationId = port.location or ""
        cell.vendorId = "" if port.vid is None else f"{port.vid:04X}"
        cell.productId = "" if port.pid is None else f"{port.pid:04X}"
    return 0
