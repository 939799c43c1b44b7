"""X-Request-ID, and what the log says of an error."""

import json
import logging
import sys
from collections.abc import Iterator

import pytest
from flask import request
from flask.testing import FlaskClient
from support.bad_requests import BAD_REQUESTS

from app import logs
from app.settings import Settings

GAP = "/skill-gap?from=11-1011.00&to=15-1254.00"
UNCACHED = "/occupations/19-1042.00"

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What is logged from INFO on, each record with its request id."""
    mark = logs.RequestIdFilter()
    caplog.handler.addFilter(mark)
    caplog.set_level(logging.INFO)
    yield caplog
    caplog.handler.removeFilter(mark)


def test_what_is_logged_in_a_request_that_is_not_to_be_said_lacks_what_it_is_about(
    starter: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    unsaid = logs.UnsaidFilter()
    caplog.handler.addFilter(unsaid)
    told = logging.getLogger("cache")

    for is_unsaid in (True, False):
        with starter.application.test_request_context("/"):
            request.is_unsaid = is_unsaid
            told.warning("serving %s stale after %.1f s, 5%%: %r", "15-1254.00", 1.5, KeyError("x"))
            logging.getLogger(logs.ERRORS).warning("%s is told", "this")

    assert [
        "serving (not said) stale after (not said) s, 5%: (not said)",
        "this is told",
        "serving 15-1254.00 stale after 1.5 s, 5%: KeyError('x')",
        "this is told",
    ] == caplog.messages
    caplog.handler.removeFilter(unsaid)


@pytest.mark.parametrize("target", [GAP, "/health", "/no-such-path", UNCACHED, "/docs/", "/docs"])
@pytest.mark.parametrize(
    "given", ["1", "a" * 128, "00-4bf92f3577b34da6a3ce929d0e0e4736-00", "x/y:z+a=@b._-"]
)
def test_a_request_id_is_taken_over(starter: FlaskClient, target: str, given: str) -> None:
    answer = starter.get(target, headers={"X-Request-ID": given})

    assert [given] == answer.headers.getlist("X-Request-ID")
    if answer.status_code >= 400:
        assert given == answer.get_json()["request_id"]


@pytest.mark.parametrize(
    "given", ["", "a" * 129, "two words", "a,b", '"', "a\tb", "é", "\x7f", "<b>", "a;b", "{}"]
)
def test_a_request_id_that_could_break_something_is_replaced(
    starter: FlaskClient, given: str
) -> None:
    answers = [starter.get(GAP, headers={"X-Request-ID": given}) for _ in range(2)]
    made = {answer.headers["X-Request-ID"] for answer in answers}

    assert 2 == len(made)
    assert given not in made


def test_two_request_ids_are_none(starter: FlaskClient) -> None:
    answer = starter.get(GAP, headers=[("X-Request-ID", "one"), ("X-Request-ID", "two")])

    assert answer.headers["X-Request-ID"] not in ("one", "two", "one,two")


@pytest.mark.parametrize("bad", BAD_REQUESTS[::9], ids=lambda bad: bad.id)
def test_a_refused_request_is_logged_once_with_its_id(
    starter: FlaskClient, log: pytest.LogCaptureFixture, bad
) -> None:
    answer = starter.open(bad.target, method=bad.method, headers=bad.headers)

    [record] = log.records
    assert ("app.errors", logging.INFO) == (record.name, record.levelno)
    assert answer.headers["X-Request-ID"] == record.request_id
    assert f" {bad.status} {bad.type}" in record.getMessage()


def test_a_failure_is_logged_once_as_an_error(
    starter: FlaskClient, log: pytest.LogCaptureFixture
) -> None:
    starter.get(UNCACHED, headers={"X-Request-ID": "mine"})

    [record] = log.records
    assert (logging.ERROR, "mine") == (record.levelno, record.request_id)
    assert "ONET_API_KEY" in record.getMessage()


def test_an_answer_is_no_error_to_log(starter: FlaskClient, log: pytest.LogCaptureFixture) -> None:
    starter.get(GAP)

    assert [] == log.records


def test_a_fault_of_the_program_tells_the_log_all_and_the_caller_nothing(
    open_app, starter_database: str, log: pytest.LogCaptureFixture
) -> None:
    class Broken:
        """A cache that fails as no cache should."""

        def read(self, domain: str, codes: list[str], **_: object) -> None:
            raise RuntimeError("SELECT canary FROM innards")

    app = open_app(starter_database).application
    app.extensions["skillgap"].pull_through = Broken()
    app.test_client_class = None  # the checked one takes no 500 for an answer
    answer = app.test_client().get(GAP, headers={"X-Request-ID": "mine"})

    assert (500, "urn:problem-type:skillgap:internal-error") == (
        answer.status_code,
        answer.get_json()["type"],
    )
    assert "no-store" == answer.headers["Cache-Control"]
    assert "canary" not in answer.text
    [record] = log.records
    assert ("mine", True) == (record.request_id, "canary" in log.text)
    assert record.exc_info


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/x%0AERROR%20forged"),
        ("GET", "/x%0D%0Aforged"),
        ("GET", "/x%1B[31m"),
        ("GET", "/x%E2%80%A8y"),
        ("GET", "/x%00y"),
        ("GET", "/" + "x" * 60_000),
        ("M" * 400_000, "/health"),
        ("GET\n2026-01-01 ERROR forged", "/health"),
        ("\x1b[2J", "/health"),
    ],
)
def test_whatever_was_asked_is_one_short_line_of_the_log_that_nobody_forged(
    starter: FlaskClient, log: pytest.LogCaptureFixture, method: str, path: str
) -> None:
    starter.open(path, method=method)

    [record] = log.records
    assert record.getMessage().isprintable()
    assert 1_000 > len(record.getMessage())


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_an_error_is_one_line_of_standard_error_in_either_format(
    starter: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    log_format: str,
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])  # put back afterwards, as is the level
    monkeypatch.setattr(root, "level", root.level)
    logs.configure(Settings(log_format=log_format))
    starter.get(f"{UNCACHED}?x=%0A", headers={"X-Request-ID": "mine"})

    [line] = capsys.readouterr().err.splitlines()
    if log_format == "json":
        written = json.loads(line)
        assert {"time", "level", "logger", "request_id", "message"} == set(written)
        assert ("ERROR", "app.errors", "mine") == (
            written["level"], written["logger"], written["request_id"],
        )  # fmt: skip
    else:
        assert " ERROR app.errors mine GET /occupations/19-1042.00 -> 503 " in line
    assert sys.stderr is not None
