"""What differs between the SoftDevices of the dialects, beside the packets that the codec knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gatts_codec.constants import BleError, NrfError
from gatts_codec.constants.gap import ConnBandwidth
from gatts_codec.constants.table import table
from gatts_codec.dialects import Dialect

_NORDIC = 0x0059
# Link layer version, company, firmware id: of the release notes, and such as pc-ble-driver-py knows.
_VERSIONS = {
    "s110_v8": (7, _NORDIC, 0x64),  # S110 8.0.0
    "s130_v1": (7, _NORDIC, 0x67),  # S130 1.0.0
    "sd_api_v2": (8, _NORDIC, 0x87),  # S130 2.0.1
    "sd_api_v3": (8, _NORDIC, 0x8C),  # S132 3.0.0
    "sd_api_v4": (8, _NORDIC, 0x98),  # S132 4.0.2
    "sd_api_v5": (9, _NORDIC, 0xA5),  # S132 5.1.0
    "sd_api_v6": (9, _NORDIC, 0xB7),  # S132 6.1.1
    "sd_api_v7": (10, _NORDIC, 0x101),  # S132 7.2.0
}
_TX_POWERS = (-40, -20, -16, -12, -8, -4, 0, 4)
_EARLY_TABLE, _TABLE = 0x700, 0x580
BANDWIDTH_PACKETS = {ConnBandwidth.LOW: 1, ConnBandwidth.MID: 3, ConnBandwidth.HIGH: 7}
"""How many packets may wait, up to v3."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A SoftDevice's habits. ``api`` is the version of its API: 1 for S110 v8 and S130 v1."""

    api: int
    constants: Mapping[str, int]
    version: tuple[int, int, int]
    has_roles: bool
    """It can be central as well as peripheral, and says which it is in a connection."""
    sends_buffers: bool
    """Buffers that go back to the application go with their bytes (v6 on; not in pc-ble-driver's build)."""

    keys_when_bonded: bool
    """AUTH_STATUS has the key set only when keys are to be kept, and is lost where there is none then (v2)."""

    @property
    def needs_keyset(self) -> bool:
        """Its firmware cannot encode the response to sec_params_reply without a key set: a fault."""
        return self.api <= 2

    @property
    def needs_sys_attr_buffer(self) -> bool:
        """The same of sys_attr_get where the length alone was asked for."""
        return self.api <= 2

    @property
    def loses_bandwidths(self) -> bool:
        """Its firmware crashes when ``enable`` has counts of bandwidths."""
        return self.api == 2

    @property
    def needs_name_buffer(self) -> bool:
        """Its firmware cannot encode the length of the name alone: a fault."""
        return self.api in range(3, 7)

    @property
    def needs_adv_data(self) -> bool:
        """pc-ble-driver's build of v6 crashes when an advertising set is configured without handle or data."""
        return self.api >= 6 and not self.sends_buffers

    @property
    def context_events(self) -> bool:
        """Events carry an attribute context."""
        return self.api == 1

    @property
    def lends_memory(self) -> bool:
        """Its firmware puts memory of its own in the place of a block without any."""
        return self.api >= 2

    @property
    def exchanges_mtu(self) -> bool:
        """The peer's wish for an MTU goes to the application."""
        return self.api >= 3

    @property
    def resolves_addresses(self) -> bool:
        """Generic Access has Central Address Resolution."""
        return self.api >= 3

    @property
    def counts_notifications(self) -> bool:
        """HVN_TX_COMPLETE and RESOURCES rather than TX_COMPLETE and NO_TX_*."""
        return self.api >= 4

    @property
    def table_size(self) -> int:
        """Of the attribute table, in bytes, unless somebody says otherwise."""
        return _EARLY_TABLE if self.api == 1 else _TABLE

    @property
    def notification_queue(self) -> int:
        """How many notifications may wait, unless the host configures it."""
        return (
            self.constants["BLE_GATTS_HVN_TX_QUEUE_SIZE_DEFAULT"]
            if self.counts_notifications
            else BANDWIDTH_PACKETS[ConnBandwidth.HIGH]
        )

    @property
    def has_bandwidths(self) -> bool:
        """How many packets of a connection may wait is a matter of its role's bandwidth."""
        return self.api in (2, 3)

    @property
    def no_tx_result(self) -> int:
        """What hvx answers when the queue is full."""
        return NrfError.RESOURCES if self.counts_notifications else _NO_TX

    @property
    def timeout_result(self) -> int:
        """What calls answer after an ATT timeout."""
        return NrfError.TIMEOUT if self.api >= 6 else NrfError.BUSY

    @property
    def no_connection_result(self) -> int:
        """What calls on a system attribute answer to connection 0xFFFF."""
        return BleError.INVALID_CONN_HANDLE if self.api >= 4 else BleError.GATTS_INVALID_ATTR_TYPE

    @property
    def tx_powers(self) -> tuple[int, ...]:
        """The transmit powers that there are, in dBm: from v5 on an S132's."""
        return (*_TX_POWERS, *((-30,) if self.api < 5 else ()), *((3,) if self.api >= 3 else ()))

    @property
    def bad_adv_handle(self) -> int:
        """What calls answer to an advertising set that there is not."""
        return self.constants.get("BLE_ERROR_INVALID_ADV_HANDLE", NrfError.INVALID_PARAM)


_KEYS_WHEN_BONDED = 2  # the API of the version that has this fault; pc-ble-driver's build of it has not
_NO_TX = 0x3004  # BLE_ERROR_NO_TX_BUFFERS, from v2 on BLE_ERROR_NO_TX_PACKETS


def profile_of(dialect: Dialect) -> Profile:
    """The habits of a dialect's SoftDevice; a dialect that a user has derived has those of its numbers."""
    numbers = dialect.numbers
    return Profile(
        api=dialect.api,
        constants=table(numbers),
        version=_VERSIONS[numbers],
        has_roles=dialect.can_be_central,
        sends_buffers=not dialect.name.endswith("_pc"),
        keys_when_bonded=dialect.api == _KEYS_WHEN_BONDED and not dialect.name.endswith("_pc"),
    )
