"""usbmon's text, as /sys/kernel/debug/usb/usbmon has it: the data of bulk transfers are the bytes of a serial port.

    ffff9a2c 1701234567 S Bo:1:007:2 -115 6 = c0000500 fbc0
    ffff9a2c 1701234999 C Bi:1:007:1 0 8 = c0002f00 d1017ec0

Tag, time in microseconds, S (submitted) or C (completed), B bulk with i or o, bus, device, endpoint, status, length;
the data in hex, 32 bytes at most: the kernel cuts longer ones. (Source: the kernel's documentation of usbmon.)
"""

from __future__ import annotations

import io
import re

from gatts_codec.capture.files.lines import numbered_lines
from gatts_codec.capture.readers.format import Format, Head
from gatts_codec.capture.readers.usb import SerialPorts, Transfer
from gatts_codec.capture.wire.chunks import Entries
from gatts_codec.errors import CaptureError

_LINE = re.compile(
    r"\s*[0-9a-f]{4,16} (?P<t_us>\d{1,12}) (?P<event>[SC]) B(?P<way>[io]):(?P<bus>\d{1,3}):(?P<device>\d{1,3}):"
    r"(?P<endpoint>\d{1,2}) -?\d{1,6}(?::\d+)? (?P<length>\d{1,7}) = (?P<hex>(?: ?[0-9a-f]{2,8})+)[\s<>]*$"
)
_ANY = re.compile(r"\s*[0-9a-f]{4,16} \d{1,12} [SCE] [BCIZ][io]:\d{1,3}:\d{1,3}:\d{1,2} ")
_TO_HOST = 0x80


def _recognises(head: Head) -> bool:
    return any(_ANY.match(line) for line in head.lines[:50])


def read(stream: io.BufferedReader, name: str) -> Entries:
    """A chunk for each transfer with data; an error entry behind one that the kernel has cut."""
    ports = SerialPorts()
    for line in numbered_lines(stream, name):
        if isinstance(line, CaptureError):
            yield line
        elif found := _LINE.match(line[1]):
            chunk = ports.taken(_transfer(found), int(found["t_us"]))
            if chunk is not None:
                yield chunk
                kept, length = len(bytes.fromhex(found["hex"])), int(found["length"])
                if kept < length:
                    reason = f"{kept} of {length} bytes: usbmon's text cuts long transfers; record a pcap"
                    yield CaptureError(reason, file=name, line=line[0])


def _transfer(found: re.Match[str]) -> Transfer:
    endpoint = int(found["endpoint"]) | (_TO_HOST if found["way"] == "i" else 0)
    completed, data = found["event"] == "C", bytes.fromhex(found["hex"])
    return Transfer(int(found["bus"]), int(found["device"]), endpoint, True, completed, data)


FORMAT = Format("usbmon", "usbmon text", _recognises, read)
