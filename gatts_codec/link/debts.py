"""Responses that may still come: those of commands whose time was over before.

The chip answers in order, so whatever it answers to a later command settles all that it owes before. A call whose own
opcode is owed could not tell its response from the late one: a *barrier* goes first, a harmless command with another
opcode.
"""

from __future__ import annotations

from gatts_codec.codec import Codec
from gatts_codec.constants import BLE_CONN_HANDLE_INVALID
from gatts_codec.link.goals import Request
from gatts_codec.packets.gatts.sys_attr_get import SysAttrGet
from gatts_codec.packets.gatts.value_get import ValueBuffer, ValueGet

_MOST = 1000
_HARMLESS = (
    ValueGet(BLE_CONN_HANDLE_INVALID, 0, ValueBuffer(0, value_present=False)),
    SysAttrGet(BLE_CONN_HANDLE_INVALID, 0, sys_attr_data_present=False),
)


class Debts:
    """The heads of the responses that are owed, the oldest first: packet type and opcode."""

    def __init__(self, codec: Codec) -> None:
        self.heads: list[bytes] = []
        self._codec = codec

    def owe(self, head: bytes) -> None:
        """One more. Those before the last thousand never come: no link and no chip keeps so many commands."""
        self.heads.append(head)
        del self.heads[:-_MOST]

    def barrier_for(self, request: Request) -> Request | None:
        """A command to send first, so that a late response cannot be taken for this request's; None if none need be.

        To be asked again when it has its answer. If an earlier one like it is owed, too, that may have been the answer
        to that one, and then it only settles what was sent before that one.
        """
        if request.head not in self.heads:
            return None
        barriers = [
            Request(self._codec.pack(command), request.timeout_s, request.until) for command in _HARMLESS
        ]
        return min(
            (barrier for barrier in barriers if barrier.head != request.head),
            key=lambda barrier: self.heads.count(barrier.head),
        )

    def settle_by_answer(self, head: bytes) -> None:
        """A command that was waited for has its answer; or that is an earlier one's, if one like it is owed."""
        if head in self.heads:
            self.heads.append(head)
            self._settle(head)
        else:
            self.heads.clear()

    def settle_by_late(self, payload: bytes) -> bool:
        """Whether a response that nobody waits for is one of those that are owed; then it settles them up to itself."""
        head = payload[:2]
        head = head if head in self.heads else head[:1]  # DTM responses have no opcode
        if head not in self.heads:
            return False
        self._settle(head)
        return True

    def _settle(self, head: bytes) -> None:
        del self.heads[: self.heads.index(head) + 1]
