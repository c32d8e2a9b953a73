"""The GATT client: finding, reading and writing a peer's attributes."""
