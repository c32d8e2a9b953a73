"""Settings of a virtual chip. Everything has the default of a SoftDevice; where those are silent, of a usable chip.

*Documented* is what the public API documentation and the headers' numbers (``constants/numbers``) say, *chosen* what
they leave open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gatts_codec.arguments import check_fields
from gatts_codec.constants import DEFAULT_MTU
from gatts_codec.errors import EncodeError
from gatts_codec.link.config import FOR_EVER, require

LEAST_TABLE = 248
_ADDRESS_BYTES = 6
_LONGEST_S = 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceConfig:
    """What a chip is like before its host configures it. None: the dialect's own default. Raises EncodeError.

    ``notification_queue`` counts notifications that wait for the air, ``connection_interval_s`` is how long they wait,
    in seconds: 0 sends each at once.
    """

    table_size: int | None = None
    """Attribute table in bytes, 248 at least, until the host asks for another. Documented: 1792, from v2 on 1408."""
    service_changed: bool = True
    """Whether the Service Changed characteristic exists, until the host says so."""
    notification_queue: int | None = None
    """Up to v3 7, in v2 and v3 3 as central, chosen, unless the host sets a bandwidth; from v4 on 1
    (hvn_tx_queue_size), documented, unless the host configures it."""
    max_mtu: int | None = None
    """Largest ATT MTU, in bytes, that exchange_mtu_reply may name: 23, documented, unless the host configures it."""
    vendor_bases: int = 10
    """How many 128-bit UUID bases fit, unless the host says so. Chosen."""
    max_connections: int = 20
    """How many connections there may be at a time. Chosen."""
    connection_interval_s: float = 0.0
    """How long a notification waits for the air, in seconds."""
    att_timeout_s: float = 30.0
    """How long a peer waits for the application, and an indication for its confirmation, in seconds. Documented: 30."""
    require_enable: bool = False
    """Answer NOT_ENABLED to GAP and GATT calls before ble_enable. Real firmware code does not ask; SoftDevices do."""
    address: bytes = field(default=bytes.fromhex("c0cdef123456"))
    """The chip's own address, most significant byte first."""
    device_name: bytes = b"nRF5x"
    version: tuple[int, int, int] | None = None
    """What version_get answers: link layer version, company, subversion. None: those of the dialect's SoftDevice."""

    def __post_init__(self) -> None:
        for path, value, least, most in (
            (
                "table_size",
                LEAST_TABLE if self.table_size is None else self.table_size,
                LEAST_TABLE,
                FOR_EVER,
            ),
            ("notification_queue", self.notification_queue or 0, 0, FOR_EVER),
            ("max_mtu", DEFAULT_MTU if self.max_mtu is None else self.max_mtu, DEFAULT_MTU, 0xFFFF),
            ("vendor_bases", self.vendor_bases, 0, FOR_EVER),
            ("max_connections", self.max_connections, 1, 0xFFFE),
            ("connection_interval_s", self.connection_interval_s, 0, _LONGEST_S),
            ("att_timeout_s", self.att_timeout_s, 0, _LONGEST_S),
        ):
            require(path, value, least, most, "chip")
        check_fields(self)
        if len(self.address) != _ADDRESS_BYTES:
            raise EncodeError("must be 6 bytes", path="address", value=self.address, packet="chip")
