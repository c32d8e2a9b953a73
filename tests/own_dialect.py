"""A dialect of one's own, for tests: another with more or other GATTS packets."""

from __future__ import annotations

from collections.abc import Mapping

from gatts_codec.dialects import Dialect
from gatts_codec.packets.group import Call
from gatts_codec.schema.record import Record


def mine(
    dialect: Dialect,
    *,
    calls: Mapping[str, Call] | None = None,
    events: Mapping[str, tuple[int, Record]] | None = None,
) -> Dialect:
    """``dialect`` with these packets besides, or in the place of its own."""
    gatts = dialect.groups["gatts"].derive(calls=calls, events=events)
    return dialect.derive("mine", firmware="a private build", groups={"gatts": gatts})
