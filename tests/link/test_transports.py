"""Transports: every kind carries bytes both ways, waits, wakes, notices the end, and says why it does not open."""

from __future__ import annotations

import errno
import os
import re
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import serial
from link.wires import EVERY_KIND, KINDS, POSIX, read_all

from gatts_codec.errors import LinkClosed, PortError
from gatts_codec.link.transports import descriptor, memory_pair, open_transport, serial_port
from gatts_codec.link.transports.ports import SerialPort, list_serial_ports
from gatts_codec.link.transports.url import parse
from tools.soak.lines import Pair

needs_posix = pytest.mark.skipif(not POSIX, reason="needs pseudo-terminals and Unix sockets")


@pytest.fixture(params=["poll", "select"])
def way_to_wait(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "poll" and not descriptor._HAS_POLL:
        pytest.skip("this system has no poll()")
    monkeypatch.setattr(descriptor, "_HAS_POLL", request.param == "poll")  # select(): Windows and macOS


@pytest.fixture(params=EVERY_KIND)
def pair(request: pytest.FixtureRequest, way_to_wait: None) -> Iterator[Pair]:
    with ExitStack() as stack:
        ours, theirs = KINDS[request.param](stack)
        with closing(ours), closing(theirs):
            yield ours, theirs


def test_carries_every_byte_both_ways(pair: Pair) -> None:
    every_byte = bytes(range(256))
    for sender, receiver in (pair, pair[::-1]):
        assert sender.write(every_byte) == 256
        assert read_all(receiver, 256) == every_byte


def test_reads_nothing_when_there_is_nothing(pair: Pair) -> None:
    for transport in pair:
        assert transport.read() == b""
        transport.wait(0)
        assert transport.read() == b""


def test_wake_ends_a_wait_and_is_not_lost_when_nobody_waits(pair: Pair) -> None:
    ours = pair[0]
    ours.wake()
    ours.wait(None)
    waiter = threading.Thread(target=ours.wait, args=(None,))
    waiter.start()
    ours.wake()
    waiter.join(300)
    assert not waiter.is_alive()


def test_may_be_closed_twice_and_says_closed_afterwards(pair: Pair) -> None:
    ours = pair[0]
    ours.close()
    ours.close()
    with pytest.raises(LinkClosed, match="closed"):
        ours.read()
    with pytest.raises(LinkClosed, match="closed"):
        ours.write(b"x")


def test_a_closed_one_touches_no_descriptor_that_is_somebody_else_s_by_now(
    pair: Pair, tmp_path: Path
) -> None:
    ours = pair[0]
    fd = ours.fileno()
    ours.close()
    (tmp_path / "victim").write_bytes(b"theirs")
    with ExitStack() as stack:
        files = [stack.enter_context((tmp_path / "victim").open("r+b", buffering=0))]
        while fd is not None and files[-1].fileno() < fd:
            files.append(stack.enter_context((tmp_path / "victim").open("r+b", buffering=0)))
        for use in (ours.read, lambda: ours.write(b"H5")):
            with pytest.raises(LinkClosed, match="is closed"):
                use()
        if fd is not None:
            with pytest.raises(LinkClosed, match="is closed"):
                ours.fileno()
            ours.wait(None)  # for nothing that is not ours
        ours.close()
        assert [file.read() for file in files] == [b"theirs"] * len(files)


@needs_posix
def test_one_that_is_dropped_gives_everything_back(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    dropped = [descriptor.socket_transport("dropped", ours), open_transport(f"pty:{tmp_path / 'chip'}")]
    assert (tmp_path / "chip").is_symlink()
    dropped.clear()
    assert ours.fileno() == -1
    assert not (tmp_path / "chip").is_symlink()
    theirs.close()


def test_what_flow_control_holds_back_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def held(port: object, data: bytes) -> int:
        raise serial.SerialTimeoutException

    with closing(open_transport("loop://")) as port:
        monkeypatch.setattr(type(port._port), "write", held)  # type: ignore[attr-defined]
        assert port.write(b"abc") == 3
        assert "flow control holds it: up to 3 bytes are lost" in caplog.text
        monkeypatch.setattr(type(port._port), "write", lambda port, data: 2)  # type: ignore[attr-defined]
        assert port.write(b"abc") == 2


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("pty", "socat")])
def test_notices_that_the_other_end_has_gone(kind: str) -> None:
    with ExitStack() as stack:
        ours, theirs = KINDS[kind](stack)
        with closing(ours):
            theirs.close()
            with pytest.raises(LinkClosed, match="went away"):  # noqa: PT012
                ours.wait(300)
                ours.read()


