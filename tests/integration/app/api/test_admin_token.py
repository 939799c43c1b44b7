"""Below /admin nothing is told without the token, and where none is set nothing is there."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from support.answers import problem

TOKEN = "canary-Token-0123456789"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
TARGETS = (
    "/admin",
    "/admin/",
    "/admin/cache",
    "/admin/cache/",
    "/admin//cache",
    "/admin/cache/warm",
    "/admin/cache/jobs/x",
    "/admin/cache/entries",
    "/admin/cache/entries?state=nonsense",
    "/admin/cache/entries/nonsense",
    "/admin/no-such-path",
    "/%61dmin/cache",
)
WRONG = {
    "none": None,
    "empty": "",
    "scheme only": "Bearer",
    "scheme and blank": "Bearer ",
    "token only": TOKEN,
    "other scheme": f"Basic {TOKEN}",
    "scheme run on": f"Bearer{TOKEN}",
    "shorter": f"Bearer {TOKEN[:-1]}",
    "longer": f"Bearer {TOKEN}x",
    "other case": f"Bearer {TOKEN.upper()}",
    "same length": f"Bearer {'x' * len(TOKEN)}",
    "twice": f"Bearer {TOKEN}, Bearer {TOKEN}",
    "quoted": f'Bearer "{TOKEN}"',
    "a byte above ASCII": f"Bearer {TOKEN[:-1]}\xe9",
    "huge": f"Bearer {TOKEN * 1_000}",
}

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")
Open = Callable[..., FlaskClient]


@pytest.fixture(scope="session")
def guarded(share_app: Open, starter_database: str) -> FlaskClient:
    return share_app(starter_database, admin_token=TOKEN)


@pytest.mark.parametrize("target", TARGETS)
def test_where_no_token_is_set_there_is_nothing_to_find(starter: FlaskClient, target: str) -> None:
    unknown = starter.get("/no-such-path").get_json()
    for method in METHODS:
        for given in (None, "Bearer ", "Bearer x", f"Bearer {TOKEN}"):
            headers = {} if given is None else {"Authorization": given}
            answer = starter.open(target, method=method, headers=headers)
            assert (404, "application/problem+json") == (answer.status_code, answer.mimetype)
            assert "WWW-Authenticate" not in answer.headers
            if method != "HEAD":
                body = answer.get_json()
                assert unknown | {"request_id": body["request_id"]} == body


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("method", METHODS)
def test_without_the_token_every_path_and_method_is_refused_alike(
    guarded: FlaskClient, target: str, method: str
) -> None:
    answer = guarded.open(target, method=method, data="{", content_type="text/plain")

    assert (401, "Bearer") == (answer.status_code, answer.headers["WWW-Authenticate"])
    if method != "HEAD":
        assert (401, "unauthorized") == problem(answer)


@pytest.mark.parametrize("path", ["//admin/cache", "///admin//cache"])
def test_slashes_too_many_do_not_go_round_the_token(guarded: FlaskClient, path: str) -> None:
    answer = guarded.get("/", environ_overrides={"PATH_INFO": path})

    assert (401, "unauthorized") == problem(answer)


@pytest.mark.parametrize("given", WRONG.values(), ids=WRONG)
def test_a_token_that_is_not_the_one_is_refused(guarded: FlaskClient, given: str | None) -> None:
    headers = {} if given is None else {"Authorization": given}

    answer = guarded.get("/admin/cache", headers=headers)

    assert (401, "unauthorized") == problem(answer)
    assert "Bearer" == answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
def test_the_token_is_let_in(guarded: FlaskClient, scheme: str) -> None:
    answer = guarded.get("/admin/cache", headers={"Authorization": f"{scheme} {TOKEN}"})

    assert (200, "no-store") == (answer.status_code, answer.headers["Cache-Control"])


def test_what_is_not_there_is_told_to_whoever_has_the_token(guarded: FlaskClient) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}

    assert (404, "not-found") == problem(guarded.get("/admin/no-such-path", headers=headers))
    assert (405, "method-not-allowed") == problem(guarded.put("/admin/cache", headers=headers))


def test_other_paths_ask_for_no_token(guarded: FlaskClient) -> None:
    headers = {"Authorization": "Bearer wrong"}

    assert 200 == guarded.get("/occupations", headers=headers).status_code
    assert (404, "not-found") == problem(guarded.get("/administrator", headers=headers))


def test_neither_the_token_nor_what_was_sent_for_it_is_logged_or_answered(
    guarded: FlaskClient, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    sent = [TOKEN, TOKEN[:-1], "wr0ng-secret"]
    answers = [
        guarded.open(target, method=method, headers={"Authorization": f"Bearer {token}"})
        for token in sent
        for target in ("/admin/cache", "/admin/cache/warm", "/admin/x")
        for method in ("GET", "POST")
    ]

    said = caplog.text + "".join(f"{answer.text}{answer.headers}" for answer in answers)
    assert {200, 401, 404, 405, 415} == {answer.status_code for answer in answers}
    assert [] == [token for token in sent if token[:10] in said]
    assert 12 == sum("unauthorized" in record.getMessage() for record in caplog.records)
