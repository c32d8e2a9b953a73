"""``pty:`` or ``pty:LINK``: a new pseudo-terminal, whose other end any program can open like a serial port.

Without LINK the transport's ``name`` is the device to open; with it, LINK is a symbolic link to the device, removed
on close. What a killed program has left there is taken over; a link that is in use, and any other file, stays.
POSIX only.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from pathlib import Path

from gatts_codec.errors import PortError
from gatts_codec.link.transports.base import Transport
from gatts_codec.link.transports.descriptor import DescriptorTransport, open_file
from gatts_codec.link.transports.url import PortAddress

_NUMBER = re.compile(r"[0-9]+$")


def open_pty(address: PortAddress) -> Transport:
    """Make a pair. Raises PortError where there are no ptys, or where LINK cannot be made."""
    address.check_options()
    if sys.platform == "win32":
        raise PortError(
            "Windows has no pseudo-terminals; a virtual chip can be on TCP (chip --tcp PORT)", stage="open"
        )
    import tty

    ours, theirs = map(open_file, os.openpty())
    tty.setraw(theirs.fileno())
    os.set_blocking(ours.fileno(), False)
    name = os.ttyname(theirs.fileno())
    link = Path(address.place) if address.place else None

    def close() -> None:
        if link is not None and not ours.closed:
            _remove(link, name)
        ours.close()
        theirs.close()

    try:
        if link is not None:
            _make(link, name)
        # Their end stays open here too: otherwise it would be gone for good when the first program closes it.
        return DescriptorTransport(
            str(link or name), ours.fileno(), receive=ours.read, send=ours.write, close=close
        )
    except BaseException as error:  # a signal, too
        why = _reason(link, error) if isinstance(error, OSError) else ""
        close()
        if why:
            raise PortError(why, stage="open", attempts=1) from error
        raise


def _make(link: Path, device: str) -> None:
    if link.is_symlink() and _is_left_over(link, device):
        link.unlink()
    link.symlink_to(device)


def _is_left_over(link: Path, device: str) -> bool:
    """Whether the pseudo-terminal that a link leads to is gone; ``device`` is one that has just been made."""
    leads_to = str(link.readlink())
    if leads_to == device:
        return True
    if _NUMBER.sub("", leads_to) != _NUMBER.sub("", device):
        return False  # a link that something else has made
    try:
        there, fresh = Path(leads_to).stat(), Path(device).stat()
    except FileNotFoundError:
        return True
    # Or its number has been given to another, made after the link. ctime tells that, unless permissions were changed.
    untouched = all(getattr(there, what) == getattr(fresh, what) for what in ("st_mode", "st_uid", "st_gid"))
    return untouched and there.st_ctime_ns > link.lstat().st_mtime_ns


def _reason(link: Path | None, error: OSError) -> str:
    why = error.strerror
    if isinstance(error, FileExistsError) and link is not None:
        what = "is a file"
        if link.is_symlink():
            what = f"leads to {link.readlink()}, which is in use or no pseudo-terminal"
        why = f"it {what}: remove it if it is of no use, or take another name"
    return f"cannot make the link {link}: {why}"


def _remove(link: Path, target: str) -> None:
    with suppress(OSError, ValueError):  # gone, or never made: no name can be that
        if str(link.readlink()) == target:
            link.unlink()
