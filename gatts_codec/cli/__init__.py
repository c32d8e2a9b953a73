"""The command line, ``gatts-codec``. One file a subcommand; what they do is done elsewhere in the package.

Exit status: 0 fine, 1 something is wrong with the data, 2 not used right, 129, 130 and 143 ended by SIGHUP, SIGINT
and SIGTERM, 141 the reader of the output went away.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line with ``args`` (default: the process's own) and return the exit status."""
    try:
        import click
        import rich
    except ImportError as error:
        wanted = "gatts-codec's command line needs the cli extra: pip install click rich"
        print(f"{wanted} ({error.name} is not installed)", file=sys.stderr)
        return 2
    del click, rich
    from gatts_codec.cli.app import run

    return run(args)
