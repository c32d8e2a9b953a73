"""What the host's own log says went wrong."""

from __future__ import annotations

from gatts_codec.capture.doctor.texts.text import Text

TEXTS: dict[str, Text] = {
    "port lost": Text(
        "error",
        "the serial port went away while it was open, {count:line} of the host's log",
        "the operating system reports that reading or writing the port failed: the board was unplugged or reset and "
        "its USB "
        "port enumerated again, the cable or hub has a fault, or its driver was stopped",
        "look for USB disconnects in the system's log, try another cable and port without a hub, and see whether the "
        "chip "
        "or its debugger restarts; then open the port again",
        "the link, and every call under way",
        "the USB connection or the board; neither the calls nor the firmware's answers",
    ),
    "firmware stopped": Text(
        "error",
        "the firmware's own log says that the chip has stopped in its error handler",
        "{why}. The handler ends in a loop, or restarts the chip",
        "nothing more comes on the UART until the chip is reset: reset it, and look at what the firmware was given "
        "just before; the file and line name the place in the firmware's source",
        "the link, until the chip is reset",
        "the firmware, or what the host asked of it",
    ),
    "long packet lost": Text(
        "error",
        "the first long packet was never acknowledged: {step}",
        "{seen}. With it the packet has about {size} bytes on the wire, the first of more than 64: a board's J-Link "
        "with its mass storage drive enabled drops such packets, and short ones get through. {why}. What is raised "
        "afterwards, and a traceback, is the consequence",
        "disable the drive (J-Link Commander: MSDDisable, then power the board again) or use hardware flow control; "
        "else firmware or settings with smaller packets. The image is not to blame",
        "the transfer and the link: the host raises 0x802A or NRF_ERROR_SD_RPC_NO_RESPONSE",
        "the debugger chip between the port and the connectivity chip; neither the image nor the target",
    ),
    "stopped at a step": Text(
        "note",
        "the program was at this step: {step}",
        "{seen}",
        "look at what this step needs; the steps before it went well",
    ),
    "no bytes in the log": Text(
        "note",
        "the log has no packets, only what programs say about them",
        "{what}",
        "{how}",
    ),
    "log of another protocol": Text(
        "note",
        "the log is of another protocol, not of the SoftDevice RPC",
        "{what}",
        "the doctor judges the RPC between a host and connectivity firmware: record that",
    ),
    "peer not found": Text(
        "error",
        "the host's log says that the peer was not found or not reached",
        "{why}. The link to the connectivity chip works: it scanned",
        "does the peer advertise, with the name or address that is looked for (a bootloader adds 1 to the address)? Is "
        "it in range and not connected elsewhere, such as to a phone?",
        "the program's work with this peer",
        "the peer, or the name or address that was asked for; neither the link nor the connectivity chip",
    ),
    "target refused": Text(
        "error",
        "the host's log says that the DFU target refused a step: {what}",
        "{why}",
        "mend what the target names, in the package or its settings, and send it again; the link worked to this step",
        "the update",
        "the package, or what the target allows; neither the link nor the connectivity chip",
    ),
    "host gave up": Text(
        "error",
        "the host's log says that a packet was not acknowledged in all its transmissions",
        "{why}",
        "is the chip alive (SYNC in a debug log)? Short packets alone get through: J-Link drops those over 64 bytes "
        "until "
        "MSDDisable. None gets through: port, baud rate, power. Record with log level debug to see the packet",
        "the call that sent it, and the link: the host raises 0x802A or 0x8005",
        "the chip or the line to it: the host sent and heard nothing",
    ),
    "no link": Text(
        "error",
        "the host's log says that the driver could not open the link",
        "{why}{opened}",
        "in this order: flash connectivity firmware (a board after --eraseall has none), choose the right port, set "
        "the "
        "firmware's baud rate and flow control (stock: 1000000, even; pc-ble-driver: 1000000, none), close other "
        "programs "
        "on the port, detach the debugger",
        "the link: it never comes up",
        "the board's firmware, the port or its settings; no packet was at fault",
    ),
    "event not decoded": Text(
        "error",
        "the host's log says that an event of the chip could not be decoded, {count:time}",
        "{why}: the event is shorter or longer than the host's API version says, so firmware and driver are of "
        "different "
        "SoftDevice API versions",
        "flash the firmware that comes with this driver, or use the driver's other API version",
        "the event: the program never sees it",
        "the combination of firmware and driver",
    ),
    "response not received": Text(
        "error",
        "the host's log says that no response came",
        "{why}",
        "look for SYNC from the chip (it restarted on the command), and for the command in a debug log",
        "the call: the host raises 0x8003 or a timeout",
        "the chip, which acknowledged and did not answer",
    ),
    "call not sent": Text(
        "note",
        "the host's own encoder refuses a call, {count:time}: it is never sent",
        "{why}: an argument of the call does not fit its packet",
        "look at the arguments of that call; the link has no part in it",
    ),
    "host reports an error": Text(
        "warning",
        "the host's log reports: {what}",
        "{why}",
        "look at what the program did just before; gatts-codec explain says more of each code",
    ),
}
