"""The harnesses lie beside the package, which must still be imported from where it is installed: so, last."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent.parent))
