"""Runs the migrations over an engine of this package."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from cache.db.database import check_ready, read, read_schema
from cache.db.revision import is_newer, trouble
from cache.db.unavailable import DatabaseUnavailable, translated

MIGRATIONS = Path(__file__).parents[2] / "migrations"
WAIT_FOR_OTHERS: Final = 30
"""Seconds; a migration of O*NET's 120,000 ratings takes two."""
LOCK: Final = "LEFT(CONCAT('migration of ', DATABASE()), 64)"
"""Of the server, by the name of the database."""


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest revision; nothing to do is fine, and changes nothing.

    What was cut short is gone on with, and who does it at the same time is waited for, 30 seconds
    at most.

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
        translated(engine.url),
        engine.execution_options(writes=True).connect() as connection,
        _alone(connection),
    ):
        config.attributes["connection"] = connection
        step(config)


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Let one at a time migrate a database of MySQL's; SQLite's has one writer anyway.

    Raises:
        DatabaseUnavailable: where another is still at work after 30 seconds.
    """
    if connection.dialect.name != "mysql":
        yield
        return
    try:
        taken = connection.execute(text(f"SELECT GET_LOCK({LOCK}, {WAIT_FOR_OTHERS})")).scalar()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        taken = True  # some clusters have no such locks; a statement may be done twice
    connection.rollback()  # that began a transaction; migrations make their own
    if not taken:
        raise DatabaseUnavailable("another one is migrating the database still; wait for it")
    try:
        yield
    finally:
        with suppress(DBAPIError):  # the lock ends with the connection, too
            connection.execute(text(f"SELECT RELEASE_LOCK({LOCK})"))
