"""The slowest use of each measured packet in a new process, as JSON: seconds of CPU by name.

    python -m benchmarks.first_uses < PAYLOADS

PAYLOADS is JSON, too: hexadecimal digits by name. Building the messages here would load what is to be measured. What
``Codec.prepare`` loads, as connecting does, is there before; the garbage collector, which strikes anywhere, rests.
"""

from __future__ import annotations

import gc
import json
import sys
from time import process_time

from gatts_codec import Codec
from gatts_codec.functions import OFTEN

DIALECT = "sd_api_v5"


def main() -> None:
    """Unpack and pack each packet until it has functions of its own."""
    codec = Codec(DIALECT)
    codec.prepare()
    payloads = {name: bytes.fromhex(digits) for name, digits in json.load(sys.stdin).items()}
    gc.disable()
    print(json.dumps({name: _slowest(codec, payload) for name, payload in payloads.items()}))


def _slowest(codec: Codec, payload: bytes) -> float:
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
