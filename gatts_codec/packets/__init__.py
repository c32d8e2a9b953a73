"""One file a packet: its message classes, its layouts, and what differs between dialects."""
