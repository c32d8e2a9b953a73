"""What a measurement says: a number, what it is compared with, and the goal that it has."""

from __future__ import annotations

from typing import Literal, NamedTuple

Verdict = Literal["stretch", "must", "missed", ""]


class Figure(NamedTuple):
    """One number. ``must`` and ``stretch`` are its goals, None where it has none; ``lower`` is better, or higher."""

    group: str
    name: str
    value: float
    unit: str
    must: float | None = None
    stretch: float | None = None
    lower: bool = False

    @property
    def verdict(self) -> Verdict:
        """The best goal that it reaches."""
        if self.must is None:
            return ""
        if self.stretch is not None and self._reaches(self.stretch):
            return "stretch"
        return "must" if self._reaches(self.must) else "missed"

    def _reaches(self, goal: float) -> bool:
        return self.value <= goal if self.lower else self.value >= goal

    def goal(self, goal: float | None) -> str:
        """A goal as a person reads it."""
        return "" if goal is None else f"{'<=' if self.lower else '>='} {goal:g}"


def times(
    group: str, name: str, ratio: float, must: float | None = None, stretch: float | None = None
) -> Figure:
    """How many times as fast as the other side."""
    return Figure(group, name, ratio, "x", must, stretch)


def share(
    group: str, name: str, ratio: float, must: float | None = None, stretch: float | None = None
) -> Figure:
    """How much of the other side's time."""
    return Figure(group, name, ratio, "x the time", must, stretch, lower=True)
