"""A clock that tests set, and limits that are easy to count with."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cache.policy import Limits

START = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)
LIMITS = Limits(ttl=1000.0, stale_while_revalidate=100.0, stale_if_error=5000.0, negative_ttl=50.0)


@dataclass
class FakeClock:
    """Called for the time, like `datetime.now(UTC)`; it goes on only when told to."""

    time: datetime = START

    def __call__(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class Seconds:
    """A monotonic clock that stands still until a test sets it, or sleeps by it."""

    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def eventually(expected: object, look: Callable[[], object], seconds: float = 20.0) -> None:
    """Look until what another thread or process does is there, crowded as the machine may be."""
    deadline = time.monotonic() + seconds
    while (found := look()) != expected and time.monotonic() < deadline:
        time.sleep(0.01)
    assert expected == found
