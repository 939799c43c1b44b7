"""Runs the migrations over an engine of this package."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from cache.database import DatabaseUnavailable

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest revision; nothing to do is fine.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    _run(engine, lambda config: command.upgrade(config, "head"))


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables back to a revision, such as `base` or `-1`.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    _run(engine, lambda config: command.downgrade(config, revision))


def _run(engine: Engine, step: Callable[[Config], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with engine.execution_options(writes=True).connect() as connection:
            config.attributes["connection"] = connection
            step(config)
    except OperationalError as error:
        raise DatabaseUnavailable("the database cannot be reached or migrated") from error
