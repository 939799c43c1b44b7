"""The database connection: one engine per process, safe transactions on every dialect."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from cache.db.cluster import has_others
from cache.db.mysql import connect_mysql
from cache.db.revision import trouble
from cache.db.sqlite_file import AsItLies, open_file
from cache.db.unavailable import DatabaseUnavailable, error_number, translated

T = TypeVar("T")

RETRIED_MYSQL_ERRORS: Final = (1205, 1213)
"""Lock wait time-out, and deadlock or Galera certification failure: safe to run again."""
TRANSACTION_ATTEMPTS: Final = 10
FIRST_PAUSE: Final = 0.04
LONGEST_PAUSE: Final = 0.64
"""Seconds before a transaction is run again, at most; nodes that clash wait differently long."""
READ_ATTEMPTS: Final = 3
AGAIN_WITHIN: Final = 0.5
"""Seconds: a connection that took longer to fail timed out, and another one would too."""
OTHERS_WITHIN: Final = 4.0
"""Seconds for which other servers of a cluster are tried, or a node that waits for the others."""
OTHERS_PAUSE: Final = 0.1
NO_MORE_CONNECTIONS: Final = (1040, 1203, 1226)
"""MySQL's numbers for too many connections of a server or a user: wait for one that is there."""
REFUSED_PAUSE: Final = 0.02
ANSWERS_WITHIN: Final = 1.0
"""Seconds without an answer to anybody after which a database is not waited for."""
LONGEST_WAIT: Final = 10.0
"""Seconds that anybody waits for a connection."""

_answered: WeakKeyDictionary[Dialect, float] = WeakKeyDictionary()
"""When the database of each engine answered last; a dialect is that of one engine."""


def connect(url: URL, *, read_timeout: int | None = None) -> Engine:
    """Build the engine; nothing is opened before the first use.

    Args:
        url: a SQLite or MySQL URL.
        read_timeout: seconds after which a MySQL server that stopped answering is given up.
    """
    if url.drivername == "sqlite":
        return _connect_sqlite(url)
    return connect_mysql(url, read_timeout)


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


def read(engine: Engine, work: Callable[[Connection], T], *, hasty: bool = False) -> T:
    """Run `work` on one consistent snapshot, again where its connection is found dead.

    So it may run several times. What it returned is used, whatever becomes of the connection.
    With `hasty`, what timed out is not tried once more on another server of a cluster.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    with translated(engine.url):
        started = time.monotonic()
        for attempt in count(1):
            try:
                return _read_once(engine, work)
            except DBAPIError as error:
                lasts = not hasty and has_others(engine.dialect)
                if not error.connection_invalidated or not _is_early(started, attempt, lasts):
                    raise
                if attempt > 1:
                    time.sleep(OTHERS_PAUSE)
    raise AssertionError  # of this loop there is no other end


def _is_early(started: float, attempt: int, lasts: bool) -> bool:
    """Say whether what was lost is tried again; `lasts` where that may be on another server."""
    waited = time.monotonic() - started
    if lasts:
        return waited <= OTHERS_WITHIN
    return attempt < READ_ATTEMPTS and waited <= AGAIN_WITHIN


def _read_once(engine: Engine, work: Callable[[Connection], T]) -> T:
    connection = _connection(engine)
    try:
        result = work(connection)
        _answered[engine.dialect] = time.monotonic()
        return result
    finally:
        try:
            connection.close()
        except DBAPIError:  # of the rollback: there is nothing that it could take back
            if not connection.closed:
                connection.invalidate()


def _connection(engine: Engine) -> Connection:
    """Take a connection, waiting for it while the database answers those who have one.

    A crowd has its turn that way, and a database that has stopped is told within a second.

    Raises:
        PoolTimeoutError: where none became free.
    """
    asked = time.monotonic()
    while True:
        try:
            return engine.connect()
        except PoolTimeoutError:
            waits = OTHERS_WITHIN if has_others(engine.dialect) else ANSWERS_WITHIN
            if not _is_answering(engine, asked, waits):
                raise
        except OperationalError as error:
            is_refused = error_number(error) in NO_MORE_CONNECTIONS
            if not is_refused or not _is_answering(engine, asked, AGAIN_WITHIN):
                raise
            time.sleep(REFUSED_PAUSE)


def _is_answering(engine: Engine, asked: float, within: float) -> bool:
    """Say whether who asked then may wait on: somebody was answered within these seconds."""
    now = time.monotonic()
    return now - _answered.get(engine.dialect, asked) <= within and now - asked <= LONGEST_WAIT


def write(
    engine: Engine,
    work: Callable[[Connection], T],
    sleep: Callable[[float], None] = time.sleep,
    *,
    bears_twice: bool = False,
) -> T:
    """Run `work` in one transaction, again after a deadlock or on a dead pooled connection.

    So it may run several times and must do nothing but use the database. What was lost while
    committing may have been stored: that is run again only if it bears being done twice.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    writer = engine.execution_options(writes=True)
    with translated(engine.url):
        lost_at: float | None = None
        for attempt in count(1):
            committing = False
            try:
                with _connection(writer) as connection, connection.begin():
                    result = work(connection)
                    committing = True
            except OperationalError as error:
                if attempt == TRANSACTION_ATTEMPTS:
                    raise
                if error_number(error) not in RETRIED_MYSQL_ERRORS:
                    may_be_stored = committing and not bears_twice
                    is_over = may_be_stored or _is_late(engine, lost_at)
                    if not error.connection_invalidated or is_over:
                        raise
                    lost_at = lost_at or time.monotonic()
                sleep(min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE) * random.uniform(0.5, 1))  # noqa: S311 - no secret
            else:
                _answered[engine.dialect] = time.monotonic()
                return result
    raise AssertionError  # of this loop there is no other end


def _is_late(engine: Engine, lost_at: float | None) -> bool:
    """Say whether a connection was lost before, so that another one would be, too."""
    if lost_at is None:
        return False
    return not has_others(engine.dialect) or time.monotonic() - lost_at > OTHERS_WITHIN


def check_ready(engine: Engine) -> None:
    """Return where the database answers and has this program's tables.

    Raises:
        DatabaseUnavailable: saying what is the matter, and what helps.
    """
    found = trouble(*read(engine, read_schema))
    if found is not None:
        raise DatabaseUnavailable(found)


def read_schema(connection: Connection) -> tuple[str | None, set[str]]:
    """Read the revision that a database is at, None where it has none, and its tables' names."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        return None, tables
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar(), tables
