"""What the cache holds, for those who run it: counts, and entries with what they are worth now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, case, func, or_, select

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


@dataclass(frozen=True, slots=True)
class Listing:
    """An entry in a listing; `state` is what a read does with it, `filling` if one is under way."""

    domain: str
    code: str
    state: str
    origin: str | None
    release: str | None
    source_url: str | None
    fetched_at: datetime | None
    validated_at: datetime | None
    expires_at: datetime | None
    row_count: int
    content_hash: str | None
    last_error: str | None
    attempts: int
    filling: bool


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
        requested = _count_where(CacheEntry.refresh_requested_at.is_not(None))
        unlisted = _count_where(IS_UNLISTED)

        def work(connection: Connection) -> Summary:
            oldest, newest = connection.execute(times).one()
            leased = _count_where(CacheEntry.lease_expires_at > database_time(connection))
            return Summary(
                entries=_count(connection, freshness_at(now, self._limits)),
                releases=_releases(connection),
                ratings=connection.execute(select(func.count()).select_from(Rating)).scalar_one(),
                unlisted=connection.execute(unlisted).scalar_one(),
                oldest_fetched_at=oldest,
                newest_fetched_at=newest,
                last_load=_last_load(connection),
                fills=connection.execute(leased).scalar_one(),
                refreshes=connection.execute(requested).scalar_one(),
                jobs=_jobs(connection),
                pace=read_pace(connection, self._budget),
            )

        return database.read(self._engine, work)

    def entries(
        self, state: str | None, domain: str | None, limit: int, offset: int
    ) -> tuple[int, list[Listing]]:
        """Count the entries of a freshness and a domain, or of all, and list some, by code."""
        freshness = freshness_at(self._now(), self._limits)
        wanted = [] if state is None else [freshness == state]
        if domain is not None:
            wanted.append(CacheEntry.domain == domain)
        query = (
            select(CacheEntry.__table__, freshness.label("freshness"))
            .where(*wanted)
            .order_by(CacheEntry.domain, CacheEntry.occupation_code)
            .limit(limit)
            .offset(offset)
        )

        def work(connection: Connection) -> tuple[int, list[Listing]]:
            total = connection.execute(_count_where(*wanted)).scalar_one()
            now = database_time(connection)
            return total, [_listing(row, now) for row in connection.execute(query)]

        return database.read(self._engine, work)


def _count_where(*conditions: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(CacheEntry).where(*conditions)


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


def _listing(row: Row[Any], now: datetime) -> Listing:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    same = {name: values[name] for name in Listing.__slots__ if name in values}
    return Listing(
        **same
        | {
            "code": row.occupation_code,
            "state": row.freshness,
            "filling": row.lease_expires_at is not None and row.lease_expires_at > now,
        }
    )


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
