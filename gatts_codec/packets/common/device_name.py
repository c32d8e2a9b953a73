"""device_name: the name a chip is enabled or configured with; in sd_api_v3 a parameter of enable, later of cfg_set."""

from __future__ import annotations

from typing import Annotated

from gatts_codec.constants import AttrVloc
from gatts_codec.schema.blocks import Data, Length, u16
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.members import Bits
from gatts_codec.schema.message import FROM_DATA, Message, fill_length
from gatts_codec.schema.record import Record, named
from gatts_codec.schema.structs import NO_ACCESS, SEC_MODE, SecMode


@dataclass(frozen=True, slots=True, repr=False)
class DeviceName(Message):
    """The Device Name characteristic (SDK: ble_gap_cfg_device_name_t, in sd_api_v3 ble_gap_device_name_t).

        write_perm   1         what a peer needs to write it
        vloc         bits 0-1  AttrVloc; 1, in the stack: the application's memory cannot be serialized
        current_len  2         bytes of value; travels also without them (default: as many as value has)
        max_len      2         the longest it may become, in bytes
        value        1+        presence flag, then the name in UTF-8; None: flag alone, the default name

    Source: `specs/common/cfg_set.toml`.
    """

    value: bytes | None = None
    max_len: int = 31
    write_perm: SecMode = NO_ACCESS
    vloc: Annotated[int, AttrVloc] = AttrVloc.STACK
    current_len: int = FROM_DATA

    def __post_init__(self) -> None:
        fill_length(self, "current_len", "value")


DEVICE_NAME = Record(
    DeviceName,
    named("write_perm", SEC_MODE),
    Bits(vloc=2),
    named("current_len", Length(of="value")),
    named("max_len", u16),
    named("value", Data("current_len")),
)
