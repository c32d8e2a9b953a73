"""Chips on real ports: pseudo-terminal, TCP, Unix socket, memory; in threads and in an event loop."""

from __future__ import annotations

import asyncio
import inspect
import os
import queue
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gatts_codec import (
    Attr,
    AttrMd,
    CharMd,
    CharProps,
    HvxParams,
    RwAuthorizeRequestEvent,
    Uuid,
    WriteEvent,
)
from gatts_codec.constants import WriteOp
from gatts_codec.device import (
    Air,
    AirRunner,
    BlockingPeer,
    ChipFarm,
    ChipRunner,
    Peer,
    VirtualChip,
    listen_tcp,
    listen_unix,
)
from gatts_codec.device.listen import Place, PtyPlace, is_loopback
from gatts_codec.errors import EncodeError, LinkClosed, PeerError, PortError
from gatts_codec.link.aio import aconnect
from gatts_codec.link.client import Client, connect
from gatts_codec.link.transports import memory_pair, open_transport
from gatts_codec.packets.common.events import UserMemRequestEvent
from gatts_codec.packets.common.user_mem_reply import UserMemBlock, UserMemReply
from gatts_codec.packets.gap.connection_events import ConnectedEvent, DisconnectedEvent

needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="this system has no pseudo-terminals")
needs_unix = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no Unix sockets")
DIALECT = "sd_api_v5"


@pytest.fixture
def running() -> Iterator[tuple[ChipRunner, Client]]:
    chip_end, host_end = memory_pair()
    with ChipRunner(VirtualChip(DIALECT), chip_end) as runner, connect(host_end, DIALECT) as client:
        yield runner, client


def impatient(runner: ChipRunner) -> BlockingPeer:
    """A peer that waits for the host a moment only; for its turn it waits as long as a slow machine needs."""
    peer = BlockingPeer(runner, runner.chip.peer, 0.05)
    peer._call = runner.call  # type: ignore[method-assign]
    return peer


def add_value(client: Client, rd_auth: int = 0, wr_auth: int = 0) -> int:
    service = client.service_add(1, Uuid(0x180D)).handle
    attribute = Attr(Uuid(0x2A37), AttrMd(vlen=1, rd_auth=rd_auth, wr_auth=wr_auth), 20, b"old")
    added = client.characteristic_add(service, CharMd(CharProps(read=1, notify=1)), attribute).handles
    assert added is not None
    return added.value_handle


def test_in_memory(running: tuple[ChipRunner, Client]) -> None:
    runner, client = running
    handle = add_value(client)
    conn = runner.peer.connect()
    client.sys_attr_set(conn)
    runner.peer.subscribe(handle)
    client.hvx(conn, HvxParams(handle, data=b"new"))
    (value,) = runner.peer.wait_for_value()
    assert value.data == b"new"
    assert runner.peer.read(handle) == b"new"
    runner.peer.disconnect()
    assert not runner.peer.is_connected


def test_all_that_a_peer_can_do_from_another_thread(running: tuple[ChipRunner, Client]) -> None:
    runner, client = running
    handle = add_value(client)
    peer = runner.peer
    with pytest.raises(PeerError, match="does not advertise"):
        impatient(runner).wait_for_advertising()
    client.send_raw(bytes.fromhex("007301000000a00000000001"))
    peer.wait_for_advertising()
    conn = peer.connect()
    client.sys_attr_set(conn)
    peer.encrypt(2)
    exchanging = peer.begin(lambda peer: peer.exchange_mtu(50))
    client.exchange_mtu_reply(conn, 23)
    assert exchanging.result(300) == peer.mtu == 23
    peer.write(handle, b"one")
    peer.write_command(handle, b"two")
    assert peer.read_long(handle) == b"two"
    assert [service.uuid.uuid for service in peer.discover()][-1] == 0x180D
    peer.subscribe(handle)
    peer.leave()
    client.hvx(conn, HvxParams(handle, len=0))
    assert peer.received == []
    peer.come_back()
    assert [value.data for value in peer.received] == [b"two"]
    peer.confirm_by_hand()
    peer.confirm()
    writing = peer.begin(lambda peer: peer.write_long(handle, b"three"))
    client.wait_for(UserMemRequestEvent)
    client.call(UserMemReply(conn, UserMemBlock(64)))
    writing.result(300)
    assert peer.read(handle) == b"three"


