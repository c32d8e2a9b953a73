"""An argument of a wrong type is an error that names it, and no AttributeError from the depth."""

from __future__ import annotations

import asyncio
import inspect
import io
from collections.abc import Callable
from fractions import Fraction
from typing import Any, get_type_hints

import pytest
from every import every
from public_names import Callable as Public
from public_names import public_callables

from gatts_codec import (
    AdvData,
    Client,
    EncodeError,
    HostConfig,
    connect,
    memory_pair,
)
from gatts_codec.arguments import checked
from gatts_codec.capture import from_stream
from gatts_codec.constants import hint, result_name
from gatts_codec.device import (
    Air,
    ChipFarm,
    ChipRunner,
    DeviceConfig,
    Fault,
    FaultPlan,
    Occurrences,
    Peer,
    VirtualChip,
)
from gatts_codec.device.guests.dfu_objects import Op
from gatts_codec.errors import PortError, UnknownDialectError
from gatts_codec.link import Options

CHIP = VirtualChip("sd_api_v5")


def _is_checked(function: Callable[..., Any]) -> bool:
    return inspect.unwrap(function) is not function and function.__code__.co_filename.endswith("arguments.py")


@every(
    "found",
    lambda: [found for found in public_callables() if _is_checked(found.function)],
    lambda one: one.name,
)
def test_what_annotations_say_is_there_when_they_are_looked_at(found: Public) -> None:
    """Names that only a type checker imports would be NameErrors at the first call."""
    get_type_hints(inspect.unwrap(found.function))


def untyped(public: Any) -> Any:
    """For arguments that a type checker would refuse too."""
    return public


@pytest.mark.parametrize(
    ("wrong", "path", "wanted"),
    [
        (
            lambda: untyped(ChipRunner)(CHIP, "tcp:127.0.0.1:1"),
            "transport",
            "a Transport, not 'tcp:.*open_transport",
        ),
        (
            lambda: untyped(ChipRunner)("sd_api_v5", memory_pair()[0]),
            "chip",
            "a VirtualChip, not 'sd_api_v5'",
        ),
        (lambda: untyped(Client)("pty:", "sd_api_v5"), "transport", "a Transport"),
        (
            lambda: untyped(Client)(memory_pair()[0], "sd_api_v5", {"reset": 1}),
            "options",
            "an Options, not .*\n  Client",
        ),
        (lambda: untyped(connect)("pty:", "sd_api_v5", reset="no"), "reset", "True or False, not 'no'"),
        (lambda: untyped(Options)(strict=None), "strict", "True or False"),
        (lambda: untyped(HostConfig)(parity="N"), "parity", "True or False"),
        (lambda: untyped(VirtualChip)("sd_api_v5", faults="silent"), "faults", "an Iterable, not 'silent'"),
        (lambda: untyped(VirtualChip)("sd_api_v5", faults=[None]), "faults", "a Fault, not None"),
        (lambda: untyped(VirtualChip)("sd_api_v5", {"table_size": 500}), "config", "a DeviceConfig or None"),
        (
            lambda: untyped(VirtualChip)("sd_api_v5", ack_delay_s=float("nan")),
            "ack_delay_s",
            "0..1000000, not nan",
        ),
        (lambda: untyped(DeviceConfig)(device_name="nRF"), "device_name", "bytes, not 'nRF'"),
        (lambda: untyped(Fault)("explode"), "fault", "unknown fault 'explode'"),
        (lambda: untyped(Occurrences)(rate=5), "rate", "0 to 1, not 5"),
        (lambda: untyped(FaultPlan)(seed=object()), "seed", "a whole number"),
        (lambda: untyped(Air)(loss=float("nan")), "loss", "0 to 1, not nan"),
        (lambda: untyped(Air()).add("sd_api_v5"), "chip", "a VirtualChip or a Device"),
        (lambda: untyped(Air()).move(CHIP, CHIP, rssi=None), "rssi", "a whole number"),
        (lambda: untyped(Peer(CHIP.device)).write(3, "text"), "data", "bytes, not 'text'"),
        (lambda: untyped(from_stream)("00 a0", "x"), "stream", "a BinaryIO, not '00 a0'"),
        (
            lambda: untyped(from_stream)(io.BytesIO(), "x", framing="slip"),
            "framing",
            "'h5' or 'length' or 'payload' or None, not 'slip'",
        ),
        (lambda: untyped(AdvData).from_bytes("0201"), "data", "bytes"),
        (lambda: untyped(hint)("sd_api_v5", 7, 9), "command", "text or None, not 9"),
    ],
)
def test_a_wrong_argument_is_named(wrong: Callable[[], object], path: str, wanted: str) -> None:
    with pytest.raises(EncodeError, match=wanted) as caught:
        wrong()
    assert caught.value.path == path


def test_a_farm_names_what_makes_no_chip() -> None:
    async def farm(make_chip: Any) -> None:
        async with ChipFarm(make_chip) as running:
            running.open_memory()

    with pytest.raises(EncodeError, match="make_chip: must be a function"):
        asyncio.run(farm(CHIP))
    with pytest.raises(EncodeError, match="make_chip: must return a VirtualChip, not None"):
        asyncio.run(farm(lambda: None))


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_no_machine_has(port: int) -> None:
    async def farm() -> None:
        async with ChipFarm(lambda: CHIP) as running:
            await running.listen_tcp(port=port)

    with pytest.raises(PortError, match="0-65535"):
        asyncio.run(farm())


@pytest.mark.parametrize("dialect", [None, 5, [], object()])
def test_what_is_no_dialect_has_no_numbers(dialect: Any) -> None:
    with pytest.raises(UnknownDialectError, match="expected a dialect"):
        result_name(dialect, 7)


def test_arguments_too_many_and_too_few_are_python_s_own_error() -> None:
    with pytest.raises(TypeError, match=r"__init__\(\) missing 1 required positional argument: 'transport'"):
        ChipRunner(CHIP)  # type: ignore[call-arg]


def test_numbers_and_buffers_of_any_class_are_right() -> None:
    @checked
    def take(number: int, share: float, data: bytes) -> tuple[object, ...]:
        return number, share, data

    given = (Op.CREATE, Fraction(1, 2), bytearray(b"ab"))
    assert untyped(take)(*given) == given
