"""What the cache holds, for those who run it: counts, and entries with what they are worth now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, and_, case, false, func, or_, select

from cache.db import database
from cache.db.clock import database_time
from cache.db.held import IS_LISTED, IS_UNLISTED
from cache.db.onet_tables import CacheEntry, Load, Rating, WarmItem, WarmJob
from cache.fill.leases import UNLISTED_CAP
from cache.fill.shared_governor import Pace, read_pace
from cache.policy import Freshness, Limits
from cache.warm.items import UNFINISHED
from onet_client.content_model import DOMAINS

Counts = dict[str, dict[str, int]]
"""Entries by domain and freshness."""
_LISTED: Final = (
    CacheEntry.domain,
    CacheEntry.occupation_code.label("code"),
    CacheEntry.origin,
    CacheEntry.release,
    CacheEntry.source_url,
    CacheEntry.fetched_at,
    CacheEntry.validated_at,
    CacheEntry.expires_at,
    CacheEntry.row_count,
    CacheEntry.content_hash,
    CacheEntry.last_error,
    CacheEntry.attempts,
)
"""What is told of each entry in a listing, beside what is worked out now."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What changes from minute to minute.

    Attributes:
        queue: items of unfinished warm jobs, `queued` or `claimed` by a worker.
    """

    entries: Counts
    queue: dict[str, int]
    pace: Pace


@dataclass(frozen=True, slots=True)
class Summary:
    """All that the cache holds, on one snapshot.

    Attributes:
        releases: domain, release and number of entries with content of it.
        unlisted: entries of codes that no list has, of which there are at most `unlisted_cap`.
        last_load: the newest import; None where there was none.
        fills: those under way.
        refreshes: those requested and not done.
        jobs: the unfinished ones, oldest first.
    """

    entries: Counts
    releases: list[dict[str, Any]]
    ratings: int
    unlisted: int
    oldest_fetched_at: datetime | None
    newest_fetched_at: datetime | None
    last_load: dict[str, Any] | None
    fills: int
    refreshes: int
    jobs: list[dict[str, Any]]
    pace: Pace
    unlisted_cap: int = UNLISTED_CAP


def freshness_at(now: datetime, limits: Limits) -> ColumnElement[str]:
    """`policy.freshness` as an SQL expression over `cache_entry`."""
    expires_at = CacheEntry.expires_at
    fresh = expires_at > now
    stale_until = now - timedelta(seconds=limits.stale_while_revalidate)
    old_until = now - timedelta(seconds=limits.stale_if_error)
    rated = CacheEntry.state == "rated"
    return case(
        (or_(CacheEntry.state == "absent", expires_at.is_(None)), Freshness.ABSENT.value),
        (and_(~rated, fresh), CacheEntry.state),
        (~rated, Freshness.ABSENT.value),
        (fresh, Freshness.FRESH.value),
        (expires_at >= stale_until, Freshness.STALE.value),
        (expires_at >= old_until, Freshness.OLD.value),
        else_=Freshness.ABSENT.value,
    )


class Inventory:
    """Reads of the whole cache; every method raises DatabaseUnavailable where it cannot read."""

    def __init__(
        self, engine: Engine, limits: Limits, now: Callable[[], datetime], daily_budget: int
    ) -> None:
        """Read what the engine's database holds; the budget is told with what is spent of it."""
        self._engine = engine
        self._limits = limits
        self._now = now
        self._budget = daily_budget

    def figures(self) -> Statistics:
        """Count what changes from minute to minute; quick."""
        now = self._now()

        def work(connection: Connection) -> Statistics:
            counts = _count(connection, freshness_at(now, self._limits))
            return Statistics(counts, _queue(connection), read_pace(connection, self._budget))

        return database.read(self._engine, work)

    def summary(self) -> Summary:
        """Read all that there is to say; counts every rating."""
        now = self._now()
        times = select(func.min(CacheEntry.fetched_at), func.max(CacheEntry.fetched_at))
        requested = CacheEntry.refresh_requested_at.is_not(None)

        def work(connection: Connection) -> Summary:
            oldest, newest = connection.execute(times).one()
            is_leased = CacheEntry.lease_expires_at > database_time(connection)
            return Summary(
                entries=_count(connection, freshness_at(now, self._limits)),
                releases=_releases(connection),
                ratings=connection.execute(select(func.count()).select_from(Rating)).scalar_one(),
                unlisted=_count_where(connection, IS_UNLISTED),
                oldest_fetched_at=oldest,
                newest_fetched_at=newest,
                last_load=_last_load(connection),
                fills=_count_where(connection, is_leased),
                refreshes=_count_where(connection, requested),
                jobs=_jobs(connection),
                pace=read_pace(connection, self._budget),
            )

        return database.read(self._engine, work)

    def entries(
        self, state: str | None, domain: str | None, limit: int, offset: int
    ) -> tuple[int, list[dict[str, Any]]]:
        """Count the entries of a freshness and a domain, or of all, and list some, by code.

        Of each the `state` is what a read does with it, and `filling` whether one is under way.
        """
        freshness = freshness_at(self._now(), self._limits)
        wanted = [] if state is None else [freshness == state]
        if domain is not None:
            wanted.append(CacheEntry.domain == domain)
        query = (
            select(*_LISTED, freshness.label("state"))
            .where(*wanted)
            .order_by(CacheEntry.domain, CacheEntry.occupation_code)
            .limit(limit)
            .offset(offset)
        )

        def work(connection: Connection) -> tuple[int, list[dict[str, Any]]]:
            is_leased = CacheEntry.lease_expires_at > database_time(connection)
            page = query.add_columns(func.coalesce(is_leased, false()).label("filling"))
            rows = connection.execute(page).mappings()
            return _count_where(connection, *wanted), [dict(row) for row in rows]

        return database.read(self._engine, work)


