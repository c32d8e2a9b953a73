"""The dialects: each one's facts, and which history of each group of packets it has.

No opcode tells the dialect (0xA8 is rw_authorize_reply up to v5 and service_add from v6 on), and a wrong one can
decode without any error, so the caller always names it. Source of every difference: the bytes that Nordic's codecs of
both sides produce for that version, and the firmware's behaviour, measured; the tables are in specs/.

To add a dialect: derive it here. To add a packet: write its file in packets/ and enter it in its group's history.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gatts_codec.constants.table import group_and_name
from gatts_codec.errors import UnknownDialectError
from gatts_codec.packets.group import Call, PacketGroup

if TYPE_CHECKING:
    from gatts_codec.schema.message import Packet
    from gatts_codec.schema.record import Record


class Groups(Mapping[str, PacketGroup]):
    """The groups of a dialect by name: gatts, common, gap, gattc, l2cap. One loads when it is first looked at.

    A group is given as itself, or as the name it has in ``packets/<group>/history.py``.
    """

    def __init__(self, histories: Mapping[str, str | PacketGroup]) -> None:
        self._histories = dict(histories)

    def __getitem__(self, name: str) -> PacketGroup:
        found = self._histories[name]
        if isinstance(found, str):
            history = import_module(f"gatts_codec.packets.{name}.history")
            found = self._histories[name] = getattr(history, found)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._histories)

    def __len__(self) -> int:
        return len(self._histories)

    def derive(self, changes: Mapping[str, str | PacketGroup]) -> Groups:
        """These groups with others in the place of some, or beside them."""
        return Groups({**self._histories, **changes})


@dataclass(frozen=True, eq=False)
class Dialect:
    """One version of the serialization.

    ``firmware`` says what it talks to; ``numbers`` which table of constants/numbers has its codes and opcode groups.
    ``max_payload`` is the longest packet, type byte included, that the stock firmware's transport takes, in bytes: of
    firmware that was run, `specs/dialects.toml`; a longer packet gets no ACK.
    ``generic_command``: packet type 5 is a generic command, no reset.
    ``knows_reset``: the H5 packet RESET restarts the chip; others ignore it, and their attribute table stays.
    ``config_first``: on link-up the chip sends its CONFIG at once. Others answer the host's, and send their own an
    interval later.
    ``unknown_calls``: what the firmware has codecs for and yet does not know, by the SoftDevice's names.
    """

    name: str
    firmware: str
    max_payload: int
    numbers: str
    groups: Groups
    generic_command: bool = False
    knows_reset: bool = False
    config_first: bool = False
    unknown_calls: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"<Dialect {self.name}>"

    def __reduce_ex__(self, protocol: Any) -> Any:
        # Dialects are told apart by what they are, not by what they have: one that has a name stays the same.
        return (
            (find_dialect, (self.name,))
            if DIALECTS.get(self.name) is self
            else super().__reduce_ex__(protocol)
        )

    @property
    def api(self) -> int:
        """The version of the SoftDevice's API; 1 for S110 v8 and S130 v1, from before it was counted."""
        return int(self.numbers.removeprefix("sd_api_v")) if self.numbers.startswith("sd_api_v") else 1

    @property
    def can_be_central(self) -> bool:
        """Whether the SoftDevice scans and connects; S110, though its firmware has the packets for it, does not."""
        return self.numbers != "s110_v8"

    @property
    def calls(self) -> Mapping[str, Call]:
        """The GATTS calls by name without ``sd_ble_gatts_``."""
        return self.groups["gatts"].calls

    @property
    def events(self) -> Mapping[str, tuple[int, Any]]:
        """The GATTS events by name without ``BLE_GATTS_EVT_``, as (id, layout)."""
        return self.groups["gatts"].events

    def derive(
        self,
        name: str,
        *,
        firmware: str,
        groups: Mapping[str, str | PacketGroup] | None = None,
        **changes: Any,
    ) -> Dialect:
        """A later dialect: this one with other or more groups and facts."""
        return replace(self, name=name, firmware=firmware, groups=self.groups.derive(groups or {}), **changes)

    def opcode(self, call: str) -> int:
        """The opcode of a GATTS call, by its name without ``sd_ble_gatts_``. Raises KeyError where there is none."""
        return self.groups["gatts"].calls.numbers[call]


def layout_of(packet: type[Packet], dialect: Dialect) -> Record:
    """The layout that a packet has in a dialect. Raises KeyError where there is none."""
    group, name = group_and_name(packet.name)
    if packet.kind == "event":
        return dialect.groups[group].events[name][1]
    call = dialect.groups[group].calls[name]
    return call.command if packet.kind == "command" else call.response


