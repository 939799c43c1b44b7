"""Runs the migrations over an engine of this package."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from cache.db.database import DatabaseUnavailable, check_ready, error_number

MIGRATIONS = Path(__file__).parents[2] / "migrations"
ALREADY_THERE: Final = (1050, 1060, 1061)
"""MySQL's numbers for a table, column or key that exists: its DDL is in no transaction, so of
those who migrate at once one gets through each statement, and the first one through all."""
WAIT_FOR_OTHERS: Final = 30.0
"""Seconds; a migration of O*NET's 120,000 ratings takes two."""


class BegunBefore(DatabaseUnavailable):
    """Another one has begun the same migration, and is at work or was cut short."""


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest revision; nothing to do is fine, and changes nothing.

    Whoever does it at the same time is waited for, 30 seconds at most.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used, or is migrated half.
    """
    with suppress(DatabaseUnavailable):
        return check_ready(engine)  # which a disk that takes no changes allows
    try:
        _run(engine, lambda config: command.upgrade(config, "head"))
    except BegunBefore:
        _await_others(engine)


def _await_others(engine: Engine) -> None:
    deadline = time.monotonic() + WAIT_FOR_OTHERS
    while True:
        try:
            return check_ready(engine)
        except DatabaseUnavailable as error:
            if time.monotonic() > deadline:
                raise BegunBefore(
                    "a migration was cut short or is still under way; if none is, empty the "
                    "database, migrate it again and seed it: all it holds can be had again"
                ) from error
        time.sleep(0.2)


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
        if error_number(error) in ALREADY_THERE:
            raise BegunBefore("a part of the migration is there already") from error
        raise DatabaseUnavailable("the database cannot be reached or migrated") from error
