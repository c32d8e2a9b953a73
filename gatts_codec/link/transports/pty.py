"""``pty:`` or ``pty:LINK``: a new pseudo-terminal, whose other end any program can open like a serial port.

Without LINK the transport's ``name`` is the device to open; with it, LINK is a symbolic link to the device, removed
on close. POSIX only.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from gatts_codec.errors import PortError
from gatts_codec.link.transports.base import Transport
from gatts_codec.link.transports.descriptor import DescriptorTransport
from gatts_codec.link.transports.url import Address


def open_pty(address: Address) -> Transport:
    """Make a pair. Raises PortError where there are no ptys, or where LINK cannot be made."""
    address.check_options()
    if sys.platform == "win32":
        raise PortError(
            "Windows has no pseudo-terminals; a virtual chip can be on TCP (chip --tcp PORT)", stage="open"
        )
    import tty

    ours, theirs = os.openpty()
    tty.setraw(theirs)
    os.set_blocking(ours, False)
    name = os.ttyname(theirs)
    link = Path(address.place) if address.place else None

    def close() -> None:
        if link is not None:
            _remove(link, name)
        os.close(ours)
        os.close(theirs)

    try:
        if link is not None:
            _replace(link, name)
    except OSError as error:
        os.close(ours)
        os.close(theirs)
        raise PortError(f"cannot make the link {link}: {error.strerror}", stage="open", attempts=1) from error
    # Their end stays open here too: otherwise it would be gone for good when the first program closes it.
    return DescriptorTransport(str(link or name), ours, close=close)


def _replace(link: Path, target: str) -> None:
    # A link that an earlier, killed program has left is in the way; anything else is somebody's file.
    if link.is_symlink():
        link.unlink()
    link.symlink_to(target)


def _remove(link: Path, target: str) -> None:
    with suppress(OSError):
        if str(link.readlink()) == target:
            link.unlink()
