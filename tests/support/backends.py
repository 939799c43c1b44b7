"""The kinds of databases that tests run on, and an empty one of each."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url
from support.mysql_server import empty_database

from cache.db.database import connect
from cache.db.migrate import upgrade

BACKENDS = ["sqlite", pytest.param("mysql", marks=pytest.mark.mysql)]
"""Parameters of a fixture."""
on_both = pytest.mark.parametrize("starter_url", BACKENDS, indirect=True, scope="session")
"""Has a test of `e2e/` use the starter release on each of them."""


@contextmanager
def new_database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """Make an empty database of the backend that a fixture is asked for, and give its URL.

    Where it is asked for none, that is SQLite.
    """
    if getattr(request, "param", "sqlite") == "sqlite":
        yield f"sqlite:///{folder / 'skillgap.db'}"
        return
    with empty_database(request.getfixturevalue("mysql_server")) as url:
        yield url


@contextmanager
def new_engine(url: str) -> Iterator[Engine]:
    """Make an engine as the product does, for as long as the block runs."""
    engine = connect(make_url(url))
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def migrated_engine(url: str) -> Iterator[Engine]:
    """Make one of a database that is migrated to the newest revision first."""
    with new_engine(url) as engine:
        upgrade(engine)
        yield engine
