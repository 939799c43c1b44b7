"""The jobs as workers see them: who works on what until when, and what became of it.

A worker that claims something holds a lease on it by the database's clock. What a killed worker
held is free again when its lease expires; what was put off has a lease that nobody owns.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, delete, select, update

from cache.db import database
from cache.db.clock import database_time, has_passed
from cache.db.onet_tables import WarmItem, WarmJob
from cache.fill.leases import ERROR_LENGTH
from cache.metrics import Telemetry
from cache.warm.items import (
    FENCED,
    UNFINISHED,
    WORK_COLUMNS,
    Hold,
    Item,
    Outcome,
    Work,
    end_job,
)
from cache.warm.loads import conclude_load, drop_load

ATTEMPTS: Final = 3
"""How often something is tried before it has failed."""
RACES: Final = 10
"""How often other workers may claim the same items first before the next look for work."""


class WarmQueue:
    """Every method is one transaction, and raises DatabaseUnavailable where that fails."""

    def __init__(self, engine: Engine, telemetry: Telemetry) -> None:
        self._engine = engine
        self._telemetry = telemetry

    def unfinished(self, job: str | None = None) -> list[Work]:
        """Read the jobs there are to work on, or one of them, oldest first."""
        query = select(*WORK_COLUMNS).where(WarmJob.state.in_(UNFINISHED))
        if job is not None:
            query = query.where(WarmJob.id == job)
        query = query.order_by(WarmJob.created_at, WarmJob.id)
        return database.read(self._engine, lambda c: [Work(*row) for row in c.execute(query)])

    def hold(self, job: str, owner: str, seconds: float) -> Hold | None:
        """Take the lease of an unprepared job, if it is free."""

        def work(connection: Connection) -> Hold | None:
            now = database_time(connection)
            free = (
                WarmJob.id == job,
                WarmJob.state.in_(UNFINISHED),
                WarmJob.release.is_(None),
                has_passed(WarmJob.lease_expires_at, now),
            )
            lease = {"lease_owner": owner, "lease_expires_at": now + timedelta(seconds=seconds)}
            taken = update(WarmJob).where(*free).values(lease | {"state": "running"})
            if not connection.execute(taken).rowcount:
                return None
            row = connection.execute(select(*WORK_COLUMNS).where(WarmJob.id == job)).one()
            return Hold(Work(*row), owner, seconds)

        return database.write(self._engine, work)

    def put_off_job(self, hold: Hold, error: str, seconds: float) -> bool:
        """Give a job's lease back for so many seconds after an error; False once it has failed."""

        def work(connection: Connection) -> bool:
            hold.change(connection, attempts=WarmJob.attempts + 1)
            query = select(*WORK_COLUMNS).where(WarmJob.id == hold.work.id)
            current = Work(*connection.execute(query).one())
            if current.attempts >= ATTEMPTS:
                _fail(connection, current, error)
                return False
            until = database_time(connection) + timedelta(seconds=seconds)
            hold.change(connection, lease_owner=None, lease_expires_at=until)
            return True

        return database.write(self._engine, work)

    def give_back(self, hold: Hold) -> None:
        """Give a job's lease back, for whoever goes on."""
        database.write(
            self._engine, lambda c: hold.change(c, lease_owner=None, lease_expires_at=None)
        )

    def fail(self, work: Work, error: str) -> None:
        """End a job as a whole."""
        database.write(self._engine, lambda c: _fail(c, work, error))

    def claim(
        self, work: Work, owner: str, limit: int, seconds: float, *, listed: bool = False
    ) -> list[Item]:
        """Take items that are free; with `listed`, only those that can be published as read."""
        columns = (WarmItem.occupation_code, WarmItem.generation, WarmItem.attempts)

        def claim(connection: Connection) -> list[Item] | None:
            now = database_time(connection)
            free = [*_queued(work), has_passed(WarmItem.lease_expires_at, now)]
            if listed:
                free.append(WarmItem.generation != FENCED)
            first = select(WarmItem.occupation_code).where(*free)
            first = first.order_by(WarmItem.occupation_code).limit(limit)
            codes = connection.execute(first).scalars().all()
            if not codes:
                return []
            lease = {"lease_owner": owner, "lease_expires_at": now + timedelta(seconds=seconds)}
            connection.execute(
                update(WarmItem).where(*free, WarmItem.occupation_code.in_(codes)).values(lease)
            )
            if work.state == "queued":
                running = update(WarmJob).where(WarmJob.id == work.id, WarmJob.state == "queued")
                connection.execute(running.values(state="running"))
            mine = select(*columns).where(WarmItem.job_id == work.id, WarmItem.lease_owner == owner)
            return [Item(*row) for row in connection.execute(mine)] or None

        for _ in range(RACES):
            items = database.write(self._engine, claim)
            if items is not None:
                return items
        return []

    def finish(self, work: Work, owner: str, outcomes: Mapping[str, Outcome]) -> None:
        """Note what became of claimed items; those whose lease was lost are another's by now."""

        def finish(connection: Connection) -> dict[Outcome, int]:
            return {
                outcome: _finish(
                    connection,
                    [*_claimed(work, owner), WarmItem.occupation_code.in_(codes)],
                    outcome,
                )
                for outcome, codes in _by_outcome(outcomes).items()
            }

        self.count(database.write(self._engine, finish))

    def count(self, ended: Mapping[Outcome, int]) -> None:
        """Count items that ended."""
        for outcome, count in ended.items():
            for _ in range(count if outcome in ("done", "empty") else 0):
                self._telemetry.warm_item(outcome)  # type: ignore[arg-type]  # by the line above

    def put_off(
        self, work: Work, owner: str, item: Item, error: str, seconds: float | None
    ) -> bool:
        """Put a claimed item back for so many seconds after an error.

        Returns:
            False where it has failed: with None for the seconds, or after the last attempt.
        """
        attempts = item.attempts + 1
        failed = seconds is None or attempts >= ATTEMPTS
        values: dict[str, Any] = {
            "attempts": attempts,
            "error": error[:ERROR_LENGTH],
            "lease_owner": None,
            "lease_expires_at": None,
        }

        def put_off(connection: Connection) -> int:
            if failed:
                values["state"] = "failed"
            else:
                until = database_time(connection) + timedelta(seconds=seconds or 0)
                values["lease_expires_at"] = until
            mine = (*_claimed(work, owner), WarmItem.occupation_code == item.code)
            return connection.execute(update(WarmItem).where(*mine).values(values)).rowcount

        if database.write(self._engine, put_off) and failed:
            self._telemetry.warm_item("failed")
        return not failed

    def is_drained(self, work: Work) -> bool:
        """Tell whether every item has ended."""
        queued = select(WarmItem.job_id).where(*_queued(work)).limit(1)
        return database.read(self._engine, lambda c: c.execute(queued).first() is None)

    def end(self, work: Work) -> bool:
        """End a job whose items have ended; False where another worker did."""

        def end(connection: Connection) -> bool:
            ended = end_job(connection, work, "done")
            if ended and work.load_id is not None:
                conclude_load(connection, work, work.load_id)
            return ended

        return database.write(self._engine, end)


def _fail(connection: Connection, work: Work, error: str) -> None:
    if end_job(connection, work, "failed", error) and work.load_id is not None:
        drop_load(connection, work.load_id, error)


def _queued(work: Work) -> Sequence[ColumnElement[bool]]:
    return WarmItem.job_id == work.id, WarmItem.state == "queued"


def _claimed(work: Work, owner: str) -> Sequence[ColumnElement[bool]]:
    return *_queued(work), WarmItem.lease_owner == owner


def _by_outcome(outcomes: Mapping[str, Outcome]) -> dict[Outcome, list[str]]:
    codes: dict[Outcome, list[str]] = {}
    for code, outcome in outcomes.items():
        codes.setdefault(outcome, []).append(code)
    return codes


def _finish(connection: Connection, mine: Sequence[ColumnElement[bool]], outcome: Outcome) -> int:
    if outcome == "unlisted":
        return connection.execute(delete(WarmItem).where(*mine)).rowcount
    values: dict[str, Any] = {"lease_owner": None, "lease_expires_at": None, "error": None}
    values |= {"generation": FENCED} if outcome == "fenced" else {"state": outcome}
    return connection.execute(update(WarmItem).where(*mine).values(values)).rowcount
