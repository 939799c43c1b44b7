"""Requests to fill many entries at once: jobs, with one item for each occupation."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Literal
from uuid import uuid4

from sqlalchemy import Connection, Engine, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from cache.db import database
from cache.db.clock import database_time
from cache.db.onet_tables import CacheEntry, Occupation, WarmItem, WarmJob
from cache.warm.items import NewItem, entry_generations, replace_items

Scope = Literal["codes", "stale", "all"]

KEPT: Final = 100
"""Finished jobs that are kept, for as long as `KEPT_FOR`."""
KEPT_FOR: Final = timedelta(days=7)
LISTED_ERRORS: Final = 20


@dataclass(frozen=True, slots=True)
class Job:
    """A job when it was requested; the `total` of an `all` job may change with O*NET's list."""

    id: str
    state: str
    total: int


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How much of a job is done.

    Attributes:
        state: `queued` until a worker takes it, `running`, `done` once every item has ended,
            `failed` where the job as a whole could not be carried out.
        done: items whose occupation has ratings now; `empty` those that O*NET has none for.
        errors: why items failed, the first 20 by code; one without a code is the job's own.
    """

    id: str
    state: str
    total: int
    done: int
    empty: int
    failed: int
    errors: list[dict[str, Any]]
    created_at: datetime
    finished_at: datetime | None


class WarmJobs:
    """The jobs of a database; every method raises DatabaseUnavailable where it cannot be used."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def request(self, domain: str, scope: Scope, codes: Sequence[str] = ()) -> Job:
        """Make a job, or return the one that the same request made and that is not finished.

        Args:
            domain: of the entries.
            scope: `codes` for the codes given, `stale` for what is past its expiry now, `all`
                for every occupation that O*NET lists.
            codes: none unless that is the scope; order and repetition do not matter.
        """
        wanted = sorted(set(codes))
        key = sha256(json.dumps([domain, scope, wanted]).encode()).hexdigest()

        def work(connection: Connection) -> Job:
            return _active(connection, key) or self._create(connection, key, domain, scope, wanted)

        try:
            return database.write(self._engine, work, bears_twice=True)
        except IntegrityError:  # another process made it in the same moment
            return self.request(domain, scope, codes)

    def _create(
        self, connection: Connection, key: str, domain: str, scope: Scope, codes: Sequence[str]
    ) -> Job:
        _drop_old(connection)
        query = select(Occupation.code)
        if scope == "stale":
            query = select(CacheEntry.occupation_code).where(
                CacheEntry.domain == domain,
                CacheEntry.state == "rated",
                CacheEntry.expires_at <= self._now(),
            )
        listed = codes if scope == "codes" else connection.execute(query).scalars().all()
        job = Job(str(uuid4()), "queued", len(listed))
        connection.execute(
            insert(WarmJob).values(
                id=job.id,
                active_key=key,
                scope=scope,
                domain=domain,
                state=job.state,
                created_at=database_time(connection),
            )
        )
        generations = entry_generations(connection, domain)
        items = [NewItem(code, generations.get(code, 0)) for code in listed]
        replace_items(connection, job.id, items)
        return job

    def find(self, id: str) -> JobStatus | None:  # noqa: A002 - as the admin API calls it
        """Read the status of a job; None if it is not there, or not any more."""
        job_query = select(WarmJob.__table__).where(WarmJob.id == id)
        errors_query = (
            select(WarmItem.occupation_code.label("code"), WarmItem.error)
            .where(WarmItem.job_id == id, WarmItem.state == "failed")
            .order_by(WarmItem.occupation_code)
            .limit(LISTED_ERRORS)
        )

        def work(connection: Connection) -> JobStatus | None:
            job = connection.execute(job_query).first()
            if job is None:
                return None
            counts = _counts(connection, id)
            errors = [{"code": None, "error": job.error}] if job.error else []
            errors += [dict(row) for row in connection.execute(errors_query).mappings()]
            return JobStatus(
                id=id,
                state=job.state,
                total=counts.total(),
                done=counts["done"],
                empty=counts["empty"],
                failed=counts["failed"],
                errors=errors[:LISTED_ERRORS],
                created_at=job.created_at,
                finished_at=job.finished_at,
            )

        return database.read(self._engine, work)


def _active(connection: Connection, key: str) -> Job | None:
    query = select(WarmJob.id, WarmJob.state).where(WarmJob.active_key == key)
    job = connection.execute(query).first()
    return None if job is None else Job(job.id, job.state, _counts(connection, job.id).total())


def _counts(connection: Connection, job: str) -> Counter[str]:
    query = select(WarmItem.state, func.count()).where(WarmItem.job_id == job)
    return Counter(dict(connection.execute(query.group_by(WarmItem.state)).all()))


def _drop_old(connection: Connection) -> None:
    """Drop finished jobs that are too old, or too many, with their items."""
    too_old = database_time(connection) - KEPT_FOR
    finished = select(WarmJob.id, WarmJob.finished_at).where(WarmJob.finished_at.is_not(None))
    rows = connection.execute(finished.order_by(WarmJob.finished_at.desc())).all()
    dropped = [
        job for place, (job, at) in enumerate(rows) if place >= KEPT or (at and at < too_old)
    ]
    connection.execute(delete(WarmItem).where(WarmItem.job_id.in_(dropped)))
    connection.execute(delete(WarmJob).where(WarmJob.id.in_(dropped)))
