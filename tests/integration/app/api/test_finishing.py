"""What every answer says at last, whichever view made it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.response_cache.negotiation import gunzipped, gzip_etag

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
    assert first.headers["Vary"] == again.headers["Vary"]
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


LONG = (
    "/",
    "/occupations",
    "/openapi.json",
    "/docs/",
    "/docs/swagger-ui.css",
    "/static/page.css",
    "/occupations/15-1254.00",
    "/skill-gap?from=11-1011&to=15-1254&format=csv",
    "/metrics",
    "/skill-gap?from=nurse&to=15-1254",  # an error with suggestions
)


@pytest.mark.parametrize("target", LONG)
def test_a_long_answer_is_packed_for_those_who_take_it(starter: FlaskClient, target: str) -> None:
    client = FlaskClient(starter.application)
    plain = client.get(target, buffered=True)
    packed = client.get(target, headers={"Accept-Encoding": "gzip"}, buffered=True)

    assert "gzip" == packed.headers["Content-Encoding"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers["Vary"] == plain.headers["Vary"]
    assert str(len(packed.data)) == packed.headers["Content-Length"]
    assert len(packed.data) < len(plain.data)
    if "ETag" in plain.headers:
        assert plain.data == gunzipped(packed.data)
        assert packed.headers["ETag"] == gzip_etag(plain.headers["ETag"])
    else:
        assert gunzipped(packed.data)


@pytest.mark.parametrize("target", ["/health", "/nowhere", "/docs/favicon-32x32.png"])
def test_a_short_answer_or_a_picture_is_sent_as_it_is(starter: FlaskClient, target: str) -> None:
    client, headers = FlaskClient(starter.application), {"Accept-Encoding": "gzip"}
    answer = client.get(target, headers=headers, buffered=True)

    assert "Content-Encoding" not in answer.headers
    assert "Vary" not in answer.headers


@pytest.mark.parametrize("target", ["/", "/openapi.json", "/occupations/15-1254.00"])
@pytest.mark.parametrize("asked", ["gzip", "identity"])
@pytest.mark.parametrize("held", ["gzip", "identity"])
def test_a_copy_still_holds_for_those_who_take_its_coding(
    starter: FlaskClient, target: str, asked: str, held: str
) -> None:
    client = FlaskClient(starter.application)
    etag = client.get(target, headers={"Accept-Encoding": held}).headers["ETag"]
    given = {"Accept-Encoding": asked, "If-None-Match": f'W/"x", {etag}'}
    answer = client.get(target, headers=given)

    if asked == "identity" != held:
        assert (200, False) == (answer.status_code, "Content-Encoding" in answer.headers)
    else:
        assert (304, b"", etag) == (answer.status_code, answer.data, answer.headers["ETag"])


def test_a_head_tells_of_the_coding_that_a_get_has(starter: FlaskClient) -> None:
    client, headers = FlaskClient(starter.application), {"Accept-Encoding": "gzip"}
    for target in ("/occupations", "/skill-gap?from=11-1011&to=15-1254"):
        whole, head = client.get(target, headers=headers), client.head(target, headers=headers)
        for name in ("Content-Length", "Content-Encoding", "ETag", "Vary"):
            assert whole.headers[name] == head.headers[name]


PUBLIC = (
    *("/", "/health", "/openapi.json", "/occupations", "/skill-gap?from=x"),
    *("/nowhere", "/administrators"),
)
PREFLIGHT = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}


@pytest.mark.parametrize("target", PUBLIC)
def test_any_page_may_read_the_public_api_errors_too(starter: FlaskClient, target: str) -> None:
    answer = starter.get(target, headers={"Origin": "https://a.example"})

    assert "*" == answer.headers["Access-Control-Allow-Origin"]
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_page_may_ask_whether_it_may_post(starter: FlaskClient) -> None:
    answer = starter.options("/skill-gap/batch", headers=PREFLIGHT)

    assert (200, b"") == (answer.status_code, answer.data)
    assert "*" == answer.headers["Access-Control-Allow-Origin"]
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "*" == answer.headers["Access-Control-Allow-Headers"]
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize("target", ["/admin", "/admin/cache", "/metrics"])
@pytest.mark.parametrize("token", [None, "canary-admin-token"])
def test_no_page_may_read_what_is_private(
    open_app: Callable[..., FlaskClient], starter_database: str, target: str, token: str | None
) -> None:
    client = open_app(starter_database, admin_token="canary-admin-token")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    for answer in (
        client.get(target, headers=headers | PREFLIGHT),
        client.options(target, headers=headers | PREFLIGHT),
    ):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]


def test_pages_that_are_not_on_the_list_may_not_ask(
    open_app: Callable[..., FlaskClient], starter_database: str
) -> None:
    client = open_app(starter_database, cors_origins=("https://b.example",))
    answer = client.options("/skill-gap/batch", headers=PREFLIGHT)

    assert "Origin" == answer.headers["Vary"]
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]
