"""Generated functions against interpreted layouts: mutated bytes and mutated objects of every packet of every dialect.

A long seeded run, with a progress bar where rich is installed:

    python tests/differential.py --cases 10000000 --seed 1

Both must agree on the value, type by type, or on the error: class, text, path, offset. Ends with status 1 and the seed
of the first case in which they do not.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from random import Random
from typing import Any, NamedTuple

from golden import records
from strategies import ODD_VALUES, Index, field_paths, with_field

from gatts_codec.codec import INTERPRETED, Codec
from gatts_codec.dialects import DIALECTS
from gatts_codec.errors import DecodeError, EncodeError, GattsError
from gatts_codec.schema.field_types import field_types
from gatts_codec.schema.message import Message, Packet

Function = Callable[[Any], Any]
POOL = 50  # bodies and messages of a packet that mutation starts from
SERIES = 500  # cases of one packet in a row

EDGES = (
    0,
    1,
    2,
    3,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x1FF,
    0x200,
    0x201,
    0xFFFF,
    0x10000,
    0xFFFFFFFF,
    1 << 32,
    -1,
    -513,
)
SIZES = (0, 1, 2, 19, 20, 21, 244, 511, 512, 513)


class Agreeable(Index):
    """A number by ``__index__``, and equal to everything."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False


ODD = {
    **ODD_VALUES,
    **{f"index {number}": Index(number) for number in (0, 2, 20)},
    **{f"agreeable {number}": Agreeable(number) for number in (0, 1, 7, 513)},
}


class Pair(NamedTuple):
    """A codec that runs generated functions, and one that interprets."""

    generated: Codec
    interpreted: Codec


@contextmanager
def interpreting(setting: str = "1") -> Iterator[None]:
    """Codecs made in here interpret; with "0" they generate each function at its first use."""
    before = os.environ.get(INTERPRETED)
    os.environ[INTERPRETED] = setting
    try:
        yield
    finally:
        del os.environ[INTERPRETED]
        if before is not None:
            os.environ[INTERPRETED] = before


def pair(dialect: str, strict: bool) -> Pair:
    """Both codecs of a dialect."""
    with interpreting("1"):
        interpreted = Codec(dialect, strict=strict)
    with interpreting("0"):
        return Pair(Codec(dialect, strict=strict), interpreted)


def decoding_difference(codecs: Pair, kind: str, body: bytes) -> str:
    """How both differ over a body, alone and as a payload; nothing if they agree."""
    payload = bytes((("command", "response", "event").index(kind),)) + body
    one, other = (getattr(codec, f"decode_{kind}") for codec in codecs)
    return _difference(one, other, body) or _difference(
        codecs.generated.unpack, codecs.interpreted.unpack, payload
    )


def encoding_difference(codecs: Pair, message: Packet) -> str:
    """How both differ over a message, as a body and as a payload; nothing if they agree."""
    encode = _difference(codecs.generated.encode, codecs.interpreted.encode, message)
    return encode or _difference(codecs.generated.pack, codecs.interpreted.pack, message)


def _difference(one: Function, other: Function, argument: Any) -> str:
    found, expected = _outcome(one, argument), _outcome(other, argument)
    return "" if identical(found, expected) else f"generated: {found!r}\ninterpreted: {expected!r}"


def _outcome(function: Function, argument: Any) -> Any:
    try:
        return function(argument)
    except DecodeError as error:
        return type(error), str(error), error.path, error.offset, error.packet, error.dialect, error.data
    except EncodeError as error:
        return type(error), str(error), error.path, error.packet, error.dialect, type(error.value)
    except GattsError as error:
        return type(error), str(error)


