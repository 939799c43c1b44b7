"""Databases to test against: each test that asks for one runs on SQLite and on a real server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from support.backends import BACKENDS, migrated_engine, new_database, new_engine
from support.clock import LIMITS, FakeClock, Seconds
from support.fake_client import FakeClient
from support.made_up_release import write_release
from support.mysql_server import empty_database
from support.tables import Dump, clear, dump, fill

from cache.db.onet_tables import Base
from cache.entries.invalidation import Changes
from cache.release.seed import seed


@pytest.fixture
def empty_engine(database_url: str) -> Iterator[Engine]:
    """An engine of that database, which has no tables."""
    with new_engine(database_url) as engine:
        yield engine


@pytest.fixture(scope="session")
def seeded_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database that holds the made-up release, loaded at the clock's start."""
    folder = tmp_path_factory.mktemp("seeded")
    path = Path(shutil.copy(migrated_sqlite, folder))
    with new_engine(f"sqlite:///{path}") as engine:
        seed(engine, write_release(folder / "db_28_1_text"), limits=LIMITS, now=FakeClock())
    return path


@pytest.fixture(scope="session")
def seeded_rows(seeded_sqlite: Path) -> Dump:
    """All that is in it."""
    with new_engine(f"sqlite:///{seeded_sqlite}") as engine:
        return dump(engine, tuple(Base.metadata.tables))


@pytest.fixture(scope="session")
def migrated_mysql(mysql_server: str) -> Iterator[Engine]:
    """An engine of one migrated database, which is a slow thing to make, for test after test.

    Who uses it disposes of its connections, since there are tests that kill all of a database.
    """
    with empty_database(mysql_server) as url, migrated_engine(url) as engine:
        yield engine


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine of a migrated database without a row, which no other test uses now."""
    if request.param == "sqlite":
        migrated = request.getfixturevalue("migrated_sqlite")
        url = f"sqlite:///{shutil.copy(migrated, tmp_path)}"
    else:
        shared = request.getfixturevalue("migrated_mysql")
        clear(shared)
        shared.dispose()
        url = shared.url.render_as_string(hide_password=False)
    with new_engine(url) as engine:
        yield engine


@pytest.fixture(scope="module", params=BACKENDS)
def shared_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """URL of a database that the tests of a module share: they read it, or take back all."""
    with new_database(request, tmp_path_factory.mktemp("shared")) as url:
        yield url


@pytest.fixture(scope="module")
def shared_engine(shared_url: str) -> Iterator[Engine]:
    """An engine of the shared database, migrated to the newest revision."""
    with migrated_engine(shared_url) as engine:
        yield engine


@pytest.fixture
def seeded_engine(request: pytest.FixtureRequest, engine: Engine) -> Engine:
    """An engine of a database that holds the made-up release, loaded at the clock's start."""
    if engine.dialect.name == "sqlite":
        engine.dispose()
        shutil.copy(request.getfixturevalue("seeded_sqlite"), str(engine.url.database))
    else:
        shared: Engine = request.getfixturevalue("migrated_mysql")
        fill(shared, request.getfixturevalue("seeded_rows"))
        shared.dispose()
    return engine


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def client() -> FakeClient:
    return FakeClient()


@pytest.fixture
def seconds() -> Seconds:
    """A clock that stands still, for what measures time."""
    return Seconds()


@pytest.fixture
def changes(seeded_engine: Engine, seconds: Seconds) -> Changes:
    """What looks only when it is told to, or when nobody did lately."""
    changes = Changes(seeded_engine, seconds)
    changes.stop()
    return changes