def test_the_blocking_peer_has_what_the_peer_has() -> None:
    # Beside what a runner or the device calls.
    device_side = {"connection", "hear", "in_reach", "lose", "on_value", "time_out"}
    names = {name for name in (*vars(Peer), *vars(VirtualChip(DIALECT).peer)) if not name.startswith("_")}
    for name in sorted(names - device_side):
        blocking, own = getattr(BlockingPeer, name), getattr(Peer, name, None)
        if inspect.isfunction(own):
            assert list(inspect.signature(blocking).parameters.values()) == list(
                inspect.signature(own).parameters.values()
            ), name


def test_what_is_rarer_from_another_thread(running: tuple[ChipRunner, Client]) -> None:
    runner, client = running
    handle = add_value(client, wr_auth=1)
    peer = runner.peer
    client.sys_attr_set(peer.connect())
    peer.subscribe(handle)
    peer.unsubscribe(handle)
    assert [client.wait_for(WriteEvent).data for _ in range(2)] == [b"\x01\0", b"\0\0"]
    peer.write_command(handle, b"x", signed=True)
    assert client.wait_for(WriteEvent).op == WriteOp.SIGN_WRITE_CMD
    assert peer.confirms
    peer.confirm_by_hand()
    assert not peer.confirms
    peer.confirms = True
    assert peer.confirms
    peer.disconnect(0x16)
    assert client.wait_for(DisconnectedEvent).reason == 0x16


@pytest.mark.parametrize(("end", "value"), [(BlockingPeer.execute, b"new"), (BlockingPeer.cancel, b"old")])
def test_prepared_writes_from_another_thread(
    running: tuple[ChipRunner, Client], end: Callable[[BlockingPeer], None], value: bytes
) -> None:
    runner, client = running
    handle = add_value(client)
    runner.peer.connect()
    client.on_event(lambda event: client.call(UserMemReply(0, UserMemBlock(64))), UserMemRequestEvent)
    runner.peer.prepare(handle, b"ne")
    runner.peer.prepare(handle, b"w", 2)
    end(runner.peer)
    assert runner.peer.read(handle) == value


def test_a_request_that_the_host_has_to_answer(running: tuple[ChipRunner, Client]) -> None:
    runner, client = running
    handle = add_value(client, rd_auth=1)
    runner.peer.connect()
    with pytest.raises(PeerError, match="rw_authorize_reply"):
        impatient(runner).read(handle)
    assert client.wait_for(RwAuthorizeRequestEvent).read is not None


@pytest.mark.parametrize("timeout_s", [float("nan"), float("inf"), -1, "1", 1e308])
def test_times_that_are_none_are_refused_by_name(running: tuple[ChipRunner, Client], timeout_s: Any) -> None:
    runner, _ = running
    uses: list[Callable[[], object]] = [
        lambda: runner.call(lambda: 1, timeout_s),
        lambda: runner.wait_until(lambda chip: True, timeout_s),
        lambda: BlockingPeer(runner, runner.chip.peer, timeout_s),
    ]
    for use in uses:
        with pytest.raises(EncodeError, match="timeout_s: must be"):
            use()


def test_waiting_for_values_in_vain(running: tuple[ChipRunner, Client]) -> None:
    runner, _ = running
    runner.peer.connect()
    with pytest.raises(PeerError, match="only 0 values"):
        impatient(runner).wait_for_value()


def test_errors_reach_the_caller(running: tuple[ChipRunner, Client]) -> None:
    runner, _ = running
    with pytest.raises(PeerError, match="not connected"):
        runner.peer.disconnect()


def test_a_runner_that_has_stopped_says_so() -> None:
    chip_end, host_end = memory_pair()
    runner = ChipRunner(VirtualChip(DIALECT), chip_end)
    with runner:
        assert runner.call(lambda: 42) == 42
    runner.stop()
    with pytest.raises(LinkClosed):
        runner.call(lambda: 42)
    host_end.close()


def test_a_host_that_goes_away_ends_the_thread() -> None:
    chip_end, host_end = memory_pair()
    runner = ChipRunner(VirtualChip(DIALECT), chip_end)
    runner.start()
    host_end.close()
    runner.stop()
    with pytest.raises(LinkClosed):
        runner.submit(lambda: None)


@needs_pty
def test_on_a_pseudo_terminal(tmp_path: Path) -> None:
    link = tmp_path / "chip"
    place = PtyPlace(str(link))
    assert place.url == f"serial:{link}"
    (transport,) = place.transports()
    with ChipRunner(VirtualChip("sd_api_v5_pc"), transport):
        for _ in range(2):  # a second host finds the same chip
            with connect(place.url, DIALECT) as client:
                assert client.service_add(1, Uuid(0x180D)).handle == 14
    place.close()
    assert not link.is_symlink()


