"""``serial:DEVICE?baud=1000000&parity=N&rtscts=0`` and pyserial's own URLs: ``socket://``, ``rfc2217://``, ``loop://``.

Stock SDK firmware wants ``parity=E&rtscts=1``; pc-ble-driver's wants neither; old images ``baud=115200``.
"""

from __future__ import annotations

import errno
import re
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import serial

from gatts_codec.errors import LinkClosed, PortError
from gatts_codec.link.notices import Notices
from gatts_codec.link.transports.base import Transport, Unshared
from gatts_codec.link.transports.descriptor import DescriptorTransport, open_file
from gatts_codec.link.transports.ports import list_serial_ports
from gatts_codec.link.transports.url import COMMON_OPTIONS, PortAddress

# What pyserial lets out of a bad URL or number, beside its own SerialException, which is an OSError.
_REFUSALS: tuple[type[Exception], ...] = (OSError, ValueError, OverflowError, KeyError, re.error)
if sys.platform != "win32":
    import termios

    _REFUSALS += (termios.error,)  # which is not an OSError

DEFAULT_BAUD = 1_000_000
OPTIONS = ("baud", "parity", "rtscts")

_SLICE_S = 0.05  # how late a wake-up may be on a port that has no way to cancel a read
_WRITE_TIMEOUT_S = 1.0
_HARMLESS_BAUD = 115200
_PSEUDO_TERMINALS = ("/dev/ttys", "/dev/pts/")  # macOS' serial ports are /dev/cu.* and /dev/tty.*


def open_serial(address: PortAddress) -> Transport:
    """Open a port by pyserial. Raises PortError: does not exist, is busy, no permission, bad option."""
    own_url = "://" in address.place
    if not own_url:
        address.check_options(*OPTIONS)
    baud = address.number("baud", DEFAULT_BAUD)
    parity = address.choice("parity", ("N", "E", "O"))
    rtscts = address.choice("rtscts", ("0", "1")) == "1"
    place = _with_foreign_options(address) if own_url else address.place
    try:
        port = serial.serial_for_url(place, baudrate=baud, parity=parity, rtscts=rtscts, do_not_open=True)
        if sys.platform == "win32" or own_url:
            port.open()
            return PyserialTransport(port, address.place)
        port.exclusive = True  # two programs on one port each see half of the frames
        # Makes VMIN 1, so that an empty read means an unplugged port, not "nothing yet". To set it afterwards would
        # undo a speed that macOS sets in its own way.
        port.inter_byte_timeout = 0
        known_baud = _open(port)
    except _REFUSALS as error:
        raise _port_error(address.place, error) from error
    # Reading by the descriptor costs a fifth of Serial.read().
    file = open_file(port.fileno(), owned=False)

    def close() -> None:
        file.close()
        port.close()

    return DescriptorTransport(
        address.place,
        port.fileno(),
        receive=file.read,
        send=file.write,
        close=close,
        baud=known_baud,
        parity=port.parity != "N",
    )


def _with_foreign_options(address: PortAddress) -> str:
    foreign = {key: text for key, text in address.options.items() if key not in (*OPTIONS, *COMMON_OPTIONS)}
    return f"{address.place}?{urlencode(foreign)}" if foreign else address.place


def _open(port: serial.Serial) -> int | None:
    """Open the port; its speed, None for a line without one."""
    try:
        port.open()
    except OSError as error:
        # On a pseudo-terminal macOS takes no speed but those that termios names. No other port may get another speed.
        device = str(Path(port.port or "").resolve())
        if (
            sys.platform != "darwin"
            or error.errno != errno.ENOTTY
            or not device.startswith(_PSEUDO_TERMINALS)
        ):
            raise
        port.baudrate = _HARMLESS_BAUD
        port.open()
        return None
    return port.baudrate


