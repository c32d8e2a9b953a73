"""
Nordic SoftDevice GATT server packets between a host and connectivity firmware: SLIP, H5, and the packets of the chosen
version of the protocol ("dialect"). Stack it on the UART decoder; each line is decoded by itself, so it does not matter
which is RX and which TX.

UART settings: 1 Mbaud; even parity with the stock SDK's firmware, none with pc-ble-driver's.
"""

from .pd import Decoder

__all__ = ["Decoder"]
