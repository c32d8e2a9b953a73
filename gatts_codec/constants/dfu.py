"""What a target of Secure DFU answers when it refuses: results and extended errors, as nrfutil prints their numbers.

Source: SDK's published documentation of the protocol, held against the targets' firmware.
"""

from __future__ import annotations

_EXTENDED: dict[int, str] = {
    0x00: "no error is set",
    0x01: "the error code is invalid",
    0x02: "the command's format is wrong",
    0x03: "an unknown command, or an init command without signature",
    0x04: "the init command is invalid: a field is missing or out of place",
    0x05: "the firmware version: not higher than what the target has, or none for a SoftDevice alone",
    0x06: "the hardware version: the package is for another hw-version than the bootloader's",
    0x07: "the SoftDevice version: the package's sd-req does not name the SoftDevice on the target",
    0x08: "the signature is missing: the bootloader takes signed packages only",
    0x09: "the hash type is not supported",
    0x0A: "the hash of the image could not be computed",
    0x0B: "the signature type is not supported",
    0x0C: "the hash of the image received is not the init packet's: the image was damaged, or is another",
    0x0D: "there is too little room for the image",
}


def dfu_error(extended: int) -> str:
    """What an extended error means, in words."""
    said = _EXTENDED.get(extended, "an error that only newer bootloaders know")
    return f"extended error 0x{extended:02X}: {said}"
