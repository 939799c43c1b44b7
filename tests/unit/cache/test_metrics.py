"""What is counted shows in the registry, by its result."""

from typing import get_args

import pytest

from cache.metrics import CacheMetrics, UpstreamResult
from cache.policy import FillResult, ItemState, ReadResult


def value(telemetry: CacheMetrics, name: str, **labels: str) -> float | None:
    found: float | None = telemetry.registry.get_sample_value(f"skillgap_{name}", labels)
    return found


def test_every_result_is_shown_before_it_was_counted() -> None:
    telemetry = CacheMetrics()

    for name, label, results in (
        ("entry_reads_total", "result", ReadResult),
        ("fills_total", "result", FillResult),
        ("upstream_requests_total", "result", UpstreamResult),
        ("warm_items_total", "state", ItemState),
    ):
        assert {0.0} == {value(telemetry, name, **{label: one}) for one in get_args(results)}


def test_each_event_is_counted_once_under_its_result() -> None:
    telemetry = CacheMetrics()
    telemetry.entry_read("stale")
    telemetry.filled("renewed", 0.3)
    telemetry.upstream_request("ok")
    telemetry.warm_items("empty", 1)
    telemetry.http_request("/health", 200)

    assert 1 == value(telemetry, "entry_reads_total", result="stale")
    assert 0 == value(telemetry, "entry_reads_total", result="hit")
    assert 1 == value(telemetry, "fills_total", result="renewed")
    assert (1, 0.3) == (
        value(telemetry, "fill_seconds_count"),
        value(telemetry, "fill_seconds_sum"),
    )
    assert (0, 1) == (
        value(telemetry, "fill_seconds_bucket", le="0.25"),
        value(telemetry, "fill_seconds_bucket", le="0.5"),
    )
    assert 1 == value(telemetry, "upstream_requests_total", result="ok")
    assert 1 == value(telemetry, "warm_items_total", state="empty")
    assert 1 == value(telemetry, "http_requests_total", endpoint="/health", status="200")


def test_a_request_waits_until_it_is_answered_or_fails() -> None:
    telemetry = CacheMetrics()
    with telemetry.waiting(), telemetry.waiting():
        assert 2 == value(telemetry, "fill_waiters")
    with pytest.raises(ZeroDivisionError), telemetry.waiting():
        raise ZeroDivisionError

    assert 0 == value(telemetry, "fill_waiters")


def test_two_applications_of_a_process_count_apart() -> None:
    one, other = CacheMetrics(), CacheMetrics()
    one.entry_read("hit")

    assert 0 == value(other, "entry_reads_total", result="hit")
