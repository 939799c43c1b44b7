"""What is asked wrongly of the admin API, by one who may ask, is refused like anything else."""

from collections.abc import Callable

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
