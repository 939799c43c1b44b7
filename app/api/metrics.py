"""GET /metrics: what Prometheus scrapes."""

from collections.abc import Iterator

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from app.api.blueprints import Resources
from app.api.headers import UNSTORED
from app.wiring.container import services
from cache.db.unavailable import DatabaseUnavailable
from cache.inventory import Statistics
from onet_client.version import VERSION

blueprint = Resources("metrics", __name__, description="Figures for Prometheus.")


@blueprint.route("/metrics")
@blueprint.response(200, {"type": "string"}, content_type="text/plain", headers=UNSTORED)
def metrics() -> Response:
    """Write the metrics of all processes of this server in the text exposition format.

    What the database would say is left out where it cannot be reached.
    """
    services().counters.hand_over()
    of_database = CollectorRegistry()
    of_database.register(_Database())
    text = b"".join(map(generate_latest, (services().metrics.registry, of_database)))
    headers = {"Cache-Control": "no-store"}  # they hold for this moment
    return Response(text, headers=headers, content_type=CONTENT_TYPE_LATEST)


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
