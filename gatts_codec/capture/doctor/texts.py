"""Every diagnosis: how grave it is, what is seen, why that happens and what to do.

Placeholders in braces are filled in from the evidence. ``count`` is always there; ``{count:packet}`` says "1 packet",
"2 packets".
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class Text(NamedTuple):
    """The words of one diagnosis."""

    severity: Literal["error", "warning", "note"]
    title: str
    cause: str
    advice: str


_LINE = (
    "parity or baud rate differ between the ends (stock SDK firmware: 1 Mbaud, even parity, RTS/CTS), bytes are lost "
    "to overruns, or the wiring picks up noise"
)
_CHECK_LINE = "compare both ends' UART settings and the recorder's; use flow control; shorten the wires"
_DIALECT = "host and firmware speak different SoftDevice API versions, or the packet was damaged before it was framed"


class Count(int):
    """A number that says what it counts: ``format(Count(2), "packet")`` is "2 packets"."""

    def __format__(self, what: str) -> str:
        return f"{int(self)} {what}{'s' * (self != 1)}" if what else str(int(self))


TEXTS: dict[str, Text] = {
    "no device": Text(
        "error",
        "the host sends SYNC {count:time} and nothing comes from the chip",
        "wrong port, baud rate or parity (stock firmware: even), no connectivity firmware, or a halted chip",
        "check the port and its settings, flash connectivity firmware, detach the debugger, press reset",
    ),
    "host not heard": Text(
        "error",
        "the chip repeats SYNC though the host answers",
        "the host-to-chip wire is dead, or RTS/CTS holds the host's bytes back",
        "check the wire from the host's TX to the chip's RX, and whether both ends use flow control or neither",
    ),
    "config unanswered": Text(
        "error",
        "CONFIG is sent {count:time} and never answered",
        "{why}",
        "use configuration field 11 (window 1, CRC, version 0), and answer each SYNC and CONFIG of the chip",
    ),
    "bad frames in runs": Text(
        "error",
        "{count:frame} from the {side} damaged",
        _LINE,
        _CHECK_LINE,
    ),
    "damaged frame": Text(
        "warning",
        "{count:damaged frame} from the {side}",
        "a byte was changed or lost on the line; the sender's repetition repairs it",
        "a single one is no harm; if they come again, " + _CHECK_LINE,
    ),
    "line faults": Text(
        "error",
        "the recorder saw {what} on the line, {count:time}",
        "parity or baud rate differ from what the recorder was set to, or from what the sender uses",
        "set the recorder and both ends to the same baud rate and parity (stock firmware: 1 Mbaud, even)",
    ),
    "noise": Text(
        "warning",
        "{count:byte} from the {side} outside frames",
        "noise on the line, remains of damaged frames, or another program's output on the same port",
        "see what they are with decode -v; keep boot messages off this UART; check ground and level shifters",
    ),
    "not acknowledged": Text(
        "error",
        "{name} is sent {attempts:time} and never acknowledged",
        "the chip is off, rebooting or stuck, or its ACKs take longer than the retransmission interval",
        "look for SYNC from the chip (it reboots); reset it; raise the retransmission interval on slow lines",
    ),
    "long packet not acknowledged": Text(
        "error",
        "{name}, {size} bytes long, is sent {attempts:time} and never acknowledged",
        "J-Link's on-board debugger drops packets over 64 bytes while its mass storage device is on",
        "run JLinkExe and give MSDDisable, then plug the board in again; shorter packets get through meanwhile",
    ),
    "payload too long": Text(
        "error",
        "{name} has a payload of {size} bytes, is sent {attempts:time} and never acknowledged",
        "this firmware's packets end at {limit} bytes; it drops longer ones in silence",
        "send less at a time, or build firmware with longer packets",
    ),
    "acks lost": Text(
        "error",
        "the chip answers {name} and never acknowledges it",
        "its ACKs are lost, or the other end acknowledges only within its own packets, which no host counts",
        "check the line from the chip to the host; firmware must send pure ACK packets",
    ),
    "ack missing": Text(
        "warning",
        "the chip answers {name} and the command is sent again for lack of an ACK",
        "an ACK was lost, or the chip acknowledges within its response, which a host does not count",
        "check the line from the chip to the host; firmware must send a pure ACK before it answers",
    ),
    "late ack": Text(
        "warning",
        "the ACK comes after the response, {count:time}",
        "a chip acknowledges before it executes: this one is something else, or its ACKs are held back on the way",
        "look for buffering on the way (USB latency timers, network bridges), or check the firmware",
    ),
    "sent again": Text(
        "warning",
        "{count:packet} of the {side} sent again",
        "packets or their ACKs were lost, or the ACK came later than the sender's retransmission interval",
        "check the line if it happens often; raise the retransmission interval on slow lines",
    ),
    "acknowledged in vain": Text(
        "warning",
        "the {side} repeats {count:packet} already acknowledged",
        "the ACK does not arrive, or arrives damaged",
        "check the line in that direction; a recording taken at one end does not show what the other end hears",
    ),
    "duplicate frames": Text(
        "warning",
        "{count:frame} of the {side} doubled within a few milliseconds",
        "the sender, or something in between, doubles frames: too soon for a retransmission",
        "look for two writers or a bridge that repeats; receivers drop the second one",
    ),
    "seq reused": Text(
        "error",
        "the host uses a sequence number again for another command, without an ACK for the first",
        "when only the ACKs were lost, the chip takes the new command for a repetition: it acknowledges and drops it",
        "after a command without an ACK open the link anew (RESET, SYNC, CONFIG) before the next one",
    ),
    "taken for a duplicate": Text(
        "error",
        "{name} is acknowledged and never answered: the chip took it for a repetition",
        "its sequence number had been used by a command whose ACKs were lost",
        "after a command without an ACK open the link anew (RESET, SYNC, CONFIG) before the next one",
    ),
    "sequence gap": Text(
        "warning",
        "{count:packet} of the {side} with a sequence number that was not due",
        "packets before them are missing, from the line or from the recording",
        "the other end drops them and acknowledges the number it waits for; look for lost bytes just before",
    ),
    "bad ack number": Text(
        "error",
        "the {side} acknowledges a number that was not due",
        "the ends disagree about how many packets have passed; a host then begins the link anew",
        "look for a restart or lost packets just before; both ends must count from 0 after each link-up",
    ),
    "chip unheard": Text(
        "error",
        "a packet of the chip is sent {attempts:time} and the host does not acknowledge it",
        "the host is gone, blocked, or does not hear the chip; the chip reboots itself after five times",
        "check that the host reads its port, and the line from the chip to the host",
    ),
    "command restarts the chip": Text(
        "error",
        "the chip restarts on {name}",
        "{why}",
        "see the command with decode -v; check the dialect, and that no value is over 512 bytes",
    ),
    "no response": Text(
        "error",
        "{name} is acknowledged and never answered",
        "the chip took the command and its answer never came: its application is stuck or dropped it",
        "reset the chip; if it happens with this command alone, the firmware may not implement it",
    ),
    "chip restarted": Text(
        "error",
        "the chip restarts {count:time} while the link is up",
        "a fault in the firmware, a watchdog, a power dip or the reset button",
        "everything that was set up is gone: add services and characteristics again, and look for the cause",
    ),
    "host restarted": Text(
        "warning",
        "the host begins the link anew without RESET",
        "the host program was restarted or lost its state; the chip keeps running",
        "send RESET first, so that both ends start from nothing",
    ),
    "wrong dialect": Text(
        "error",
        "the packets are of another SoftDevice API version than {dialect}",
        "{why}",
        "decode with --dialect {better}, and make host and firmware speak the same version",
    ),
    "undecodable": Text(
        "error",
        "{count:packet} cannot be decoded ({kind})",
        _DIALECT,
        "see the packet with decode -v; compare the firmware's version with the host's library",
    ),
    "unasked response": Text(
        "warning",
        "a response comes that no command asked for",
        "the answer to a command of an earlier session, or firmware that answers twice",
        "a host must match opcodes and drop it; pc-ble-driver hands it to the next command",
    ),
    "late response": Text(
        "error",
        "the response to {name} comes after the host has given it up",
        "the chip took longer than the host's response timeout; pc-ble-driver hands it to the next command",
        "raise the response timeout, and match responses to commands by opcode",
    ),
    "other response": Text(
        "error",
        "{name} is answered with the response to another command",
        "the ends use different opcodes, or an old response is still under way",
        "check that both ends speak the same SoftDevice API version; match responses by opcode",
    ),
    "unanswered request": Text(
        "error",
        "a peer's request on connection {conn} is not answered: {what}",
        "the peer waits for {reply}; after 30 seconds it gives the connection up",
        "call {reply} for each such event. Write commands (op WRITE_CMD) are not answered to the peer, WRITE_REQ are",
    ),
    "system attributes missing": Text(
        "error",
        "connection {conn}: system attributes are missing and never set",
        "a CCCD is read or written, or a notification sent, before sys_attr_set was called for this connection",
        "call sys_attr_set when a peer connects: with what sys_attr_get gave last time, or without data",
    ),
    "no notification buffer": Text(
        "warning",
        "hvx finds no free buffer {count:time} ({result})",
        "notifications are queued faster than they go out over the air",
        "wait for {event} before the next hvx, or configure a longer queue",
    ),
    "gatt timeout": Text(
        "error",
        "connection {conn}: a GATT procedure timed out",
        "an ATT request went unanswered for 30 seconds: nothing works on this connection until it is made anew",
        "answer authorization and MTU requests; disconnect and connect again",
    ),
    "unreliable packet": Text(
        "warning",
        "{count:packet} of the {side} sent as unreliable: both ends ignore them",
        "commands, responses and events must be marked reliable",
        "set the reliable bit, and a sequence number that counts up",
    ),
    "no crc": Text(
        "warning",
        "{count:reliable packet} of the {side} without a CRC",
        "hosts accept them, chips drop them in silence",
        "set the CRC bit and append the CRC",
    ),
    "other packet types": Text(
        "warning",
        "{count:packet} of other types from the {side}: {what}",
        "not used on this link; the other end ignores them",
        "check that this is connectivity firmware and nothing else writes to this UART",
    ),
    "config in active": Text(
        "warning",
        "the chip asks for configuration {count:time} while the link is up",
        "it did not hear the host's CONFIG_RSP, or began its link-up anew",
        "answer with CONFIG_RSP and do nothing else",
    ),
    "sleep packets": Text(
        "warning",
        "{count:packet} of the low power protocol from the {side}: {what}",
        "neither end implements it: they are ignored",
        "no harm; firmware that needs them is no connectivity firmware",
    ),
    "host reports an error": Text(
        "note",
        "the host's log reports: {what}",
        "{why}",
        "look at the packets just before",
    ),
    "call failed": Text(
        "note",
        "{name} fails with {result}, {count:time}",
        "{why}",
        "see the command's parameters with decode -v",
    ),
    "request open at the end": Text(
        "note",
        "the recording ends before the reply to {what}",
        "the application had no time, or does not reply",
        "record longer to see whether the reply comes",
    ),
    "one direction": Text(
        "note",
        "only the {side}'s packets are in the recording",
        "one wire was recorded: ACKs, responses and latencies cannot be judged",
        "record the other wire too and give both: --host FILE --device FILE",
    ),
    "lines not read": Text(
        "warning",
        "{count:line} of the recording cannot be read",
        "{why}",
        "see the lines; if all are like this, name the format with --format",
    ),
}
