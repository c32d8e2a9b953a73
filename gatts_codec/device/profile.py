"""What differs between the chips of the eight dialects beside the packets: opcodes and forms of other groups, numbers.

The codec knows the GATT server packets; of the common and GAP groups the chip needs just enough for a host to enable
BLE, name itself, advertise and see connections. Where each number comes from, and which ones no recording confirms, is
written in docs/virtual-chip.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gatts_codec.constants import BleError, NrfError
from gatts_codec.constants.table import table
from gatts_codec.dialects import Dialect

# Positions within the common group, from BLE_SVC_BASE (0x60). From v5 on there is no tx_packet_count_get.
_COMMON_EARLY = {
    "enable": 0,
    "tx_packet_count_get": 2,
    "uuid_vs_add": 3,
    "uuid_decode": 4,
    "uuid_encode": 5,
    "version_get": 6,
    "user_mem_reply": 7,
    "opt_set": 8,
}
_COMMON_V5 = {
    "enable": 0,
    "uuid_vs_add": 2,
    "uuid_decode": 3,
    "uuid_encode": 4,
    "version_get": 5,
    "user_mem_reply": 6,
    "opt_set": 7,
    "cfg_set": 9,
}

# GAP opcodes from adv_data_set on have kept their numbers in all dialects; what stands before them moved.
_GAP_ADDRESSES_EARLY = {"addr_set": 0x70, "addr_get": 0x71}
_GAP_ADDRESSES_V3 = {
    "addr_set": 0x6C,
    "addr_get": 0x6D,
    "whitelist_set": 0x6E,
    "device_identities_set": 0x6F,
    "privacy_set": 0x70,
}
_GAP = {
    "adv_data_set": 0x72,
    "adv_start": 0x73,
    "adv_stop": 0x74,
    "conn_param_update": 0x75,
    "disconnect": 0x76,
    "tx_power_set": 0x77,
    "appearance_set": 0x78,
    "appearance_get": 0x79,
    "ppcp_set": 0x7A,
    "ppcp_get": 0x7B,
    "device_name_set": 0x7C,
    "device_name_get": 0x7D,
    "conn_sec_get": 0x87,
    "rssi_start": 0x88,
    "rssi_stop": 0x89,
    "scan_start": 0x8A,
    "scan_stop": 0x8B,
    "connect": 0x8C,
    "connect_cancel": 0x8D,
    "rssi_get": 0x8E,
}
_GAP_V5 = {"phy_update": 0x8F, "data_length_update": 0x90}


@dataclass(frozen=True, slots=True)
class Profile:
    """A dialect's chip: ``companions`` maps opcodes of other groups to names, the rest are its habits."""

    api: int
    """The SoftDevice API's version: 1 for S110 v8 and S130 v1."""
    companions: Mapping[int, str]
    constants: Mapping[str, int]
    flagged_outputs: bool
    """Outputs of other groups' responses stand behind a presence byte (from v3 on)."""
    addresses_moved: bool
    """Addresses have their opcodes from 0x6C on, and their type stands one bit higher (from v3 on)."""
    connected_layout: str
    """Fields of GAP CONNECTED: "s110", "early", "v3", "v6" or "v6_pc"."""
    context_events: bool
    """Events carry an attribute context (s110_v8, s130_v1)."""
    exchanges_mtu: bool
    """The peer's wish for an MTU goes to the application (from v3 on)."""
    counts_notifications: bool
    """HVN_TX_COMPLETE and RESOURCES rather than TX_COMPLETE and NO_TX_* (from v5 on)."""
    adv_configures: bool
    """0x72 is adv_set_configure, with a handle in its answer (from v6 on)."""
    config_tags: bool
    """adv_start names a connection configuration (from v5 on)."""
    version: tuple[int, int, int]
    """Link layer version, company, firmware id: of the release notes, and such as pc-ble-driver-py knows."""
    notification_queue: int
    max_mtu: int
    no_tx_result: int
    """What hvx answers when the queue is full."""

    @property
    def timeout_result(self) -> int:
        """What calls answer after an ATT timeout."""
        return NrfError.TIMEOUT if self.api >= 6 else NrfError.BUSY

    @property
    def no_connection_result(self) -> int:
        """What calls on a system attribute answer to connection 0xFFFF."""
        return BleError.INVALID_CONN_HANDLE if self.api >= 4 else BleError.GATTS_INVALID_ATTR_TYPE

    @property
    def resolves_addresses(self) -> bool:
        """Generic Access has Central Address Resolution."""
        return self.api >= 3

    def event_id(self, name: str) -> int:
        """The id of an event of another group, by the SoftDevice's name."""
        return self.constants.get(name, _EVENTS_ALWAYS.get(name, 0))


# Events of s130_v1 and sd_api_v2 are not among their measured constants; v2's were seen to be the same.
_EVENTS_ALWAYS = {
    "BLE_GAP_EVT_CONNECTED": 0x10,
    "BLE_GAP_EVT_DISCONNECTED": 0x11,
    "BLE_GAP_EVT_CONN_SEC_UPDATE": 0x1A,
}


_NORDIC = 0x0059
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


def profile_of(dialect: Dialect) -> Profile:
    """The habits of a dialect's firmware; a dialect that a user has derived has those of its packets."""
    constants = table(dialect.numbers)
    late = "hvn_tx_complete" in dialect.events
    exchanges_mtu = "exchange_mtu_request" in dialect.events
    gap_moved = constants["BLE_GAP_SVC_BASE"] < min(_GAP_ADDRESSES_EARLY.values())
    v6 = _api(dialect.numbers) >= 6
    no_tx = constants.get("BLE_ERROR_NO_TX_PACKETS", constants.get("BLE_ERROR_NO_TX_BUFFERS", 0x3004))
    return Profile(
        api=_api(dialect.numbers),
        companions=_companions(constants["BLE_SVC_BASE"], late, gap_moved),
        constants=constants,
        flagged_outputs=exchanges_mtu,
        addresses_moved=gap_moved,
        connected_layout=_connected_layout(dialect, exchanges_mtu, v6),
        context_events="initial_user_handle_get" not in dialect.calls,
        exchanges_mtu=exchanges_mtu,
        counts_notifications=late,
        adv_configures=v6,
        config_tags=late,
        version=_VERSIONS[dialect.numbers],
        notification_queue=constants.get("BLE_GATTS_HVN_TX_QUEUE_SIZE_DEFAULT", 7),
        max_mtu=constants.get("BLE_GATT_ATT_MTU_DEFAULT", 247),
        no_tx_result=NrfError.RESOURCES if late else no_tx,
    )


def _api(numbers: str) -> int:
    return int(numbers.removeprefix("sd_api_v")) if numbers.startswith("sd_api_v") else 1


def _companions(base: int, late: bool, gap_moved: bool) -> dict[int, str]:
    common = {base + offset: name for name, offset in (_COMMON_V5 if late else _COMMON_EARLY).items()}
    addresses = _GAP_ADDRESSES_V3 if gap_moved else _GAP_ADDRESSES_EARLY
    gap = {**addresses, **_GAP, **(_GAP_V5 if late else {})}
    return common | {opcode: name for name, opcode in gap.items()}


def _connected_layout(dialect: Dialect, exchanges_mtu: bool, v6: bool) -> str:
    if dialect.numbers == "s110_v8":
        return "s110"
    if not exchanges_mtu:
        return "early"
    if not v6:
        return "v3"
    return "v6_pc" if dialect.name == "sd_api_v6_pc" else "v6"
