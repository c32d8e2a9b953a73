"""A connectivity chip in software: develop and test a host without hardware. See docs/virtual-chip.md.

    from gatts_codec.device import ChipRunner, VirtualChip

``VirtualChip`` is the whole chip, sans-IO; ``ChipRunner`` puts it on a port, ``ChipFarm`` many of them in an event
loop; ``Device`` is the chip without its link. The names load on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gatts_codec.device.blocking import BlockingPeer
    from gatts_codec.device.chip import Note, Seen, VirtualChip
    from gatts_codec.device.config import DeviceConfig
    from gatts_codec.device.device import Device
    from gatts_codec.device.discovery import Characteristic, Descriptor, Service
    from gatts_codec.device.farm import ChipFarm
    from gatts_codec.device.faults import Fault, When, parse_fault
    from gatts_codec.device.listen import listen_tcp, listen_unix
    from gatts_codec.device.peer import HandleValue, Peer
    from gatts_codec.device.procedure import Procedure
    from gatts_codec.device.runner import ChipRunner
    from gatts_codec.device.script import ScriptRun, load_script, parse_script

_HOMES = {
    "blocking": "BlockingPeer",
    "chip": "Note Seen VirtualChip",
    "config": "DeviceConfig",
    "device": "Device",
    "discovery": "Characteristic Descriptor Service",
    "farm": "ChipFarm",
    "faults": "Fault When parse_fault",
    "listen": "listen_tcp listen_unix",
    "peer": "HandleValue Peer",
    "procedure": "Procedure",
    "runner": "ChipRunner",
    "script": "ScriptRun load_script parse_script",
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = [
    "BlockingPeer",
    "Characteristic",
    "ChipFarm",
    "ChipRunner",
    "Descriptor",
    "Device",
    "DeviceConfig",
    "Fault",
    "HandleValue",
    "Note",
    "Peer",
    "Procedure",
    "ScriptRun",
    "Seen",
    "Service",
    "VirtualChip",
    "When",
    "listen_tcp",
    "listen_unix",
    "load_script",
    "parse_fault",
    "parse_script",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
