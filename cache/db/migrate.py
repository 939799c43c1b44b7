"""Runs the migrations over an engine of this package."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from cache.db.database import check_ready, read, read_schema
from cache.db.migration_lease import alone
from cache.db.revision import is_newer, trouble
from cache.db.unavailable import DatabaseUnavailable, translated

MIGRATIONS = Path(__file__).parents[2] / "migrations"


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
