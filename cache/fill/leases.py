"""One fill of an entry at a time in all processes: a lease in the entry's own row.

A lease outlives the deadline of its fill. A process that finds it expired takes it over, and
`entries/publish_fill.py` refuses what its late owner still brings.
"""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select
from sqlalchemy import tuple_ as row_of
from sqlalchemy.exc import IntegrityError

from cache.db import database
from cache.db.clock import TimedQuery, database_time
from cache.db.held import IS_UNLISTED
from cache.db.lease import ERROR_LENGTH, RowLeases, lease_until
from cache.db.onet_tables import CacheEntry

LEASE_MARGIN: Final = 5.0
"""Seconds that a lease outlasts the deadline of its fill: time to publish."""
UNLISTED_CAP: Final = 1_000
"""Entries of codes that no release lists; the oldest make room for new ones."""
HEADROOM: Final = 100
"""Below the cap, for those that others add in the same moment."""
DROPPED_AT_ONCE: Final = 20
# Built once, since building them takes longer than running them.
_ENTRY: Any = CacheEntry.__table__
_IS: Final = (
    _ENTRY.c.domain == bindparam("of_domain"),
    _ENTRY.c.occupation_code == bindparam("of_code"),
)
_SEEN: Final = TimedQuery(
    select(
        _ENTRY.c.generation,
        _ENTRY.c.state,
        _ENTRY.c.lease_owner,
        _ENTRY.c.lease_expires_at,
        _ENTRY.c.last_error,
        _ENTRY.c.retry_at,
    ).where(*_IS)
)
ENTRY_LEASES: Final = RowLeases(
    CacheEntry,
    _IS,
    fence=(_ENTRY.c.generation == bindparam("seen"),),
    attempts=_ENTRY.c.attempts + 1,
)


class Lease(NamedTuple):
    """The right to fill an entry.

    Attributes:
        owner: unlike any other lease's.
        generation: the entry's when the lease was taken; its fill publishes over that one.
        state: the entry's when the lease was taken.
    """

    domain: str
    code: str
    owner: str
    generation: int
    state: str


class LeaseStatus(NamedTuple):
    """What waits for another process's fill reads of the entry's row.

    Attributes:
        held: a lease has not expired.
        released: the last lease was given back, or its fill was published.
        error: how the last fill failed; None where it did not.
        retry_after: seconds for which the upstream then asked to be left alone, or None.
    """

    generation: int
    held: bool
    released: bool
    error: str | None
    retry_after: float | None


class Leases:
    """Takes and gives back leases.

    Its methods raise DatabaseUnavailable where the database cannot be reached or used.
    """

    def __init__(self, writer: Engine, reader: Engine, seconds: float) -> None:
        """Take leases that last so many seconds, which must be more than a fill can take."""
        self._writer = writer
        self._reader = reader
        self._seconds = seconds

    def acquire(self, domain: str, code: str, owner: str) -> Lease | None:
        """Take the lease if nobody holds it; an entry that has no row gets one, absent."""

        def work(connection: Connection) -> Lease | None:
            row, now = _SEEN.first(connection, of_domain=domain, of_code=code)
            if row is None:
                _make_room(connection, now)
                new = {"domain": domain, "occupation_code": code, "state": "absent", "attempts": 1}
                until = lease_until(now, self._seconds, owner)
                connection.execute(insert(CacheEntry).values(new | until))
                return Lease(domain, code, owner, 0, "absent")
            lease = Lease(domain, code, owner, row.generation, row.state)
            if row.lease_owner == owner:  # whose commit was lost on its way back
                return lease
            rows = {"of_domain": domain, "of_code": code, "seen": row.generation}
            taken = ENTRY_LEASES.take(connection, rows, owner, now, self._seconds)
            return lease if taken else None

        try:
            return database.write(self._writer, work, bears_twice=True)
        except IntegrityError:  # another process made the row, and has the lease
            return None

    def status(self, domain: str, code: str) -> LeaseStatus | None:
        """Read how far an entry's fill is; None where its row is gone."""

        def work(connection: Connection) -> LeaseStatus | None:
            row, now = _SEEN.first(connection, of_domain=domain, of_code=code)
            if row is None:
                return None
            until, retry_at = row.lease_expires_at, row.retry_at
            return LeaseStatus(
                generation=row.generation,
                held=until is not None and until > now,
                released=until is None,
                error=row.last_error,
                retry_after=None if retry_at is None else (retry_at - now).total_seconds(),
            )

        return database.read(self._reader, work)

    def release(
        self, lease: Lease, error: str | None = None, retry_after: float | None = None
    ) -> None:
        """Give a lease back unused; with an error, which is shared with those who wait.

        Without one the error of an earlier fill is forgotten, lest they take it for this one's.
        """

        def work(connection: Connection) -> None:
            rows = {"of_domain": lease.domain, "of_code": lease.code}
            values: dict[str, Any] = {"last_error": None, "retry_at": None}
            if error is not None:
                values |= {"last_error": error[:ERROR_LENGTH], "refresh_requested_at": None}
            if retry_after is not None:
                values["retry_at"] = database_time(connection) + timedelta(seconds=retry_after)
            ENTRY_LEASES.give_back(connection, rows, lease.owner, None, **values)

        database.write(self._writer, work, bears_twice=True)


def _make_room(connection: Connection, now: datetime) -> None:
    """Drop the oldest entries of codes that no release lists, near the cap.

    Made-up codes can thus fill no more than so many rows. Those being filled stay.
    """
    counted = select(CacheEntry.domain).where(IS_UNLISTED).limit(UNLISTED_CAP).subquery()
    count = connection.execute(select(func.count()).select_from(counted)).scalar_one()
    if count < UNLISTED_CAP - HEADROOM:
        return
    free = ENTRY_LEASES.expired(now)
    oldest = (
        select(CacheEntry.domain, CacheEntry.occupation_code)
        .where(IS_UNLISTED, free)
        .order_by(CacheEntry.expires_at)
        .limit(DROPPED_AT_ONCE)
    )
    keys = [tuple(row) for row in connection.execute(oldest)]
    key = row_of(CacheEntry.domain, CacheEntry.occupation_code)
    connection.execute(delete(CacheEntry).where(key.in_(keys), free))
