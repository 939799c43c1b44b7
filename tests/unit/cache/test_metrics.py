"""What is counted shows in the registry, by its result."""

from typing import get_args

import pytest

from cache.metrics import CacheMetrics, UpstreamResult
from cache.policy import FillResult, ItemState, ReadResult


def value(metrics: CacheMetrics, name: str, **labels: str) -> float | None:
    found: float | None = metrics.registry.get_sample_value(f"skillgap_{name}", labels)
    return found


def test_every_result_is_shown_before_it_was_counted() -> None:
    metrics = CacheMetrics()

    for name, label, results in (
        ("entry_reads_total", "result", ReadResult),
        ("fills_total", "result", FillResult),
        ("upstream_requests_total", "result", UpstreamResult),
        ("warm_items_total", "state", ItemState),
    ):
        assert {0.0} == {value(metrics, name, **{label: one}) for one in get_args(results)}


def test_a_fill_and_items_of_a_job_are_counted_once_under_their_results() -> None:
    metrics = CacheMetrics()
    metrics.filled("renewed", 0.3)
    metrics.warm_items("empty", 2)

    assert 1 == value(metrics, "fills_total", result="renewed")
    assert (1, 0.3) == (
        value(metrics, "fill_seconds_count"),
        value(metrics, "fill_seconds_sum"),
    )
    assert (0, 1) == (
        value(metrics, "fill_seconds_bucket", le="0.25"),
        value(metrics, "fill_seconds_bucket", le="0.5"),
    )
    assert 2 == value(metrics, "warm_items_total", state="empty")


def test_a_request_waits_until_it_is_answered_or_fails() -> None:
    metrics = CacheMetrics()
    with metrics.waiting(), metrics.waiting():
        assert 2 == value(metrics, "fill_waiters")
    with pytest.raises(ZeroDivisionError), metrics.waiting():
        raise ZeroDivisionError

    assert 0 == value(metrics, "fill_waiters")


def test_two_applications_of_a_process_count_apart() -> None:
    one, other = CacheMetrics(), CacheMetrics()
    one.entry_read("hit")

    assert 0 == value(other, "entry_reads_total", result="hit")
