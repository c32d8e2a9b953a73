"""The builds of connectivity firmware, one row each: what a host notices of a build beside what its dialect says.

Measured on firmware that was run: SDK 11 with and without pc-ble-driver's patch, SDK 13.1, 14.2, 15.0, 17.1, and
pc-ble-driver's builds on SDK 15.3. Of SDK 8, 10, 12 and 15.3 the sources say less; what is assumed stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from gatts_codec.dialects import Dialect
from gatts_codec.errors import EncodeError

OnFault = Literal["restart", "hang"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Firmware:
    """One build.

        dialects             what it speaks; of each dialect the first build in the table is the chip's own
        interval_s           between two SYNCs, CONFIGs, or transmissions of a packet
        patience_s           least time between two transmissions of a packet, whatever ``interval_s`` says
        config_first         on link-up its CONFIG comes before its CONFIG_RSP; None: as ``Dialect.config_first`` says
        reset_packets        how the packets of the RPC begin that restart it
        on_fault             what a fault does: "restart", or "hang": it acknowledges, and is silent until a power cycle
        refuses_unknown      an unknown opcode is answered with NOT_SUPPORTED; else it is a fault
        faults_at_sc_confirm the encoder of SC_CONFIRM fails, which is a fault
        longest_write        bytes of data in a WRITE event beyond which the event's slot overflows: a fault
        power_off            a command that switches the board off
        overruns_hvx         its decoder of hvx does not look at the length of the data

    ``dataclasses.replace(FIRMWARE[name], on_fault="restart")`` is another build.
    """

    name: str
    dialects: tuple[str, ...]
    interval_s: float
    patience_s: float = 0.0
    config_first: bool | None = None
    reset_packets: tuple[bytes, ...] = (b"\x05",)
    on_fault: OnFault = "restart"
    refuses_unknown: bool = False
    faults_at_sc_confirm: bool = False
    longest_write: int | None = None
    power_off: bytes | None = None
    overruns_hvx: bool = False


_SDK_15_RESET = (b"\x05\0",)
# Stock builds, but for the last of each kind; those of SDK 11 to 14 hang at a fault.
_BUILDS = (
    # Link, intervals and faults of these two are assumed: as SDK 11, restarting.
    Firmware(name="sdk8", dialects=("s110_v8",), interval_s=0.2, refuses_unknown=True),
    Firmware(name="sdk10", dialects=("s130_v1",), interval_s=0.2, refuses_unknown=True),
    Firmware(name="sdk11", dialects=("sd_api_v2",), interval_s=0.2, on_fault="hang"),
    Firmware(name="sdk11-pc", dialects=("sd_api_v2_pc",), interval_s=0.2, longest_write=490),
    # Assumed: as SDK 13.1, whose encoder it shares.
    Firmware(
        name="sdk12.3", dialects=("sd_api_v3",), interval_s=0.04, on_fault="hang", faults_at_sc_confirm=True
    ),
    Firmware(
        name="sdk13.1", dialects=("sd_api_v4",), interval_s=0.04, on_fault="hang", faults_at_sc_confirm=True
    ),
    Firmware(
        name="sdk14.2",
        dialects=("sd_api_v5",),
        interval_s=0.04,
        on_fault="hang",
        faults_at_sc_confirm=True,
        power_off=b"\x32",
    ),
    Firmware(
        name="sdk15.0",
        dialects=("sd_api_v6",),
        interval_s=0.25,
        reset_packets=_SDK_15_RESET,
        faults_at_sc_confirm=True,
    ),
    Firmware(
        name="sdk15.3",
        dialects=("sd_api_v6",),
        interval_s=0.25,
        config_first=True,
        reset_packets=_SDK_15_RESET,
    ),
    Firmware(name="sdk17.1", dialects=("sd_api_v7",), interval_s=0.25, reset_packets=_SDK_15_RESET),
    Firmware(
        name="sdk15.3-pc",
        dialects=("sd_api_v3_pc", "sd_api_v5_pc", "sd_api_v6_pc"),
        interval_s=0.4,
        reset_packets=(*_SDK_15_RESET, b"\x05\x01"),
        longest_write=490,
        overruns_hvx=True,
    ),
)

FIRMWARE: dict[str, Firmware] = {build.name: build for build in _BUILDS}

# What a chip is like when nobody asks for a build. A virtual chip's host may share a busy machine: 5 transmissions in
# 0.2 s would be over before it gets to answer, so packets have the interval of builds with 768-byte packets. SYNC and
# CONFIG, which go out until they are answered, need no patience.
_PATIENT_S = 0.4


def find_firmware(name: str) -> Firmware:
    """A build by its name. Raises EncodeError, which lists those there are."""
    try:
        return FIRMWARE[name]
    except KeyError:
        raise EncodeError(
            f"no such build; there are {', '.join(FIRMWARE)}", path="firmware", value=name, packet="chip"
        ) from None


def firmware_of(dialect: Dialect, wanted: str | Firmware | None = None) -> Firmware:
    """The build that was asked for, else the dialect's own, patient and restarting at a fault.

    A dialect that a user derived has the builds of its numbers. Raises EncodeError for a name that is not a build, or
    one that speaks another dialect.
    """
    known = any(dialect.name in build.dialects for build in _BUILDS)
    spoken = dialect.name if known else dialect.numbers
    if wanted is None:
        own = next(build for build in _BUILDS if spoken in build.dialects)
        return replace(own, patience_s=_PATIENT_S, on_fault="restart")
    build = find_firmware(wanted) if isinstance(wanted, str) else wanted
    if spoken not in build.dialects:
        reason = f"speaks {', '.join(build.dialects)}, not {dialect.name}"
        raise EncodeError(reason, path="firmware", value=build.name, packet="chip")
    return build
