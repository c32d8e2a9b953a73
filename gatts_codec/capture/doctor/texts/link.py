"""The link: how it comes up, who falls silent, what gets through."""

from __future__ import annotations

from gatts_codec.capture.doctor.texts.text import OPEN_AGAIN, Text

TEXTS: dict[str, Text] = {
    "no device": Text(
        "error",
        "the host sends SYNC {count:time} and nothing comes from the chip",
        "wrong port, baud rate or parity (stock firmware: even), no connectivity firmware or one of another PHY "
        "(ser_*_uart with length framing, SPI), or a halted chip",
        "check the port and its settings, flash connectivity firmware, detach the debugger, press reset; "
        "for raw UART firmware try framing=length",
        "the link: it never comes up",
        "the port, its settings or the firmware; not the host's packets, which are good",
    ),
    "host not heard": Text(
        "error",
        "the chip repeats SYNC though the host answers",
        "the host-to-chip wire is dead, or RTS/CTS holds the host's bytes back",
        "check the wire from the host's TX to the chip's RX, and whether both ends use flow control or neither",
        "the link: it never comes up",
        "the line from the host to the chip",
    ),
    "config unanswered": Text(
        "error",
        "CONFIG is sent {count:time} and never answered",
        "{why}",
        "use configuration field 11 (window 1, CRC, version 0), and answer each SYNC and CONFIG of the chip",
        "the link: it never comes up",
        "{whose}",
    ),
    "chip never heard": Text(
        "error",
        "{name} is sent {attempts:time} and nothing comes from the chip in the whole recording",
        "the chip is off, hangs or is on another port, or the recorder does not hear its wire",
        "look at the chip's power and port; if the host does get answers, connect the recorder to the chip's TX too",
        "{name}, and every call after it",
        "the chip or the way to it; the host's packets are good",
    ),
    "chip silent": Text(
        "error",
        "the chip is silent from here on: {name} is sent {attempts:time} and never acknowledged, nor is anything after "
        "it",
        "{why}",
        "{advice}",
        "{name} and the link: nothing gets through any more",
        "the line or the chip; the host's packets are good",
        both=True,
    ),
    "chip deaf": Text(
        "error",
        "the chip is deaf after a damaged byte in frame {frame}: {name} is sent {attempts:time} and never "
        "acknowledged",
        "{error}: the chip's SLIP decoder waits for DC or DD from there on, and drops every byte until one comes, "
        "RESET and "
        "SYNC included",
        "send c0 dd c0, which ends the escape and is not a frame, before repeating a packet and before each RESET and "
        "SYNC",
        "{name} and the link: nothing gets through until DC or DD comes",
        "the line, which damaged a byte; the chip's firmware, which does not recover",
        both=True,
    ),
    "chip answers no more": Text(
        "error",
        "the host sends SYNC {count:time} and the chip, heard up to frame {last}, does not answer",
        "port and settings are right, since the chip has answered before: it hangs, has lost its power or was "
        "unplugged, "
        "or a damaged byte has left its SLIP decoder in an escape, which RESET and SYNC do not end",
        "send c0 dd c0, which wakes a chip that waits for the end of an escape; else cycle its power and look at the "
        "cable",
        "the link: it does not come up again",
        "the chip, its power supply or the cable; the host's packets are good",
    ),
    "chip hung": Text(
        "error",
        "the chip acknowledges {name} and is silent from there on",
        "{why}",
        "cycle the chip's power or press reset (it does not hear RESET); do not send this packet again",
        "{name} and the link: the chip hangs",
        "{whose}",
        both=True,
    ),
    "chip gone and back": Text(
        "error",
        "the chip is gone for a while and comes back with SYNC: {name} is sent {attempts:time} in vain",
        "the chip was without power, was reset or flashed, or its program was started again; the line is good before "
        "and after",
        "everything that was set up is gone: add services and characteristics again, and look for the cause",
        "{name}, and all that was set up in the chip",
        "the chip or its power supply; not the line",
        both=True,
    ),
    "chip late": Text(
        "error",
        "the chip answers {name} only after the host has given it up",
        "the chip, or what lies between (USB hub, bridge, debugger), stood still for a while; then everything arrives "
        "at once. The line is good: nothing is damaged or lost",
        "look for what stops the chip (breakpoints, flash erase, a busy USB hub); raise the response timeout; "
        "match responses to commands by opcode",
        "{name}: the host has given it up, the chip may have done it",
        "the chip, which is late",
        both=True,
    ),
    "sync over a response": Text(
        "error",
        "the host sends SYNC while a response of the chip is without its ACK, and the chip stops answering",
        "SYNC in that state spoils the chip's transmit buffer: the next command is acknowledged and never answered, "
        "then nothing is",
        "acknowledge what is under way, or send RESET before SYNC (firmware up to SDK 14.2 knows no RESET: cycle its "
        "power)",
        "the link: the chip does not answer any more",
        "the host, which restarted the link over an open response",
        both=True,
    ),
    "not acknowledged": Text(
        "error",
        "{name} is sent {attempts:time} and never acknowledged",
        "the chip did not take the packet though it speaks at other times: it was busy or restarting, the packet was "
        "damaged on the way, or its ACKs take longer than the host repeats",
        "look for SYNC from the chip (it restarts); raise the retransmission interval on slow lines. "
        + OPEN_AGAIN,
        "{name}, and the link with it: the host gives up (0x802A, 0x8005)",
        "the chip or the line to it",
        both=True,
    ),
    "long packet not acknowledged": Text(
        "error",
        "{name}, {size} bytes long, is sent {attempts:time} and never acknowledged, while shorter packets get "
        "through",
        "J-Link's on-board debugger drops packets over 64 bytes while its mass storage device is on",
        "run JLinkExe and give MSDDisable, then plug the board in again; or use hardware flow control; shorter packets "
        "get "
        "through meanwhile",
        "{name}, and the link with it: the host gives up (0x802A, 0x8005)",
        "the debugger between host and chip",
        both=True,
    ),
    "payload too long": Text(
        "error",
        "{name} has a payload of {size} bytes, is sent {attempts:time} and never acknowledged",
        "too long: this firmware's packets end at {limit} bytes, and it drops longer ones in silence",
        "send less at a time, or flash firmware with longer packets (pc-ble-driver's take 768); if packets between 64 "
        "and "
        "{limit} bytes fail too, it is J-Link's debugger: MSDDisable",
        "{name}, and the link with it: the host gives up (0x802A, 0x8005)",
        "the host, which sends more than this firmware takes",
        both=True,
    ),
    "acks lost": Text(
        "error",
        "the chip answers {name} and never acknowledges it",
        "its ACKs are lost, or the other end acknowledges only within its own packets, which no host counts",
        "check the line from the chip to the host; firmware must send pure ACK packets",
        "{name}: the host gives it up",
        "the chip or the line from it",
        both=True,
    ),
    "ack missing": Text(
        "warning",
        "the chip answers {name} and the command is sent again for lack of an ACK",
        "an ACK was lost, or the chip acknowledges within its response, which a host does not count",
        "check the line from the chip to the host; firmware must send a pure ACK before it answers",
        both=True,
    ),
    "late ack": Text(
        "warning",
        "the ACK comes after the response, {count:time}",
        "a chip acknowledges before it executes: this one is something else, or its ACKs are held back on the way",
        "look for buffering on the way (USB latency timers, network bridges), or check the firmware",
        both=True,
    ),
    "sent again": Text(
        "warning",
        "{count:packet} of the {side} sent again",
        "packets or their ACKs were lost, or the ACK came later than the sender's retransmission interval",
        "check the line if it happens often; raise the retransmission interval on slow lines",
        both=True,
    ),
    "acknowledged in vain": Text(
        "warning",
        "the {side} repeats {count:packet} already acknowledged",
        "the ACK does not arrive, or arrives damaged",
        "check the line in that direction; a recording taken at one end does not show what the other end hears",
        both=True,
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
        OPEN_AGAIN,
        "the second command: the chip may drop it",
        "the host",
        both=True,
    ),
    "sequence gap": Text(
        "warning",
        "{count:packet} of the {side} with a sequence number that was not due",
        "packets before them are missing, from the line or from the recording",
        "the other end drops them and acknowledges the number it waits for; look for lost bytes just before",
        both=True,
    ),
    "bad ack number": Text(
        "error",
        "the {side} acknowledges a number that was not due",
        "the ends disagree about how many packets have passed; a host then restarts the link",
        "look for a restart or lost packets just before; both ends must count from 0 after each link-up",
        "the link: the ends have lost count of each other",
        "the {side}",
        both=True,
    ),
    "two links": Text(
        "error",
        "the packets of two links are mixed in this recording, {count:time}",
        "two adapters write into one log, or two UARTs into one capture: both hosts send the same sequence number, and "
        "both packets are acknowledged",
        "record each link in a file of its own, or let the log name the port of each line",
        "nothing that this recording shows: calls cannot be told apart",
        "the recording; neither link",
        both=True,
    ),
    "chip unheard": Text(
        "error",
        "a packet of the chip is sent {attempts:time} and the host does not acknowledge it, though it goes on "
        "sending",
        "the host does not hear the chip, or is blocked; the chip restarts its link after five times",
        "check that the host reads its port, and the line from the chip to the host",
        "the link: the chip restarts it",
        "the host, or the line from the chip",
        both=True,
    ),
    "host gone": Text(
        "warning",
        "the host is silent from here on: the chip sends {name} {attempts:time} without an ACK",
        "the host's program ended, crashed or closed the port; nothing is lost on the line. The chip goes on with what "
        "it "
        "was told: it keeps advertising and keeps its connections",
        "stop advertising and disconnect before the program ends, or send RESET at its end and at its start",
        both=True,
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
        "it did not hear the host's CONFIG_RSP, or restarted its link-up",
        "answer with CONFIG_RSP and do nothing else",
    ),
    "sleep packets": Text(
        "warning",
        "{count:packet} of the low power protocol from the {side}: {what}",
        "neither end implements it: they are ignored",
        "no harm; firmware that needs them is not connectivity firmware",
    ),
    "chip restarted": Text(
        "error",
        "the chip restarts {count:time} while the link is up",
        "{why}",
        "everything that was set up is gone: add services and characteristics again, and look for the cause",
        "all that was set up in the chip, its connections, and the call under way",
        "the chip, or its power supply",
    ),
    "host restarted": Text(
        "warning",
        "the host restarts the link without RESET",
        "the host program was restarted or lost its state; the chip keeps running",
        "send RESET first, so that both ends start from nothing",
    ),
    "reset not obeyed": Text(
        "warning",
        "the chip does not restart on RESET: the attributes added before are still there",
        "firmware up to SDK 14.2 knows no RESET (H5 type 5): the link is set up again, the chip runs on, and what is "
        "added "
        "again comes on top: {what}",
        "restart the chip by its reset pin or power, or use the handles that it has given already",
    ),
    "reset unknown": Text(
        "note",
        "the chip does not restart on RESET",
        "firmware up to SDK 14.2 knows no RESET (H5 type 5): the link is set up again and the chip runs on: {what}",
        "expect services, connections and advertising of the session before",
    ),
    "one direction": Text(
        "note",
        "only the {side}'s packets are in the recording",
        "one wire was recorded: ACKs, responses and latencies cannot be judged",
        "record the other wire too and give both: --host FILE --device FILE",
    ),
}