@needs_pty
def test_a_host_that_does_not_reset_finds_the_table() -> None:
    transport = open_transport("pty:")
    with ChipRunner(VirtualChip(DIALECT), transport):
        url = f"serial:{transport.name}"
        with connect(url, DIALECT) as client:
            assert client.service_add(1, Uuid(0x180D)).handle == 14
        with connect(url, DIALECT, reset=False) as client:
            assert client.service_add(1, Uuid(0x180F)).handle == 15


@needs_pty
def test_nobody_reads_and_the_chip_lives_on() -> None:
    transport = open_transport("pty:")
    with ChipRunner(VirtualChip(DIALECT), transport) as runner:
        for _ in range(2000):  # more than a pseudo-terminal holds
            runner.call(lambda: runner.chip._out.extend(bytes(100)))
        assert runner.call(lambda: True)


def served(place: Place) -> threading.Thread:
    """A thread that serves one host."""

    def serve() -> None:
        for transport in place.transports():
            try:
                ChipRunner(VirtualChip(DIALECT), transport).run()
            except LinkClosed:
                transport.close()
            return

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


def test_on_tcp() -> None:
    place = listen_tcp("127.0.0.1", 0)
    thread = served(place)
    with connect(place.url, DIALECT) as client:
        assert client.service_add(1, Uuid(0x180D)).handle == 14
    thread.join()
    place.close()
    assert list(place.transports()) == []


def test_a_second_host_is_refused_until_the_first_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatts_codec.device.listen._LEAVING_S", 0.0)
    place, refused = listen_tcp("127.0.0.1", 0), queue.SimpleQueue[str]()
    place.on_refused = refused.put
    address = ("127.0.0.1", int(place.url.rpartition(":")[2]))
    hosts = place.transports()
    with socket.create_connection(address) as silent:
        taken = next(hosts)
        for _ in range(2):
            with socket.create_connection(address) as second:
                second.settimeout(300)
                assert second.recv(1) == b""
                assert refused.get(timeout=300) == f"127.0.0.1:{second.getsockname()[1]}"
        silent.settimeout(300)
        assert taken.write(b"still here") == 10
        assert silent.makefile("rb").read(10) == b"still here"
        monkeypatch.setattr("gatts_codec.device.listen._LEAVING_S", 300.0)
        with socket.create_connection(
            address
        ) as third:  # comes before it has been seen that the first leaves
            taken.close()
            transport = next(hosts)
            third.settimeout(300)
            assert transport.write(b"yours") == 5
            assert third.makefile("rb").read(5) == b"yours"
            transport.close()
    assert refused.empty()
    place.close()


@needs_unix
def test_on_a_unix_socket(tmp_path: Path) -> None:
    path = tmp_path / "chip"
    place = listen_unix(str(path))
    thread = served(place)
    with connect(place.url, DIALECT) as client:
        assert client.service_add(1, Uuid(0x180D)).handle == 14
    thread.join()
    place.close()
    assert not path.exists()


@needs_unix
def test_a_socket_that_a_killed_chip_has_left_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "chip"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    listen_unix(str(path)).close()


@needs_unix
def test_a_socket_that_is_another_s_by_now_stays(tmp_path: Path) -> None:
    path = tmp_path / "chip"
    first = listen_unix(str(path))
    path.unlink()
    second = listen_unix(str(path))
    first.close()
    assert path.exists()
    second.close()
    assert not path.exists()


@needs_unix
def test_a_link_of_the_user_s_own_is_not_taken_for_a_left_socket(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "left")
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / "left"))
    left.close()
    with pytest.raises(PortError, match="cannot listen"):
        listen_unix(str(tmp_path / "link"))
    assert (tmp_path / "link").is_symlink()


@needs_unix
def test_places_that_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "chip"
    place = listen_unix(str(path))
    with pytest.raises(PortError, match="cannot listen"):
        listen_unix(str(path))
    place.close()
    (tmp_path / "file").write_text("mine", "ascii")
    with pytest.raises(PortError, match="cannot listen"):
        listen_unix(str(tmp_path / "file"))
    assert (tmp_path / "file").read_text("ascii") == "mine"
    tcp = listen_tcp("127.0.0.1", 0)
    port = int(tcp.url.rpartition(":")[2])
    with pytest.raises(PortError, match="cannot listen"):
        listen_tcp("127.0.0.1", port)
    tcp.close()


