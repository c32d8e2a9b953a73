"""One harness under atheris: ``python -m fuzz.guided HARNESS SECONDS FOLDER``. Ends the process."""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path

import atheris

_INPUT_BYTES = 4096
_INPUT_SECONDS = 10  # no input may take longer
_MEMORY_MB = 1024


def main(name: str, seconds: str, folder: str) -> None:
    """Fuzz until the time is over or a promise breaks."""
    with atheris.instrument_imports(include=["gatts_codec"]):
        harness = import_module(f"fuzz.{name}")
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(harness.seeds()):
            Path(corpus, f"seed{number}").write_bytes(seed)
        flags = {
            "max_total_time": seconds,
            "max_len": _INPUT_BYTES,
            "timeout": _INPUT_SECONDS,
            "rss_limit_mb": _MEMORY_MB,
            "artifact_prefix": f"{folder}/{name}-",
            "verbosity": 0,
            "print_final_stats": 1,
        }
        arguments = [f"-{flag}={value}" for flag, value in flags.items()]
        atheris.Setup([name, *arguments, corpus], harness.check)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
