"""What all plans have in common: they become commands of a dialect, to be sent one after the other."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, ClassVar, Generic, TypeVar

from gatts_codec.codec import Codec
from gatts_codec.dialects import Dialect, find_dialect
from gatts_codec.errors import EncodeError, brief
from gatts_codec.schema.message import Command, Response

T = TypeVar("T")
AnyCommand = Command[Any]
UNIT_MS = 0.625  # of the intervals of advertisers and scanners
Steps = Generator[AnyCommand, Response, T]
"""Yields commands, wants the response to each, or the CommandFailed that it was, and returns what comes of it all."""


class Plan(Generic[T]):
    """What a host wants of a chip, whatever its dialect. ``T`` is what comes of it."""

    __slots__ = ()
    name: ClassVar[str]

    def commands(self, dialect: str | Dialect) -> list[AnyCommand]:
        """The commands that a dialect has for it, in the order in which they are sent.

        Raises EncodeError that names dialect and field for what the dialect cannot do, UnknownDialectError.
        """
        dialect = find_dialect(dialect)
        commands = list(self.in_dialect(dialect))
        for command in commands:
            if command.name in dialect.unknown_calls:
                reason = f"{dialect.firmware} does not know {command.name}"
                raise EncodeError(reason, packet=self.name, dialect=dialect.name)
        return commands

    def in_dialect(self, dialect: Dialect) -> Iterator[AnyCommand]:
        """What ``commands`` lists."""
        raise NotImplementedError

    def outcome(self, responses: list[Response]) -> T:
        """What comes of it, from the responses to all commands."""
        return None  # type: ignore[return-value]  # of most plans

    def steps(self, codec: Codec) -> Steps[T]:
        """The commands one by one, as the chip takes them. Every one is encoded before the first is sent.

        Raises EncodeError as ``commands`` does, and for a field out of range.
        """
        commands = self.commands(codec.dialect)
        for command in commands:
            codec.encode(command)
        responses: list[Response] = []
        for command in commands:
            responses.append((yield from self.step(command)))
        return self.outcome(responses)

    def step(self, command: AnyCommand) -> Steps[Response]:
        """One command, and where the chip may refuse it with good reason, what to do then."""
        return (yield command)

    def check_central(self, dialect: Dialect) -> None:
        """Raises EncodeError where the chip can be peripheral alone."""
        if not dialect.can_be_central:
            reason = f"{dialect.firmware} cannot be central: it neither scans nor connects"
            raise EncodeError(reason, packet=self.name, dialect=dialect.name)

    def check(self, right: bool, field: str, reason: str, dialect: Dialect) -> None:
        """Raises EncodeError with that reason unless it is ``right``."""
        if not right:
            value = getattr(self, field)
            raise EncodeError(reason, path=field, value=value, packet=self.name, dialect=dialect.name)

    def whole(self, field: str, least: int, most: int, dialect: Dialect) -> None:
        """Raises EncodeError unless the field is a whole number within these limits."""
        value = getattr(self, field)
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        reason = f"must be a whole number from {least} to {most}, not {brief(value)}"
        self.check(is_whole and least <= value <= most, field, reason, dialect)

    def yes_or_no(self, *fields: str, dialect: Dialect) -> None:
        """Raises EncodeError unless each field is True or False."""
        for field in fields:
            value = getattr(self, field)
            self.check(value in (True, False), field, f"must be True or False, not {brief(value)}", dialect)

    def units(
        self, field: str, unit: float, least: int, most: int, dialect: Dialect, or_zero: bool = False
    ) -> int:
        """A time of the caller in the units of the wire. Raises EncodeError where it has no such time."""
        value: Any = getattr(self, field)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        self.check(is_number and value == value, field, f"expected a number, got {brief(value)}", dialect)
        if or_zero and value == 0:
            return 0
        low, high = least * unit, most * unit
        reason = f"must be {'0 or ' * or_zero}from {low:g} to {high:g}, not {brief(value)}"
        self.check(low <= value <= high, field, reason, dialect)
        units: int = round(value / unit)
        return units
