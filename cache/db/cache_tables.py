"""The tables of what the cache knows of entries, and of what processes share.

That is where meanings were read, warm jobs, the upstream's pace, and its word on old codes.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from cache.db.columns import CLUSTERED, CODE, DOMAIN, RELEASE, TABLE_OPTIONS, Base, UtcDateTime

NO_FILL: Final[dict[str, Any]] = {
    "lease_owner": None,
    "lease_expires_at": None,
    "attempts": 0,
    "last_error": None,
    "retry_at": None,
    "refresh_requested_at": None,
}
"""An entry's row where no fill of it is under way, has failed or is asked for."""


class _Leased:
    """The columns of a row that one process at a time works on, as `cache.db.lease` has it."""

    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CacheEntry(_Leased, Base):
    """What the cache knows of one occupation in one domain.

    The code is no foreign key: a negative entry names a code that O*NET does not have.
    """

    __tablename__ = "cache_entry"
    __table_args__ = (
        CheckConstraint("state IN ('absent', 'rated', 'empty', 'unknown')", name="state"),
        CheckConstraint("origin IN ('seed', 'api')", name="origin"),
        Index(None, "state", "expires_at"),
        Index(None, "occupation_code"),
        Index(None, "refresh_requested_at"),
        Index(None, "changed_in"),
        TABLE_OPTIONS,
    )

    domain: Mapped[str] = mapped_column(DOMAIN, primary_key=True)
    occupation_code: Mapped[str] = mapped_column(CODE, primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    origin: Mapped[str | None] = mapped_column(String(10))
    release: Mapped[str | None] = mapped_column(RELEASE)
    load_id: Mapped[int | None] = mapped_column(ForeignKey("load.id"), index=True)
    source_url: Mapped[str | None] = mapped_column(String(255))
    fetched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    validated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    row_count: Mapped[int] = mapped_column(default=0)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    generation: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(255))
    retry_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refresh_requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_in: Mapped[int] = mapped_column(default=0, server_default="0")


class CacheChange(Base):
    """How many changes of entries there were: one row, which the last statement of each raises.

    An entry's `changed_in` is the count after its last change.
    """

    __tablename__ = "cache_change"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]


class MeaningSource(_Leased, Base):
    """Where descriptions of elements, or level anchors, were read, by O*NET's name of the table.

    No rows: the release has none. The lease is that of the process that asks O*NET for them.
    """

    __tablename__ = "meaning_source"
    __table_args__ = (
        CheckConstraint("origin IN ('seed', 'api')", name="origin"),
        TABLE_OPTIONS,
    )

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    origin: Mapped[str | None] = mapped_column(String(10))
    release: Mapped[str | None] = mapped_column(RELEASE)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rows: Mapped[int] = mapped_column(default=0)


class WarmJob(_Leased, Base):
    """A request to fill many entries; of those that are not finished, no two ask for the same.

    `active_key` is the request's key until the job is finished, and then NULL. The lease is
    that of the worker that lists the items or reads whole tables; items have their own.
    """

    __tablename__ = "warm_job"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
        CheckConstraint("scope IN ('codes', 'stale', 'all')", name="scope"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    active_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    scope: Mapped[str] = mapped_column(String(10))
    domain: Mapped[str] = mapped_column(DOMAIN)
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    release: Mapped[str | None] = mapped_column(RELEASE)
    load_id: Mapped[int | None] = mapped_column(ForeignKey("load.id"), index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(255))


class WarmItem(_Leased, Base):
    """One occupation of a warm job, claimed by lease.

    `generation` is the entry's when the item was listed: what was read for it since may only
    be published over that one.
    """

    __tablename__ = "warm_item"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'done', 'empty', 'failed')", name="state"),
        Index(None, "job_id", "state", "lease_expires_at"),
        TABLE_OPTIONS,
    )

    job_id: Mapped[str] = mapped_column(ForeignKey("warm_job.id"), primary_key=True)
    occupation_code: Mapped[str] = mapped_column(CODE, primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    generation: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(255))


class UpstreamGovernor(Base):
    """When the next request to the upstream may go: one row that all processes share.

    Times are seconds since 1970 by the database's clock, and `day` is days; `spent` and `guessed`
    count the requests of that day; `opened_by` is the failure that opened the breaker.
    """

    __tablename__ = "upstream_governor"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_slot: Mapped[float] = mapped_column(Double)
    paused_until: Mapped[float] = mapped_column(Double)
    failures: Mapped[int]
    open_until: Mapped[float | None] = mapped_column(Double)
    guess_slot: Mapped[float] = mapped_column(Double, server_default="0")
    day: Mapped[int] = mapped_column(server_default="0")
    spent: Mapped[int] = mapped_column(server_default="0")
    guessed: Mapped[int] = mapped_column(server_default="0")
    opened_by: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int]


class Succession(Base):
    """A code of the 2010 taxonomy, and one of those that O*NET has in its place now, if any.

    Where it has none, position 0 has no new code.
    """

    __tablename__ = "succession"
    __table_args__ = CLUSTERED

    old_code: Mapped[str] = mapped_column(CODE, primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    new_code: Mapped[str | None] = mapped_column(CODE)
    title: Mapped[str | None] = mapped_column(String(150))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
