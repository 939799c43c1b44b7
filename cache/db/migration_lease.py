"""One migration at a time: a lease on a row, which all servers of a cluster share."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Event, Thread
from typing import Final
from uuid import uuid4

from sqlalchemy import Engine, String, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import CreateTable

from cache.db import database
from cache.db.clock import database_time
from cache.db.columns import TABLE_OPTIONS, UtcDateTime
from cache.db.lease import RowLeases
from cache.db.unavailable import DatabaseUnavailable

WAIT_FOR_OTHERS: Final = 30.0
"""Seconds; a migration of O*NET's 120,000 ratings takes two."""
LEASE: Final = 15.0
"""Seconds after which another process goes on with the migration of one that was killed."""
RENEWAL_INTERVAL: Final = 3.0
"""Seconds between two renewals of the lease."""
POLL: Final = 0.1


class Migrators(DeclarativeBase):
    """The metadata of what no migration makes, since they rest on it; Alembic's own is another."""


class MigrationLease(Migrators):
    """Who migrates: one row."""

    __tablename__ = "migration_lease"
    __table_args__ = TABLE_OPTIONS

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lease_owner: Mapped[str | None] = mapped_column(String(32))
    lease_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


ROW: Final = 1
ROWS: Final[dict[str, int]] = {}
LEASES: Final = RowLeases(MigrationLease, [MigrationLease.id == ROW])


@contextmanager
def alone(engine: Engine, sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Let one at a time migrate a database of MySQL's; SQLite's has one writer anyway.

    One that stood still for longer than its lease goes on beside the next one: nothing can take
    a statement back. Each step of a migration bears that, since it may be done twice.

    Raises:
        DatabaseUnavailable: where another is still at work after 30 seconds, or the database
            cannot be reached or used.
    """
    if engine.dialect.name != "mysql":
        yield
        return
    owner, done = uuid4().hex, Event()
    _wait_for_lease(engine, owner, sleep)
    keeper = Thread(target=_keep, args=(engine, owner, done), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()
        with suppress(DatabaseUnavailable):  # it expires, too
            database.write(engine, lambda c: LEASES.give_back(c, ROWS, owner, None))


def _wait_for_lease(engine: Engine, owner: str, sleep: Callable[[float], None]) -> None:
    table = CreateTable(MigrationLease.__table__, if_not_exists=True)  # type: ignore[arg-type]
    database.write(engine, lambda connection: connection.execute(table), bears_twice=True)
    row = insert(MigrationLease).values(id=ROW)
    with suppress(IntegrityError):  # another one was first
        database.write(engine, lambda connection: connection.execute(row))
    last_look = time.monotonic() + WAIT_FOR_OTHERS
    while not database.write(
        engine, lambda c: LEASES.take(c, ROWS, owner, database_time(c), LEASE)
    ):
        if time.monotonic() > last_look:
            raise DatabaseUnavailable("another one is migrating the database still; wait for it")
        sleep(POLL)


def _keep(engine: Engine, owner: str, done: Event) -> None:
    while not done.wait(RENEWAL_INTERVAL):
        with suppress(DatabaseUnavailable):
            database.write(engine, lambda c: LEASES.renew(c, ROWS, owner, LEASE))
