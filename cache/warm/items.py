"""Jobs and their items in the database, for preparing, queue and publication."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from cache.db.clock import database_time
from cache.db.lease import ERROR_LENGTH, UNLEASED, RowLeases
from cache.db.onet_tables import CacheEntry, WarmItem, WarmJob

UNFINISHED: Final = ("queued", "running")
FENCED: Final = -1
"""In place of an item's generation: its entry has changed since the tables were read, so it is to
be filled by itself."""


class LeaseLost(Exception):
    """Another worker has taken over, after this one's lease expired."""


class NewItem(NamedTuple):
    """An item to make, by the columns of its table; `generation` is its entry's."""

    occupation_code: str
    generation: int
    state: str = "queued"


class Item(NamedTuple):
    """A claimed item."""

    code: str
    generation: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Work:
    """An unfinished job.

    Attributes:
        release: of the items of an `all` job, once they may be worked on.
        load_id: of an `all` job that reads whole tables.
    """

    id: str
    scope: str
    domain: str
    state: str
    release: str | None
    load_id: int | None
    attempts: int

    @property
    def is_unprepared(self) -> bool:
        """Whether O*NET's list and tables have to be read first, to have items to work on."""
        return self.scope == "all" and self.release is None


JOB_LEASES: Final = RowLeases(
    WarmJob,
    [WarmJob.id == bindparam("job")],
    fence=[WarmJob.state.in_(UNFINISHED), WarmJob.release.is_(None)],
    state="running",
)


@dataclass(frozen=True, slots=True)
class JobLease:
    """The lease of a job that is being prepared.

    Its methods are called in the transaction that stores what was done under it. They raise
    LeaseLost where another worker has it: then the transaction must not commit.
    """

    work: Work
    owner: str
    seconds: float

    def renew(self, connection: Connection, **changes: Any) -> None:
        """Change the job, and make its lease last anew; progress sets its `attempts` to 0."""
        job = {"job": self.work.id}
        self._check(JOB_LEASES.renew(connection, job, self.owner, self.seconds, **changes))

    def give_back(self, connection: Connection, delay: float | None = None, **changes: Any) -> None:
        """Change the job and give its lease back, to be taken after `delay` seconds."""
        job = {"job": self.work.id}
        self._check(JOB_LEASES.give_back(connection, job, self.owner, delay, **changes))

    def _check(self, changed: int) -> None:
        if not changed:
            raise LeaseLost(f"another worker prepares job {self.work.id} now")


WORK: Final = select(*(getattr(WarmJob, field.name) for field in fields(Work)))


def end_job(
    connection: Connection, work: Work, state: Literal["done", "failed"], error: str | None = None
) -> bool:
    """End a job, so that the same may be requested anew; False if it had ended."""
    values = {
        "state": state,
        "active_key": None,
        "error": None if error is None else error[:ERROR_LENGTH],
        "finished_at": database_time(connection),
        **UNLEASED,
    }
    unfinished = (WarmJob.id == work.id, WarmJob.state.in_(UNFINISHED))
    return bool(connection.execute(update(WarmJob).where(*unfinished).values(values)).rowcount)


def entry_generations(connection: Connection, domain: str) -> dict[str, int]:
    """Read the generation of every entry of a domain that has a row, by code."""
    columns = (CacheEntry.occupation_code, CacheEntry.generation)
    query = select(*columns).where(CacheEntry.domain == domain)
    return dict(connection.execute(query).all())


def replace_items(connection: Connection, job: str, items: Iterable[NewItem]) -> None:
    """Make items, in place of any that the job has."""
    connection.execute(delete(WarmItem).where(WarmItem.job_id == job))
    rows = [{"job_id": job, **item._asdict()} for item in items]
    if rows:
        connection.execute(insert(WarmItem), rows)
