"""Encode and decode Nordic SoftDevice GATT server packets."""

__version__ = "0.1.0"
