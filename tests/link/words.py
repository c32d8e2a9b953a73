"""What each end says on the wire to each input in each state, written down from what the real ends were seen to do.

Not from the library's tables: a row that is missing there, or does too much, says something else here. An input maps to
what is sent, and behind ">" the state that follows; what is left out means nothing, or the same.
"""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, str]
GREETING = "SYNC SYNC_RSP CONFIG"

HOST: Mapping[str, Words] = {
    "CLOSED": {"OPEN": "RESET > DEAF", "OPEN_WITHOUT_RESET": f"{GREETING} > UNINITIALIZED"},
    "DEAF": {"CLOSE": "> CLOSED", "TIMEOUT": f"{GREETING} > UNINITIALIZED"},
    "UNINITIALIZED": {
        "CLOSE": "> CLOSED",
        "SYNC": "SYNC_RSP SYNC CONFIG",
        "SYNC_RSP": "CONFIG > INITIALIZED",
        "TIMEOUT": GREETING,
        "LAST_TIMEOUT": "> CLOSED",
    },
    "INITIALIZED": {
        "CLOSE": "> CLOSED",
        "SYNC": "SYNC_RSP CONFIG",
        "CONFIG": "CONFIG_RSP CONFIG",
        "CONFIG_RSP": "> ACTIVE",
        "TIMEOUT": "CONFIG",
        "LAST_TIMEOUT": "> CLOSED",
    },
    "ACTIVE": {
        "CLOSE": "> CLOSED",
        "SEND": "packet > AWAITING_ACK",
        "SYNC": "RESET > DEAF",
        "CONFIG": "CONFIG_RSP",
        "PACKET_NEXT": "ACK",
        "PACKET_OTHER": "ACK",
    },
    "AWAITING_ACK": {
        "CLOSE": "> CLOSED",
        "TIMEOUT": "packet",
        "LAST_TIMEOUT": "RESET > DEAF",
        "SYNC": "RESET > DEAF",
        "CONFIG": "CONFIG_RSP packet",
        "ACK_NEXT": "> ACTIVE",
        "ACK_OTHER": "RESET > DEAF",
        "PACKET_NEXT": "ACK",
        "PACKET_OTHER": "ACK",
    },
}

_REBOOTS = {"CLOSE": "> CLOSED", "REBOOT": "> UNINITIALIZED", "RESET": "> UNINITIALIZED"}
_ALWAYS = {**_REBOOTS, "SYNC": "SYNC_RSP"}
_LINKED = {
    **_REBOOTS,
    "SYNC": "SYNC_RSP > UNINITIALIZED",
    "CONFIG": "CONFIG_RSP",
    "PACKET_NEXT": "ACK",
    "PACKET_OTHER": "ACK",
}
CHIP: Mapping[str, Words] = {
    "CLOSED": {"OPEN": "> UNINITIALIZED"},
    "UNINITIALIZED": {**_ALWAYS, "SYNC_RSP": "> INITIALIZED", "TIMEOUT": "SYNC"},
    "INITIALIZED": {**_ALWAYS, "CONFIG": "CONFIG > CONFIG_SENT"},
    "CONFIG_SENT": {
        **_ALWAYS,
        "CONFIG": "CONFIG_RSP > CONFIG_ANSWERED",
        "CONFIG_RSP": "> CONFIG_ACCEPTED",
        "TIMEOUT": "CONFIG",
    },
    "CONFIG_ANSWERED": {**_ALWAYS, "CONFIG": "CONFIG_RSP", "CONFIG_RSP": "> ACTIVE", "TIMEOUT": "CONFIG"},
    "CONFIG_ACCEPTED": {**_ALWAYS, "CONFIG": "CONFIG_RSP > ACTIVE"},
    "ACTIVE": {**_LINKED, "SEND": "packet > AWAITING_ACK"},
    "AWAITING_ACK": {
        **_LINKED,
        "TIMEOUT": "packet",
        "LAST_TIMEOUT": "> UNINITIALIZED",
        "ACK_NEXT": "> ACTIVE",
    },
}

# Firmware of SD API v2 answers the first CONFIG, and asks with its own when its interval is over.
OLD_CHIP: Mapping[str, Words] = {
    **CHIP,
    "INITIALIZED": {**_ALWAYS, "CONFIG": "CONFIG_RSP > CONFIG_ANSWERED", "TIMEOUT": "CONFIG > CONFIG_SENT"},
}
