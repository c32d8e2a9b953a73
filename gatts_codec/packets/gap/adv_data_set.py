"""adv_data_set: what is advertised, up to sd_api_v5."""

from __future__ import annotations

from typing import ClassVar

from gatts_codec.packets.response import ResultAlone, response
from gatts_codec.schema.blocks import Data, Length, u8
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import FROM_DATA, Command, fill_length
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.shown import Advertised


@dataclass(frozen=True, slots=True, repr=False)
class AdvDataSet(Command["AdvDataSetResponse"]):
    """Set advertising data (SDK: sd_ble_gap_adv_data_set).

        dlen     1      bytes of data; travels also without them (default: as many as there are)
        data     1..32  data flag, then at most 31 bytes; None: flag alone, what is set stays
        srdlen   1      bytes of sr_data; travels also without them (default: as many as there are)
        sr_data  1..32  what a scan is answered with: data flag, then at most 31 bytes; None: flag alone

    Behind the opcode (u8), little endian. Source: `specs/gap/adv_data_set.toml`.
    """

    name: ClassVar[str] = "sd_ble_gap_adv_data_set"
    dlen: int = FROM_DATA
    data: Advertised | None = None
    srdlen: int = FROM_DATA
    sr_data: Advertised | None = None

    def __post_init__(self) -> None:
        fill_length(self, "dlen", "data")
        fill_length(self, "srdlen", "sr_data")


class AdvDataSetResponse(ResultAlone):
    """The result alone."""

    __slots__ = ()
    name: ClassVar[str] = "sd_ble_gap_adv_data_set"


_LONGEST = 31
COMMAND = Record(
    AdvDataSet,
    named("dlen", Length(of="data", number=u8)),
    named("data", Data("dlen", most=_LONGEST)),
    named("srdlen", Length(of="sr_data", number=u8)),
    named("sr_data", Data("srdlen", most=_LONGEST)),
)
RESPONSE = response(AdvDataSetResponse)
