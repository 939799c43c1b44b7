"""The metrics of the cache, for Prometheus."""

from contextlib import AbstractContextManager
from typing import Final, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)

from cache.policy import FillResult, ItemState, ReadResult
from onet_client.reply import Result as UpstreamResult

# Several processes together have none of them, and one should show the same.
disable_created_metrics()  # type: ignore[no-untyped-call]

FILL_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80)


class CacheMetrics:
    """The metrics of one application, in its own registry.

    Where `PROMETHEUS_MULTIPROC_DIR` is set when the library is first imported, it keeps them in
    files there, to be added up over all processes.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._reads = self._counter(
            "entry_reads", "Entries read for an answer.", "result", ReadResult
        )
        self._fills = self._counter("fills", "Fills that ended.", "result", FillResult)
        self._seconds = Histogram(
            "skillgap_fill_seconds",
            "How long fills took.",
            buckets=FILL_SECONDS,
            registry=self.registry,
        )
        self._waiters = Gauge(
            "skillgap_fill_waiters",
            "Requests that wait for a fill now.",
            multiprocess_mode="livesum",
            registry=self.registry,
        )
        self._upstream = self._counter(
            "upstream_requests", "Requests sent to O*NET.", "result", UpstreamResult
        )
        self._items = self._counter(
            "warm_items", "Items of warm jobs that ended.", "state", ItemState
        )
        self._hits = self._reads.labels("hit")
        self._http = Counter(
            "skillgap_http_requests",
            "Requests answered.",
            ("endpoint", "status"),
            registry=self.registry,
        )
        self._answered: dict[tuple[str, int], Counter] = {}

    def _counter(self, name: str, text: str, label: str, values: object) -> Counter:
        """Make a counter that starts at 0 for each value of its label."""
        counter = Counter(f"skillgap_{name}", text, (label,), registry=self.registry)
        for value in get_args(values):
            counter.labels(value)
        return counter

    def entry_read(self, result: ReadResult) -> None:
        """Count an entry read for an answer."""
        self._reads.labels(result).inc()

    def filled(self, result: FillResult, seconds: float) -> None:
        """Count a fill that ended, and how many seconds it took."""
        self._fills.labels(result).inc()
        self._seconds.observe(seconds)

    def waiting(self) -> AbstractContextManager[None]:
        """Count a request as waiting for a fill, as long as the context lasts."""
        return self._waiters.track_inprogress()

    def upstream_request(self, result: UpstreamResult) -> None:
        """Count a request sent to the upstream."""
        self._upstream.labels(result).inc()

    def warm_items(self, state: ItemState, number: int) -> None:
        """Count items of a warm job that ended."""
        self._items.labels(state).inc(number)

    def entries_hit(self, number: int) -> None:
        """Count entries that were served fresh."""
        self._hits.inc(number)

    def http_request(self, endpoint: str, status: int, number: int = 1) -> None:
        """Count requests answered; `endpoint` is the route, never the path of the request."""
        counter = self._answered.get((endpoint, status))
        if counter is None:
            counter = self._answered[endpoint, status] = self._http.labels(endpoint, str(status))
        counter.inc(number)
