"""``gatts-codec convert``: recordings to a table of packets in Parquet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from gatts_codec.cli.output import json_option, print_json, say, tell
from gatts_codec.cli.progress import bar
from gatts_codec.cli.source import any_dialect_option
from gatts_codec.errors import CaptureError

if TYPE_CHECKING:
    from gatts_codec.capture.bulk.convert import Converted
    from gatts_codec.capture.bulk.many import Conversion

_SUFFIX = ".parquet"


@click.command("convert")
@click.argument("inputs", nargs=-1, required=True, metavar="IN...")
@click.argument("output", metavar="OUT")
@any_dialect_option
@click.option("-j", "--jobs", type=click.IntRange(min=1), default=1, help="Recordings at a time.")
@click.option(
    "--scheduler", metavar="URL", help="Convert on the workers of this Dask scheduler: tcp://HOST:PORT."
)
@json_option
def command(
    inputs: tuple[str, ...], output: str, dialect: str, jobs: int, scheduler: str | None, as_json: bool
) -> int:
    """Write the packets of recordings as a table: one row a packet, with its fields that one filters by.

    One recording becomes OUT, a .parquet file. Several become a folder OUT with a partition each
    (capture=NAME/packets.parquet); a rerun converts only what is new. With fsspec, inputs and OUT may be URLs
    (s3://BUCKET/*.jsonl); wildcards work.
    """
    if not output:
        raise click.UsageError("OUT is empty.")
    _need_arrow()
    from gatts_codec.capture.bulk.storage import expand

    sources = [source for name in inputs for source in expand(name)]
    single = output.endswith(_SUFFIX)
    if single and len(sources) > 1:
        raise click.UsageError(f"{len(sources)} recordings need a folder, {output} is a file.")
    if single and scheduler:
        raise click.UsageError("--scheduler needs a folder to write to.")
    report = _Report(as_json)
    if single:
        _convert_one(sources[0], output, dialect, report)
    else:
        _convert_many(sources, output, dialect, jobs, scheduler, report)
    return report.status


def _need_arrow() -> None:
    if not find_spec("numpy") or not find_spec("pyarrow"):
        raise CaptureError("Parquet needs Arrow and numpy: pip install pyarrow numpy")


class _Report:
    """Says how each recording went; ``status`` is 1 once anything was left out."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self.status = 0

    def add(self, result: Conversion, before: bool = False) -> None:
        """One recording; ``before`` means that an earlier run converted it."""
        from gatts_codec.capture.bulk.many import Failed

        if isinstance(result, Failed):
            self.status = 1
            tell(f"{result.source}: {result.reason}")
            return
        self.status |= result.unreadable > 0
        for fault in result.faults:
            tell(fault)
        if self._as_json:
            print_json(result.to_dict() | {"before": before})
        else:
            say(_line(result, before))


def _line(result: Converted, before: bool) -> str:
    counts = [f"{result.rows} packets, {result.dialect}"]
    for count, what in (
        (result.bad_frames, "bad frames"),
        (result.undecodable, "undecodable"),
        (result.unreadable, "unreadable lines"),
    ):
        counts += [f"{count} {what}"] if count else []
    return f"{result.target}: {', '.join(counts)}{' (done before)' if before else ''}"


def _convert_one(source: str, target: str, dialect: str, report: _Report) -> None:
    from gatts_codec.capture.bulk.convert import convert_file
    from gatts_codec.capture.bulk.storage import fingerprint, remove_parts_of

    with bar(source, fingerprint(source)["size"] or 0) as advance_to:
        result = convert_file(source, target, dialect, advance_to)
    remove_parts_of(target)
    report.add(result)


def _convert_many(
    sources: list[str], folder: str, dialect: str, jobs: int, scheduler: str | None, report: _Report
) -> None:
    from gatts_codec.capture.bulk import many, processes

    run: Callable[..., many.Results] = many.run_here
    if scheduler:
        run = partial(many.run_dask, scheduler=scheduler)
    elif jobs > 1:
        run = partial(processes.run_processes, jobs=jobs)
    with bar(f"{len(sources)} recordings", len(sources)) as advance_to:
        done = 0

        def told(result: Conversion, before: bool) -> None:
            nonlocal done
            done += 1
            report.add(result, before)
            advance_to(done)

        many.convert_many(sources, folder, dialect, run, told)
