"""Recordings as a table: converted to Parquet, then asked in SQL how long each call took, and what failed.

Without arguments it makes a recording first, of a host that writes and reads a virtual chip's table.
Needs DuckDB: pip install duckdb ".[parquet]"

    python examples/duckdb_query.py [RECORDING...]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb

from gatts_codec import (
    Attr,
    AttrMd,
    CharMd,
    CharProps,
    ServiceType,
    Uuid,
    Value,
    ValueBuffer,
    connect,
    memory_pair,
)
from gatts_codec.capture import convert_file
from gatts_codec.device import ChipRunner, VirtualChip
from gatts_codec.link import recorded

DIALECT = "sd_api_v5"
NO_SUCH_HANDLE = 0x0BAD

# A response comes before the next command, so a call is a command and the response behind it.
CALLS = """
    WITH packets AS (
        SELECT *,
               lead(kind) OVER line AS next_kind,
               lead(result) OVER line AS next_result,
               lead(time) OVER line AS next_time
        FROM read_parquet(?, filename = true)
        WHERE kind IN ('command', 'response') AND "group" = 'gatts' AND NOT retransmission
        WINDOW line AS (PARTITION BY filename ORDER BY frame)
    )
    SELECT name, count(*) AS calls, count_if(next_result <> 0) AS failed, median(next_time - time) AS median_us
    FROM packets
    WHERE kind = 'command' AND next_kind = 'response'
    GROUP BY name
    ORDER BY calls DESC, name
"""


def record(path: Path) -> None:
    """A host at work: a characteristic, a hundred writes and reads, and an attribute that is not there."""
    chip_end, host_end = memory_pair()
    with ChipRunner(VirtualChip(DIALECT), chip_end), connect(recorded(host_end, path), DIALECT) as client:
        client.service_add(ServiceType.PRIMARY, Uuid(0x180F))
        battery = Attr(Uuid(0x2A19), AttrMd(vlen=1), max_len=20)
        handles = client.characteristic_add(0, CharMd(CharProps(read=1)), battery).handles
        assert handles is not None
        for level in range(100):
            client.value_set(0xFFFF, handles.value_handle, Value(bytes([level])))
            client.value_get(0xFFFF, handles.value_handle, ValueBuffer(20))
        client.unchecked.value_get(0xFFFF, NO_SUCH_HANDLE, ValueBuffer(20))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        recordings = [Path(name) for name in sys.argv[1:]]
        if not recordings:
            recordings = [Path(folder, "battery.jsonl")]
            record(recordings[0])
        tables = [str(Path(folder, f"{number}.parquet")) for number, _ in enumerate(recordings)]
        for recording, table in zip(recordings, tables, strict=True):
            print(f"{recording.name}: {convert_file(str(recording), table, 'auto').rows} packets")
        with duckdb.connect() as database:
            for name, calls, failed, median_us in database.execute(CALLS, [tables]).fetchall():
                print(f"{name:36} {calls:5} calls {failed:5} failed {median_us:8.0f} us")


if __name__ == "__main__":
    main()
