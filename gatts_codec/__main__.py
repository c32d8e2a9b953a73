"""``python -m gatts_codec``: the command line."""

import sys

from gatts_codec.cli import main

sys.exit(main())
