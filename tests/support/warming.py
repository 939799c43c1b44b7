"""Workers over one engine, and what tests look at of their jobs."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select, update
from support import engines
from support.clock import LIMITS
from support.fake_client import no_upstream

from cache.db.onet_tables import WarmItem, WarmJob
from cache.entries.renewal import Revalidation
from cache.fill.meanings import MeaningsFill
from cache.fill.refresh_requests import RefreshRequests
from cache.metrics import CacheMetrics
from cache.upstream import Upstream
from cache.warm.prepare import WholeTables
from cache.warm.publish import TablePublisher
from cache.warm.queue import WarmQueue
from cache.warm.worker import Worker

URL = "https://onet.test/"
PAST = datetime(2000, 1, 1, tzinfo=UTC)


def make_worker(
    engine: Engine,
    client: Any,
    now: Callable[[], datetime],
    *,
    metrics: CacheMetrics | None = None,
) -> Worker:
    """Make a worker as a process of its own would; without a client, one without credentials."""
    counted = metrics or CacheMetrics()
    revalidation = Revalidation(engine, LIMITS, now)
    upstream = no_upstream() if client is None else Upstream(client, URL, deadline=20.0)
    nobody = no_upstream()  # to ask what elements mean
    meanings = MeaningsFill(engine, engine, nobody, LIMITS, now, timeout=1.0)
    return Worker(
        WarmQueue(engine, counted),
        RefreshRequests(engine, engine),
        engines.pull_through(engine, upstream, LIMITS, now, metrics=counted),
        revalidation,
        WholeTables(engine, revalidation, upstream, now, meanings),
        TablePublisher(engine, URL, LIMITS),
        deadline=20.0,
    )


def finish(worker: Worker) -> None:
    """Have a worker do all that there is to do."""
    while worker.step():
        pass


def expire_leases(engine: Engine) -> None:
    """Let the time pass that killed workers' leases last, and that what was put off waits."""
    with engine.execution_options(writes=True).begin() as connection:
        for table in (WarmJob, WarmItem):
            past = update(table).where(table.lease_expires_at.is_not(None))
            connection.execute(past.values(lease_expires_at=PAST))


def counted(metrics: CacheMetrics) -> dict[str, float | None]:
    """How many items have ended, by their state, as `/metrics` tells."""
    return {
        state: metrics.registry.get_sample_value("skillgap_warm_items_total", {"state": state})
        for state in ("done", "empty", "failed")
    }


def items(engine: Engine) -> dict[str, str]:
    """The states of all items, by code."""
    with engine.connect() as connection:
        query = select(WarmItem.occupation_code, WarmItem.state)
        return dict(connection.execute(query.order_by(WarmItem.occupation_code)).all())
