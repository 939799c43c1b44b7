"""The database goes away in each way while callers ask: what a process has, it serves."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from support.answers import CheckedClient, freshness, members, problem
from support.clock import eventually
from support.databases import load
from support.made_up_release import write_release
from support.mysql_server import PrivateServer, create_database

from app import create_app
from app.settings import Settings
from app.wiring.container import Services
from cache.db.database import connect
from cache.entries.purge import purge

pytestmark = [pytest.mark.waits, pytest.mark.mysql]

KEPT = "/skill-gap?from=11-9001.00&to=15-9002.00"
COPIED = {
    "another answer of the same entries": f"{KEPT}&limit=1",
    "one for a spreadsheet": f"{KEPT}&format=csv",
    "by title": "/skill-gap?from=Kite+Masters&to=15-9002.00",
    "transitions that were asked before": "/occupations/11-9001.00/transitions",
}
OTHER = "/skill-gap?from=29-9003.00&to=51-9004.00"
SECONDS = 3.5
"""For which copies outlast the database here."""
AWAY = {"detail": "database-unavailable"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateServer]:
    server = PrivateServer(durable=True)
    server.start()
    create_database(server.url, "skillgap")
    release = write_release(tmp_path_factory.mktemp("release") / "db_28_1_text")
    load(url_of(server), release)
    yield server
    server.thaw()
    server.remove()


def url_of(server: PrivateServer) -> str:
    return server.url.set(database="skillgap").render_as_string(hide_password=False)


@pytest.fixture
def services(server: PrivateServer) -> Iterator[Services]:
    settings = Settings(
        database_url=server.url.set(database="skillgap"), cache_without_database=SECONDS
    )
    services = Services(settings)
    yield services
    services.changes.stop()
    services.reader.dispose()
    services.writer.dispose()


@pytest.fixture
def client(services: Services) -> FlaskClient:
    """A client of a process that was asked for each of the targets, and knows of changes."""
    app = create_app(services=services)
    app.test_client_class = CheckedClient
    client = app.test_client()
    for target in (KEPT, COPIED["by title"], COPIED["transitions that were asked before"]):
        assert 200 == client.get(target).status_code
    eventually(True, lambda: services.changes.tick() is not None)
    assert 200 == client.get(KEPT).status_code  # and kept
    return client


WAYS = {
    "stopped": (PrivateServer.stop, PrivateServer.start),
    "killed": (PrivateServer.kill, PrivateServer.start),
    "frozen": (PrivateServer.freeze, PrivateServer.thaw),
}


@contextmanager
def lost(server: PrivateServer, way: str = "stopped") -> Iterator[None]:
    """Have the database be away until the block ends."""
    take_away, bring_back = WAYS[way]
    take_away(server)
    try:
        yield
    finally:
        bring_back(server)


@pytest.mark.parametrize("target", [KEPT, "/occupations/11-9001.00"])
def test_what_was_asked_for_once_since_the_start_is_served(
    server: PrivateServer, services: Services, target: str
) -> None:
    client = create_app(services=services).test_client()
    before = client.get(target)

    with lost(server):
        eventually(True, lambda: is_away(client, target))
        assert before.data == client.get(target).data


def is_away(client: FlaskClient, target: str = KEPT) -> bool:
    answer = client.get(target)
    assert 200 == answer.status_code
    return all(each.items() >= AWAY.items() for _, each in members(answer))


@pytest.mark.parametrize(
    "way", ["stopped", "killed", pytest.param("frozen", marks=pytest.mark.soak)]
)
def test_what_a_process_has_is_served_while_the_database_is_away(
    server: PrivateServer, client: FlaskClient, way: str
) -> None:
    before = {target: client.get(target).data for target in (KEPT, *COPIED.values())}

    with lost(server, way):
        gone_at = time.monotonic()
        while not is_away(client):  # every answer on the way there is a hit, too
            assert time.monotonic() - gone_at < 2
            time.sleep(0.02)
        for target, body in before.items():
            answer = client.get(target)
            assert (200, body) == (answer.status_code, answer.data), target
            assert all(AWAY.items() <= each.items() for _, each in members(answer)), target
            allowed = freshness(answer)
            assert (allowed["left"] <= 1, allowed["behind"]) == (True, 0)
        assert (503, "database-unavailable") == problem(client.get("/health/ready"))
        assert (503, "database-unavailable") == problem(client.get(OTHER))
        assert time.monotonic() - gone_at < SECONDS, "the test is too slow for its own seconds"
        time.sleep(max(0.0, gone_at + SECONDS + 1 - time.monotonic()))
        assert (503, "database-unavailable") == problem(client.get(KEPT))

    eventually(200, lambda: client.get("/health/ready").status_code)
    eventually(False, lambda: is_away(client))
    assert 200 == client.get(OTHER).status_code


def test_a_process_that_nobody_asked_for_a_while_has_what_it_had(
    server: PrivateServer, services: Services, client: FlaskClient
) -> None:
    services.changes._asked_at -= 100
    time.sleep(SECONDS)

    with lost(server):
        assert is_away(client)
        assert is_away(client, COPIED["another answer of the same entries"])


def test_what_was_purged_while_a_process_could_not_see_it_is_gone_when_it_can(
    server: PrivateServer, services: Services, client: FlaskClient, tmp_path: Path
) -> None:
    url = services.reader.url
    with lost(server):
        eventually(True, lambda: is_away(client))
    other = connect(url)
    purge(other, ["11-9001.00"])
    other.dispose()

    eventually(503, lambda: client.get(KEPT).status_code, seconds=2)
    assert "upstream-not-configured" == problem(client.get(KEPT))[1]
    load(url_of(server), write_release(tmp_path / "db_28_1_text"))
