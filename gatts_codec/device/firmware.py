"""The builds of connectivity firmware, one row each: what a host notices of a build beside the packets of its dialect.

Measured on firmware that was run: SDK 11 with and without pc-ble-driver's patch, SDK 13.1, 14.2, 15.0, 17.1, and
pc-ble-driver's builds on SDK 15.3. Of SDK 8, 10, 12 and 15.3 the sources say less; what is assumed stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from gatts_codec.dialects import Dialect
from gatts_codec.errors import EncodeError
from gatts_codec.link.config import ChipConfig

# RPC packets that restart firmware: type 5, from SDK 15 on with generic command 0, of pc-ble-driver's with 1 too.
_ANY_RESET, _SDK15_RESET, _PC_RESET = (b"\x05",), (b"\x05\0",), (b"\x05\0", b"\x05\x01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Firmware:
    """One build.

        dialects             what it speaks; of each dialect the first build in the table is the chip's own
        max_payload          bytes, packet type included; a longer packet is dropped without an ACK
        interval_s           between two SYNCs, CONFIGs, or transmissions of a packet
        config_at_once       the first CONFIG gets CONFIG_RSP at once, the chip's own CONFIG comes an interval later
        knows_reset          a RESET packet (H5 type 5) restarts it
        reset_packets        how the RPC packets begin that restart it
        on_fault             what a fault does: "restart", or "hang": it acknowledges, and is silent until a power cycle
        refuses_unknown      an unknown opcode is answered with NOT_SUPPORTED; else it is a fault
        missing_calls        calls of the dialect that the dispatcher lacks
        faults_at_sc_confirm the encoder of SC_CONFIRM fails, which is a fault
        longest_write        bytes of data in a WRITE event beyond which the event's slot overflows: a fault

    ``dataclasses.replace(FIRMWARE[name], on_fault="restart")`` is another build.
    """

    name: str
    dialects: tuple[str, ...]
    max_payload: int
    interval_s: float
    config_at_once: bool = True
    knows_reset: bool = False
    reset_packets: tuple[bytes, ...] = _ANY_RESET
    on_fault: Literal["restart", "hang"] = "restart"
    refuses_unknown: bool = False
    missing_calls: frozenset[str] = frozenset()
    faults_at_sc_confirm: bool = False
    longest_write: int | None = None

    def link(self) -> ChipConfig:
        """The settings of its end of the link."""
        return ChipConfig(
            max_payload=self.max_payload,
            retransmission_interval_s=self.interval_s,
            knows_reset=self.knows_reset,
        )


# Stock builds; those of SDK 11 to 14 hang at a fault.
BUILDS = (
    Firmware(  # link and intervals assumed: as SDK 11
        name="sdk8",
        dialects=("s110_v8",),
        max_payload=384,
        interval_s=0.2,
        refuses_unknown=True,
        missing_calls=frozenset({"sd_ble_gap_encrypt", "sd_ble_gap_scan_stop"}),
    ),
    Firmware(  # link and intervals assumed: as SDK 11
        name="sdk10",
        dialects=("s130_v1",),
        max_payload=384,
        interval_s=0.2,
        refuses_unknown=True,
        missing_calls=frozenset({"sd_ble_gap_rssi_get", "sd_ble_user_mem_reply"}),
    ),
    Firmware(
        name="sdk11",
        dialects=("sd_api_v2",),
        max_payload=384,
        interval_s=0.2,
        on_fault="hang",
        missing_calls=frozenset({"sd_ble_gap_rssi_get"}),
    ),
    Firmware(
        name="sdk11-pc",
        dialects=("sd_api_v2_pc",),
        max_payload=768,
        interval_s=0.2,
        missing_calls=frozenset({"sd_ble_gatts_initial_user_handle_get", "sd_ble_gatts_attr_get"}),
        longest_write=490,
    ),
    Firmware(  # assumed: as SDK 13.1, whose encoder it shares
        name="sdk12.3",
        dialects=("sd_api_v3",),
        max_payload=384,
        interval_s=0.04,
        on_fault="hang",
        faults_at_sc_confirm=True,
    ),
    Firmware(
        name="sdk13.1",
        dialects=("sd_api_v4",),
        max_payload=384,
        interval_s=0.04,
        on_fault="hang",
        faults_at_sc_confirm=True,
    ),
    Firmware(
        name="sdk14.2",
        dialects=("sd_api_v5",),
        max_payload=384,
        interval_s=0.04,
        on_fault="hang",
        faults_at_sc_confirm=True,
    ),
    Firmware(
        name="sdk15.0",
        dialects=("sd_api_v6",),
        max_payload=512,
        interval_s=0.25,
        knows_reset=True,
        reset_packets=_SDK15_RESET,
        faults_at_sc_confirm=True,
    ),
    Firmware(
        name="sdk15.3",
        dialects=("sd_api_v6",),
        max_payload=512,
        interval_s=0.25,
        config_at_once=False,
        knows_reset=True,
        reset_packets=_SDK15_RESET,
    ),
    Firmware(
        name="sdk17.1",
        dialects=("sd_api_v7",),
        max_payload=512,
        interval_s=0.25,
        config_at_once=False,
        knows_reset=True,
        reset_packets=_SDK15_RESET,
    ),
    Firmware(
        name="sdk15.3-pc",
        dialects=("sd_api_v3_pc", "sd_api_v5_pc", "sd_api_v6_pc", "sd_api_v3", "sd_api_v5", "sd_api_v6"),
        max_payload=768,
        interval_s=0.4,
        config_at_once=False,
        knows_reset=True,
        reset_packets=_PC_RESET,
        longest_write=490,
    ),
)

FIRMWARE = {build.name: build for build in BUILDS}


def find_firmware(name: str) -> Firmware:
    """A build by its name. Raises EncodeError, which lists those there are."""
    try:
        return FIRMWARE[name]
    except KeyError:
        raise EncodeError(
            f"no such build; there are {', '.join(FIRMWARE)}", path="firmware", value=name, packet="chip"
        ) from None


# What a chip is like when nobody asks for a build. A virtual chip's host may share a busy machine: 5 transmissions in
# 0.2 s would be over before it gets to answer, so the interval is that of builds with 768-byte packets.
_PATIENT_S = 0.4


def firmware_of(dialect: Dialect, wanted: str | Firmware | None = None) -> Firmware:
    """The build that was asked for, else the dialect's own, patient and restarting at a fault.

    A dialect that a user derived has the builds of its numbers. Raises EncodeError for a name that is no build, or one
    that speaks another dialect.
    """
    spoken = dialect.name if any(dialect.name in build.dialects for build in BUILDS) else dialect.numbers
    if wanted is None:
        own = next(build for build in BUILDS if spoken in build.dialects)
        return replace(own, interval_s=_PATIENT_S, on_fault="restart")
    build = find_firmware(wanted) if isinstance(wanted, str) else wanted
    if spoken not in build.dialects:
        reason = f"speaks {', '.join(build.dialects)}, not {dialect.name}"
        raise EncodeError(reason, path="firmware", value=build.name, packet="chip")
    return build
