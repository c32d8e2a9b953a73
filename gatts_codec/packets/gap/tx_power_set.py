"""tx_power_set: how strongly the chip sends."""

from __future__ import annotations

from typing import Annotated, ClassVar

from gatts_codec.constants.gap import TxPowerRole
from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import i8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import Bits
from gatts_codec.schema.message import Command
from gatts_codec.schema.record import Absent, Record, named
from gatts_codec.schema.shown import LATER


@dataclass(frozen=True, slots=True, repr=False)
class TxPowerSet(Command["TxPowerSetResponse"]):
    """Set the transmit power (SDK: sd_ble_gap_tx_power_set).

        role      bits 0-7   TxPowerRole, whose power. From sd_api_v6; None: 1, or before
        handle    bits 0-15  advertising set or connection. From sd_api_v6; None: 0, or before
        tx_power  1          in dBm, signed

    Behind the opcode (u8), little endian. Source: `specs/gap/tx_power_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_tx_power_set"
    tx_power: int
    role: Annotated[int | None, TxPowerRole, LATER] = None
    handle: Annotated[int | None, LATER] = None


class TxPowerSetResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_tx_power_set"


COMMAND_V5 = Record(TxPowerSet, Absent("role", "handle"), named("tx_power", i8))
COMMAND = Record(
    TxPowerSet,
    Bits(role=8, if_none={"role": TxPowerRole.ADV}),
    Bits(u16, handle=16, if_none={"handle": 0}),
    named("tx_power", i8),
)
RESPONSE = response(TxPowerSetResponse)
