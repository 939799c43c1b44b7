"""Runs the migrations over an engine of this package.

On MySQL they may be cut short anywhere, and run again: its DDL is in no transaction, so some
statements are done then. They find their work there, which is no error. What else a migration
does, such as an UPDATE, has to bear being done twice.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.ddl.mysql import MySQLImpl
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from cache.db.database import check_ready, read, read_schema
from cache.db.migration_lease import alone
from cache.db.revision import is_newer, trouble
from cache.db.unavailable import DatabaseUnavailable, error_number, translated

MIGRATIONS = Path(__file__).parents[2] / "migrations"
ADDED: Final = (1050, 1060, 1061, 1826, 3822)
"""MySQL's numbers for a table, column, key, foreign key or check that is there already."""
DROPPED: Final = (1051, 1091, 1146)
"""And for one, or for the table that it was of, that is not there any more."""
DROPS: Final = re.compile(r"\bDROP\b")


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