class PyserialTransport(Unshared):
    """A Transport on pyserial's own read and write: Windows, and pyserial's URLs."""

    def __init__(self, port: serial.Serial, name: str) -> None:
        self.name, self.baud, self.parity = name, port.baudrate, port.parity != "N"
        self._port = port
        self._notices = Notices()
        self._first = b""
        self._woken = False
        port.timeout, port.write_timeout = _SLICE_S, _WRITE_TIMEOUT_S

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def read(self) -> bytes:
        """What has arrived; ``b""`` if nothing. Raises LinkClosed when the port is gone."""
        try:
            first, self._first = self._first, b""
            waiting = self._port.in_waiting
            return first + self._port.read(waiting) if waiting else first
        except (OSError, TypeError, AttributeError) as error:
            raise self._gone(error) from error

    def write(self, data: bytes) -> int:
        """Write the bytes, return how many. Raises LinkClosed.

        What flow control holds back for a second is lost, with a warning: how much went out is unknown.
        """
        try:
            written = self._port.write(data)
        except serial.SerialTimeoutException:
            self._notices.warn(
                "%s takes nothing, flow control holds it: up to %d bytes are lost", self.name, len(data)
            )
            return len(data)
        except (OSError, TypeError, AttributeError) as error:
            raise self._gone(error) from error
        return len(data) if written is None else written

    def wait(self, timeout_s: float | None, writing: bool = False) -> None:
        """Wait for a byte, a wake, or the end of ``timeout_s``. Raises LinkClosed when the port is gone."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while not self._first and not self._woken:
            if deadline is not None and time.monotonic() >= deadline:
                return
            try:
                self._first = self._port.read(1)
            except (OSError, TypeError, AttributeError) as error:
                raise self._gone(error) from error
        self._woken = False

    def wake(self) -> None:
        """End a ``wait``, this one or the next."""
        self._woken = True
        with suppress(OSError, AttributeError):
            self._port.cancel_read()

    def fileno(self) -> int | None:
        """None: a thread has to wait."""
        return None

    def close(self) -> None:
        """Close the port. May be called twice."""
        with suppress(OSError):
            self._port.close()

    def _gone(self, error: Exception) -> LinkClosed:
        # What pyserial raises for a closed or unplugged port depends on the platform: also TypeError for a None handle.
        if not self._port.is_open:
            return LinkClosed(f"{self.name} is closed", stage="closed")
        return LinkClosed(f"{self.name} went away: {error}", stage="closed", heard="end of stream")


def _port_error(place: str, error: Exception) -> PortError:
    """Which of the usual reasons it was, and what to try."""
    number, text = error.errno if isinstance(error, OSError) else error.args[0], str(error)
    if isinstance(error, ValueError):
        reason = f"{place}: {text}"
    elif number == errno.ENOENT or "FileNotFoundError" in text:
        reason = f"{place} does not exist; {_there_are()}"
    elif number in (errno.ENOTTY, errno.EINVAL, errno.EISDIR) or "configure port" in text.lower():
        reason = f"{place} is not a serial port, or does not take these settings ({text})"
    elif number in (errno.EBUSY, errno.EAGAIN) or (sys.platform == "win32" and "PermissionError" in text):
        reason = f"{place} is busy: another program has it open; close terminals, nRF Connect, other scripts"
    elif number == errno.EACCES:
        reason = f"no permission to open {place}; {_permission_advice(place)}"
    else:
        reason = f"cannot open {place}: {text}"
    return PortError(reason, stage="open", attempts=1)


def _there_are() -> str:
    found = [port.device for port in list_serial_ports()]
    return (
        f"there are {', '.join(found)}"
        if found
        else "no serial port is there: is the board plugged in and on?"
    )


def _permission_advice(place: str) -> str:
    if sys.platform == "win32":
        return "run as a user who may open it"
    if sys.platform == "linux":
        with suppress(OSError, KeyError):
            import grp

            group = grp.getgrgid(Path(place).stat().st_gid).gr_name
            return f"add yourself to its group: sudo usermod -aG {group} $USER, then log in again"
    return "see who owns it with ls -l"
