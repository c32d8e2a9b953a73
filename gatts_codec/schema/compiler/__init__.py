"""Specialised functions, generated from a layout: what the layout does, some thirty to a hundred times as fast.

    function_source.py  the text of a function, its constants, and turning it into a function
    steps.py            a layout as steps, taken one after the other, and forks
    decode.py           what each block reads, reading.py how far a decoder has got; decode_lists.py: lists and unions
    encode.py           what each block writes, writing.py how far an encoder has got; encode_lists.py: lists and unions

The interpreted layout stays the only truth. A generated function knows the good cases; wherever it is in doubt (a value
out of range, bytes left over, a type of the caller's own) it returns what ``interpret`` returns, which raises the error
with its path and offset, or has the right answer after all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gatts_codec.schema.compiler import decode_lists, encode_lists  # noqa: F401 - they register emitters
from gatts_codec.schema.compiler.decode import write_decoder
from gatts_codec.schema.compiler.encode import write_encoder
from gatts_codec.schema.compiler.function_source import FunctionSource
from gatts_codec.schema.compiler.steps import NotCompilable
from gatts_codec.schema.record import Record

__all__ = ["FunctionSource", "NotCompilable", "decoder_source", "encoder_source"]


def decoder_source(
    layout: Record,
    *,
    skip: int,
    expect: bytes,
    strict: bool,
    title: str,
    argument: str,
    interpret: Callable[[bytes], Any],
) -> FunctionSource:
    """A function that decodes bytes: ``skip`` of them the caller has looked at, then come ``expect`` and the layout.

    Raises NotCompilable for a layout with a block that has no emitter.
    """
    source = FunctionSource("decode", title, argument, "(StructError, LookupError)", interpret)
    write_decoder(layout, skip, expect, strict, source)
    return source


def encoder_source(
    layout: Record,
    *,
    head: bytes,
    title: str,
    interpret: Callable[[Any], bytes],
    longest: int | None = None,
) -> FunctionSource:
    """A function that encodes a message of exactly the layout's class, behind ``head``, in ``longest`` bytes at most.

    Raises NotCompilable.
    """
    # Whatever the objects in a field raise when they are asked for a number.
    source = FunctionSource("encode", title, "message", "Exception", interpret)
    write_encoder(layout, head, longest, source)
    return source
