"""pc-ble-driver-py's native module in pure Python: its programs run unchanged, on any Python and any processor.

    import gatts_codec.drop_in

    gatts_codec.drop_in.install()

    from blatann import BleDevice

``python -m gatts_codec.drop_in`` runs a program that does not know of it. Nothing is installed under the name of
pc-ble-driver-py. Where that is installed, its Python files are used and only the native part is replaced; where it is
not, those few that blatann needs come from here.
"""

from __future__ import annotations

from gatts_codec.drop_in.finder import install

__all__ = ["install"]
