"""Peers that share the air of a chip: a device of their own each, and the program on it."""