@needs_posix
def test_notices_an_unplugged_serial_port() -> None:
    terminal = open_transport("pty:")
    with closing(open_transport(f"serial:{terminal.name}")) as port:
        terminal.close()
        port.wait(300)
        with pytest.raises(LinkClosed, match="went away") as caught:
            port.read()
        assert caught.value.stage == "closed"
        with pytest.raises(LinkClosed):
            port.write(b"x")


@pytest.mark.usefixtures("way_to_wait")
def test_a_full_buffer_takes_no_more_and_waits_for_room() -> None:
    ours, theirs = memory_pair()
    with closing(ours), closing(theirs):
        total = 0
        while taken := ours.write(bytes(65536)):
            total += taken
        assert ours.write(b"x") == 0
        ours.wake()
        ours.wait(None, writing=True)  # no room: it is the wake that ends it
        assert read_all(theirs, total) == bytes(total)
        ours.wait(None, writing=True)
        assert ours.write(b"x") == 1


@needs_posix
def test_a_pty_makes_its_link_and_removes_it(tmp_path: Path) -> None:
    link = tmp_path / "chip"
    with closing(open_transport(f"pty:{link}")) as ours:
        assert ours.name == str(link)
        with closing(open_transport(str(link))) as theirs:
            theirs.write(b"hello")
            assert read_all(ours, 5) == b"hello"
        # The next program finds the terminal as the first one did.
        with closing(open_transport(str(link))) as theirs:
            ours.write(b"again")
            assert read_all(theirs, 5) == b"again"
    assert not link.is_symlink()


@needs_posix
def test_a_pty_does_not_replace_a_file(tmp_path: Path) -> None:
    (tmp_path / "chip").write_text("precious")
    with pytest.raises(PortError, match="it is a file"):
        open_transport(f"pty:{tmp_path / 'chip'}")
    assert (tmp_path / "chip").read_text() == "precious"


@needs_posix
def test_one_that_is_dropped_when_python_ends_is_closed() -> None:
    script = (
        "import sys, gatts_codec\n"
        "ours = gatts_codec.memory_pair()\n"
        "sys.modules['kept'] = ours\n"  # until modules are cleared
        "terminal = gatts_codec.open_transport('pty:')\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, check=True)
    assert done.stderr == b""


@needs_posix
def test_a_pty_that_is_interrupted_leaves_no_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gatts_codec.link.transports.pty.DescriptorTransport", interrupt)
    with pytest.raises(KeyboardInterrupt):
        open_transport(f"pty:{tmp_path / 'chip'}")
    assert not (tmp_path / "chip").is_symlink()


@needs_posix
@pytest.mark.parametrize("leads_to", ["precious.txt", "/dev/null", "/nowhere"])
def test_a_pty_does_not_replace_a_link_that_no_pty_has_made(tmp_path: Path, leads_to: str) -> None:
    (tmp_path / "precious.txt").write_text("precious")
    link = tmp_path / "chip"
    link.symlink_to(leads_to)
    with pytest.raises(PortError, match=f"leads to {leads_to}"):
        open_transport(f"pty:{link}")
    assert str(link.readlink()) == leads_to


@needs_posix
@pytest.mark.parametrize("mode", [None, 0o666])
def test_a_pty_does_not_take_the_link_of_one_that_is_in_use(tmp_path: Path, mode: int | None) -> None:
    """Whatever its permissions are by now, so that others can use it."""
    link = tmp_path / "chip"
    with closing(open_transport(f"pty:{link}")):
        device = str(link.readlink())
        if mode is not None:
            Path(device).chmod(mode)
        with pytest.raises(PortError, match=f"leads to {device}, which is in use"):
            open_transport(f"pty:{link}")
        assert str(link.readlink()) == device
    assert not link.is_symlink()


@needs_posix
def test_a_pty_takes_over_what_a_killed_program_has_left(tmp_path: Path) -> None:
    """Its number is nobody's, its successor's, or that of a third."""
    link = tmp_path / "chip"
    ends = os.openpty()
    device = os.ttyname(ends[1])
    number = re.sub(r"[0-9]+$", "", device)
    try:
        for leads_to in (f"{number}999999", device):
            link.symlink_to(leads_to)
            os.utime(link, (1, 1), follow_symlinks=False)
            with closing(open_transport(f"pty:{link}")):
                assert str(link.readlink()) != leads_to
    finally:
        for end in ends:
            os.close(end)
    link.symlink_to(device)
    with closing(open_transport(f"pty:{link}")):
        assert link.is_symlink()


def test_pyserial_loop_url() -> None:
    with closing(open_transport("loop://?baud=115200")) as port:
        assert port.baud == 115200
        assert port.fileno() is None
        port.write(b"echo")
        assert read_all(port, 4) == b"echo"
        port.wake()
        port.wait(None)


@needs_posix
def test_only_a_plain_port_is_read_by_its_descriptor() -> None:
    with closing(open_transport("pty:")) as terminal:
        with closing(open_transport(terminal.name)) as port:
            assert port.fileno() is not None
        with closing(open_transport(f"alt://{terminal.name}")) as port:
            assert port.fileno() is None
            assert port.read() == b""


@needs_posix
def test_a_pseudo_terminal_that_takes_no_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(port: serial.Serial, baud: int) -> None:
        raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))

    # As on macOS: speeds beyond termios' are set by an ioctl, which pseudo-terminals do not have.
    monkeypatch.setattr(serial.Serial, "BAUDRATE_CONSTANTS", {})
    monkeypatch.setattr(serial.Serial, "_set_special_baudrate", refuse)
    monkeypatch.delattr("termios.B1000000", raising=False)
    with closing(open_transport("pty:")) as terminal:
        with pytest.raises(PortError, match="does not take these settings"):
            open_transport(terminal.name)
        monkeypatch.setattr("sys.platform", "darwin")
        with closing(open_transport(terminal.name)) as port:
            assert port.baud is None
            port.write(b"hello")
            assert read_all(terminal, 5) == b"hello"
            assert port.read() == b""
        with closing(open_transport(f"{terminal.name}?baud=115200")) as port:
            assert port.baud == 115200
        # A real port keeps its speed or does not open.
        monkeypatch.setattr(serial_port, "_PSEUDO_TERMINALS", ())
        with pytest.raises(PortError, match="does not take these settings"):
            open_transport(terminal.name)


