"""The cache wired over one engine, as the composition root wires it over two."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from cache.catalogue import Catalogue
from cache.entries.invalidation import Changes
from cache.entries.renewal import Revalidation
from cache.entries.store import Store
from cache.fill.filler import Filler
from cache.fill.leases import LEASE_MARGIN, Leases
from cache.fill.refresh_requests import RefreshRequests
from cache.local.batched_reads import BatchedReads
from cache.local.bounded_cache import BoundedCache
from cache.metrics import CacheMetrics
from cache.policy import Limits
from cache.pull_through import PullThrough
from cache.upstream import Upstream


def pull_through(
    engine: Engine,
    upstream: Upstream,
    limits: Limits,
    now: Callable[[], datetime],
    *,
    lease_seconds: float | None = None,
    patience: float | None = None,
    metrics: CacheMetrics | None = None,
) -> PullThrough:
    """Make the cache of one process."""
    counted = metrics or CacheMetrics()
    reads, catalogue = BatchedReads(Store(engine)), Catalogue(engine)
    leases = Leases(engine, engine, lease_seconds or upstream.deadline + LEASE_MARGIN)
    revalidation = Revalidation(engine, limits, now)
    filler = Filler(engine, reads, catalogue, leases, revalidation, upstream, limits, now, counted)
    changes = Changes(engine)
    changes.stop()  # nothing is copied: what a test stores is seen at once
    return PullThrough(
        reads,
        BoundedCache(changes, 0),
        catalogue,
        filler,
        RefreshRequests(engine, engine),
        limits,
        now,
        counted,
        timeout=patience or 10.0,
    )
