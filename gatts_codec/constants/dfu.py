"""What a target of Secure DFU answers when it refuses: results and extended errors, as nrfutil prints their numbers.

Source: SDK's published documentation of the protocol, held against the targets' firmware.
"""

from __future__ import annotations

from gatts_codec.arguments import checked

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

_OPERATIONS = {
    0x01: "create object",
    0x02: "set receipts",
    0x03: "checksum",
    0x04: "execute",
    0x06: "select object",
    0x0C: "abort",
}
_RESULTS = {
    0x00: "invalid",
    0x02: "the operation is not supported",
    0x03: "a parameter is invalid",
    0x04: "the object is larger than the target has room for",
    0x05: "the object is invalid: it cannot be read, or its signature or boot validation is wrong",
    0x07: "the object's type is not supported",
    0x08: "the operation is not permitted now: no init packet was accepted, or the object is not complete",
    0x0A: "the operation failed",
}


@checked
def dfu_refusal(response: bytes) -> str:
    """What a response of the control point (``60``, operation, result, extended error) says; "" if that is success."""
    if response[2:3] == b"\x01":
        return ""
    op, result, *extended = response[1:] or b"\xff\xff"
    what = _OPERATIONS.get(op, f"operation 0x{op:02X}")
    why = (
        dfu_error(extended[0])
        if extended
        else _RESULTS.get(result, "a result that only newer bootloaders know")
    )
    return f"{what} was refused, result 0x{result:02X}: {why}"


def dfu_error(extended: int) -> str:
    """What an extended error means, in words."""
    said = _EXTENDED.get(extended, "an error that only newer bootloaders know")
    return f"extended error 0x{extended:02X}: {said}"
