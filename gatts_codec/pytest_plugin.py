"""pytest fixtures for suites that talk to a chip: a virtual one, and a client that is connected to it.

    @pytest.mark.virtual_chip("sd_api_v6", faults=["drop-ack=3"])
    def test_my_service(virtual_chip, connected_client):
        service = connected_client.service_add(1, Uuid(0x180D)).handle
        virtual_chip.peer.connect()

    def test_my_central(connected_pair):
        central, conn = connected_pair.central, connected_pair.central_conn
        central.gattc.primary_services_discover(conn, 1, Uuid(0x180D))

``virtual_chip`` runs in a thread of its own until the test ends. The marker takes what ``VirtualChip`` takes; tests
without one get the dialect of ``--virtual-chip-dialect``, or of the ini option ``virtual_chip_dialect``. ``air`` is an
air for any number of chips, ``two_chips`` are two ports in it, ``connected_pair`` two clients whose chips are
connected.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from gatts_codec.device.air_runner import AirRunner
    from gatts_codec.device.blocking import BlockingPeer
    from gatts_codec.device.chip import VirtualChip
    from gatts_codec.device.runner import ChipRunner
    from gatts_codec.link.client import Client
    from gatts_codec.link.transports import Transport

__all__ = [
    "ConnectedPair",
    "RunningChip",
    "air",
    "connected_client",
    "connected_pair",
    "two_chips",
    "virtual_chip",
]

_OPTION, _INI = "--virtual-chip-dialect", "virtual_chip_dialect"
_DEFAULT = "sd_api_v5"
_PATIENCE_S = 30.0


class RunningChip:
    """A virtual chip at work.

    ``port`` is what ``connect`` takes: the URL of a pseudo-terminal, which other hosts open too (``device``), and where
    the system has none one end of a pair in memory, for one client.
    """

    def __init__(self, runner: ChipRunner, port: str | Transport) -> None:
        self._runner = runner
        self.port = port

    @property
    def chip(self) -> VirtualChip:
        """The chip itself; to be touched by ``call`` only, since it lives in another thread."""
        return self._runner.chip

    @property
    def runner(self) -> ChipRunner:
        """What drives it."""
        return self._runner

    @property
    def peer(self) -> BlockingPeer:
        """The simulated GATT client; its requests wait for the host."""
        return self._runner.peer

    @property
    def dialect(self) -> str:
        """The dialect that the chip speaks."""
        return self.chip.device.dialect.name

    @property
    def device(self) -> str:
        """The serial port that a host of any kind opens. Skips the test where there is none."""
        if not isinstance(self.port, str):
            pytest.skip("this system has no pseudo-terminals")
        return self.port.removeprefix("serial:")


class ConnectedPair(NamedTuple):
    """Two clients, and the connection between their chips as each has it."""

    peripheral: Client
    central: Client
    peripheral_conn: int
    central_conn: int


def pytest_addoption(parser: pytest.Parser) -> None:
    """The dialect of chips whose tests do not name one."""
    group = parser.getgroup("gatts-codec")
    group.addoption(
        _OPTION, metavar="NAME", help=f"dialect of the virtual_chip fixture (default: {_DEFAULT})"
    )
    parser.addini(_INI, f"dialect of the virtual_chip fixture (default: {_DEFAULT})", default=_DEFAULT)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers", "virtual_chip(dialect, config=, firmware=, link=, faults=, seed=, ack_delay_s=)"
    )


@pytest.fixture
def virtual_chip(request: pytest.FixtureRequest) -> Iterator[RunningChip]:
    """A connectivity chip in software, running until the test ends."""
    from gatts_codec.device.chip import VirtualChip
    from gatts_codec.device.runner import ChipRunner

    dialect, options = _wanted(request)
    chip = VirtualChip(dialect, **options)
    with ExitStack() as stack:
        chip_end, port = _line(stack)
        yield RunningChip(stack.enter_context(ChipRunner(chip, chip_end)), port)


@pytest.fixture
def connected_client(virtual_chip: RunningChip) -> Iterator[Client]:
    """A client whose link to ``virtual_chip`` is up; closed when the test ends."""
    from gatts_codec.link.client import connect

    limit = virtual_chip.chip.link.config.max_payload
    with connect(virtual_chip.port, virtual_chip.dialect, max_payload=limit) as client:
        yield client


@pytest.fixture
def air() -> Iterator[AirRunner]:
    """An air in a thread of its own: ``air.add("sd_api_v5")`` brings a chip into it. Needs pseudo-terminals."""
    from gatts_codec.device.air_runner import AirRunner

    if sys.platform == "win32":
        pytest.skip("this system has no pseudo-terminals")
    with AirRunner() as running:
        yield running


@pytest.fixture
def two_chips(request: pytest.FixtureRequest, air: AirRunner) -> tuple[str, str]:
    """The ports of two chips in ``air``; of the marker the dialect and its options."""
    dialect, options = _wanted(request)
    return air.add(dialect, **options), air.add(dialect, **options)


@pytest.fixture
def connected_pair(request: pytest.FixtureRequest, two_chips: tuple[str, str]) -> Iterator[ConnectedPair]:
    """Two clients whose chips are connected; the first is the peripheral."""
    from gatts_codec.advertising.data import AdvData
    from gatts_codec.link.client import connect
    from gatts_codec.packets.gap.connection_events import ConnectedEvent

    dialect, _ = _wanted(request)
    with connect(two_chips[0], dialect) as peripheral, connect(two_chips[1], dialect) as central:
        for client in (peripheral, central):
            client.start(central_role_count=1)
        peripheral.advertise(AdvData(name="Peripheral"))
        address = peripheral.gap.addr_get().addr
        assert address is not None
        central.connect_to(address)
        ends = [client.wait_for(ConnectedEvent, _PATIENCE_S).conn_handle for client in (peripheral, central)]
        yield ConnectedPair(peripheral, central, *ends)


def _wanted(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """The dialect and the options of the marker, or else the configured dialect."""
    marker = request.node.get_closest_marker("virtual_chip")
    args: tuple[Any, ...] = marker.args if marker is not None else ()
    options = dict(marker.kwargs) if marker is not None else {}
    given = args[0] if args else options.pop("dialect", None)
    if len(args) > 1:
        options["config"] = args[1]
    return given or request.config.getoption(_OPTION) or request.config.getini(_INI), options


def _line(stack: ExitStack) -> tuple[Transport, str | Transport]:
    """The chip's end of a line, and what the host's end is opened by."""
    from gatts_codec.link.transports import memory_pair, open_transport

    if sys.platform == "win32":
        chip_end, host_end = memory_pair()
        stack.callback(host_end.close)
        return chip_end, host_end
    chip_end = open_transport("pty:")
    return chip_end, f"serial:{chip_end.name}"
