"""Encode and decode Nordic SoftDevice GATT server packets as they travel over a serial link.

    from gatts_codec import Codec, ValueSet, Value

    codec = Codec("sd_api_v5")
    body = codec.encode(ValueSet(conn_handle=0xFFFF, handle=14, value=Value(b"\\x64")))
    message = codec.decode_command(body)

The public names are those in ``__all__``. They load on first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from gatts_codec.facade import facade

__getattr__, __dir__ = facade(__name__, __file__)