@needs_unix
def test_a_path_that_is_too_long_for_a_socket(tmp_path: Path) -> None:
    with pytest.raises(
        PortError, match=r"cannot listen on .*: .*too long"
    ):  # macOS takes 104 bytes, Linux 108
        listen_unix(str(tmp_path / ("x" * 120)))


def test_a_host_that_can_be_none() -> None:
    with pytest.raises(PortError, match=r"cannot listen on a\.\.b:0: .+"):
        listen_tcp("a..b", 0)

    async def main() -> None:
        async with ChipFarm(lambda: VirtualChip(DIALECT)) as farm:
            await farm.listen_tcp("a..b")

    with pytest.raises(PortError, match=r"cannot listen on a\.\.b:0: .+"):
        asyncio.run(main())


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("192.0.2.1", False)],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_who_listens_to_the_world_is_warned(caplog: pytest.LogCaptureFixture) -> None:
    async def listen(host: str | None) -> None:
        async with ChipFarm(lambda: VirtualChip(DIALECT)) as farm:
            await farm.listen_tcp(host)  # type: ignore[arg-type]

    for host in ("127.0.0.1", "localhost"):
        asyncio.run(listen(host))
        listen_tcp(host, 0).close()
    assert caplog.messages == []
    asyncio.run(listen("0.0.0.0"))
    listen_tcp("0.0.0.0", 0).close()
    asyncio.run(listen(""))
    everybody = ("0.0.0.0", "0.0.0.0", "this machine")
    assert caplog.messages == [f"anyone who reaches {host} can talk to this chip" for host in everybody]


# -- many at once


def test_a_farm_on_tcp() -> None:
    async def scenario() -> list[int | None]:
        async with ChipFarm(lambda: VirtualChip(DIALECT)) as farm:
            url = await farm.listen_tcp()

            async def host() -> int | None:
                async with await aconnect(url, DIALECT) as client:
                    return (await client.service_add(1, Uuid(0x180D))).handle

            handles = await asyncio.gather(*(host() for _ in range(8)))
            while farm.chips:
                await asyncio.sleep(0)
            return list(handles)

    assert asyncio.run(scenario()) == [14] * 8


@needs_pty
def test_a_farm_on_pseudo_terminals() -> None:
    async def scenario() -> None:
        async with ChipFarm(lambda: VirtualChip(DIALECT)) as farm:
            urls = [farm.open_pty() for _ in range(3)]
            assert len(farm.chips) == 3
            async with await aconnect(urls[1], DIALECT) as client:
                handle = (await client.service_add(1, Uuid(0x180D))).handle
                assert handle == 14
                chip = farm.chips[1]
                assert chip.is_up
                farm.act(chip, lambda chip: chip.peer.connect())
                await client.wait_for(ConnectedEvent)
            await farm.close()
            await farm.run_until_closed()
            assert farm.chips == []
            with pytest.raises(LinkClosed, match="does not run any more"):
                farm.act(chip, lambda chip: chip.peer.connect())

    asyncio.run(scenario())


def test_a_farm_whose_port_is_taken() -> None:
    async def scenario() -> None:
        taken = listen_tcp("127.0.0.1", 0)
        port = int(taken.url.rpartition(":")[2])
        async with ChipFarm(lambda: VirtualChip(DIALECT)) as farm:
            with pytest.raises(PortError, match="cannot listen"):
                await farm.listen_tcp(port=port)
        taken.close()

    asyncio.run(scenario())


def test_descriptors_are_given_back() -> None:
    def count() -> int:
        return len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0  # noqa: PTH208

    before = count()
    chip_end, host_end = memory_pair()
    with ChipRunner(VirtualChip(DIALECT), chip_end), connect(host_end, DIALECT):
        pass
    assert count() <= before  # fewer where what earlier tests have left is collected


def test_what_an_action_in_an_air_raises_is_its_callers_and_ends_no_air() -> None:
    def fail(air: Air, error: BaseException) -> None:
        raise error

    running = AirRunner()
    with running:
        for error in (ValueError("seen"), SystemExit(3), KeyboardInterrupt()):
            with pytest.raises(type(error)):
                running.call(partial(fail, error=error))
        assert running.call(lambda air: 7) == 7
    with pytest.raises(LinkClosed, match="the air does not run"):
        running.call(lambda air: 7)
    with pytest.raises(LinkClosed, match="the air does not run"):
        AirRunner().call(lambda air: 7)
