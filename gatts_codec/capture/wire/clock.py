"""Clock times in text, as microseconds since 1970. Recordings rarely name their zone: all are read as UTC."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from functools import lru_cache

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
YEAR_2001_US = 978_307_200 * SECOND_US  # no recording runs so long: larger times are clock times

_STAMP = re.compile(r"(?:(\d{4}-\d\d-\d\d)[T ]|\b)(\d\d):(\d\d):(\d\d)[.,](\d{1,9})")


@lru_cache(maxsize=16)
def _day_us(date: str) -> int | None:
    try:
        return int(datetime.fromisoformat(date).replace(tzinfo=timezone.utc).timestamp()) * SECOND_US
    except ValueError:
        return None


def clock_time(text: str) -> int | None:
    """The first time of day in ``text``, with its date if it has one; None without one."""
    found = _STAMP.search(text)
    if found is None:
        return None
    date, hours, minutes, seconds, fraction = found.groups()
    day = _day_us(date) if date else 0
    if day is None:
        return None
    time_s = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    return day + time_s * SECOND_US + int(fraction.ljust(6, "0")[:6])


def spoken(t_us: int | None) -> str:
    """Seconds, or the time of day for a recording with clock times; empty without a time."""
    if t_us is None:
        return ""
    if t_us < YEAR_2001_US:
        return f"{t_us / SECOND_US:.6f}"
    seconds, fraction = divmod(t_us % DAY_US, SECOND_US)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:06}"
