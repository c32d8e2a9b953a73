"""pc-ble-driver-py's native module in pure Python: its programs run unchanged, on any Python and any processor."""
