"""The database connection: one engine per process, safe transactions on every dialect."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from cache.db.onet_tables import SCHEMA_REVISION
from cache.db.sqlite_file import AsItLies, open_file

T = TypeVar("T")

RETRIED_MYSQL_ERRORS: Final = (1205, 1213)
"""Lock wait time-out, and deadlock or Galera certification failure: safe to run again."""
TRANSACTION_ATTEMPTS: Final = 5
SECOND_TRY_WITHIN: Final = 0.5
"""Seconds: a connection that took longer to fail timed out, and another one would too."""
NO_SUCH_TABLE: Final = 1146
"""MySQL's number, which its driver does not count as operational, as SQLite's does."""
UNMIGRATED: Final = "the database is not migrated: run `flask db upgrade`"


class DatabaseUnavailable(Exception):
    """The database cannot be reached or has not been migrated."""


def connect(url: URL, *, read_timeout: int | None = None) -> Engine:
    """Build the engine; nothing is opened before the first use.

    Args:
        url: a SQLite or MySQL URL.
        read_timeout: seconds after which a MySQL server that stopped answering is given up.
    """
    if url.drivername == "sqlite":
        return _connect_sqlite(url)
    from MySQLdb.constants import FIELD_TYPE
    from MySQLdb.converters import conversions

    arguments: dict[str, Any] = {
        "connect_timeout": 1,
        "charset": "utf8mb4",
        # The driver's own way with times takes ten times as long.
        "conv": conversions | {FIELD_TYPE.DATETIME: datetime.fromisoformat},
        # A server set to be lenient would cut values instead of refusing them, and MySQL cuts
        # what is put together of many rows at 1 kB.
        "init_command": "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', "
        "group_concat_max_len = 1048576",
    }
    if read_timeout is not None:
        arguments |= {"read_timeout": read_timeout, "write_timeout": read_timeout}
    return create_engine(
        url,
        connect_args=arguments,
        # Some reads take several statements on one snapshot, whatever the server's default is.
        isolation_level="REPEATABLE READ",
        pool_size=5,
        max_overflow=5,
        pool_timeout=1,
        pool_recycle=1800,
        hide_parameters=True,
    )


def _connect_sqlite(url: URL) -> Engine:
    pool: dict[str, Any] = {}
    if url.database and url.database != ":memory:":
        pool = {"pool_timeout": 1}
        with suppress(OSError):  # connecting says why the file cannot be used
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    # Who writes waits for another's transaction, of which a whole release's takes seconds.
    engine = create_engine(url, connect_args={"timeout": 30}, hide_parameters=True, **pool)

    @event.listens_for(engine, "do_connect")
    def open_it(dialect: Any, record: Any, paths: Any, options: Any) -> Any:
        connection, record.info[AsItLies] = open_file(
            paths[0], dialect.loaded_dbapi.connect, options
        )
        return connection

    @event.listens_for(engine, "checkout")
    def check(_connection: Any, record: Any, _proxy: Any) -> None:
        as_it_lies = record.info[AsItLies]
        if as_it_lies is not None and not as_it_lies.is_good():
            raise DisconnectionError

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # this module begins transactions itself
        # Sorting and undoing need no room on the disk then, which may be full.
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA foreign_keys = ON")
        # kB a connection: the system caches the file, and processes keep copies of profiles.
        connection.execute("PRAGMA cache_size = -512")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A reader that turns writer under WAL can fail on a stale snapshot: writers say so.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PoolTimeoutError as error:
        raise DatabaseUnavailable("no database connection became free in time") from error
    except OperationalError as error:
        raise DatabaseUnavailable("the database cannot be reached or used") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseUnavailable("the database connection was lost") from error
        if error_number(error) == NO_SUCH_TABLE:
            raise DatabaseUnavailable(UNMIGRATED) from error
        if type(error) is DatabaseError:  # SQLite's word for a damaged file, or any other
            raise DatabaseUnavailable("the database file cannot be used") from error
        raise


def read(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Run `work` on one consistent snapshot; a pooled connection found dead is replaced once.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    with _translated():
        started = time.monotonic()
        with engine.connect() as connection:
            try:
                return work(connection)
            except DBAPIError as error:
                waited = time.monotonic() - started
                if not error.connection_invalidated or waited > SECOND_TRY_WITHIN:
                    raise
        with engine.connect() as connection:
            return work(connection)


def write(
    engine: Engine, work: Callable[[Connection], T], sleep: Callable[[float], None] = time.sleep
) -> T:
    """Run `work` in one transaction, again after a deadlock or on a dead pooled connection.

    So it may run several times and must do nothing but use the database.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    writer = engine.execution_options(writes=True)
    with _translated():
        for attempt in range(1, TRANSACTION_ATTEMPTS):
            committing = False
            try:
                with writer.begin() as connection:
                    result = work(connection)
                    committing = True
            except OperationalError as error:
                # What was lost while committing may have been stored: that is not run again.
                stale = error.connection_invalidated and attempt == 1 and not committing
                if not stale and error_number(error) not in RETRIED_MYSQL_ERRORS:
                    raise
                sleep(0.02 * 2**attempt)
            else:
                return result
        with writer.begin() as connection:
            return work(connection)


def error_number(error: DBAPIError) -> object:
    """Tell MySQL's number of an error; whatever SQLite says instead."""
    return next(iter(getattr(error.orig, "args", ())), None)


def check_ready(engine: Engine) -> None:
    """Return where the database answers and stands at this program's revision.

    Raises:
        DatabaseUnavailable: saying which of the two it is.
    """
    revision = read(engine, _revision)
    if revision is None:
        raise DatabaseUnavailable(UNMIGRATED)
    if revision != SCHEMA_REVISION:
        raise DatabaseUnavailable(
            f"the database is at revision {revision}, this program needs {SCHEMA_REVISION}: "
            "run `flask db upgrade`"
        )


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
