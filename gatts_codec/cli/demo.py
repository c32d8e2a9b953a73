"""``gatts-codec demo``: a host and a chip in one process, and all that goes over the wire between them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from time import perf_counter

import click

from gatts_codec.capture import Chunk
from gatts_codec.capture.files.whole import whole_file
from gatts_codec.cli.ladder import Ladder
from gatts_codec.cli.output import console, dialect_option, say
from gatts_codec.cli.two import show_two
from gatts_codec.device.demonstration import DemoStep, demonstrate

_DEFAULT = "sd_api_v5"


@click.command("demo")
@dialect_option(required=False)
@click.option(
    "--record", type=click.Path(dir_okay=False, writable=True), help="Write what passes to this file."
)
@click.option("--no-bytes", is_flag=True, help="Without the bytes of each frame.")
@click.option("--two", is_flag=True, help="Two hosts with a chip each, that find each other and pair.")
def command(dialect: str | None, record: str | None, no_bytes: bool, two: bool) -> int:
    """Show a host and a chip talking, without hardware: a heart rate service, and a phone that uses it.

    The dialect is sd_api_v5 unless another is named.
    """
    if two:
        if record is not None:
            raise click.UsageError("--record is for one host: two have a wire each")
        return show_two(dialect or _DEFAULT)
    began = perf_counter()
    wanted = dialect or _DEFAULT
    ladder = Ladder(console(), wanted, show_bytes=not no_bytes)
    steps: list[DemoStep] = []
    say(f"A host and a chip, speaking {wanted}. Milliseconds; a tick: the other end has it.")
    ladder.header()
    asyncio.run(_watch(wanted, ladder, steps))
    if record is not None:
        _write(Path(record), steps)
    _farewell(ladder, wanted, record, perf_counter() - began)
    return 0


async def _watch(dialect: str, ladder: Ladder, steps: list[DemoStep]) -> None:
    async for step in demonstrate(dialect):
        steps.append(step)
        ladder.step(len(steps), step)


def _write(path: Path, steps: list[DemoStep]) -> None:
    chunks = [entry for step in steps for entry in step.entries if isinstance(entry, Chunk)]
    lines = (json.dumps({"t_us": chunk.t_us, "dir": chunk.dir, "hex": chunk.data.hex()}) for chunk in chunks)
    with whole_file(path) as stream:
        stream.writelines(f"{line}\n".encode("ascii") for line in lines)


def _farewell(ladder: Ladder, dialect: str, record: str | None, took_s: float) -> None:
    say()
    say(
        f"{ladder.frame_count} frames, {ladder.byte_count} bytes, {took_s:.1f} s. All of it has just happened."
    )
    keep, again = "gatts-codec demo --record demo.jsonl", f"gatts-codec decode {record} -d {dialect}"
    say(
        f"  {keep if record is None else again:46}  {'keep what passed' if record is None else 'read it again'}"
    )
    say(f"  {f'gatts-codec chip -d {dialect}':46}  a chip for a host of your own")
