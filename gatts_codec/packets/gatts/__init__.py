"""The GATT server's packets, one file each: message classes, layouts, and what differs between dialects."""
