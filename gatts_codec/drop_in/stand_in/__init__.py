"""What blatann needs of the package ``pc_ble_driver_py``, where that is not installed."""
