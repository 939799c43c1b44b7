"""How long to wait before a process that has ended is started again."""

from typing import Final

SHORTEST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
"""Seconds, at least and at most."""


class GrowingPause:
    """A pause that doubles each time, and begins anew after a process that lived for long."""

    def __init__(self) -> None:
        self._next = SHORTEST_PAUSE

    def after(self, lived: float) -> float:
        """Return the pause after a process that lived so long, both in seconds."""
        pause = SHORTEST_PAUSE if lived > LONGEST_PAUSE else self._next
        self._next = min(2 * pause, LONGEST_PAUSE)
        return pause
