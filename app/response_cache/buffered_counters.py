"""Counts of the response cache, handed over to the metrics now and then: those cost a lock each."""

from collections.abc import Callable
from itertools import count
from threading import Lock

from cache.metrics import CacheMetrics


class _Count:
    """Counts calls from any number of threads, without a lock: `next` of a count is atomic."""

    def __init__(self) -> None:
        self._count = count()
        self._taken = 0
        self.add: Callable[[], int] = self._count.__next__

    def take(self) -> int:
        """Return the calls of `add` since the last time; one thread at a time."""
        new = next(self._count) - self._taken
        self._taken += new + 1  # this look counts too
        return new


class BufferedCounters:
    """Requests answered by the response cache, by endpoint, status and entries read."""

    def __init__(self, metrics: CacheMetrics) -> None:
        self._metrics = metrics
        self._lock = Lock()
        self._counts: dict[tuple[str, int, int], _Count] = {}

    def counter(self, endpoint: str, status: int, entries: int) -> Callable[[], object]:
        """Return what to call for each request of a kind."""
        with self._lock:
            return self._counts.setdefault((endpoint, status, entries), _Count()).add

    def hand_over(self) -> None:
        """Add what was counted since the last time to the metrics."""
        with self._lock:
            for (endpoint, status, entries), counted in self._counts.items():
                new = counted.take()
                if new:
                    self._metrics.http_request(endpoint, status, new)
                    self._metrics.entry_read("hit", entries * new)
