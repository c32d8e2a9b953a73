"""What fuzzing starts from: golden vectors and recordings of the tests, and a small file of every format."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from gatts_codec.dialects import DIALECTS

TESTS = Path(__file__).parent.parent / "tests"
DIALECT_NAMES = list(DIALECTS)
_EVERY = 25  # of the vectors: mutation finds what lies between them
_LONGEST = 4000
_FRAMES = bytes.fromhex("c0002f00d1017ec0c0dbdc8e00b200a001010d180101b57ec0")


_NUMBERS = struct.Struct("<II").pack


def vectors(*categories: str, dialects: Iterable[str] = DIALECT_NAMES) -> Iterator[dict[str, Any]]:
    """Some of the golden vectors of each dialect."""
    for dialect in dialects:
        for category in categories:
            for path in sorted((TESTS / "vectors" / dialect).rglob(f"{category}.jsonl")):
                yield from map(json.loads, path.read_text("utf-8").splitlines()[::_EVERY])


@cache
def recorded_bytes() -> tuple[bytes, ...]:
    """The beginnings of some recordings, as the line carried them."""
    return tuple(
        b"".join(bytes.fromhex(json.loads(line)["hex"]) for line in path.read_text("utf-8").splitlines())[
            :_LONGEST
        ]
        for path in sorted((TESTS / "captures").rglob("*.jsonl"))[::8]
    )


def files() -> list[bytes]:
    """A recording in every format that readers know, and some that they must refuse."""
    hexed = [f"0x{byte:02X}" for byte in _FRAMES]
    rows = [f"{at / 1e5:.15f},{value},," for at, value in enumerate(hexed)]
    table = [f'"TX","data",{at / 1e5:.9f},8.68e-05,{value}' for at, value in enumerate(hexed)]
    logs = [
        path.read_bytes()[:_LONGEST] for path in sorted((TESTS / "captures" / "driver_logs").glob("*.log"))
    ]
    return [
        _FRAMES,
        _FRAMES.hex(" ").encode(),
        json.dumps({"t_us": 1, "dir": "host->device", "hex": _FRAMES.hex()}).encode() + b"\n",
        _lines("Time [s],Value,Parity Error,Framing Error", *rows, "0.5,0xC0,,Error"),
        _lines('name,type,start_time,duration,"data"', *table),
        _lines(*(f"{at}-{at + 9} uart-1: RX: {value[2:]}" for at, value in enumerate(hexed))),
        _lines("> 2019/09/28 14:42:32.732010  length=8 from=0 to=7", " " + _FRAMES[:8].hex(" "), "--"),
        _lines(
            *(f"< {value.lower()} (.)" for value in hexed), *(f"> \t{value.lower()} (.)" for value in hexed)
        ),
        _pcap(147, b"\x00" + _FRAMES[1:7]),
        _pcap(250, bytes(8) + b"\x01\x00\x00\x00" + _FRAMES),
        _pcapng(
            _block(1, _NUMBERS(147, 0)),
            _block(6, bytes(12) + _NUMBERS(8, 8) + b"\x00" + _FRAMES[1:7] + b"\x00"),
        ),
        gzip.compress(_FRAMES, mtime=0),
        b"\xff\xfe" + _FRAMES.hex(" ").encode("utf-16-le"),
        *logs,
        *_once_mishandled(),
    ]


def _once_mishandled() -> list[bytes]:
    """What fuzzing has found: a day without hour 94, a number with two points, hex that is none, a cell too long,
    expressions where a literal should be, a line without end,
    interfaces without end, a packet as long as the file says, a chunk without bytes, a length of nothing."""
    packed = gzip.compress(_FRAMES * 20, mtime=0)
    return [
        _lines("> 2019/09/28 94:42:32.732010  length=2 from=0 to=1", " c0 00"),
        _lines('{"ph": "E", "ts": 1.2.3, "pid": "uart-1", "tid": "RX", "name": "C0"},'),
        _lines(
            "  9 ->  [00 a\N{NO-BREAK SPACE}4 ] type: ACK reliable:no seq#:0 ack#:0 payload_length:2 data_integrity:0"
        ),
        _lines('name,type,start_time,duration,"data"', '"TX","data",0.1,8.68e-05,"\0"', f'"{"x" * 140_000}"'),
        packed[:12] + b"\xff" * 8 + packed[20:],
        _lines("> 2019/09/28 14:42:32.732010  length=2 from=0 to=1", " c0xxxx"),
        _lines("> 2019/09/28 14:42:32.732010  length=2 from=0 to=1", " 00 00"),
        _lines("b'',''"),
        _lines("b'',-----5,''"),
        _lines("b''.a.a,''", "b'' b''", r"b'\xc"),
        _lines("b''" + '","' * 500 + "''"),
        b"c0" * 40_000 + b"c",
        json.dumps({"t_us": 10**400, "dir": None, "hex": _FRAMES.hex()}).encode(),
        json.dumps({"t_us": "9" * 10_000, "dir": "x" * 10_000, "hex": "c0"}).encode(),
        _lines(
            'name,type,start_time,duration,"data"', *(f'"{at}","data",0.1,8e-05,0x05' for at in range(300))
        ),
        _lines('name,type,start_time,duration,"data"', f'"TX","data",0.1,8.68e-05,{"f" * 10_000}'),
        _lines("> 2019/09/28 14:42:32.732010  length=999999999 from=0 to=7", " 00" * 70_000),
        _lines(
            "  9 ->  [00 04 ] type: ACK reliable:no seq#:0 ack#:0 payload_length:"
            + "f" * 5_000
            + " data_integrity:0"
        ),
        _pcapng(*[_block(1, _NUMBERS(147, 0))] * 1001),
        _pcapng(_block(1, _NUMBERS(147, 0)), _NUMBERS(6, 0xFFFFFFF0), bytes(40)),
    ]


def _lines(*lines: str) -> bytes:
    return "\n".join([*lines, ""]).encode()


def _pcapng(*blocks: bytes) -> bytes:
    """A section, little endian."""
    return b"".join((_block(0x0A0D0D0A, _NUMBERS(0x1A2B3C4D, 1) + b"\xff" * 8), *blocks))


def _block(kind: int, body: bytes) -> bytes:
    size = len(body) + 12
    return _NUMBERS(kind, size) + body + size.to_bytes(4, "little")


def _pcap(link_type: int, *packets: bytes) -> bytes:
    """A classic capture file, little endian."""
    numbers = (0xA1B2C3D4, 0x00040002, 0, 0, 65535, link_type)
    found = b"".join(number.to_bytes(4, "little") for number in numbers)
    for packet in packets:
        found += (
            b"".join(number.to_bytes(4, "little") for number in (1, 2, len(packet), len(packet))) + packet
        )
    return found
