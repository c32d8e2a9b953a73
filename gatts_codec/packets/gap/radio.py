"""radio: modes and packet lengths of a connection, apart from the commands, so that events load without those."""

from __future__ import annotations

from typing import Annotated

from gatts_codec.constants.gap import Phy
from gatts_codec.schema.blocks import Number, u8, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Message
from gatts_codec.schema.record import Record, named


@dataclass(frozen=True, slots=True, repr=False)
class Phys(Message):
    """Radio modes that are wished for (SDK: ble_gap_phys_t).

        tx_phys  1  Phy to the peer, several together
        rx_phys  1  Phy from the peer, several together

    Source: `specs/gap/phy_update.toml`.
    """

    tx_phys: Annotated[int, Phy] = Phy.AUTO
    rx_phys: Annotated[int, Phy] = Phy.AUTO


@dataclass(frozen=True, slots=True, repr=False)
class DataLengthParams(Message):
    """How long packets may be (SDK: ble_gap_data_length_params_t). In sd_api_v4 octets have one byte.

        max_tx_octets   1..2  longest payload to the peer, in bytes; 0: as long as possible
        max_rx_octets   1..2  longest payload from the peer, in bytes; 0: as long as possible
        max_tx_time_us  2     longest packet to the peer, in us; 0: as long as possible
        max_rx_time_us  2     longest packet from the peer, in us; 0: as long as possible

    Source: `specs/gap/data_length_update.toml`.
    """

    max_tx_octets: int = 0
    max_rx_octets: int = 0
    max_tx_time_us: int = 0
    max_rx_time_us: int = 0


def _params(octets: Number) -> Record:
    return Record(
        DataLengthParams,
        named("max_tx_octets", octets),
        named("max_rx_octets", octets),
        named("max_tx_time_us", u16),
        named("max_rx_time_us", u16),
    )


PHYS = Record(Phys, named("tx_phys", u8), named("rx_phys", u8))
DATA_LENGTH_V4, DATA_LENGTH = _params(u8), _params(u16)
