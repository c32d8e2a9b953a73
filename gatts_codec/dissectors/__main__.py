"""Write the generated plugin anew: ``python -m gatts_codec.dissectors``."""

from __future__ import annotations

from gatts_codec.dissectors.install import plugin_path
from gatts_codec.dissectors.wireshark import plugin

if __name__ == "__main__":
    plugin_path().write_text(plugin(), "ascii", newline="\n")
