"""The upstream after it failed: whoever can do without leaves it alone for a while."""

import logging
import time
from collections.abc import Callable
from typing import Final

log = logging.getLogger(__name__)

LEFT_ALONE: Final = 30.0
"""Seconds for which the upstream is not asked after it failed, or longer where it says so."""


class LeftAlone:
    """Tells whether the upstream may be asked for what an answer can do without."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = float("-inf")

    @property
    def is_over(self) -> bool:
        """Whether it may be asked."""
        return self._clock() >= self._until

    def begin(self, what: str, error: BaseException) -> None:
        """Leave it alone, since `what` could not be asked."""
        wait = getattr(error, "retry_after", None) or 0.0
        self._until = self._clock() + max(LEFT_ALONE, wait)
        log.warning("%s could not be asked: %r", what, error)
