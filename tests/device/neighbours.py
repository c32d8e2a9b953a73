"""Devices on benches in one air, and how their hosts have them advertise, scan and connect in any dialect."""

from __future__ import annotations

from typing import Any

from device.bench import ALL, Bench, E

from gatts_codec import (
    SysAttrSet,
)
from gatts_codec.constants.gap import AdvType, AdvTypeV5
from gatts_codec.device import Air
from gatts_codec.packets.gap.adv_data_set import AdvDataSet
from gatts_codec.packets.gap.adv_set_configure import AdvParams, AdvProperties, AdvSetConfigure
from gatts_codec.packets.gap.adv_start import AdvParamsV2, AdvParamsV5, AdvStart, AdvStartV5
from gatts_codec.packets.gap.connect import Connect
from gatts_codec.packets.gap.connection_events import (
    ConnectedEvent,
)
from gatts_codec.packets.gap.scan import (
    ScanParams,
    ScanParamsV2,
    ScanParamsV5,
    ScanStart,
    ScanStartV5,
)
from gatts_codec.packets.gap.structs import Addr, AdvSetData, BleData, ConnParams

CENTRALS = [name for name in ALL if not name.startswith("s110")]
NAME, ANSWER = bytes.fromhex("020106"), bytes.fromhex("03030d18")
HIDDEN = bytes.fromhex("020104")  # by the flags nobody is to discover it
SOMEBODY = Addr(bytes.fromhex("0102030405c0"), 1)
TIMING = ConnParams(12, 24, 0, 400)
CHOSEN = ConnParams(24, 24, 0, 400)
KINDS = {"connectable": (0, 1), "directed": (1, 3), "scannable": (2, 4), "deaf": (3, 5)}


def api(bench: Bench) -> int:
    return bench.device.profile.api


def address(bench: Bench) -> Addr:
    return Addr(bench.device.gap.address[::-1], bench.device.gap.address_type)


def advertise(bench: Bench, kind: str = "connectable", **more: Any) -> None:
    """Advertise every 100 ms, with data and a scan response."""
    early, late = KINDS[kind]
    said = more.pop("data", NAME)
    if api(bench) >= 6:
        answer = BleData(2, data=ANSWER) if kind in ("connectable", "scannable") else BleData()
        data = AdvSetData(BleData(1, data=said), answer) if kind != "directed" else AdvSetData()
        handle = bench.ok(
            AdvSetConfigure(0xFF, data, AdvParams(AdvProperties(AdvType(late)), **more))
        ).adv_handle
        bench.ok(AdvStart(handle))
    else:
        bench.ok(AdvDataSet(data=said, sr_data=ANSWER))
        params = AdvParamsV5 if api(bench) >= 3 else AdvParamsV2
        if "filter_policy" in more:
            more["fp"] = more.pop("filter_policy")
        if "duration" in more:
            more["timeout"] = more.pop("duration") // 100
        bench.ok(AdvStartV5(params(type=AdvTypeV5(early), **more)))


def listening(bench: Bench, *, seconds: int = 0, **more: Any) -> Any:
    """The dialect's scan parameters: all the time."""
    if api(bench) >= 6:
        return ScanParams(interval=160, window=160, timeout=seconds * 100, **more)
    params = ScanParamsV5 if api(bench) >= 3 else ScanParamsV2
    return params(interval=160, window=160, timeout=seconds, **more)


def scan(bench: Bench, **more: Any) -> None:
    params = listening(bench, **more)
    bench.ok(ScanStart(params, BleData(1, 31)) if api(bench) >= 6 else ScanStartV5(params))


def initiate(bench: Bench, target: Bench, *, tag: int | None = None, **more: Any) -> None:
    bench.ok(Connect(address(target), listening(bench, **more), TIMING, tag))


def pair(one: str = "sd_api_v5", other: str = "sd_api_v5", **config: Any) -> tuple[Air, Bench, Bench]:
    air = Air(seed=1)
    peripheral, central = Bench(one, **config), Bench(other)
    air.add(peripheral.device)
    air.add(central.device)
    return air, peripheral, central


def joined(one: str = "sd_api_v5", other: str = "sd_api_v5", **config: Any) -> tuple[Air, Bench, Bench]:
    """A peripheral and a central, connected; both handles are 0."""
    air, peripheral, central = pair(one, other, **config)
    advertise(peripheral)
    initiate(central, peripheral)
    peripheral.after(0)
    for bench in (peripheral, central):
        bench.event(ConnectedEvent)
    peripheral.ok(SysAttrSet(0))
    return air, peripheral, central


def answer(bench: Bench, kind: type[E]) -> E:
    """The only event that arrives by the next connection event."""
    assert bench.events() == []
    bench.after(0.03)
    return bench.event(kind)
