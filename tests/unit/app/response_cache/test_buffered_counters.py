"""What the response cache counts reaches the metrics, each request once."""

from concurrent.futures import ThreadPoolExecutor

from app.response_cache.buffered_counters import BufferedCounters
from cache.metrics import CacheMetrics

HTTP = "skillgap_http_requests_total"
READS = "skillgap_entry_reads_total"


def value(metrics: CacheMetrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_requests_are_counted_once_however_often_they_are_handed_over():
    metrics = CacheMetrics()
    counters = BufferedCounters(metrics)

    for batch in (3, 0, 4):
        for _ in range(batch):
            counters.counter("/skill-gap", 200, 2)()
        counters.hand_over()

    assert 7 == value(metrics, HTTP, endpoint="/skill-gap", status="200")
    assert 14 == value(metrics, READS, result="hit")


def test_no_request_of_many_threads_is_lost_while_counts_are_handed_over():
    metrics = CacheMetrics()
    counters = BufferedCounters(metrics)
    add = counters.counter("/skill-gap", 200, 1)

    def ask(_: int) -> None:
        for turn in range(2_000):
            add()
            if turn % 100 == 0:
                counters.hand_over()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    counters.hand_over()

    assert 16_000 == value(metrics, HTTP, endpoint="/skill-gap", status="200")
