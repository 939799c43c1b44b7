"""GET /metrics: what Prometheus scrapes."""

import os
from collections.abc import Iterator
from pathlib import Path

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from app.api.headers import PLAIN
from app.container import services
from app.settings import metrics_folder
from cache.db.database import DatabaseUnavailable
from cache.inventory import Statistics
from onet_client.version import VERSION

blueprint = Blueprint("metrics", __name__, description="Figures for Prometheus.")


@blueprint.route("/metrics")
class Metrics(MethodView):
    """The metrics."""

    @blueprint.response(200, {"type": "string"}, content_type="text/plain", headers=PLAIN)
    def get(self) -> Response:
        """Write the metrics of all processes of this server in the text exposition format."""
        services().counters.hand_over()
        text = b"".join(map(generate_latest, (_counters(), _gauges())))
        return Response(text, content_type=CONTENT_TYPE_LATEST)


def _counters() -> CollectorRegistry:
    """Read what this process counts, or all processes of its server together."""
    folder = metrics_folder()
    if folder is None:
        return services().metrics.registry
    _forget_dead(folder)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    return registry


def _forget_dead(folder: Path) -> None:
    """Drop the gauges of processes that have ended; what those counted stays."""
    for path in folder.glob("gauge_live*.db"):
        pid = int(path.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]


def _gauges() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Database())
    return registry


class _Database(Collector):
    """What the database says at this moment, the same in every process."""

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("skillgap_build", "What runs.", {"version": VERSION})
        try:
            figures = services().inventory.figures()
        except DatabaseUnavailable:
            figures = None
        up = float(figures is not None)
        yield GaugeMetricFamily("skillgap_database_up", "Whether the database answers.", up)
        if figures is not None:
            yield from _families(figures)


def _families(figures: Statistics) -> Iterator[Metric]:
    entries = GaugeMetricFamily(
        "skillgap_entries", "Entries by what a read does with them.", labels=("domain", "state")
    )
    for domain, counts in figures.entries.items():
        for state, count in counts.items():
            entries.add_metric((domain, state), count)
    yield entries
    yield GaugeMetricFamily(
        "skillgap_upstream_breaker_open",
        "Whether O*NET is left alone for its failures.",
        float(figures.pace.breaker_open),
    )
    yield GaugeMetricFamily(
        "skillgap_upstream_spent_today",
        "Requests sent to O*NET since 00:00 UTC, by all processes on the database.",
        figures.pace.spent_today,
    )
    yield GaugeMetricFamily(
        "skillgap_upstream_daily_budget",
        "Requests that may be sent to O*NET in a day.",
        figures.pace.daily_budget,
    )
    queue = GaugeMetricFamily(
        "skillgap_warm_queue", "Items of warm jobs that wait or are worked on.", labels=("state",)
    )
    for state, count in figures.queue.items():
        queue.add_metric((state,), count)
    yield queue
