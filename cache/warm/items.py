"""Jobs and their items in the database, as all who change them need them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from cache.db.clock import database_time
from cache.db.lease import ERROR_LENGTH, UNLEASED, RowLeases
from cache.db.onet_tables import CacheEntry, WarmItem, WarmJob
from cache.db.upsert import upsert

UNFINISHED: Final = ("queued", "running")
FENCED: Final = -1
"""In place of an item's generation: what was read for all was overtaken, so ask for this one."""


class LeaseLost(Exception):
    """Another worker has taken over, since this one took longer than its lease."""


class NewItem(NamedTuple):
    """An item to make; `generation` is its entry's."""

    code: str
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
        release: that the items of an `all` job are of, once they may be worked on.
        load_id: that an `all` job reads whole tables by.
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
        """Whether O*NET's list and tables have to be read before there are items to work on."""
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

    def renew(self, connection: Connection) -> None:
        """Make the lease last anew, and count errors anew: what was done is progress."""
        self._check(JOB_LEASES.renew(connection, self._key, self.owner, self.seconds, attempts=0))

    def give_back(
        self, connection: Connection, put_off: float | None = None, **changes: Any
    ) -> None:
        """Change the job and give its lease back, to nobody for `put_off` seconds."""
        given_back = JOB_LEASES.give_back(
            connection, self._key, self.owner, put_off=put_off, **changes
        )
        self._check(given_back)

    def change(self, connection: Connection, **changes: Any) -> None:
        """Change the job."""
        self._check(JOB_LEASES.change(connection, self._key, self.owner, **changes))

    @property
    def _key(self) -> dict[str, str]:
        return {"job": self.work.id}

    def _check(self, changed: int) -> None:
        if not changed:
            raise LeaseLost(f"another worker prepares job {self.work.id} now")


WORK_COLUMNS: Final = (
    WarmJob.id,
    WarmJob.scope,
    WarmJob.domain,
    WarmJob.state,
    WarmJob.release,
    WarmJob.load_id,
    WarmJob.attempts,
)


def end_job(
    connection: Connection, work: Work, state: Literal["done", "failed"], error: str | None = None
) -> bool:
    """End a job, unless another has ended it; the same may be requested anew."""
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


def ensure_entries(connection: Connection, domain: str, codes: Iterable[str]) -> None:
    """Give entries without a row one, absent, for a purge to raise its generation."""
    rows = [{"domain": domain, "occupation_code": code, "state": "absent"} for code in codes]
    upsert(connection, CacheEntry, rows, kept=["state"])


def replace_items(connection: Connection, job: str, items: Iterable[NewItem]) -> None:
    """Make items, in place of any that the job has."""
    connection.execute(delete(WarmItem).where(WarmItem.job_id == job))
    rows = [
        {
            "job_id": job,
            "occupation_code": item.code,
            "state": item.state,
            "generation": item.generation,
        }
        for item in items
    ]
    if rows:
        connection.execute(insert(WarmItem), rows)
