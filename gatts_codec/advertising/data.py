"""Advertising data: what a device says of itself, in structures of a length, a type and data.

    AdvData(name="Heart", services=[0x180D]).to_bytes()     # 03 03 0d 18, 06 09 48 65 61 72 74
    AdvData.from_report(report).name                        # of what a scan has heard

Source: Bluetooth Core Specification Supplement, Part A; the numbers of types are those of the SoftDevice's headers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gatts_codec.advertising.reading import fields_in
from gatts_codec.advertising.structure import AdStructure
from gatts_codec.advertising.text import structure_text
from gatts_codec.advertising.writing import listed, pairs, structures_of, uuid_of
from gatts_codec.arguments import checked
from gatts_codec.constants.advertising import AdvFlags
from gatts_codec.errors import EncodeError
from gatts_codec.packets.gap.adv_events import AdvReportEvent, AdvReportEventV5

AnyUuid = int | UUID | str

LEGACY_SIZE = 31  # bytes of advertising data, and as many of the scan response
GENERAL = AdvFlags.LE_GENERAL_DISC_MODE | AdvFlags.BR_EDR_NOT_SUPPORTED


@dataclass(frozen=True, slots=True)
class AdvData:
    """What a device says of itself in its advertising data, or in its scan response. None is not said.

    ``name`` is its name, or with ``short_name`` the beginning of it. ``services`` are UUIDs: numbers of 16 or 32 bits,
    128 bits as ``uuid.UUID`` or text; with ``more_services`` there are others. ``manufacturer`` is a company's number
    and bytes of its own; ``service_data`` are pairs of a service and its bytes. ``appearance`` is a number
    (Appearance), ``tx_power`` dBm, ``flags`` AdvFlags. ``others`` are structures as they are, pairs of type and bytes.
    Raises EncodeError that names the field.
    """

    name: str | None = None
    services: Sequence[AnyUuid] = ()
    manufacturer: tuple[int, bytes] | None = None
    appearance: int | None = None
    tx_power: int | None = None
    service_data: Sequence[tuple[AnyUuid, bytes]] = ()
    flags: int | None = None
    short_name: bool = False
    more_services: bool = False
    others: Sequence[tuple[int, bytes]] = ()

    def __post_init__(self) -> None:
        services = pairs(self.service_data, "service_data")
        own: dict[str, Any] = {
            "services": tuple(uuid_of(each, "services") for each in listed(self.services, "services")),
            "service_data": tuple((uuid_of(uuid, "service_data"), data) for uuid, data in services),
            "others": tuple(AdStructure(*pair) for pair in pairs(self.others, "others")),
        }
        if self.manufacturer is not None:
            pairs([self.manufacturer], "manufacturer")
        for name, value in own.items():
            object.__setattr__(self, name, value)
        self.structures()  # so that an error comes from where the mistake is

    @classmethod
    @checked
    def from_bytes(cls, data: bytes) -> AdvData:
        """What the structures in ``data`` say. Those of other types, and second ones of a kind, are in ``others``.

        Raises DecodeError that names structure and offset where a length does not fit.
        """
        return cls(**fields_in(bytes(data)))

    @classmethod
    @checked
    def from_report(cls, report: AdvReportEvent | AdvReportEventV5) -> AdvData:
        """What a scan has heard, in any dialect. Raises DecodeError as ``from_bytes`` does."""
        data = report.data if isinstance(report.data, bytes) else report.data.data
        return cls.from_bytes(data or b"")

    def structures(self) -> list[AdStructure]:
        """The structures, in the order in which they travel. Raises EncodeError that names the field."""
        return list(structures_of(self))

    def to_bytes(self, most: int | None = LEGACY_SIZE) -> bytes:
        """The structures as they travel. Raises EncodeError that names them with their sizes if over ``most`` bytes."""
        structures = self.structures()
        whole = b"".join(each.packed() for each in structures)
        if most is not None and len(whole) > most:
            sizes = ", ".join(f"{each.name} {len(each.packed())}" for each in structures)
            raise EncodeError(f"{len(whole)} bytes do not fit in {most}: {sizes}", packet="advertising data")
        return whole

    def __bytes__(self) -> bytes:
        return self.to_bytes(None)

    def __str__(self) -> str:
        return ", ".join(map(structure_text, self.structures()))
