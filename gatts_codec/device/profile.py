"""What differs between the chips of the eight dialects beside the packets: opcodes and forms of other groups, numbers.

The codec knows the GATT server packets; of the common and GAP groups the chip needs just enough for a host to enable
BLE, name itself, advertise and see connections. Where each number comes from, and which ones no recording confirms, is
written in docs/virtual-chip.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gatts_codec.constants import NrfError
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

    companions: Mapping[int, str]
    constants: Mapping[str, int]
    flagged_outputs: bool
    """Outputs of other groups' responses stand behind a presence byte (from v3 on)."""
    addresses_moved: bool
    """Addresses have their opcodes from 0x6C on, and their type stands one bit higher (from v3 on)."""
    connected_layout: str
    """Fields of GAP CONNECTED: "s110", "early", "v3" or "v6"."""
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
    notification_queue: int
    max_mtu: int
    no_tx_result: int
    """What hvx answers when the queue is full."""

    def event_id(self, name: str) -> int:
        """The id of an event of another group, by the SoftDevice's name."""
        return self.constants.get(name, _EVENTS_ALWAYS.get(name, 0))


# Events of s130_v1 and sd_api_v2 are not among their measured constants; v2's were seen to be the same.
_EVENTS_ALWAYS = {
    "BLE_GAP_EVT_CONNECTED": 0x10,
    "BLE_GAP_EVT_DISCONNECTED": 0x11,
    "BLE_GAP_EVT_CONN_SEC_UPDATE": 0x1A,
}


def profile_of(dialect: Dialect) -> Profile:
    """The habits of a dialect's firmware; a dialect that a user has derived has those of its packets."""
    constants = table(dialect.numbers)
    late = "hvn_tx_complete" in dialect.events
    exchanges_mtu = "exchange_mtu_request" in dialect.events
    gap_moved = constants["BLE_GAP_SVC_BASE"] < min(_GAP_ADDRESSES_EARLY.values())
    v6 = dialect.generic_command
    no_tx = constants.get("BLE_ERROR_NO_TX_PACKETS", constants.get("BLE_ERROR_NO_TX_BUFFERS", 0x3004))
    return Profile(
        companions=_companions(constants["BLE_SVC_BASE"], late, gap_moved),
        constants=constants,
        flagged_outputs=exchanges_mtu,
        addresses_moved=gap_moved,
        connected_layout=_connected_layout(dialect.numbers, exchanges_mtu, v6),
        context_events="initial_user_handle_get" not in dialect.calls,
        exchanges_mtu=exchanges_mtu,
        counts_notifications=late,
        adv_configures=v6,
        config_tags=late,
        notification_queue=constants.get("BLE_GATTS_HVN_TX_QUEUE_SIZE_DEFAULT", 7),
        max_mtu=constants.get("BLE_GATT_ATT_MTU_DEFAULT", 247),
        no_tx_result=NrfError.RESOURCES if late else no_tx,
    )


def _companions(base: int, late: bool, gap_moved: bool) -> dict[int, str]:
    common = {base + offset: name for name, offset in (_COMMON_V5 if late else _COMMON_EARLY).items()}
    addresses = _GAP_ADDRESSES_V3 if gap_moved else _GAP_ADDRESSES_EARLY
    gap = {**addresses, **_GAP, **(_GAP_V5 if late else {})}
    return common | {opcode: name for name, opcode in gap.items()}


def _connected_layout(numbers: str, exchanges_mtu: bool, v6: bool) -> str:
    if numbers == "s110_v8":
        return "s110"
    if not exchanges_mtu:
        return "early"
    return "v6" if v6 else "v3"
