"""The packets: a folder a group of the SoftDevice, in it one file a packet."""