S110_V8 = Dialect(
    "s110_v8",
    firmware="S110 v8 (SDK 8-10)",
    max_payload=384,
    numbers="s110_v8",
    groups=Groups(
        {"gatts": "S110_V8", "common": "S110_V8", "gap": "S110_V8", "gattc": "S110_V8", "l2cap": "S110_V8"}
    ),
    unknown_calls=frozenset({"sd_ble_gap_encrypt", "sd_ble_gap_scan_stop"}),
)

S130_V1 = S110_V8.derive(
    "s130_v1",
    firmware="S130 v1 (SDK 9-10)",
    numbers="s130_v1",
    groups={"gap": "S130_V1"},
    unknown_calls=frozenset({"sd_ble_gap_rssi_get", "sd_ble_user_mem_reply"}),
)

SD_API_V2 = S130_V1.derive(
    "sd_api_v2",
    firmware="S130/S132 v2 (SDK 11)",
    numbers="sd_api_v2",
    groups={"gatts": "V2", "common": "V2", "gap": "V2", "gattc": "V2"},
    unknown_calls=frozenset({"sd_ble_gap_rssi_get"}),
)

# Seen of this firmware: it restarts on two calls that it has codecs for.
SD_API_V2_PC = SD_API_V2.derive(
    "sd_api_v2_pc",
    firmware="S130/S132 v2 built with pc-ble-driver's patch",
    max_payload=768,
    groups={"gatts": "V2_PC"},
    unknown_calls=frozenset({"sd_ble_gatts_initial_user_handle_get", "sd_ble_gatts_attr_get"}),
)

SD_API_V3 = SD_API_V2.derive(
    "sd_api_v3",
    firmware="S132 v3 (SDK 12)",
    numbers="sd_api_v3",
    groups={"gatts": "V3", "common": "V3", "gap": "V3", "gattc": "V3"},
    unknown_calls=frozenset(),
)

# pc-ble-driver builds its firmware for v3, v5 and v6 from SDK 15.3, with longer packets and that SDK's link.
_SDK_15_3: dict[str, Any] = {
    "max_payload": 768,
    "generic_command": True,
    "knows_reset": True,
    "config_first": True,
}

SD_API_V3_PC = SD_API_V3.derive(
    "sd_api_v3_pc",
    firmware="S132 v3 as pc-ble-driver ships it (SDK 15.3)",
    groups={"gap": "V3_PC", "gattc": "V3_PC"},
    **_SDK_15_3,
)

SD_API_V4 = SD_API_V3.derive(
    "sd_api_v4",
    firmware="S132 v4 (SDK 13)",
    numbers="sd_api_v4",
    groups={"gatts": "V4", "common": "V4", "gap": "V4", "gattc": "V4", "l2cap": "V4"},
)

SD_API_V5 = SD_API_V4.derive(
    "sd_api_v5",
    firmware="S132/S140 v5 (SDK 14)",
    numbers="sd_api_v5",
    groups={"common": "V5", "gap": "V5", "l2cap": "V5"},
)

SD_API_V5_PC = SD_API_V5.derive(
    "sd_api_v5_pc",
    firmware="S132/S140 v5 as pc-ble-driver ships it (SDK 15.3)",
    groups={"gap": "V5_PC", "gattc": "V5_PC"},
    **_SDK_15_3,
)

# Packet type 5 becomes a generic command, and the link learns RESET. SDK 15.0 still answers CONFIG before its own.
SD_API_V6 = SD_API_V5.derive(
    "sd_api_v6",
    firmware="S132/S140 v6 (SDK 15)",
    numbers="sd_api_v6",
    max_payload=512,
    generic_command=True,
    knows_reset=True,
    groups={"gatts": "V6", "common": "V6", "gap": "V6", "gattc": "V6", "l2cap": "V6"},
)

SD_API_V6_PC = SD_API_V6.derive(
    "sd_api_v6_pc",
    firmware="S132/S140 v6 as pc-ble-driver ships it (SDK 15.3)",
    groups={"gap": "V6_PC"},
    **_SDK_15_3,
)

SD_API_V7 = SD_API_V6.derive(
    "sd_api_v7",
    firmware="S132/S140 v7 (SDK 16-17)",
    numbers="sd_api_v7",
    config_first=True,
    groups={"gap": "V7"},
)

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        S110_V8,
        S130_V1,
        SD_API_V2,
        SD_API_V2_PC,
        SD_API_V3,
        SD_API_V3_PC,
        SD_API_V4,
        SD_API_V5,
        SD_API_V5_PC,
        SD_API_V6,
        SD_API_V6_PC,
        SD_API_V7,
    )
}


def find_dialect(dialect: str | Dialect) -> Dialect:
    """A dialect by name or as itself. Raises UnknownDialectError, which lists the known ones."""
    if isinstance(dialect, Dialect):
        return dialect
    try:
        return DIALECTS[dialect]
    except (KeyError, TypeError):
        raise UnknownDialectError(f"unknown dialect {dialect!r}; known are {', '.join(DIALECTS)}") from None
