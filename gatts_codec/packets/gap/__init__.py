"""The GAP group's packets: addresses, advertising, scanning, connections, security."""
