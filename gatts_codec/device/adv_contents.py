"""What a SoftDevice looks for in advertising data before it takes them: structures, flags, names, lists of UUIDs."""

from __future__ import annotations

from gatts_codec.advertising.structure import SERVICES, AdStructure, split
from gatts_codec.constants import BleError, NrfError
from gatts_codec.constants.advertising import AdType, AdvFlags
from gatts_codec.constants.gap import AdvFilterPolicy
from gatts_codec.device.refusal import Refusal, refuse_unless
from gatts_codec.errors import DecodeError

_LIMITED, _GENERAL = AdvFlags.LE_LIMITED_DISC_MODE, AdvFlags.LE_GENERAL_DISC_MODE
_LONGEST_LIMITED_S = 180
_NAMES = (AdType.SHORT_LOCAL_NAME, AdType.COMPLETE_LOCAL_NAME)
_UUID_SIZES = {kind: size for size, kinds in SERVICES.items() for kind in kinds}


def require(said: bytes, answer: bytes) -> None:
    """INVALID_LENGTH, INVALID_FLAGS, INVALID_DATA, UUID_LIST_MISMATCH."""
    here, there = _structures(said), _structures(answer)
    for found in here + there:
        size = _UUID_SIZES.get(found.type, 1)  # type: ignore[call-overload]
        refuse_unless(len(found.data) % size == 0, BleError.GAP_UUID_LIST_MISMATCH)
        if found.type == AdType.FLAGS:
            both = _LIMITED | _GENERAL
            refuse_unless(len(found.data) == 1 and found.data[0] & both != both, NrfError.INVALID_FLAGS)
    refuse_unless(all(found.type != AdType.FLAGS for found in there), NrfError.INVALID_DATA)
    named = [any(found.type in _NAMES for found in part) for part in (here, there)]
    refuse_unless(not all(named), NrfError.INVALID_DATA)


def require_discoverable(said: bytes, policy: int, seconds: float) -> None:
    """DISCOVERABLE_WITH_WHITELIST; INVALID_PARAM: who can be discovered for a limited time is so for 180 s at most."""
    flags = next((found.data[0] for found in _structures(said) if found.type == AdType.FLAGS), 0)
    listed = policy != AdvFilterPolicy.ANY
    refuse_unless(not (listed and flags & (_LIMITED | _GENERAL)), BleError.GAP_DISCOVERABLE_WITH_WHITELIST)
    refuse_unless(not flags & _LIMITED or 0 < seconds <= _LONGEST_LIMITED_S, NrfError.INVALID_PARAM)


def _structures(data: bytes) -> list[AdStructure]:
    try:
        return [structure for _, structure in split(data)]
    except DecodeError:
        raise Refusal(NrfError.INVALID_LENGTH) from None
