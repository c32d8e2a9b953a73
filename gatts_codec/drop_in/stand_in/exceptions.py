"""The exceptions of pc-ble-driver-py, which its programs catch."""

from __future__ import annotations

from gatts_codec.drop_in.failures import recall


class NordicSemiException(Exception):
    """Something failed: ``msg`` says what, ``error_code`` is the result of the call, where it was one.

    What the link knows about that failure is added: what was heard, and what to try.
    """

    def __init__(self, msg: str, error_code: int | None = None) -> None:
        msg = "\n".join(filter(None, (msg, recall(error_code))))
        super().__init__(msg)
        self.msg, self.error_code = msg, error_code


class NotImplementedException(NordicSemiException):
    """Not there."""


class InvalidArgumentException(NordicSemiException):
    """An argument that makes no sense."""


class MissingArgumentException(NordicSemiException):
    """An argument that is needed was not given."""


class IllegalStateException(NordicSemiException):
    """Not possible now."""
