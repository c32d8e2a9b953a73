"""The functions that a codec runs, by message class or by the first bytes of a packet.

A packet that is seldom used is coded by walking its layout (interpreter.py). One that is used often gets functions of
its own, generated from the layout (schema/compiler/).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, partial
from itertools import count
from typing import TYPE_CHECKING, Any

from gatts_codec.constants import Kind
from gatts_codec.dialects import Dialect
from gatts_codec.interpreter import Interpreter
from gatts_codec.packets.entries import PacketEntry
from gatts_codec.packets.opaque import PACKET_TYPES
from gatts_codec.schema.message import Packet

if TYPE_CHECKING:
    from gatts_codec.schema.compiler import FunctionSource

# Uses from which on a function of its own costs less than it saves: making it takes as long as some 50 to 150 walks.
OFTEN = 50

Encode = Callable[[Any], bytes]
Decode = Callable[[bytes], Any]


class Functions:
    """The functions of a dialect, by message class or by the first bytes of a packet; its codecs share them."""

    def __init__(self, interpreter: Interpreter, often: int) -> None:
        self.interpreter = interpreter
        self.encoders = _ByClass(interpreter, interpreter.encode, often)
        self.packers = _ByClass(interpreter, interpreter.pack, often, packed=True)
        self.bodies: dict[Kind, list[Decode]] = {
            kind: [partial(interpreter.decode, kind, base=Packet)] * 256 for kind in PACKET_TYPES
        }
        self.payloads: list[list[Decode]] = [[interpreter.unpack] * 256 for _ in range(256)]
        for kind, packet_type in PACKET_TYPES.items() if often else ():
            decoder_of, unpacker_of = partial(_decoder_of, interpreter, kind), self.payloads[packet_type]
            _count_uses(self.bodies[kind], decoder_of, often, at=0)
            _count_uses(unpacker_of, partial(decoder_of, packed=True), often, at=1)


class _ByClass(dict[type, Encode]):
    """Message class to what encodes it. KeyError: the dialect has none, or nothing shall be generated."""

    def __init__(self, interpreter: Interpreter, interpret: Encode, often: int, packed: bool = False) -> None:
        super().__init__()
        self._interpreter, self._interpret = interpreter, interpret
        self._often, self._packed = often, packed

    def __missing__(self, cls: type) -> Encode:
        entry = self._interpreter.entry_of(cls)
        if entry is None or not self._often:
            raise KeyError(cls)
        write = partial(encoder, self._interpreter, entry, self._packed)
        self[cls] = _seldom(self._interpret, write, partial(self.__setitem__, cls), self._often)
        return self[cls]


def _count_uses(
    table: list[Decode], write: Callable[[int], FunctionSource | None], often: int, *, at: int
) -> None:
    """Let a table, which holds the interpreter's functions, generate one when the byte ``at`` often leads to it."""
    interpret = table[0]

    def first(data: bytes) -> Any:
        key = data[at]
        table[key] = _seldom(interpret, partial(write, key), partial(table.__setitem__, key), often)
        return table[key](data)

    table[:] = [first] * len(table)


def _seldom(
    interpret: Callable[[Any], Any],
    write: Callable[[], FunctionSource | None],
    replace: Callable[[Callable[[Any], Any]], None],
    often: int,
) -> Callable[[Any], Any]:
    """A function that interprets until it is used often: then a generated one takes its place."""
    uses = count(1)
    written: list[FunctionSource | None] = []

    def seldom(argument: Any) -> Any:
        use = next(uses)
        if use < often:
            return interpret(argument)
        if use == often > 1:  # this call writes the text and the next one compiles it: neither takes long
            written.append(_written(write))
            return interpret(argument)
        source = written[0] if written else _written(write)
        function = source.function() if source else interpret
        replace(function)
        return function(argument)

    return seldom


def _written(write: Callable[[], FunctionSource | None]) -> FunctionSource | None:
    """A generated function; None where there is no such packet, or its layout has a block that cannot be compiled."""
    from gatts_codec.schema.compiler import NotCompilable  # as long to import as a dozen packets

    with suppress(NotCompilable):
        return write()
    return None


@lru_cache(maxsize=64)
def functions(dialect: Dialect, strict: bool, often: int) -> Functions:
    """Those of a dialect and mode, generated at that use; 0: never."""
    return Functions(Interpreter(dialect, strict), often)


def encoder(interpreter: Interpreter, entry: PacketEntry, packed: bool = False) -> FunctionSource:
    from gatts_codec.schema.compiler import encoder_source

    head = bytes((PACKET_TYPES[entry.kind],)) * packed + entry.head
    title = f"{_label(interpreter, entry)}: {'pack' if packed else 'encode'}"
    interpret = interpreter.pack if packed else interpreter.encode
    longest = interpreter.longest(entry)
    return encoder_source(
        entry.layout,
        head=head,
        title=title,
        interpret=interpret,
        longest=None if longest is None else longest + packed,
    )


def decoder(interpreter: Interpreter, entry: PacketEntry, packed: bool = False) -> FunctionSource:
    from gatts_codec.schema.compiler import decoder_source

    mode = "strict" if interpreter.strict else "tolerant"
    title = f"{_label(interpreter, entry)}: {'unpack' if packed else 'decode'}, {mode}"
    return decoder_source(
        entry.layout,
        skip=1 + packed,
        expect=entry.head[1:],
        strict=interpreter.strict,
        title=title,
        argument="payload" if packed else "body",
        interpret=interpreter.unpack if packed else partial(interpreter.decode, entry.kind, base=Packet),
    )


def _decoder_of(
    interpreter: Interpreter, kind: Kind, first: int, packed: bool = False
) -> FunctionSource | None:
    # Event ids have two bytes. One over 255 is left to the interpreter, to which the function for its low byte turns.
    head = bytes((first, 0)) if kind == "event" else bytes((first,))
    entry = interpreter.with_head(kind, head)
    return entry and decoder(interpreter, entry, packed)


def _label(interpreter: Interpreter, entry: PacketEntry) -> str:
    return f"gatts_codec {interpreter.dialect.name} {entry.name} {entry.kind}"