def identical(one: Any, other: Any) -> bool:
    """Equal, and of the same types throughout: True is not 1 here."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Message):
        names = field_types(type(one))
        return all(identical(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(identical, one, other))
    return bool(one == other)


class Packets(NamedTuple):
    """One packet of a dialect, and valid bodies of it to start from; what decodes joins them."""

    dialect: str
    kind: str
    name: str
    strict: Pair
    tolerant: Pair
    bodies: list[bytes]


def packets() -> list[Packets]:
    """Every packet of every dialect, with its golden vectors."""
    found: dict[tuple[str, str, str], Packets] = {}
    for dialect in DIALECTS:
        strict, tolerant = pair(dialect, True), pair(dialect, False)
        for record in records(dialect, "valid"):
            kind, name = record["kind"], record["name"]
            packet = Packets(dialect, kind, name, strict, tolerant, [])
            found.setdefault((dialect, kind, name), packet).bodies.append(bytes.fromhex(record["hex"]))
    return list(found.values())


def series(packet: Packets, random: Random, cases: int) -> Iterator[str]:
    """That many cases of one packet; each gives what differs, nothing if all agree."""
    decode = getattr(packet.tolerant.interpreted, f"decode_{packet.kind}")
    for _ in range(cases // 2):
        body = mutated_body(random.choice(packet.bodies), random, 2 if packet.kind == "event" else 1)
        yield decoding_difference(random.choice((packet.strict, packet.tolerant)), packet.kind, body)
        try:
            message = decode(body)
        except DecodeError:
            message = decode(random.choice(packet.bodies))
        else:
            _remember(packet.bodies, body, random)
        yield encoding_difference(packet.strict, mutated_message(message, random))


def _remember(bodies: list[bytes], body: bytes, random: Random) -> None:
    if len(bodies) < POOL:
        bodies.append(body)
    else:
        bodies[random.randrange(POOL)] = body


def mutated_body(body: bytes, random: Random, head: int) -> bytes:
    """Bytes near a body. Its opcode mostly stays."""
    data = bytearray(body)
    for _ in range(random.choice((1, 1, 2, 3))):
        at = (
            random.randrange(head if random.random() < 0.98 else 0, len(data) + 1) if len(data) >= head else 0
        )
        action = random.random()
        if action < 0.2:
            _resize(data, at, random)
        elif action < 0.6 and at < len(data):
            data[at] = random.choice(
                (0, 1, 2, 0xFF, data[at] ^ 1 << random.randrange(8), random.randrange(256))
            )
        elif action < 0.75:
            data[at:at] = random.randbytes(random.choice((1, 1, 2, 4, 500)))
        elif action < 0.9:
            del data[at : at + random.choice((1, 1, 2, 5))]
        else:
            del data[at:]
    return bytes(data)


def _resize(data: bytearray, at: int, random: Random) -> None:
    """Other bytes in the place of those that a length here counts, behind a flag or not, and the length to match."""
    size, begin = int.from_bytes(data[at : at + 2], "little"), at + random.choice((2, 3))
    if begin + size <= len(data):
        new = random.choice(SIZES)
        data[begin : begin + size] = random.randbytes(new)
        data[at : at + 2] = new.to_bytes(2, "little")


def mutated_message(message: Packet, random: Random) -> Packet:
    """The message with another value in one or two of its fields."""
    for _ in range(random.choice((1, 1, 2)) if field_paths(message) else 0):
        path = random.choice(field_paths(message))
        if isinstance(_at(message, path), bytes) and random.random() < 0.5:
            message = _resized(message, path, random.randbytes(random.choice(SIZES)))
        else:
            message = with_field(message, path, _value(message, path, random))
    return message


def _resized(message: Packet, path: str, data: bytes) -> Packet:
    """Other bytes, and the lengths beside them to match."""
    size, (record, _, _) = len(_at(message, path)), path.rpartition(".")
    for other in field_paths(message):
        if other.rpartition(".")[0] == record and _at(message, other) is size:
            message = with_field(message, other, len(data))
    resized: Packet = with_field(message, path, data)
    return resized


def _value(message: Packet, path: str, random: Random) -> Any:
    choice = random.random()
    if choice < 0.2:
        return random.choice(list(ODD.values()))
    if choice < 0.55:
        return random.choice(EDGES)
    if choice < 0.7:
        return random.randrange(0x200)
    if choice < 0.85:
        return random.randbytes(random.choice(SIZES))
    if choice < 0.95:
        return random.choice((None, True, False))
    others = [random.choice(field_paths(message)), path]
    return _at(message, random.choice(others))


def _at(message: Any, path: str) -> Any:
    for name in re.findall(r"\w+", path):
        message = message[int(name)] if isinstance(message, tuple) else getattr(message, name)
    return message


def run(cases: int, seed: int, advance: Callable[[int], object]) -> str:
    """The first difference in so many cases, with what is needed to see it again; nothing if there is none."""
    random = Random(seed)
    done = 0
    for packet in cycle(packets()):
        size = min(SERIES, cases - done)
        for number, difference in enumerate(series(packet, random, size)):
            if difference:
                return f"{packet.dialect} {packet.kind} {packet.name}, seed {seed}, case {done + number}\n{difference}"
        done += size
        advance(size)
        if done >= cases:
            return ""
    return ""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with progress_bar(options.cases) as advance:
        difference = run(options.cases, options.seed, advance)
    print(difference or f"{options.cases} cases, seed {options.seed}: no difference")
    return 1 if difference else 0


@contextmanager
def progress_bar(cases: int) -> Iterator[Callable[[int], object]]:
    """Shows how far the run is; quiet where rich is not installed."""
    try:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
    except ImportError:
        yield lambda _: None
        return
    with Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as progress:
        task = progress.add_task("cases", total=cases)
        yield lambda done: progress.advance(task, done)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
