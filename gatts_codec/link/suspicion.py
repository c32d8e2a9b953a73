"""Whether the chip may speak another dialect: asked when a call has failed in a way that this would explain.

A wrong dialect does not show by itself. Firmware restarts at a command that it cannot decode, or hangs; a response of
another dialect does not decode here. What was exchanged before without trouble says which dialects fit.
"""

from __future__ import annotations

from gatts_codec.codec import Codec
from gatts_codec.dialects import DIALECTS
from gatts_codec.errors import DecodeError, LinkError, LinkReset, LinkTimeout
from gatts_codec.link.events import LostReason
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema.message import Packet

_NOTED = 32


class Suspicion:
    """A few commands that the chip has answered, and what they say about its dialect."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._answered: list[tuple[bytes, bytes]] = []

    def note(self, command: bytes, answer: bytes) -> None:
        """A command was answered."""
        if len(self._answered) < _NOTED:
            self._answered.append((command, answer))

    def about_loss(self, error: LinkError, command: bytes) -> str:
        """What to say of a command at which the chip restarted, or fell silent; empty where nothing suggests itself."""
        restarted = isinstance(error, LinkReset) and LostReason.PEER_RESTARTED.value in error.reason
        hung = isinstance(error, LinkTimeout) and error.stage == "response"
        if not (restarted or hung) or _read(self._codec, command) is None:
            return ""
        fitting = [codec.dialect.name for codec in self._others() if not self._agree(codec, command)]
        return self._said("firmware of {} does so at this command", fitting)

    def about_answer(self, answer: bytes) -> str:
        """What to say of a response that does not decode."""
        fitting = [
            codec.dialect.name
            for codec in self._others()
            if _read(Codec(codec.dialect), answer) is not None and not self._agree(codec, answer)
        ]
        return self._said("in {} it decodes", fitting)

    def _said(self, how: str, fitting: list[str]) -> str:
        if not fitting:
            return ""
        *names, last = fitting
        listed = f"{', '.join(names)} or {last}" if names else last
        return f"is the dialect right? {self._codec.dialect.name} was named, and {how.format(listed)}"

    def _others(self) -> list[Codec]:
        """The other dialects in which everything that was answered well means the same, as their firmware reads it."""
        codecs = [Codec(name, strict=False) for name in DIALECTS if name != self._codec.dialect.name]
        well = [exchange for exchange in self._answered if _read(self._codec, exchange[1]) is not None]
        return [
            codec
            for codec in codecs
            if all(self._agree(codec, payload) for exchange in well for payload in exchange)
        ]

    def _agree(self, codec: Codec, payload: bytes) -> bool:
        here, there = _read(self._codec, payload), _read(codec, payload)
        return type(here) is type(there)


def _read(codec: Codec, payload: bytes) -> Packet | Opaque | None:
    try:
        return codec.unpack(payload)
    except DecodeError:
        return None
