"""Every way in which a host and a chip can go on together on a bad line (``python -m tools.explore``)."""
