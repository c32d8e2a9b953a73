"""Calls: what their answers say, and what becomes of those without one."""

from __future__ import annotations

from gatts_codec.capture.doctor.texts.text import OPEN_AGAIN, Text

_DIALECT = "host and firmware speak different SoftDevice API versions, or the packet was damaged before it was framed"

TEXTS: dict[str, Text] = {
    "taken for a duplicate": Text(
        "error",
        "{name} is acknowledged and never answered: the chip took it for a repetition",
        "its sequence number had been used by a command whose ACKs were lost",
        OPEN_AGAIN,
        "{name}: the chip dropped it",
        "the host, which used the number again",
        both=True,
    ),
    "command restarts the chip": Text(
        "error",
        "the chip restarts on {name}",
        "{why}",
        "see the packet with decode -v; check the dialect, and that no value is over 512 bytes",
        "{name}, all that was set up in the chip, and its connections",
        "{whose}",
    ),
    "no response": Text(
        "error",
        "{name} is acknowledged and never answered",
        "the chip took the command and its answer never came: its application is stuck or dropped it",
        "reset the chip; if it happens with this command alone, the firmware may not implement it",
        "{name}: the host waits in vain (0x8003, 0x8016)",
        "the chip",
        both=True,
    ),
    "call cut off": Text(
        "warning",
        "the host restarts the link ({how}) in the middle of {name}: its answer never comes",
        "the host's program was restarted, or reset the link, while the call was under way; the chip may have done it",
        "let a call end before the link is reset, and ask the chip for its state afterwards",
    ),
    "call open at the end": Text(
        "note",
        "the recording ends in the middle: {name} has no {missing} yet",
        "the recording was stopped, or the host ended, while the call was under way",
        "record longer to see whether it is answered",
    ),
    "frame cut off": Text(
        "note",
        "the recording ends within a frame of the {side}",
        "the recording was stopped, or the line went away, while bytes were coming",
        "record longer to see what follows",
    ),
    "wrong dialect": Text(
        "error",
        "the packets are of another SoftDevice API version than {dialect}",
        "{why}",
        "decode with --dialect {better}, and make host and firmware speak the same version",
        "the understanding of these packets",
        "the choice of {dialect}",
    ),
    "undecodable": Text(
        "error",
        "{count:packet} cannot be decoded ({kind})",
        _DIALECT,
        "see the packet with decode -v; compare the firmware's version with the host's library",
        "the call or event of that packet",
        "{whose}, or the choice of dialect",
    ),
    "unasked response": Text(
        "warning",
        "a response comes that no command asked for",
        "the answer to a command of an earlier session, or firmware that answers twice",
        "a host must match opcodes and drop it; pc-ble-driver hands it to the next command",
        both=True,
    ),
    "other response": Text(
        "error",
        "{name} is answered with the response to another command",
        "the ends use different opcodes, or an old response is still under way",
        "check that both ends speak the same SoftDevice API version; match responses by opcode",
        "{name}: its answer is another's",
        "the chip, or a host of another version",
        both=True,
    ),
    "call failed": Text(
        "note",
        "{name} fails with {result}, {count:time}",
        "{why}",
        "see the command's parameters with decode -v",
    ),
}
