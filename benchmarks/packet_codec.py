"""Encoding and decoding packets: those of GATTS against stock construct, all against struct code by hand.

The generated functions have the goals. What ``Codec`` adds, which finds the function for a message or a body, is
shown beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import by_hand, by_hand_groups, plain_construct
from benchmarks.figures import Figure, share, times
from benchmarks.measure import Side, Times, compare
from benchmarks.packets import CODEC, SAMPLES, Sample
from gatts_codec.functions import OFTEN

HAND_DECODE = {**by_hand.DECODE, **by_hand_groups.DECODE}
HAND_ENCODE = {**by_hand.ENCODE, **by_hand_groups.ENCODE}
CONSTRUCT = "against stock construct"
THROUGH = "against stock construct, through Codec"
HAND = "against struct code by hand"


def figures(rounds: int) -> Iterator[Figure]:
    """Four ratios a packet, and its times in nanoseconds."""
    for sample in SAMPLES:
        measured = _measure(sample, rounds)
        name = sample.title
        if "parse" in measured.rounds:
            yield times(CONSTRUCT, f"decode {name}", measured.ratio("parse", "decode"), 25, 35)
            yield times(CONSTRUCT, f"encode {name}", measured.ratio("build", "encode"), 80, 100)
            yield times(THROUGH, f"decode {name}", measured.ratio("parse", "Codec.decode"))
            yield times(THROUGH, f"encode {name}", measured.ratio("build", "Codec.encode"))
        yield share(HAND, f"decode {name}", measured.ratio("decode", "decode by hand"), 1.25, 1.10)
        yield share(HAND, f"encode {name}", measured.ratio("encode", "encode by hand"), 1.25, 1.10)
        for what in measured.rounds:
            yield Figure("time a packet", f"{what} {name}", measured.median_ns(what), "ns")


def _measure(sample: Sample, rounds: int) -> Times:
    body, message = sample.body, sample.message
    codec_decode = CODEC.decode_event if message.kind == "event" else CODEC.decode_command
    decode, encode = _generated(sample)
    hand_decode, hand_encode = HAND_DECODE[sample.layout], HAND_ENCODE[sample.layout]
    assert encode(message) == hand_encode(message) == body
    assert decode(body) == hand_decode(body) == message
    return compare(
        {
            **_by_construct(sample),
            "decode": Side(decode, body),
            "encode": Side(encode, message),
            "Codec.decode": Side(codec_decode, body),
            "Codec.encode": Side(CODEC.encode, message),
            "decode by hand": Side(hand_decode, body),
            "encode by hand": Side(hand_encode, message),
        },
        rounds,
    )


def _by_construct(sample: Sample) -> dict[str, Side]:
    layout = plain_construct.LAYOUTS.get(sample.layout)
    if layout is None:
        return {}
    container = plain_construct.container(sample.message)
    assert layout.build(container) == sample.body
    return {"parse": Side(layout.parse, sample.body), "build": Side(layout.build, container)}


def _generated(sample: Sample) -> tuple[Callable[[bytes], Any], Callable[[Any], bytes]]:
    """The functions themselves, as the codec's tables have them."""
    message, body = sample.message, sample.body
    tables = CODEC._events if message.kind == "event" else CODEC._commands
    for _ in range(OFTEN + 1):
        CODEC.encode(message)
        tables[body[0]](body)
    return tables[body[0]], CODEC._encoders[type(message)]
