"""Talking to a chip: the H5 link machine of both ends, transports, clients.

``machine`` tells the protocol and how its machine is driven; ``host`` and ``chip`` are its two ends.
"""