@needs_posix
def test_what_termios_refuses_is_a_port_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import termios

    terminal = open_transport("pty:")

    def refuse(*_: object) -> None:
        raise termios.error(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(termios, "tcsetattr", refuse)
    with closing(terminal), pytest.raises(PortError, match="does not take these settings"):
        open_transport(terminal.name)


def test_small_packets_are_not_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[socket.socket] = []

    def by_tcp() -> tuple[socket.socket, socket.socket]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            ends = socket.create_connection(listener.getsockname()), listener.accept()[0]
        made.extend(ends)
        return ends

    monkeypatch.setattr(socket, "socketpair", by_tcp)  # as on Windows
    ours, theirs = memory_pair()
    with closing(ours), closing(theirs):
        assert all(end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for end in made[:2])  # the pair
        assert made[3].getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)  # what wakes its first end
        ours.write(b"hello")
        assert read_all(theirs, 5) == b"hello"
        theirs.wake()
        theirs.wait(None)


@needs_posix
def test_line_settings_are_those_of_the_url() -> None:
    with closing(open_transport("pty:")) as terminal:
        with closing(open_transport(f"serial:{terminal.name}")) as port:
            assert (port.baud, port.parity) == (1_000_000, False)
        with closing(open_transport(f"{terminal.name}?baud=115200&parity=e&rtscts=1")) as port:
            assert (port.baud, port.parity) == (115200, True)
        assert (terminal.baud, terminal.parity) == (None, False)


@pytest.mark.parametrize(
    ("url", "place", "options"),
    [
        ("COM3", "COM3", {}),
        ("COM3?baud=115200", "COM3", {"baud": "115200"}),
        ("serial:COM12?parity=E&rtscts=1", "COM12", {"parity": "E", "rtscts": "1"}),
        (r"\\.\COM10?parity=E", r"\\.\COM10", {"parity": "E"}),
        (r"serial:\\.\COM10", r"\\.\COM10", {}),
        (r"COM3?record=C:\My captures\1.jsonl", "COM3", {"record": r"C:\My captures\1.jsonl"}),
        ("serial:/dev/cu.usbmodem0001:1?baud=1000000", "/dev/cu.usbmodem0001:1", {"baud": "1000000"}),
    ],
)
def test_names_of_ports_on_windows_and_macos(url: str, place: str, options: dict[str, str]) -> None:
    assert parse(url, ["serial", "tcp"]) == ("serial", place, options)


def test_a_file_on_windows_is_no_port() -> None:
    with pytest.raises(PortError, match="no transport 'C'; there are serial:"):
        open_transport(r"C:\captures\1.jsonl")


BAD_URLS = {
    "": "expected the URL",
    "usb:0": "no transport 'usb'; there are serial:, tcp:, unix:, pty:",
    "serial:/dev/ttyACM0?baudrate=9600": "no option 'baudrate'; it takes baud, parity, rtscts, record",
    "serial:/dev/ttyACM0?baud=fast": "baud must be a number",
    "serial:/dev/ttyACM0?baud=0": "baud must be a number from 1 up",
    "serial:/dev/ttyACM0?parity=X": "parity must be one of N, E, O",
    "serial:/dev/ttyACM0?rtscts=maybe": "rtscts must be one of 0, 1",
    "tcp:localhost": "expected tcp:host:port",
    "tcp:localhost:0": "expected tcp:host:port",
    "tcp:localhost:99999": "expected tcp:host:port",
    "tcp:localhost:80?baud=1": "tcp: has no option 'baud'",
}


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_wrong_url_says_what_is_right(url: str) -> None:
    with pytest.raises(PortError) as caught:
        open_transport(url)
    assert BAD_URLS[url] in str(caught.value)
    assert caught.value.stage == "open"


