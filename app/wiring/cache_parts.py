"""The cache with its database and upstream, wired as the settings say."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import Engine

from app.settings import Settings, metrics_folder
from cache.catalogue import Catalogue
from cache.db.cluster import hosts_of
from cache.db.database import connect
from cache.entries.invalidation import Changes
from cache.entries.renewal import Revalidation
from cache.entries.store import Store
from cache.local.batched_reads import BatchedReads
from cache.local.bounded_cache import BoundedCache
from cache.local.once import cached_property
from cache.policy import Limits

if TYPE_CHECKING:
    from app.response_cache.buffered_counters import BufferedCounters
    from cache.fill.crosswalk import Crosswalk
    from cache.fill.meanings import MeaningsFill
    from cache.fill.refresh_requests import RefreshRequests
    from cache.inventory import Inventory
    from cache.metrics import CacheMetrics
    from cache.pull_through import PullThrough
    from cache.upstream import Upstream
    from cache.warm.jobs import WarmJobs
    from cache.warm.worker import Worker

READ_SECONDS: Final = 1
WRITE_SECONDS: Final = 30
FAILOVER_SECONDS: Final = 3
"""For writes where there are other hosts: the lease leaves more time, to store on one of those."""
PROFILES: Final = 70_000
"""Rated elements that a process keeps copies of, about 0.4 kB each: 2,000 occupations' skills."""
WAIT_MARGIN: Final = 3.0
"""Seconds that a request waits for a fill beyond the fill's own deadline."""


@dataclass
class CacheParts:
    """The parts of the cache; each is built once for an application, when it is first needed.

    Commands that need no upstream thus never import its client.
    """

    settings: Settings
    now: Callable[[], datetime]

    @cached_property
    def engine(self) -> Engine:
        """The database as commands use it: a long statement is waited for."""
        return connect(self.settings.database_url)

    @cached_property
    def reader(self) -> Engine:
        """The database as requests read it: a server that stopped answering is given up."""
        return self._connect(READ_SECONDS)

    @cached_property
    def writer(self) -> Engine:
        """The database as fills publish to it: another's transaction is waited for."""
        has_others = hosts_of(self.settings.database_url)
        return self._connect(FAILOVER_SECONDS if has_others else WRITE_SECONDS)

    def _connect(self, seconds: int) -> Engine:
        if self.settings.database_url.drivername == "sqlite":
            return self.engine
        return connect(self.settings.database_url, read_timeout=seconds)

    @property
    def limits(self) -> Limits:
        """How long entries live."""
        return Limits(
            ttl=self.settings.cache_ttl,
            stale_while_revalidate=self.settings.cache_stale_while_revalidate,
            stale_if_error=self.settings.cache_stale_if_error,
            negative_ttl=self.settings.cache_negative_ttl,
        )

    @cached_property
    def inventory(self) -> "Inventory":
        """What the cache holds, for operators."""
        from cache.inventory import Inventory

        return Inventory(self.reader, self.limits, self.now, self.settings.onet_daily_budget)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The occupation list."""
        return Catalogue(self.reader)

    @cached_property
    def metrics(self) -> "CacheMetrics":
        """What is counted."""
        from cache.metrics import CacheMetrics

        return CacheMetrics(metrics_folder())

    @cached_property
    def store(self) -> Store:
        """The entries."""
        return Store(self.reader)

    @cached_property
    def counters(self) -> "BufferedCounters":
        """What the response cache counts."""
        from app.response_cache.buffered_counters import BufferedCounters

        return BufferedCounters(self.metrics)

    @cached_property
    def changes(self) -> Changes:
        """Notices when the database holds something else than the copies in memory."""
        return Changes(
            self.reader,
            after_look=self.counters.hand_over,
            without_database=self.settings.cache_without_database,
        )

    @cached_property
    def revalidation(self) -> Revalidation:
        """The renewal of a whole release."""
        return Revalidation(self.writer, self.limits, self.now)

    @cached_property
    def refresh_requests(self) -> "RefreshRequests":
        """What is to be refreshed behind those who read it."""
        from cache.fill.refresh_requests import RefreshRequests

        return RefreshRequests(self.writer, self.reader)

    @cached_property
    def reads(self) -> BatchedReads:
        """The entries as requests read them."""
        return BatchedReads(self.store)

    @cached_property
    def pull_through(self) -> "PullThrough":
        """The cache itself."""
        from cache.fill.filler import Filler
        from cache.fill.leases import LEASE_MARGIN, Leases
        from cache.pull_through import PullThrough

        leases = Leases(self.writer, self.reader, self.upstream.deadline + LEASE_MARGIN)
        filler = Filler(
            self.writer,
            self.reads,
            self.catalogue,
            leases,
            self.revalidation,
            self.upstream,
            self.limits,
            self.now,
            self.metrics,
        )
        return PullThrough(
            self.reads,
            BoundedCache(self.changes, PROFILES),
            self.catalogue,
            filler,
            self.refresh_requests,
            self.limits,
            self.now,
            self.metrics,
            timeout=self._patience,
        )

    @property
    def _patience(self) -> float:
        """Seconds that a request waits for a fill."""
        return self.settings.onet_deadline + WAIT_MARGIN

    @cached_property
    def crosswalk(self) -> "Crosswalk":
        """What became of codes that are not listed."""
        from cache.fill.crosswalk import Crosswalk

        engines = self.writer, self.reader
        return Crosswalk(*engines, self.upstream, self.limits, self.now, self._patience)

    @cached_property
    def meanings_fill(self) -> "MeaningsFill":
        """What asks for what elements and levels mean."""
        from cache.fill.meanings import MeaningsFill

        engines = self.writer, self.reader
        return MeaningsFill(*engines, self.upstream, self.limits, self.now, self._patience)

    @cached_property
    def warm_jobs(self) -> "WarmJobs":
        """Requests to fill many entries."""
        from cache.warm.jobs import WarmJobs

        return WarmJobs(self.writer, self.now)

    def new_worker(self) -> "Worker":
        """Make what refreshes entries and works on warm jobs."""
        from cache.warm.prepare import WholeTables
        from cache.warm.publish import TablePublisher
        from cache.warm.queue import WarmQueue
        from cache.warm.worker import Worker

        return Worker(
            WarmQueue(self.writer, self.metrics),
            self.refresh_requests,
            self.pull_through,
            self.revalidation,
            WholeTables(
                self.writer, self.revalidation, self.upstream, self.now, self.meanings_fill
            ),
            TablePublisher(self.writer, self.settings.onet_api_url, self.limits),
            self.settings.onet_deadline,
        )

    @cached_property
    def upstream(self) -> "Upstream":
        """O*NET Web Services, which raise where there are no credentials to ask them."""
        from app.wiring.upstream import make_upstream

        return make_upstream(self.settings, self.writer, self.metrics)
