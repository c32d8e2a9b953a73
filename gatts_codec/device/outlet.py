"""What a chip sends, on its way to a line that may take a part of it only."""

from __future__ import annotations

from collections.abc import Callable

_STALLED = "nobody reads what the chip sends: from here on it is lost"


class Outlet:
    """Hands bytes to ``write``, which returns how many it has taken.

    A UART without flow control does not wait. What was begun is finished once there is room (``flush``), so that no
    frame is cut; what the chip sends before that is lost, as on a wire, and ``tell`` gets a sentence when that begins,
    and how much it was when it is over. So no more is kept than the chip sends at a time.
    """

    def __init__(self, write: Callable[[bytes], int], tell: Callable[[str], object]) -> None:
        self._write, self._tell = write, tell
        self._rest = b""
        self._lost = 0

    @property
    def waits(self) -> bool:
        """Whether something waits for room."""
        return bool(self._rest)

    def has_room(self, size: int) -> bool:
        """Whether ``size`` bytes can be sent now; if not, they are lost."""
        self.flush()
        if not self._rest:
            return True
        if not self._lost:
            self._tell(_STALLED)
        self._lost += size
        return False

    def send(self, data: bytes) -> None:
        """Send what there is room for. Raises what ``write`` raises."""
        self._rest += data
        self.flush()

    def flush(self) -> None:
        """Send what waits, as far as there is room."""
        while self._rest and (taken := self._write(self._rest)):
            self._rest = self._rest[taken:]
        if self._lost and not self._rest:
            lost, self._lost = self._lost, 0
            self._tell(f"{lost} bytes were lost: nobody read what the chip sent")
