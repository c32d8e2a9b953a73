"""What each end says on the wire to each input in each state, written down from what the real ends were seen to do.

Not from the library's tables: a row that is missing there, or does too much, says something else here. An input maps to
what is sent, and behind ">" the state that follows; what is left out means nothing, or the same.
"""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, str]
# A chip that a damaged byte has made deaf is freed before everything that may be said in vain.
GREETING = "RELEASE SYNC SYNC_RSP CONFIG"
RESET = "RELEASE RESET > DEAF"

HOST: Mapping[str, Words] = {
    "CLOSED": {"OPEN": RESET, "OPEN_WITHOUT_RESET": f"{GREETING} > UNINITIALIZED"},
    "DEAF": {"CLOSE": "> CLOSED", "TIMEOUT": f"{GREETING} > UNINITIALIZED"},
    "UNINITIALIZED": {
        "CLOSE": "> CLOSED",
        "SYNC": "RELEASE SYNC_RSP SYNC CONFIG",
        "SYNC_RSP": "RELEASE CONFIG > INITIALIZED",
        "TIMEOUT": GREETING,
        "LAST_TIMEOUT": "> CLOSED",
    },
    "INITIALIZED": {
        "CLOSE": "> CLOSED",
        "SYNC": "RELEASE SYNC_RSP CONFIG",
        "CONFIG": "RELEASE CONFIG_RSP CONFIG",
        "CONFIG_RSP": "> ACTIVE",
        "TIMEOUT": "RELEASE CONFIG",
        "LAST_TIMEOUT": "> CLOSED",
    },
    "ACTIVE": {
        "CLOSE": "> CLOSED",
        "SEND": "packet > AWAITING_ACK",
        "SYNC": RESET,
        "CONFIG": "RELEASE CONFIG_RSP",
        "PACKET_NEXT": "ACK",
        "PACKET_OTHER": "RELEASE ACK",
    },
    "AWAITING_ACK": {
        "CLOSE": "> CLOSED",
        "TIMEOUT": "RELEASE packet",
        "LAST_TIMEOUT": RESET,
        "SYNC": RESET,
        "CONFIG": "RELEASE CONFIG_RSP RELEASE packet",
        "ACK_NEXT": "> ACTIVE",
        "ACK_OTHER": RESET,
        "PACKET_NEXT": "ACK",
        "PACKET_OTHER": "RELEASE ACK",
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
