"""A connectivity chip in software: develop and test a host without hardware. See docs/virtual-chip.md.

    from gatts_codec.device import ChipRunner, VirtualChip

``VirtualChip`` is the whole chip, sans-IO; ``ChipRunner`` puts it on a port, ``ChipFarm`` many of them in an event
loop; ``Device`` is the chip without its link. The names load on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatts_codec.facade import facade

if TYPE_CHECKING:
    from gatts_codec.device.blocking import BlockingPeer
    from gatts_codec.device.chip import Note, Observation, Seen, VirtualChip
    from gatts_codec.device.config import DeviceConfig
    from gatts_codec.device.device import Device
    from gatts_codec.device.discovery import Characteristic, Descriptor, Service
    from gatts_codec.device.farm import ChipFarm
    from gatts_codec.device.faults import Fault, FaultPlan, When, parse_fault
    from gatts_codec.device.firmware import FIRMWARE, Firmware
    from gatts_codec.device.listen import listen_tcp, listen_unix
    from gatts_codec.device.peer import HandleValue, Peer
    from gatts_codec.device.procedure import Procedure
    from gatts_codec.device.runner import ChipRunner
    from gatts_codec.device.script import Line, ScriptRun, load_script, parse_script

_HOMES = {
    "blocking": "BlockingPeer",
    "chip": "Note Observation Seen VirtualChip",
    "config": "DeviceConfig",
    "device": "Device",
    "discovery": "Characteristic Descriptor Service",
    "farm": "ChipFarm",
    "faults": "Fault FaultPlan When parse_fault",
    "firmware": "FIRMWARE Firmware",
    "listen": "listen_tcp listen_unix",
    "peer": "HandleValue Peer",
    "procedure": "Procedure",
    "runner": "ChipRunner",
    "script": "Line ScriptRun load_script parse_script",
}

__all__ = [
    "FIRMWARE",
    "BlockingPeer",
    "Characteristic",
    "ChipFarm",
    "ChipRunner",
    "Descriptor",
    "Device",
    "DeviceConfig",
    "Fault",
    "FaultPlan",
    "Firmware",
    "HandleValue",
    "Line",
    "Note",
    "Observation",
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

__getattr__, __dir__ = facade(__name__, _HOMES)
