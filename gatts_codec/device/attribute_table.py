"""The attribute table: attributes in order, handles counted from 1, and how many bytes they take.

What an attribute takes of the table is a SoftDevice's secret. Here it is 8 bytes and its longest value, rounded up to
4: close enough that a table that fits here is about one that fits there (docs/virtual-chip.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gatts_codec.constants import AttrType, NrfError, UuidType
from gatts_codec.device.refusal import Refusal
from gatts_codec.schema.structs import OPEN, AttrMd, SecMode, Uuid

ATTRIBUTE_OVERHEAD = 8
LAST_HANDLE = 0xFFFF

PRIMARY, SECONDARY, INCLUDE, CHARACTERISTIC = 0x2800, 0x2801, 0x2802, 0x2803
EXT_PROPS, USER_DESC, CCCD, SCCD, FORMAT = 0x2900, 0x2901, 0x2902, 0x2903, 0x2904

READ_ONLY = AttrMd(read_perm=OPEN, write_perm=SecMode(0, 0))
_MODES = {0: (0,), 1: (1, 2, 3, 4), 2: (1, 2)}  # security modes and their levels
LOCATIONS = (1, 2)  # of a value: in the stack, or, which changes nothing here, in the application


@dataclass(slots=True)
class Attribute:
    """One row. ``stack`` rows are the chip's own (GAP and GATT services); ``uuid`` is the attribute's type.

    ``service_handle`` and ``value_handle`` say where it stands: value_handle is 0 outside characteristics.
    """

    handle: int
    kind: AttrType
    uuid: Uuid
    md: AttrMd
    value: bytes
    max_len: int
    service_handle: int = 0
    value_handle: int = 0
    stack: bool = False

    @property
    def is_cccd(self) -> bool:
        """Whether its value belongs to a connection: a system attribute."""
        return self.kind is AttrType.DESC and self.uuid.uuid == CCCD and self.uuid.type == UuidType.BLE

    @property
    def is_declaration(self) -> bool:
        """Whether it declares a service, an include or a characteristic."""
        return self.kind <= AttrType.CHAR_DECL

    def stored(self, offset: int, data: bytes) -> bytes:
        """The value after writing ``data`` at ``offset``: a variable one ends there, a fixed one keeps its tail."""
        tail = b"" if self.md.vlen else self.value[offset + len(data) :]
        return self.value[:offset] + data + tail


@dataclass(frozen=True, slots=True)
class NewAttribute:
    """An attribute that is to be added: an ``Attribute`` without its place."""

    kind: AttrType
    uuid: Uuid
    md: AttrMd
    value: bytes
    max_len: int

    @property
    def cost(self) -> int:
        """Bytes of the table."""
        return ATTRIBUTE_OVERHEAD + (self.max_len + 3 & ~3)


def is_mode(perm: SecMode) -> bool:
    """Whether there is a security mode with this level."""
    return perm.lv in _MODES.get(perm.sm, ())


def declaration(kind: AttrType, uuid: int, value: bytes) -> NewAttribute:
    """A declaration, or a descriptor that cannot be written."""
    return NewAttribute(kind, Uuid(uuid), READ_ONLY, value, len(value))


class AttributeTable:
    """Attributes by handle, the last of each kind that others go to, and the space left."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.used: int = 0
        self.first_user_handle = 1
        self._attributes: list[Attribute] = []
        self._last_service = 0
        self._last_value = 0

    def __len__(self) -> int:
        return len(self._attributes)

    def __iter__(self) -> Iterator[Attribute]:
        return iter(self._attributes)

    @property
    def next_handle(self) -> int:
        """The handle of the next attribute."""
        return len(self._attributes) + 1

    @property
    def last_service(self) -> int:
        """Handle of the application's last service, 0 before the first."""
        return self._last_service if self._last_service >= self.first_user_handle else 0

    @property
    def last_value(self) -> int:
        """Value handle of the last characteristic of the application's last service, 0 if there is none."""
        return self._last_value if self._last_value > self.last_service > 0 else 0

    def find(self, handle: int) -> Attribute | None:
        """The attribute with this handle."""
        return self._attributes[handle - 1] if 0 < handle <= len(self._attributes) else None

    def add(self, new: Iterable[NewAttribute], *, stack: bool = False) -> list[Attribute]:
        """Append all of them or, refusing with NO_MEM, none."""
        wanted = list(new)
        cost = sum(attribute.cost for attribute in wanted)
        if self.used + cost > self.size or len(self) + len(wanted) > LAST_HANDLE:
            raise Refusal(NrfError.NO_MEM)
        self.used += cost
        return [self._append(attribute, stack) for attribute in wanted]

    def _append(self, new: NewAttribute, stack: bool) -> Attribute:
        handle = self.next_handle
        if new.kind <= AttrType.SEC_SRVC_DECL:
            self._last_service, self._last_value = handle, 0
        elif new.kind is AttrType.CHAR_VAL:
            self._last_value = handle
        in_characteristic = new.kind in (AttrType.CHAR_VAL, AttrType.DESC)
        attribute = Attribute(
            handle,
            new.kind,
            new.uuid,
            new.md,
            new.value,
            new.max_len,
            self._last_service,
            self._last_value if in_characteristic else 0,
            stack,
        )
        self._attributes.append(attribute)
        return attribute

    def service_end(self, service_handle: int) -> int:
        """The last handle that belongs to a service."""
        later = (a.handle for a in self._attributes[service_handle:] if a.kind <= AttrType.SEC_SRVC_DECL)
        return next(later, self.next_handle) - 1

    def in_characteristic(self, value_handle: int) -> Iterator[Attribute]:
        """The descriptors behind a characteristic's value."""
        for attribute in self._attributes[value_handle:]:
            if attribute.value_handle != value_handle:
                return
            yield attribute

    def cccd_of(self, value_handle: int) -> Attribute | None:
        """The characteristic's CCCD."""
        return next((a for a in self.in_characteristic(value_handle) if a.is_cccd), None)
