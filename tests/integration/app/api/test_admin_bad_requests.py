"""What is asked wrongly of the admin API, by one who may ask, is refused like anything else."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from support.answers import problem
from support.bad_requests import BAD_ADMIN_REQUESTS, BAD_WARM_BODIES, Bad

TOKEN = "canary-admin-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
WARM = "/admin/cache/warm"

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")


@pytest.fixture(scope="session")
def admin(share_app: Callable[..., FlaskClient], starter_database: str) -> FlaskClient:
    return share_app(starter_database, admin_token=TOKEN, onet_api_key="canary-key")


@pytest.mark.parametrize("bad", BAD_ADMIN_REQUESTS, ids=lambda bad: bad.id)
def test_a_bad_request_is_refused_with_its_status_type_and_parameters(
    admin: FlaskClient, bad: Bad
) -> None:
    answer = admin.open(bad.target, method=bad.method, headers=BEARER)

    assert (bad.status, bad.type) == problem(answer)
    named = [error["parameter"] for error in answer.get_json().get("errors", [])]
    assert sorted(bad.wrong) == sorted(named)


@pytest.mark.parametrize(
    ("body", "wrong"), BAD_WARM_BODIES.items(), ids=lambda one: str(one[:40]) + str(len(one))
)
def test_a_body_that_cannot_be_used_is_refused_and_not_repeated(
    admin: FlaskClient, body: bytes, wrong: tuple[str, ...]
) -> None:
    answer = admin.post(WARM, data=body, content_type="application/json", headers=BEARER)

    assert (422, "invalid-parameter") == problem(answer)
    assert sorted(wrong) == sorted(error["parameter"] for error in answer.get_json()["errors"])
    assert len(answer.data) < 5_000


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_body_that_is_not_said_to_be_json_is_refused(
    admin: FlaskClient, kind: str | None
) -> None:
    answer = admin.post(WARM, data=b'{"all": true}', content_type=kind, headers=BEARER)

    assert (415, "unsupported-media-type") == problem(answer)


@pytest.mark.parametrize("rest", [b"", b"}", b"x" * 50])
def test_a_body_of_untold_length_beyond_what_is_read_is_refused(
    admin: FlaskClient, rest: bytes
) -> None:
    body = b'{"all": true}' + b" " * 1_000_000 + rest
    chunked = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True}

    answer = admin.post(
        WARM, content_type="application/json", headers=BEARER, environ_overrides=chunked
    )

    assert (413, "request-entity-too-large") == problem(answer)


@pytest.mark.parametrize("body", [b'{"all": true, "all": true}', b'{"codes": [{"a": 1, "a": 2}]}'])
def test_a_member_given_more_than_once_is_refused(admin: FlaskClient, body: bytes) -> None:
    answer = admin.post(WARM, data=body, content_type="application/json", headers=BEARER)

    assert (422, "invalid-parameter") == problem(answer)
    assert ["A member is given more than once."] == [
        error["detail"] for error in answer.get_json()["errors"]
    ]
