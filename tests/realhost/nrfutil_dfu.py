"""nrfutil's ``dfu ble``, on a port that belongs to no board.

python nrfutil_dfu.py NRF52|NRF51 PACKAGE PORT
"""

from __future__ import annotations

import sys

import nordicsemi.__main__ as program

program.port_is_jlink = lambda port: False  # it would look the port up among the boards
sys.argv = [
    "nrfutil",
    "dfu",
    "ble",
    "-ic",
    sys.argv[1],
    "-pkg",
    sys.argv[2],
    "-p",
    sys.argv[3],
    "-n",
    "DfuTarg",
]
program.cli()
