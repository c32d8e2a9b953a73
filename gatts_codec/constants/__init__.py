"""Numbers, their names in each dialect, and what they mean.

The enums hold what is the same everywhere; `result_name`, `gatt_status_name` and `group_of` answer for
one dialect; `hint` says what to do about a result; `explain` finds everything known about a number or name.
The names load on first use.
"""

from __future__ import annotations

from gatts_codec.facade import facade

__getattr__, __dir__ = facade(__name__, __file__)
