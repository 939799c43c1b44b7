"""The composition root: everything a request or a command needs, built from the settings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from flask import Flask, current_app
from sqlalchemy import Engine

from app.settings import Settings
from cache.catalogue import Catalogue
from cache.db.database import connect
from cache.entries.store import Store
from cache.policy import Limits

if TYPE_CHECKING:
    from app.occupations.holdings import Holdings
    from app.occupations.titles import Titles
    from app.response_cache.buffered_counters import Tally
    from app.transitions.service import Transitions
    from cache.entries.invalidation import Changes
    from cache.entries.renewal import Revalidation
    from cache.fill.crosswalk import Successions
    from cache.fill.fetch import Upstream
    from cache.fill.filler import Filler
    from cache.fill.refresh_requests import RefreshRequests
    from cache.inventory import Inventory
    from cache.local.batched_reads import SharedReads
    from cache.metrics import Telemetry
    from cache.pull_through import PullThrough
    from cache.warm.jobs import WarmJobs
    from onet_client.errors import NotConfigured


READ_SECONDS: Final = 1
WRITE_SECONDS: Final = 30
PROFILES: Final = 70_000
"""Rated elements that a process keeps copies of, about 0.4 kB each: 2,000 occupations' skills."""
WAIT_MARGIN: Final = 3.0
"""Seconds that a request waits for a fill beyond the fill's own deadline."""


def utc_now() -> datetime:
    """Tell the time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass
class Services:
    """Built once for an application; each part when it is first needed.

    Commands that need no upstream thus never import its client.
    """

    settings: Settings
    now: Callable[[], datetime] = utc_now

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
        return self._connect(WRITE_SECONDS)

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

        return Inventory(self.reader, self.limits, self.now)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The occupation list."""
        return Catalogue(self.reader)

    @cached_property
    def telemetry(self) -> "Telemetry":
        """What is counted."""
        from cache.metrics import Telemetry

        return Telemetry()

    @cached_property
    def store(self) -> Store:
        """The entries."""
        return Store(self.writer, self.reader)

    @cached_property
    def tally(self) -> "Tally":
        """What the fast way counts."""
        from app.response_cache.buffered_counters import Tally

        return Tally(self.telemetry)

    @cached_property
    def changes(self) -> "Changes":
        """What tells copies from what the database holds."""
        from cache.entries.invalidation import Changes

        return Changes(self.reader, after_look=self.tally.hand_over)

    @cached_property
    def revalidation(self) -> "Revalidation":
        """The renewal of a whole release."""
        from cache.entries.renewal import Revalidation

        return Revalidation(self.writer, self.limits, self.now)

    @cached_property
    def refresh_requests(self) -> "RefreshRequests":
        """What is to be refreshed behind those who read it."""
        from cache.fill.refresh_requests import RefreshRequests

        return RefreshRequests(self.writer, self.reader)

    @cached_property
    def reads(self) -> "SharedReads":
        """The entries as requests read them."""
        from cache.local.batched_reads import SharedReads

        return SharedReads(self.store)

    @cached_property
    def pull_through(self) -> "PullThrough":
        """The cache itself."""
        from cache.local.bounded_cache import Copies
        from cache.pull_through import PullThrough

        return PullThrough(
            self.reads,
            Copies(self.changes, PROFILES),
            self.catalogue,
            self._filler(),
            self.refresh_requests,
            self.limits,
            self.now,
            self.telemetry,
            patience=self.settings.onet_deadline + WAIT_MARGIN,
        )

    def _filler(self) -> "Filler | NotConfigured":
        from cache.fill.filler import LEASE_MARGIN, Filler
        from cache.fill.leases import Leases
        from onet_client.errors import NotConfigured

        upstream = self.upstream
        if isinstance(upstream, NotConfigured):
            return upstream
        leases = Leases(self.writer, self.reader, upstream.deadline + LEASE_MARGIN)
        return Filler(
            self.store,
            self.reads,
            leases,
            self.revalidation,
            upstream,
            self.limits,
            self.now,
            self.telemetry,
        )

    @cached_property
    def next_steps(self) -> "Transitions":
        """The transitions."""
        from app.transitions.matrices import ReadinessMatrices
        from app.transitions.service import Transitions

        matrices = ReadinessMatrices(
            self.store, self.catalogue, self.changes, self.limits, self.now
        )
        return Transitions(matrices, self.catalogue)

    @cached_property
    def holdings(self) -> "Holdings":
        """How much is held."""
        from app.occupations.holdings import Holdings

        return Holdings(self.catalogue, self.changes)

    @cached_property
    def titles(self) -> "Titles":
        """The index of titles."""
        from app.occupations.titles import Titles

        return Titles(self.catalogue, self.changes)

    @cached_property
    def successions(self) -> "Successions | None":
        """What became of codes that are not listed; None where there is nobody to ask."""
        from cache.fill.crosswalk import Successions
        from onet_client.errors import NotConfigured

        upstream, patience = self.upstream, self.settings.onet_deadline + WAIT_MARGIN
        if isinstance(upstream, NotConfigured):
            return None
        return Successions(self.writer, self.reader, upstream, self.limits, self.now, patience)

    @cached_property
    def warm_jobs(self) -> "WarmJobs":
        """Requests to fill many entries."""
        from cache.warm.jobs import WarmJobs

        return WarmJobs(self.writer, self.now)

    @cached_property
    def upstream(self) -> "Upstream | NotConfigured":
        """O*NET Web Services, or what is missing to ask them."""
        from app.upstream import open_upstream

        return open_upstream(self.settings, self.writer, self.telemetry)


def services() -> Services:
    """Return the services of the current application."""
    return services_of(current_app)


def services_of(app: Flask) -> Services:
    """Return the services of an application."""
    found: Services = app.extensions["skillgap"]
    return found
