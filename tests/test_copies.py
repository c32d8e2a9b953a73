"""What is a value, or a state without I/O, can be copied and sent to another process; what has a port says why not."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from gatts_codec import (
    AdvData,
    Client,
    Codec,
    HostConfig,
    ServiceAdd,
    Uuid,
    connect,
    find_dialect,
    memory_pair,
)
from gatts_codec.device import AirRunner, ChipFarm, ChipRunner, Device, Fault, VirtualChip
from gatts_codec.link.transports import open_transport
from gatts_codec.link.transports.loop import LoopPort

DIALECT = "sd_api_v5"
T = TypeVar("T")


def _through_pickle(it: T) -> T:
    back: T = pickle.loads(pickle.dumps(it))
    return back


copies = pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, _through_pickle])


@copies
def test_values(copied: Callable[[Any], Any]) -> None:
    values = (Uuid(0x180D), AdvData(name="x"), ServiceAdd(1, Uuid(0x180D)), HostConfig(), Fault("reboot"))
    for value in values:
        assert copied(value) == value


@copies
def test_a_dialect_stays_the_one_of_its_name(copied: Callable[[Any], Any]) -> None:
    own = find_dialect(DIALECT).derive("own", firmware="mine")
    assert copied(find_dialect(DIALECT)) is find_dialect(DIALECT)
    assert copied(own).name == "own"
    assert copied(Codec(DIALECT)).dialect is find_dialect(DIALECT)


@copies
def test_a_device_and_a_chip_go_on_elsewhere(copied: Callable[[Any], Any]) -> None:
    command = Codec(DIALECT).pack(ServiceAdd(1, Uuid(0x180D)))
    device = copied(Device(DIALECT))
    device.receive(command, 0.0)
    assert len(device.payloads_to_send()) == 1
    assert copied(VirtualChip(DIALECT)).device.dialect is find_dialect(DIALECT)


@copies
def test_what_has_a_port_cannot_be_copied(copied: Callable[[Any], Any]) -> None:
    host, end = memory_pair()
    with ChipRunner(VirtualChip(DIALECT), end) as running, connect(host, DIALECT) as sd:
        port = LoopPort("port", len)
        for it in (sd, host, running, running.peer, port, ChipFarm(lambda: running.chip), AirRunner()):
            with pytest.raises(TypeError, match=f"cannot copy or pickle <.*{type(it).__name__}.*has a port"):
                copied(it)
        assert isinstance(sd, Client)
        assert sd.service_add(1, Uuid(0x180D)).handle


@copies
def test_a_recorded_port_cannot_be_copied(copied: Callable[[Any], Any], tmp_path: Any) -> None:
    port = open_transport("loop://", record=tmp_path / "seen.jsonl")
    with pytest.raises(TypeError, match=r"cannot copy or pickle <.*RecordingTransport"):
        copied(port)
    port.close()
