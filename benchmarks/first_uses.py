"""The slowest use of every packet of a dialect in a new process, as JSON: seconds of CPU by name, and the scale.

    python -m benchmarks.first_uses

The scale is ``import construct``, in the same process. What ``Codec.prepare`` loads, as connecting does, is there
before; the garbage collector, which strikes anywhere, rests. The longest packets come first: those of a family share a
module, which loads with the first one.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

DIALECT = "sd_api_v5"
SCALE = "import construct"
VECTORS = Path(__file__).parents[1] / "tests" / "vectors" / DIALECT
_TYPES = {"command": 0, "response": 1, "event": 2}


def main() -> None:
    """Unpack and pack each packet until it has functions of its own."""
    gc.disable()
    began = process_time()
    import construct  # noqa: F401  # measured, and before the package, which imports it too

    seconds = {SCALE: process_time() - began}
    from gatts_codec import Codec

    codec = Codec(DIALECT)
    codec.prepare()
    for name, payload in longest().items():
        seconds[name] = _slowest(codec, payload)
    print(json.dumps(seconds))


def longest() -> dict[str, bytes]:
    """The longest golden vector of every packet, as a payload, by the packet's kind and name."""
    found: dict[str, bytes] = {}
    for name, payload in sorted(_payloads(), key=lambda each: -len(each[1])):
        found.setdefault(name, payload)
    return found


def _payloads() -> Iterator[tuple[str, bytes]]:
    for path in sorted(VECTORS.rglob("valid.jsonl")):
        for record in map(json.loads, path.read_text("utf-8").splitlines()):
            kind = record["kind"]
            yield f"{kind} {record['name']}", bytes((_TYPES[kind],)) + bytes.fromhex(record["hex"])


def _slowest(codec: Any, payload: bytes) -> float:
    from gatts_codec.functions import OFTEN

    slowest = 0.0
    for _ in range(OFTEN + 2):
        began = process_time()
        message = codec.unpack(payload)
        middle = process_time()
        codec.pack(message)
        slowest = max(slowest, middle - began, process_time() - middle)
    return slowest


if __name__ == "__main__":
    main()
