"""A client and a scripted chip on one wire, with short times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from link.scripted_chip import ScriptedChip

from gatts_codec import AsyncClient, Client, Codec, HostConfig, Value, ValueGetResponse, connect, memory_pair
from tools.soak.judge import our_threads

# Quick where the chip is quick, patient where the machine is slow.
QUICK = HostConfig(
    retransmission_interval_s=0.02, transmissions=1000, link_transmissions=1000, reset_wait_s=0.001
)
# For who waits in vain.
IMPATIENT = replace(QUICK, transmissions=3, link_transmissions=3)
DIALECT = "sd_api_v5"


@contextmanager
def rig(
    dialect: str = DIALECT, link: HostConfig = QUICK, **options: Any
) -> Iterator[tuple[Client, ScriptedChip]]:
    """A client that is connected to a chip; both are gone at the end, and have left no thread."""
    ours, theirs = memory_pair()
    with ScriptedChip(theirs, dialect) as chip:
        with connect(ours, dialect, **options, link=QUICK) as client:
            set_link(client, link)
            yield client, chip
        assert our_threads() == []


def set_link(client: Client | AsyncClient, link: HostConfig) -> None:
    """Other times once the link is up: an impatient client must not fail to connect on a slow machine."""
    end: Any = client._session.link
    end.config = end._line = replace(
        end.config, transmissions=link.transmissions, link_transmissions=link.link_transmissions
    )


def get_response(data: bytes) -> bytes:
    """A chip's answer to value_get."""
    return Codec(DIALECT).pack(ValueGetResponse(0, Value(data)))
