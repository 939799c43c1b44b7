"""The jobs as workers see them: leases on jobs and items, and what became of each."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, select, update

from cache.db import database
from cache.db.clock import database_time
from cache.db.lease import ERROR_LENGTH, RowLeases, Rows
from cache.db.onet_tables import WarmItem, WarmJob
from cache.metrics import CacheMetrics
from cache.policy import ITEM_OUTCOMES, ItemOutcome
from cache.warm.items import (
    FENCED,
    JOB_LEASES,
    UNFINISHED,
    WORK,
    Item,
    JobLease,
    Work,
    end_job,
)
from cache.warm.loads import conclude_load, drop_load

ATTEMPTS: Final = 3
"""How often something is tried before it has failed."""
RACES: Final = 10
"""How often other workers may claim the same items first before the next look for work."""
ITEM_LEASES: Final = RowLeases(
    WarmItem,
    [
        WarmItem.job_id == bindparam("job"),
        WarmItem.occupation_code.in_(bindparam("codes", expanding=True)),
        WarmItem.state == "queued",
    ],
    fence=[WarmItem.generation >= bindparam("least")],
)


class WarmQueue:
    """The queue; every method is one transaction, and raises DatabaseUnavailable if it fails."""

    def __init__(self, engine: Engine, metrics: CacheMetrics) -> None:
        self._engine = engine
        self._metrics = metrics

    def unfinished(self, job: str | None = None) -> list[Work]:
        """Read the jobs that are not finished, or one of them, oldest first."""
        query = WORK.where(WarmJob.state.in_(UNFINISHED))
        if job is not None:
            query = query.where(WarmJob.id == job)
        query = query.order_by(WarmJob.created_at, WarmJob.id)
        return database.read(self._engine, lambda c: [Work(*row) for row in c.execute(query)])

    def lease_job(self, job: str, owner: str, seconds: float) -> JobLease | None:
        """Take the lease of an unprepared job, if it is free."""

        def work(connection: Connection) -> JobLease | None:
            now = database_time(connection)
            if not JOB_LEASES.take(connection, {"job": job}, owner, now, seconds):
                return None
            return JobLease(_read_job(connection, job), owner, seconds)

        return database.write(self._engine, work)

    def put_off_job(self, lease: JobLease, error: str, seconds: float) -> None:
        """Give a job's lease back for so many seconds after an error, or end it as failed."""

        def work(connection: Connection) -> None:
            lease.give_back(connection, seconds, attempts=WarmJob.attempts + 1)
            job = _read_job(connection, lease.work.id)
            if job.attempts >= ATTEMPTS:
                _fail(connection, job, error)

        database.write(self._engine, work)

    def give_back(self, lease: JobLease) -> None:
        """Give a job's lease back, for another worker to go on."""
        database.write(self._engine, lease.give_back)

    def fail(self, work: Work, error: str) -> None:
        """End a job as a whole."""
        database.write(self._engine, lambda c: _fail(c, work, error))

    def claim(
        self, work: Work, owner: str, limit: int, seconds: float, *, listed: bool = False
    ) -> list[Item]:
        """Take items that are free; with `listed`, only those that can be published as read."""
        columns = (WarmItem.occupation_code.label("code"), WarmItem.generation, WarmItem.attempts)
        least = 0 if listed else FENCED

        def claim(connection: Connection) -> list[Item] | None:
            now = database_time(connection)
            free = [*_queued(work), WarmItem.generation >= least, ITEM_LEASES.expired(now)]
            first = select(WarmItem.occupation_code).where(*free)
            first = first.order_by(WarmItem.occupation_code).limit(limit)
            codes = connection.execute(first).scalars().all()
            if not codes:
                return []
            rows = {**_items(work, codes), "least": least}
            ITEM_LEASES.take(connection, rows, owner, now, seconds)
            if work.state == "queued":
                running = update(WarmJob).where(WarmJob.id == work.id, WarmJob.state == "queued")
                connection.execute(running.values(state="running"))
            mine = select(*columns).where(WarmItem.job_id == work.id, WarmItem.lease_owner == owner)
            return [Item(**row) for row in connection.execute(mine).mappings()] or None

        for _ in range(RACES):
            items = database.write(self._engine, claim)
            if items is not None:
                return items
        return []

    def finish(self, work: Work, owner: str, outcomes: Mapping[str, ItemOutcome]) -> None:
        """Record what became of claimed items, without those whose lease was lost meanwhile."""

        def finish(connection: Connection) -> dict[ItemOutcome, int]:
            ended: dict[ItemOutcome, int] = {}
            for outcome in dict.fromkeys(outcomes.values()):
                codes = [code for code, other in outcomes.items() if other == outcome]
                ended[outcome] = _finish(connection, _items(work, codes), owner, outcome)
            return ended

        self.count(database.write(self._engine, finish))

    def count(self, ended: Mapping[ItemOutcome, int]) -> None:
        """Count items that ended."""
        for state in ITEM_OUTCOMES.values():
            self._metrics.warm_items(state, ended.get(state, 0))

    def put_off(
        self, work: Work, owner: str, item: Item, error: str, seconds: float | None
    ) -> None:
        """Give a claimed item back for so many seconds after an error.

        It has failed with None for the seconds, or after the last attempt.
        """
        attempts = item.attempts + 1
        changes: dict[str, Any] = {"attempts": attempts, "error": error[:ERROR_LENGTH]}
        delay = seconds if attempts < ATTEMPTS else None
        if delay is None:
            changes["state"] = "failed"

        def put_off(connection: Connection) -> int:
            rows = _items(work, [item.code])
            return ITEM_LEASES.give_back(connection, rows, owner, delay, **changes)

        changed = database.write(self._engine, put_off)
        if delay is None:
            self._metrics.warm_items("failed", changed)

    def is_drained(self, work: Work) -> bool:
        """Return whether every item has ended."""
        queued = select(WarmItem.job_id).where(*_queued(work)).limit(1)
        return database.read(self._engine, lambda c: c.execute(queued).first() is None)

    def end(self, work: Work) -> bool:
        """End a job whose items have ended; False where another worker did."""

        def end(connection: Connection) -> bool:
            ended = end_job(connection, work, "done")
            if ended and work.load_id is not None:
                conclude_load(connection, work.id, work.load_id)
            return ended

        return database.write(self._engine, end)


def _fail(connection: Connection, work: Work, error: str) -> None:
    if end_job(connection, work, "failed", error) and work.load_id is not None:
        drop_load(connection, work.load_id, error)


def _read_job(connection: Connection, job: str) -> Work:
    return Work(*connection.execute(WORK.where(WarmJob.id == job)).one())


def _queued(work: Work) -> Sequence[ColumnElement[bool]]:
    return WarmItem.job_id == work.id, WarmItem.state == "queued"


def _items(work: Work, codes: Collection[str]) -> Rows:
    """Name items of a job for `ITEM_LEASES`."""
    return {"job": work.id, "codes": codes}


def _finish(connection: Connection, rows: Rows, owner: str, outcome: ItemOutcome) -> int:
    if outcome == "unlisted":
        return ITEM_LEASES.delete(connection, rows, owner)
    changes = {"generation": FENCED} if outcome == "fenced" else {"state": outcome}
    return ITEM_LEASES.give_back(connection, rows, owner, None, error=None, **changes)
