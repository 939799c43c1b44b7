"""The time that one call, or several that share it, may take in all."""

import time
from collections.abc import Callable

from onet_client.errors import DeadlineExceeded


class Deadline:
    """A moment after which nothing is waited for.

    Starts to run when it is made. One instance can be handed to several calls, which then
    share what is left of it.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._ends_at = clock() + seconds

    def remaining(self) -> float:
        """Seconds left; 0.0 once it has passed."""
        return max(0.0, self._ends_at - self._clock())

    def check(self) -> None:
        """Check that there is time left.

        Raises:
            DeadlineExceeded: Once it has passed.
        """
        if self.remaining() <= 0:
            raise DeadlineExceeded(f"not done within {self.seconds:g} seconds")