@needs_posix
def test_a_port_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PortError, match="/dev/ttyNONE does not exist; "):
        open_transport("serial:/dev/ttyNONE")


@needs_posix
def test_a_busy_port() -> None:
    with ExitStack() as stack:
        terminal = stack.enter_context(closing(open_transport("pty:")))
        stack.enter_context(closing(open_transport(terminal.name)))
        stack.enter_context(pytest.raises(PortError, match="busy: another program"))
        open_transport(f"serial:{terminal.name}")


@needs_posix
def test_a_port_without_permission(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may open everything")
    with closing(open_transport("pty:")) as terminal:
        Path(terminal.name).chmod(0)
        with pytest.raises(PortError, match=r"no permission .* usermod"):
            open_transport(terminal.name)


def test_permission_advice_names_the_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("grp")
    monkeypatch.setattr("sys.platform", "linux")

    def refuse(self: serial.Serial) -> None:
        raise serial.SerialException(13, "could not open port: Permission denied")

    monkeypatch.setattr(serial.Serial, "open", refuse)
    device = tmp_path / "ttyX"
    device.touch()
    with pytest.raises(PortError, match=rf"no permission to open {device}; add yourself .* usermod -aG \w+"):
        open_transport(f"serial:{device}")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("could not open port 'COM9': FileNotFoundError(2, 'not found', None, 2)", "COM9 does not exist"),
        ("could not open port 'COM9': PermissionError(13, 'Access is denied.', None, 5)", "COM9 is busy"),
        ("Cannot configure port: OSError(22, ...)", "COM9 is not a serial port"),
        (
            "Cannot configure port, something went wrong: PermissionError(13, ...)",
            "COM9 is not a serial port",
        ),
    ],
)
def test_what_windows_says(text: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: serial.Serial) -> None:
        raise serial.SerialException(text)

    monkeypatch.setattr(serial.Serial, "open", refuse)
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(PortError, match=reason):
        open_transport("COM9")


@needs_posix
def test_a_file_is_no_port(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PortError, match="is not a serial port"):
        open_transport(f"serial:{tmp_path / 'file'}")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(PortError, match=r"nothing listens on 127\.0\.0\.1"):
        open_transport(f"tcp:127.0.0.1:{port}")


def test_no_such_host() -> None:
    with pytest.raises(PortError, match=r"no host 'host\.invalid'|cannot connect"):
        open_transport("tcp:host.invalid:80")


@needs_posix
def test_unix_sockets_that_do_not_open(tmp_path: Path) -> None:
    with pytest.raises(PortError, match="does not exist"):
        open_transport(f"unix:{tmp_path / 'none'}")
    stale = tmp_path / "stale"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(stale))
    assert stat.S_ISSOCK(stale.stat().st_mode)
    with pytest.raises(PortError, match="nothing listens"):
        open_transport(f"unix:{stale}")


def test_the_likely_ports_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    from serial.tools import list_ports
    from serial.tools.list_ports_common import ListPortInfo

    def info(device: str, vid: int | None) -> ListPortInfo:
        port = ListPortInfo(device, skip_link_detection=True)
        port.vid, port.pid = vid, 0x0105 if vid else None
        return port

    ports = [info("/dev/ttyS0", None), info("/dev/ttyUSB0", 0x0403)]
    ports += [info("/dev/ttyACM1", 0x1366), info("/dev/ttyACM0", 0x1915)]
    monkeypatch.setattr(list_ports, "comports", lambda: ports)
    found = list_serial_ports()
    assert [port.device for port in found] == ["/dev/ttyACM0", "/dev/ttyACM1", "/dev/ttyUSB0", "/dev/ttyS0"]
    assert [port.maker for port in found] == ["Nordic Semiconductor", "SEGGER J-Link", "", ""]
    assert found[0].url == "serial:/dev/ttyACM0"
    assert isinstance(found[0], SerialPort)


def test_ports_are_in_the_order_of_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    from serial.tools import list_ports
    from serial.tools.list_ports_common import ListPortInfo

    names = ["COM3", "COM10", "COM21", "LPT", "x", "x1y2", "x1y10"]
    ports = [ListPortInfo(name, skip_link_detection=True) for name in sorted(names)]
    monkeypatch.setattr(list_ports, "comports", lambda: ports)
    assert [port.device for port in list_serial_ports()] == names
