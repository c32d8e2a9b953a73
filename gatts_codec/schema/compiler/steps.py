"""What both directions share: a layout as a list of steps, taken one after the other, and forks in the road.

Writing a function is a walk. A ``Walk`` is where the walk stands: what has been read or written so far, and what is
known. Each step's emitter writes its lines and returns the steps that are left: a record puts its members in its
place, a presence flag forks. At a fork the rest of the packet is written once for every arm while that rest is
simple; then each arm is straight and ends in a ``return``. Otherwise the arms meet again behind the fork.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, TypeVar

from construct import Construct

from gatts_codec.schema.blocks import Data, Presence, Trailing
from gatts_codec.schema.compiler.function_source import FunctionSource, unused
from gatts_codec.schema.lists import Switch
from gatts_codec.schema.members import Member
from gatts_codec.schema.record import Absent, FieldPath, Flagged, Record, When, inner_blocks


class NotCompilable(Exception):
    """A layout that these emitters cannot express; it is interpreted."""


class Step(NamedTuple):
    """A block of the layout, or one of the classes below, and the path of the field or record it is about."""

    block: Any
    path: FieldPath = ()


Steps = list[Step]


class Build(NamedTuple):
    """All fields of a record have been dealt with."""

    record: Record


class Meet(NamedTuple):
    """The end of an arm whose fork is followed by common lines; ``variables`` by the paths of the fields it sets."""

    variables: dict[FieldPath, str]


class Known(NamedTuple):
    """From here on the field has this value."""

    value: int


class Fixed(NamedTuple):
    """A field that has this value and does not travel."""

    value: int | None


class Arm(NamedTuple):
    """One arm of a fork: the condition (none: in every other case), and the steps that only it takes."""

    condition: str
    steps: Steps


W = TypeVar("W", bound="Walk")


@dataclass(repr=False, eq=False)
class Walk:
    """Where a walk stands.

    ``emit(block, path, way, rest)`` writes the lines of one step and returns the steps that are left. ``known`` are
    values of fields that the arms taken so far imply, ``names`` the variables of fields, ``numbers`` the paths of those
    on which later blocks may hang. A rest with no more than ``repeated_forks`` is written once for every arm.
    """

    repeated_forks: ClassVar[int] = 1

    source: FunctionSource
    emit: Callable[[Any, FieldPath, Any, Steps], Steps]
    known: dict[FieldPath, int] = field(default_factory=dict)
    names: dict[FieldPath, str] = field(default_factory=dict)
    numbers: set[FieldPath] = field(default_factory=set)

    def name(self, *path: str) -> str:
        """The variable of a field, named after its path."""
        if path not in self.names:
            self.names[path] = unused(self.names.values(), "_".join(path))
        return self.names[path]

    def found(self, path: FieldPath, name: str) -> FieldPath:
        """The earlier number that the field at ``path`` mentions: in its record, or in one around it."""
        # The innermost record first: each item of a list may have a number of the same name.
        around = [path[:depth] for depth in range(len(path) - 1, -1, -1)]
        places = ((*record, *name.split(".")) for record in around)
        place = next((place for place in places if place in self.numbers), None)
        if place is None:
            raise NotCompilable(f"{'.'.join(path)}: {name} is not a number before it")
        return place

    def copy(self: W) -> W:
        """The same place, for an arm of its own."""
        # What an arm reads, names or learns must not show in the arms beside it.
        containers = {
            name: value.copy() for name, value in vars(self).items() if isinstance(value, (dict, list, set))
        }
        return replace(self, **containers)  # type: ignore[arg-type]

    def part(self, fields: Sequence[FieldPath]) -> Step:
        """Prepare for a fork whose arms will meet: the step that ends each."""
        raise NotImplementedError

    def met(self, meet: Meet) -> None:
        """Stand behind such a fork."""
        raise NotImplementedError


def walk(way: Walk, steps: Steps) -> None:
    """Write everything from here to the end of the packet, or of the arm."""
    while steps:
        (block, path), *rest = steps
        steps = way.emit(block, path, way, rest)


def learn(block: Known, path: FieldPath, way: Walk, rest: Steps) -> Steps:
    """Emit nothing, in either direction: later forks on this field have one arm."""
    way.known[path] = block.value
    return rest


def leave_out(block: Absent, path: FieldPath, way: Walk, rest: Steps) -> Steps:
    """Fields that are None in either direction."""
    return [Step(Fixed(None), (*path, name)) for name in block.names] + rest


def fork(way: Walk, arms: Sequence[Arm], fields: Sequence[FieldPath], rest: Steps) -> Steps:
    """Write a fork, in whose arms ``fields`` get their values. Where no condition holds, there is doubt."""
    # Repeating the rest doubles the text with each fork in it: straight arms are faster, but not at any length.
    ahead = sum(forks(step.block) for step in rest if isinstance(step.block, Construct))
    repeat = ahead <= way.repeated_forks
    ending = None if repeat else way.part(fields)
    for number, arm in enumerate(arms):
        keyword = "elif" if number else "if"
        with way.source.block(f"{keyword} {arm.condition}" if arm.condition else "else"):
            walk(way.copy(), arm.steps + ([ending] if ending else rest))
    if arms[-1].condition:
        with way.source.block("else"):
            way.source.doubt()
    if ending is None:
        return []
    way.met(ending.block)
    return rest


@lru_cache(maxsize=1024)
def forks(block: Construct) -> int:
    """How many forks a block and everything in it has."""
    is_fork = isinstance(block, (Presence, Data, Trailing, Flagged, When, Switch))
    return is_fork + sum(map(forks, inner_blocks(block)))


def members_of(block: Any, path: FieldPath) -> Steps:
    """The steps of a record's members, or of a member's: named ones are fields, others stand for their record."""
    return [
        Step(member, path) if isinstance(member, Member) else Step(member.subcon, (*path, member.name))
        for member in block.members
    ]
