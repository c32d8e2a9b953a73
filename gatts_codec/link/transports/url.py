"""Addresses of transports: ``kind:place?option=value&...``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from gatts_codec.errors import PortError, brief

COMMON_OPTIONS = ("record",)
_MOST_DIGITS = 10


class PortAddress(NamedTuple):
    """``serial:/dev/ttyACM0?baud=9600``: kind ``serial``, place ``/dev/ttyACM0``, options ``{"baud": "9600"}``."""

    kind: str
    place: str
    options: Mapping[str, str]

    def check_options(self, *known: str) -> None:
        """Raise PortError for an option that this kind of transport does not have."""
        for option in self.options:
            if option not in known and option not in COMMON_OPTIONS:
                raise PortError(
                    f"{self.kind}: has no option {option!r}; it takes {', '.join((*known, *COMMON_OPTIONS))}",
                    stage="open",
                )

    def choice(self, option: str, choices: Sequence[str]) -> str:
        """An option that is one of ``choices``, the first of which is the default. Raises PortError for another."""
        value = self.options.get(option, choices[0]).upper()
        if value not in choices:
            raise PortError(f"{option} must be one of {', '.join(choices)}, not {value!r}", stage="open")
        return value

    def number(self, option: str, default: int) -> int:
        """An option that is a number from 1 up. Raises PortError for anything else."""
        text = self.options.get(option, str(default))
        number = decimal(text)
        if not number:
            raise PortError(f"{option} must be a number from 1 up, not {brief(text)}", stage="open")
        return number


def decimal(text: str) -> int:
    """A number in decimal digits, 0 for anything else. Python itself refuses more digits than any setting has."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else 0


def split_host_port(address: PortAddress) -> tuple[str, int]:
    """``host:port`` or ``[v6 address]:port``. Raises PortError for anything else."""
    host, _, port = address.place.rpartition(":")
    number = decimal(port)
    if not host or not 0 < number < 0x10000:
        raise PortError(
            f"{address.kind}:{address.place}: expected {address.kind}:host:port, port 1 to 65535",
            stage="open",
        )
    return host.removeprefix("[").removesuffix("]"), number


def parse(url: object, kinds: Sequence[str]) -> PortAddress:
    """The parts of a URL. Device names without a kind (``/dev/ttyACM0``, ``COM3``) are serial ports.

    pyserial's own URLs (``rfc2217://host:port``) keep their form: kind ``serial``, place the URL. Raises PortError for
    an unknown kind, and for what is not text.
    """
    if not isinstance(url, str) or not url:
        raise PortError(f"expected the URL of a port, got {brief(url)}", stage="open")
    head, question, query = url.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True)) if question else {}
    kind, colon, place = head.partition(":")
    if place.startswith("//") and kind not in kinds:
        return PortAddress("serial", head, options)
    if colon and kind in kinds:
        return PortAddress(kind, place, options)
    if colon and "/" not in kind and "\\" not in kind:
        raise PortError(
            f"no transport {kind!r}; there are {', '.join(f'{each}:' for each in kinds)} and pyserial's URLs (socket://..)",
            stage="open",
        )
    return PortAddress("serial", head, options)
