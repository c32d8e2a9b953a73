"""What is wrong with the line itself, or speaks another protocol on it."""

from __future__ import annotations

from gatts_codec.capture.doctor.texts.text import CHECK_LINE, LINE, Text

TEXTS: dict[str, Text] = {
    "bad frames in runs": Text(
        "error",
        "{count:frame} from the {side} damaged",
        LINE,
        CHECK_LINE,
        "the link, as long as frames are damaged",
        "the line, or the settings of one end",
    ),
    "damaged frame": Text(
        "warning",
        "{count:damaged frame} from the {side}",
        "a byte was changed or lost on the line; the sender's repetition repairs it",
        "a single one does no harm; if they come again, " + CHECK_LINE,
    ),
    "header checksum of another kind": Text(
        "error",
        "every header checksum of the {side} is one less than due, {count:time}",
        "the {side} complements the sum (0xFF - sum, one's complement, as Bluetooth's three-wire standard and Linux's "
        "hci_h5 do); here the four header bytes must add up to 0 (two's complement). No line does that: no other byte "
        "is wrong",
        "compute the fourth byte as (0x100 - (b0 + b1 + b2)) & 0xFF",
        "the link: it never comes up",
        "the {side}'s program",
    ),
    "length framing": Text(
        "error",
        "the {side} frames its packets with a length, not with SLIP and H5, {count:packet}",
        "a connectivity image of another PHY: raw UART (ser_*_uart) or SPI, where two bytes of length precede each "
        "packet",
        "talk to it with framing=length, or flash the image for HCI (ser_*_hci)",
        "the link: it never comes up",
        "the firmware, of another PHY than the host expects",
    ),
    "legacy serial dfu": Text(
        "error",
        "these are packets of the legacy serial DFU bootloader, {count:packet}, not of the SoftDevice RPC",
        "the framing is the same (SLIP, H5, packet type 14), the protocol another: a 32-bit opcode (3 = start) in "
        "each packet, and no link-up (SYNC, CONFIG) before it, which the RPC always has",
        "wrong port, or the board is in its bootloader: start the connectivity firmware for the RPC; "
        "nrfutil dfu serial talks to the bootloader",
        "nothing of the RPC: it never began",
        "the port that was chosen, or a board that stays in its bootloader",
    ),
    "line faults": Text(
        "error",
        "the recorder saw {what} on the line, {count:time}",
        "parity or baud rate differ from what the recorder was set to, or from what the sender uses",
        "set the recorder and both ends to the same baud rate and parity (stock firmware: 1 Mbaud, even)",
        "what the recorder can be trusted for",
        "the settings of the recorder or of one end",
    ),
    "noise": Text(
        "warning",
        "{count:byte} from the {side} outside frames",
        "noise on the line, remains of damaged frames, or another program's output on the same port",
        "see what they are with decode -v; keep boot messages off this UART; check ground and level shifters",
    ),
    "recording cut off": Text(
        "note",
        "the recording ends in the middle of a line",
        "whatever wrote it was stopped, or its file was copied while it grew",
        "what came after it is not known: record once more to the end",
    ),
    "lines not read": Text(
        "warning",
        "{count:line} of the recording cannot be read",
        "{why}",
        "see the lines; if all are like this, name the format with --format",
    ),
}
