"""A database that cannot be used is a 503 within a second, whatever was asked."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import URL, event
from sqlalchemy.exc import OperationalError
from support.answers import problem
from support.mysql_server import free_port

from cache.db import database
from cache.db.unavailable import DatabaseUnavailable
from cache.fill.single_flight import FAILURE_SHARED

pytestmark = pytest.mark.waits

TARGETS = [
    "/skill-gap?from=11-1011.00&to=15-1254.00",
    "/occupations/15-1254.00",
    "/occupations/15-1254.00/transitions",
    "/occupations?q=x",
    "/health/ready",
]
KEPT = "/skill-gap?from=11-9001.00&to=15-9002.00"
UNKEPT = "/skill-gap?from=29-9003.00&to=51-9004.00"
WITHIN = 1.0
"""Seconds, the contract's."""
SHORT_PAUSE = 0.01
"""Seconds between the tries of a transaction that never succeeds."""

every_target = pytest.mark.parametrize("target", TARGETS)


def assert_unavailable(client: FlaskClient, target: str, within: float = WITHIN) -> None:
    """Ask and expect a 503 in time, then and again."""
    for _ in range(2):
        began = time.perf_counter()
        answer = client.get(target)
        took = time.perf_counter() - began
        assert (503, "database-unavailable") == problem(answer)
        assert took < within
    assert 200 == client.get("/health").status_code


@pytest.fixture(params=["folder in its place", "file above it", "no database", "cut short"])
def unusable_file(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a SQLite database that is none."""
    path = tmp_path / "skillgap.db"
    match request.param:
        case "folder in its place":
            path.mkdir()
        case "file above it":
            path.write_text("a file")
            path /= "skillgap.db"
        case "no database":
            path.write_text("Not a database, and longer than the header of one. " * 100)
        case "cut short":
            path.write_bytes(b"SQLite format 3\0" + bytes(84) + b"\x0d" * 5_000)
    return f"sqlite:///{path}"


@every_target
def test_a_sqlite_file_that_cannot_be_used(open_app, unusable_file: str, target: str) -> None:
    assert_unavailable(open_app(unusable_file), target)


@every_target
def test_a_database_that_is_not_migrated(open_app, database_url: str, target: str) -> None:
    assert_unavailable(open_app(database_url), target)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def mysql_at(port: int) -> str:
    url = URL.create("mysql+mysqldb", "tester", "canary", "127.0.0.1", port, "skillgap")
    return url.render_as_string(hide_password=False)


@pytest.mark.mysql
@every_target
def test_a_server_that_says_nothing(open_app, silent_port: int, target: str) -> None:
    # The driver takes whole seconds: one of them, and the request itself.
    assert_unavailable(open_app(mysql_at(silent_port)), target, within=2.5)


@pytest.mark.mysql
@pytest.mark.parametrize("target", ["/health/ready", TARGETS[0]])
def test_the_log_has_the_drivers_word_and_the_caller_has_not(
    open_app, caplog: pytest.LogCaptureFixture, target: str
) -> None:
    port = free_port()
    answer = open_app(mysql_at(port)).get(target)

    assert (503, "database-unavailable") == problem(answer)
    assert "2002" not in answer.text
    (line,) = [line for line in caplog.messages if line.startswith("GET ")]
    assert "the database cannot be reached or used (2002 Can't connect to server on" in line
    assert f"(DATABASE_URL is mysql+mysqldb://tester:***@127.0.0.1:{port}/skillgap)" in line
    assert "canary" not in caplog.text + answer.text


WRITES = {
    "disk full": (1021, "Disk full (/tmp/x); waiting for someone to free some space..."),
    "table full": (1114, "The table 'rating' is full"),
    "only reads": (1290, "The server is running with the --read-only option"),
    "lock for too long": (1205, "Lock wait timeout exceeded; try restarting transaction"),
    "deadlock each time": (1213, "Deadlock found when trying to get lock"),
    "packet too large": (1153, "Got a packet bigger than 'max_allowed_packet' bytes"),
}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("fault", WRITES)
def test_a_database_that_takes_no_changes_costs_no_hit_and_says_why_nothing_is_filled(
    open_behind, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(database, "LONGEST_PAUSE", SHORT_PAUSE)
    client = open_behind()
    assert 200 == client.get(KEPT).status_code
    number, message = WRITES[fault]
    writer = client.application.extensions["skillgap"].writer

    def refuse(_connection, _cursor, statement: str, *_) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            raise OperationalError(statement, None, Exception(number, message))

    event.listen(writer, "before_cursor_execute", refuse)
    for _ in range(2):
        assert 200 == client.get(KEPT).status_code
        assert (503, "database-unavailable") == problem(client.get(UNKEPT))
    event.remove(writer, "before_cursor_execute", refuse)

    lines = [line for line in caplog.messages if line.startswith("GET /skill-gap -> 503 ")]
    assert 2 == len(lines)
    assert all(f"({number} {message})" in line for line in lines)
    time.sleep(FAILURE_SHARED)
    assert 200 == client.get(UNKEPT).status_code


def test_a_database_that_fails_while_an_error_is_put_into_words(
    open_app, full_database: str
) -> None:
    class Gone:
        """A catalogue whose database has just gone away."""

        def titles(self, rated_in: str | None = None) -> dict[str, str]:
            raise DatabaseUnavailable("the database cannot be reached or used")

    client = open_app(full_database)
    client.application.extensions["skillgap"].catalogue = Gone()

    assert (503, "database-unavailable") == problem(client.get("/occupations/15-1252.00"))
