"""Frozen dataclasses at a third of the price."""

from __future__ import annotations

from typing import Any


def unfrozen(cls: type) -> Any:
    """A class with the slots of ``cls``: fill an object of it field by field, then make it one: ``it.__class__ = cls``.

    ``cls`` has slots and no bases; its ``__post_init__`` does not run.
    """
    return type(f"New{cls.__name__}", (), {"__slots__": cls.__slots__})  # type: ignore[attr-defined]
