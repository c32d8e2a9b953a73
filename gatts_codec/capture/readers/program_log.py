"""Logs without packets: the status lines of pc-ble-driver and its bindings, nrfutil, blatann, RTT of the firmware.

They hold no bytes of the link, and still say what happened: text/wordings.py knows their words, driver_log.py reads
them (a log may well have packets further on).
"""

from __future__ import annotations

from gatts_codec.capture.readers.driver_log import read
from gatts_codec.capture.readers.format import Format, Head
from gatts_codec.capture.readers.text.dress import plain
from gatts_codec.capture.readers.text.wordings import is_log


def _recognises(head: Head) -> bool:
    return is_log(plain(head.text).splitlines())


FORMAT = Format("log", "a program's log", _recognises, read, loose=True)
