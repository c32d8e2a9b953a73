"""Every diagnosis by its code."""

from __future__ import annotations

from gatts_codec.capture.doctor.texts import application, calls, line, link, log
from gatts_codec.capture.doctor.texts.text import Quantity, Text

__all__ = ["TEXTS", "Quantity", "Text"]

TEXTS: dict[str, Text] = line.TEXTS | link.TEXTS | calls.TEXTS | application.TEXTS | log.TEXTS