def _count_where(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(CacheEntry).where(*conditions)
    return connection.execute(counted).scalar_one()


def _count(connection: Connection, freshness: ColumnElement[str]) -> Counts:
    rows = connection.execute(
        select(CacheEntry.domain, freshness.label("freshness"), func.count()).group_by(
            CacheEntry.domain, "freshness"
        )
    )
    counts = {domain: {state.value: 0 for state in Freshness} for domain in DOMAINS}
    for domain, state, count in rows:
        counts.setdefault(domain, {state.value: 0 for state in Freshness})[state] = count
    return counts


def _releases(connection: Connection) -> list[dict[str, Any]]:
    key = (CacheEntry.domain, CacheEntry.release)
    rows = connection.execute(
        select(*key, func.count().label("entries")).where(IS_LISTED).group_by(*key).order_by(*key)
    )
    return [dict(row) for row in rows.mappings()]


def _last_load(connection: Connection) -> dict[str, Any] | None:
    newest = select(Load.__table__).order_by(Load.id.desc()).limit(1)
    row = connection.execute(newest).mappings().first()
    return None if row is None else dict(row)


def _jobs(connection: Connection) -> list[dict[str, Any]]:
    columns = (WarmJob.id, WarmJob.scope, WarmJob.domain, WarmJob.state, WarmJob.created_at)
    unfinished = select(*columns).where(WarmJob.state.in_(UNFINISHED)).order_by(WarmJob.created_at)
    return [dict(row) for row in connection.execute(unfinished).mappings()]


def _queue(connection: Connection) -> dict[str, int]:
    now = database_time(connection)
    claimed = and_(WarmItem.lease_owner.is_not(None), WarmItem.lease_expires_at > now)
    rows = connection.execute(
        select(case((claimed, "claimed"), else_="queued").label("standing"), func.count())
        .join(WarmJob, WarmJob.id == WarmItem.job_id)
        .where(WarmItem.state == "queued", WarmJob.state.in_(UNFINISHED))
        .group_by("standing")
    )
    return {"queued": 0, "claimed": 0} | dict(rows.all())
