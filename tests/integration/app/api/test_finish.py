"""What every answer says at last, whichever view made it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")

REVALIDATED = (
    "/",
    "/?from=11-1011&to=15-1254",
    "/occupations",
    "/occupations?q=nurse",
    "/openapi.json",
    "/docs/",
    "/docs/swagger-ui.css",
    "/static/page.css",
)
UNSTORED = ("/health", "/health/ready", "/metrics", "/nowhere", "/occupations?limit=x", "/admin")


@pytest.mark.parametrize("target", REVALIDATED)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_may_change_at_any_time_is_asked_about_by_its_etag(
    starter: FlaskClient, method: str, target: str
) -> None:
    first = starter.open(target, method=method)
    etag = first.headers["ETag"]
    again = starter.open(target, method=method, headers={"If-None-Match": etag})
    other = starter.open(target, method=method, headers={"If-None-Match": '"x"'})

    assert (200, "no-cache") == (first.status_code, first.headers["Cache-Control"])
    assert etag.startswith('"')
    assert (304, b"", etag) == (again.status_code, again.data, again.headers["ETag"])
    assert "no-cache" == again.headers["Cache-Control"]
    assert 200 == other.status_code


@pytest.mark.parametrize("target", UNSTORED)
@pytest.mark.parametrize("given", [{}, {"If-None-Match": "*"}])
def test_what_holds_for_this_moment_alone_is_never_stored(
    starter: FlaskClient, target: str, given: dict[str, str]
) -> None:
    answer = starter.get(target, headers=given)

    assert 304 != answer.status_code
    assert "no-store" == answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers


def test_every_route_says_how_long_its_answers_hold(starter: FlaskClient) -> None:
    rules: Any = starter.application.url_map.iter_rules()

    for rule in rules:
        target = rule.rule.replace("<code>", "15-1254.00").replace("<path:path>", "index.html")
        for method in rule.methods:
            answer = starter.open(target, method=method)
            assert "Cache-Control" in answer.headers, (method, target)
