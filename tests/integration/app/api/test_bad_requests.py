"""Whatever is asked wrongly is refused as the contract says, and never with a 500."""

import gzip
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from support.answers import problem
from support.bad_requests import BAD_ADMIN_REQUESTS, BAD_REQUESTS, BAD_WARM_BODIES, Bad

from app import api
from app.api import batch, profiles

HUGE = 100_000
"""Bytes of a request target beyond what a server takes."""

sqlite_only = pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")


def test_the_table_is_as_long_as_it_claims() -> None:
    assert len({(bad.method, bad.target, *bad.headers.items()) for bad in BAD_REQUESTS}) == len(
        BAD_REQUESTS
    )
    assert len(BAD_REQUESTS) >= 60


@sqlite_only
@pytest.mark.parametrize("bad", BAD_REQUESTS, ids=lambda bad: bad.id)
def test_a_bad_request_is_refused_with_its_status_type_and_parameters(
    starter: FlaskClient, bad: Bad
) -> None:
    answer = starter.open(bad.target, method=bad.method, headers=bad.headers)

    assert (bad.status, bad.type) == problem(answer)
    named = [error["parameter"] for error in answer.get_json().get("errors", [])]
    assert sorted(bad.wrong) == sorted(named)
    assert all(error["detail"] for error in answer.get_json().get("errors", []))


@sqlite_only
@pytest.mark.parametrize(
    "target",
    [
        f"/skill-gap?from={'1' * HUGE}&to=15-1254.00",
        f"/skill-gap?from=15-1254.00&to={'%00' * (HUGE // 3)}",
        f"/occupations?q={'%25' * (HUGE // 3)}",
        f"/occupations/{'1' * HUGE}",
        "/skill-gap?" + "&".join(f"from={n}" for n in range(HUGE // 8)),
    ],
    ids=lambda target: target[:30],
)
def test_a_huge_request_is_refused_like_any_other(starter: FlaskClient, target: str) -> None:
    answer = starter.get(target)

    assert (422, "invalid-parameter") == problem(answer)
    assert len(answer.data) < 1_000


@sqlite_only
@pytest.mark.parametrize("name", ["from", "limit", "domain", "sort", "significant"])
def test_what_was_sent_is_not_repeated_to_the_caller(starter: FlaskClient, name: str) -> None:
    answer = starter.get(f"/skill-gap?to=15-1254.00&{name}=%3Cscript%3Ecanary")

    assert 422 == answer.status_code
    assert "script" not in answer.text


@sqlite_only
@pytest.mark.parametrize(
    ("target", "methods"),
    [("/skill-gap", "GET, HEAD, OPTIONS, POST"), ("/occupations/x", "GET, HEAD, OPTIONS")],
)
def test_a_wrong_method_is_told_the_right_ones(
    starter: FlaskClient, target: str, methods: str
) -> None:
    answer = starter.delete(target)

    assert 405 == answer.status_code
    assert methods == ", ".join(sorted(answer.headers["Allow"].split(", ")))


@pytest.mark.parametrize(
    "q",
    [
        "'; DROP TABLE occupation; --",
        "' OR '1'='1",
        "\\",
        "\\'",
        "%",
        "_",
        "!",
        "!%",
        "\ufffd",
        "💩",
        "\x1a",
        "\u202e",
        "$$",
        "%()$",
        "?",
    ],
)
def test_odd_words_to_look_for_find_nothing_and_break_nothing(starter: FlaskClient, q: str) -> None:
    answer = starter.get("/occupations", query_string={"q": q})

    assert (200, 0) == (answer.status_code, answer.get_json()["total"])
    assert 1016 == starter.get("/occupations").get_json()["total"]


TOKEN = "canary-admin-token"
LONGEST = {
    "/skill-gap": profiles.LONGEST_BODY,
    "/transitions": profiles.LONGEST_BODY,
    "/skill-gap/batch": batch.LONGEST_BODY,
    "/admin/cache/warm": api.LONGEST_BODY,
}
"""Bytes of a body, by the path that it is posted to."""
NOT_JSON = ["", "{", "\x00", "\xff", "[" * 40_000, '{"limit": NaN}']
TWICE = ['{"to": 1, "to": 1}', '{"codes": [{"a": 1, "a": 2}]}']


@pytest.fixture(scope="session")
def allowed(share_app: Callable[..., FlaskClient], starter_database: str) -> FlaskClient:
    """A client who may ask for everything."""
    client = share_app(starter_database, admin_token=TOKEN, onet_api_key="canary-key")
    client.environ_base |= {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}
    return client


@sqlite_only
@pytest.mark.parametrize(
    ("text", "detail"),
    [
        *((text, "Not JSON.") for text in NOT_JSON),
        *((text, "A member is given more than once.") for text in TWICE),
    ],
    ids=lambda text: text[:30],
)
@pytest.mark.parametrize("path", LONGEST)
def test_a_body_that_is_no_plain_json_is_refused(
    allowed: FlaskClient, path: str, text: str, detail: str
) -> None:
    body = text.encode("latin-1")

    answer = allowed.post(path, data=body, content_type="application/json")

    assert (422, "invalid-parameter") == problem(answer)
    assert [{"parameter": "body", "detail": detail}] == answer.get_json()["errors"]


@sqlite_only
@pytest.mark.parametrize("path", LONGEST)
def test_a_body_that_is_not_said_to_be_json_or_is_packed_is_refused(
    allowed: FlaskClient, path: str
) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", None):
        answer = allowed.post(path, data=b"{}", content_type=kind)
        assert (415, "unsupported-media-type") == problem(answer)
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    packed = allowed.post(path, data=gzip.compress(b"{}"), headers=headers)
    assert (415, "unsupported-media-type") == problem(packed)
    assert "Content-Encoding" in packed.get_json()["detail"]


@sqlite_only
@pytest.mark.parametrize("rest", [b"", b"}", b"x" * 50])
@pytest.mark.parametrize(("path", "longest"), LONGEST.items())
def test_a_body_beyond_what_may_be_is_refused_whether_it_tells_its_length_or_not(
    allowed: FlaskClient, path: str, longest: int, rest: bytes
) -> None:
    body = b"{}" + b" " * longest + rest
    chunked = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True}

    for sent in ({"data": body}, {"environ_overrides": chunked}):
        answer = allowed.post(path, content_type="application/json", **sent)
        assert (413, "request-entity-too-large") == problem(answer)


@sqlite_only
@pytest.mark.parametrize("bad", BAD_ADMIN_REQUESTS, ids=lambda bad: bad.id)
def test_a_bad_request_of_the_admin_api_is_refused_so_too(allowed: FlaskClient, bad: Bad) -> None:
    answer = allowed.open(bad.target, method=bad.method)

    assert (bad.status, bad.type) == problem(answer)
    named = [error["parameter"] for error in answer.get_json().get("errors", [])]
    assert sorted(bad.wrong) == sorted(named)


@sqlite_only
@pytest.mark.parametrize(
    ("body", "wrong"), BAD_WARM_BODIES.items(), ids=lambda one: str(one[:40]) + str(len(one))
)
def test_a_request_to_fill_that_cannot_be_used_is_refused_and_not_repeated(
    allowed: FlaskClient, body: bytes, wrong: tuple[str, ...]
) -> None:
    answer = allowed.post("/admin/cache/warm", data=body, content_type="application/json")

    assert (422, "invalid-parameter") == problem(answer)
    assert sorted(wrong) == sorted(error["parameter"] for error in answer.get_json()["errors"])
    assert len(answer.data) < 5_000
