"""What the page in the browser asks Python for: the command line's answers, and a link to a chip.

``screen.run`` is the command line, its output as pieces of coloured text; ``live.Link`` is a client on a port that the
page holds; ``live.Chip`` a virtual chip behind such a port. ``tools/web`` builds the page.
"""
