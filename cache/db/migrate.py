"""Runs the migrations over an engine of this package: one at a time, each to its end.

One at a time by a lease on a row, which all servers of a cluster share. On MySQL, whose DDL is in
no transaction, a migration that was cut short anywhere leaves some statements done. Run again,
they find their work there, which is no error then. What else a migration does, such as an UPDATE,
has to bear being done twice.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final
from uuid import uuid4

from alembic import command
from alembic.config import Config
from alembic.ddl.mysql import MySQLImpl
from sqlalchemy import Engine, String, insert
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import CreateTable

from cache.db.clock import database_time
from cache.db.columns import TABLE_OPTIONS, UtcDateTime
from cache.db.database import check_ready, read, read_schema, write
from cache.db.lease import RowLeases
from cache.db.revision import is_newer, trouble
from cache.db.unavailable import DatabaseUnavailable, error_number, translated

MIGRATIONS = Path(__file__).parents[2] / "migrations"
ADDED: Final = (1050, 1060, 1061, 1826, 3822)
"""MySQL's numbers for a table, column, key, foreign key or check that is there already."""
DROPPED: Final = (1051, 1091, 1146)
"""And for one, or for the table that it was of, that is not there any more."""
DROPS: Final = re.compile(r"\bDROP\b")
WAIT_FOR_OTHERS: Final = 30.0
"""Seconds; a migration of O*NET's 120,000 ratings takes two."""
LEASE: Final = 15.0
"""Seconds after which another process goes on with the migration of one that was killed."""
RENEWAL_INTERVAL: Final = 3.0
"""Seconds between two renewals of the lease."""
POLL: Final = 0.1


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest revision; nothing to do is fine, and changes nothing.

    A migration that was cut short is resumed, and another process that is migrating is waited for,
    for 30 seconds at most.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used, or is a newer program's.
    """
    with suppress(DatabaseUnavailable):
        return check_ready(engine)
    revision, tables = read(engine, read_schema)
    if is_newer(revision):
        raise DatabaseUnavailable(trouble(revision, tables))
    _run(engine, lambda config: command.upgrade(config, "head"))
    return check_ready(engine)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables back to a revision, such as `base` or `-1`.

    Raises:
        CommandError: where there is no way to that revision.
        DatabaseUnavailable: where the database cannot be reached or used, or is migrated half.
    """
    current, tables = read(engine, read_schema)
    begun = trouble(current, tables)
    if current is None and begun != trouble(None, ()):
        raise DatabaseUnavailable(begun)
    _run(engine, lambda config: command.downgrade(config, revision))


def _run(engine: Engine, step: Callable[[Config], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with (
        alone(engine),
        translated(engine.url),
        engine.execution_options(writes=True).connect() as connection,
    ):
        config.attributes["connection"] = connection
        step(config)


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
            write(engine, lambda c: LEASES.give_back(c, ROWS, owner, None))


def _wait_for_lease(engine: Engine, owner: str, sleep: Callable[[float], None]) -> None:
    table = CreateTable(MigrationLease.__table__, if_not_exists=True)  # type: ignore[arg-type]
    write(engine, lambda connection: connection.execute(table), bears_twice=True)
    row = insert(MigrationLease).values(id=ROW)
    with suppress(IntegrityError):  # another one was first
        write(engine, lambda connection: connection.execute(row))
    last_look = time.monotonic() + WAIT_FOR_OTHERS
    while not write(engine, lambda c: LEASES.take(c, ROWS, owner, database_time(c), LEASE)):
        if time.monotonic() > last_look:
            raise DatabaseUnavailable("another one is migrating the database still; wait for it")
        sleep(POLL)


def _keep(engine: Engine, owner: str, done: Event) -> None:
    while not done.wait(RENEWAL_INTERVAL):
        with suppress(DatabaseUnavailable):
            write(engine, lambda c: LEASES.renew(c, ROWS, owner, LEASE))


class ResumableMySQL(MySQLImpl):
    """Alembic's way with MySQL; being defined, it takes the place of Alembic's own."""

    __dialect__ = "mysql"

    def _exec(self, *args: Any, **named: Any) -> Any:
        try:
            return super()._exec(*args, **named)
        except DBAPIError as error:
            done = DROPPED if DROPS.search(error.statement or "") else ADDED
            if error_number(error) not in done:
                raise
        return None
