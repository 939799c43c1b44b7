"""The application over databases that hold a release or nothing, and an upstream for it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import URL, Engine, make_url
from support.answers import CheckedClient
from support.canary import CANARY
from support.clock import START, FakeClock
from support.crosswalk import write_taxonomy
from support.databases import load, load_once
from support.made_up_release import write_release
from support.mysql_server import empty_database
from support.skill_gap_oracle import Oracle

from app import create_app
from app.settings import Settings
from app.wiring.container import Services
from cache.entries.invalidation import Changes
from onet_client.sandbox import Sandbox, load_release

Open = Callable[..., FlaskClient]


@pytest.fixture(scope="session", params=["sqlite", pytest.param("mysql", marks=pytest.mark.mysql)])
def backend(request: pytest.FixtureRequest) -> str:
    """Which database the shared ones below are."""
    return str(request.param)


@pytest.fixture(scope="session")
def seeded(
    backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Path], str]]:
    """Makes a database that holds a release, to be read only; gives its URL."""
    server = request.getfixturevalue("mysql_server") if backend == "mysql" else None
    with ExitStack() as stack:

        def make(release: Path) -> str:
            if server is None:
                url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'skillgap.db'}"
            else:
                url = stack.enter_context(empty_database(server))
            return load(url, release, FakeClock())

        yield make


@pytest.fixture(scope="session")
def starter_database(seeded: Callable[[Path], str], starter_release: Path) -> str:
    """URL of a database that holds the starter release."""
    return seeded(starter_release)


@pytest.fixture(scope="session")
def full_database(full_release: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of a database that holds a whole release: SQLite, as it is about what is in it."""
    return load_once(full_release, FakeClock(), tmp_path_factory)


@pytest.fixture(scope="session")
def oracle(full_release: Path) -> Oracle:
    return Oracle(full_release)


@pytest.fixture(scope="session")
def shared_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def clock(shared_clock: FakeClock) -> FakeClock:
    """What the applications take for the time: at first, when the databases were seeded."""
    shared_clock.time = START
    return shared_clock


@pytest.fixture(scope="session")
def share_app(shared_clock: FakeClock) -> Iterator[Open]:
    """Makes a client of an application over a database URL, with any other settings."""
    with ExitStack() as stack:
        yield partial(open_client, stack, shared_clock)


@pytest.fixture
def open_app(clock: FakeClock) -> Iterator[Open]:
    """Makes such a client for one test, which may alter the application."""
    with ExitStack() as stack:
        yield partial(open_client, stack, clock)


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the made-up release, to be read only."""
    return write_release(tmp_path_factory.mktemp("release") / "db_28_1_text")


@pytest.fixture(scope="session")
def shared_sandbox(made_up: Path) -> Iterator[Sandbox]:
    """Serves it, and knows what became of some former codes."""
    taxonomy = write_taxonomy(made_up.parent / "crosswalk.txt")
    with Sandbox(load_release(made_up), api_key=CANARY, taxonomy=taxonomy) as running:
        yield running


@pytest.fixture
def sandbox(shared_sandbox: Sandbox) -> Sandbox:
    """The upstream as it was: it makes no mistakes and has been asked nothing."""
    shared_sandbox.set_faults()
    shared_sandbox.clear_requests()
    return shared_sandbox


@pytest.fixture
def open_behind(open_app: Open, engine: Engine, sandbox: Sandbox) -> Open:
    """Makes a client over the test's own database, with the sandbox behind it."""
    upstream = {"onet_api_url": sandbox.url, "onet_api_key": CANARY, "onet_max_rate": 1_000.0}
    return lambda **settings: open_app(engine.url, **upstream | settings)


def open_client(
    stack: ExitStack, clock: FakeClock, url: str | URL, **settings: object
) -> FlaskClient:
    services = Services(Settings(database_url=make_url(url), **settings), clock)
    stack.callback(close, services)
    app = create_app(services=services)
    app.test_client_class = CheckedClient
    return app.test_client()


def close(services: Services) -> None:
    """Close the connections of whatever engines were made, and look for changes no more."""
    for part in vars(services).values():
        if isinstance(part, Engine):
            part.dispose()
        if isinstance(part, Changes):
            part.stop()


@pytest.fixture(scope="session")
def starter_app(share_app: Open, starter_database: str) -> Flask:
    return share_app(starter_database).application


@pytest.fixture(scope="session")
def full_app(share_app: Open, full_database: str) -> Flask:
    return share_app(full_database).application


@pytest.fixture
def starter(starter_app: Flask, clock: FakeClock) -> FlaskClient:
    """A client of the API over the starter release, without an upstream."""
    return starter_app.test_client()


@pytest.fixture
def full(full_app: Flask, clock: FakeClock) -> FlaskClient:
    """A client of the API over a whole release, without an upstream."""
    return full_app.test_client()
