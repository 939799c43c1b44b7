"""The metrics of the cache, for Prometheus."""

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, get_args

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from cache.local.count_file import Key
from cache.local.counts import Counts
from cache.policy import FillResult, ItemState, ReadResult
from onet_client.reply import Result as UpstreamResult

BOUNDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0)
"""Of how long fills took, in seconds."""
BUCKETS: Final = (*map(str, BOUNDS), "+Inf")
WAITERS: Final = "fill_waiters"
COUNTERS: Final = (
    ("entry_reads", "Entries read for an answer.", ("result",), ReadResult),
    ("fills", "Fills that ended.", ("result",), FillResult),
    ("upstream_requests", "Requests sent to O*NET.", ("result",), UpstreamResult),
    ("warm_items", "Items of warm jobs that ended.", ("state",), ItemState),
    ("http_requests", "Requests answered.", ("endpoint", "status"), None),
)
"""Each counter: its name, what it counts, its labels, and what they may say where that is known."""
ZEROS: Final[list[Key]] = [
    *((name, value) for name, _, _, values in COUNTERS for value in get_args(values)),
    *(("fill_seconds", bucket) for bucket in BUCKETS),
    ("fill_seconds_sum",),
    (WAITERS,),
]


class CacheMetrics(Collector):
    """What one application counts, told for all processes that share the folder."""

    def __init__(self, folder: Path | None = None) -> None:
        self._counts = Counts(folder, WAITERS, ZEROS)
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def entry_read(self, result: ReadResult, number: int = 1) -> None:
        """Count entries read for an answer."""
        self._counts.add(("entry_reads", result), number)

    def filled(self, result: FillResult, seconds: float) -> None:
        """Count a fill that ended, and how many seconds it took."""
        self._counts.add(("fills", result))
        self._counts.add(("fill_seconds", BUCKETS[bisect_left(BOUNDS, seconds)]))
        self._counts.add(("fill_seconds_sum",), seconds)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count a request as waiting for a fill, as long as the context lasts."""
        self._counts.add((WAITERS,))
        try:
            yield
        finally:
            self._counts.add((WAITERS,), -1)

    def upstream_request(self, result: UpstreamResult) -> None:
        """Count a request sent to the upstream."""
        self._counts.add(("upstream_requests", result))

    def warm_items(self, state: ItemState, number: int) -> None:
        """Count items of a warm job that ended."""
        self._counts.add(("warm_items", state), number)

    def http_request(self, endpoint: str, status: int, number: int = 1) -> None:
        """Count requests answered; `endpoint` is the route, never the path of the request."""
        self._counts.add(("http_requests", endpoint, str(status)), number)

    def collect(self) -> Iterator[Metric]:
        """Tell all of it, added up over the processes."""
        totals = self._counts.totals()
        for name, text, labels, _ in COUNTERS:
            counter = CounterMetricFamily(f"skillgap_{name}", text, labels=labels)
            for key, value in totals.items():
                if key[0] == name and len(key) == 1 + len(labels):
                    counter.add_metric(key[1:], value)
            yield counter
        buckets, total = [], 0.0
        for bucket in BUCKETS:
            total += totals["fill_seconds", bucket]
            buckets.append((bucket, total))
        yield HistogramMetricFamily(
            "skillgap_fill_seconds",
            "How long fills took.",
            buckets=buckets,
            sum_value=totals["fill_seconds_sum",],
        )
        yield GaugeMetricFamily(
            f"skillgap_{WAITERS}", "Requests that wait for a fill now.", totals[WAITERS,]
        )
