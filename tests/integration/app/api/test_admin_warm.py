"""Asking for entries to be filled ahead of requests, and how far that is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from support.answers import problem
from support.bad_requests import EACH_SCOPE
from support.clock import START

from app.query_fields import LARGEST_PAGE

TOKEN = "canary-admin-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}

Open = Callable[..., FlaskClient]

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")


@dataclass
class FakeJobs:
    """Takes every request for the same job; notes what it was asked."""

    requests: list[tuple[str, str, list[str]]] = field(default_factory=list)

    def request(self, domain: str, scope: str, codes: list[str]) -> Any:
        self.requests.append((domain, scope, list(codes)))
        return SimpleNamespace(id="6f9c", state="queued", total=7)

    def find(self, id: str) -> Any:  # noqa: A002
        errors = [{"code": "15-9002.00", "error": "rate limited"}, {"code": None, "error": "x"}]
        return None if id != "6f9c" else SimpleNamespace(
            id=id, state="running", total=7, done=2, empty=1, failed=1, errors=errors,
            created_at=START, finished_at=START + timedelta(seconds=5),
        )  # fmt: skip


@pytest.fixture
def jobs() -> FakeJobs:
    return FakeJobs()


@pytest.fixture
def admin(open_app: Open, starter_database: str, jobs: FakeJobs) -> FlaskClient:
    client = open_app(starter_database, admin_token=TOKEN, onet_api_key="canary-key")
    services = client.application.extensions["skillgap"]
    services.warm_jobs = jobs
    return client


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ({"all": True}, ("skills", "all", [])),
        ({"stale": True, "domain": "skills"}, ("skills", "stale", [])),
        (
            {"codes": ["15-1254", " 11-1011.00 ", "15-1254.00", "15-1255.01"]},
            ("skills", "codes", ["15-1254.00", "11-1011.00", "15-1255.01"]),
        ),
    ],
)
def test_a_request_to_fill_makes_a_job(
    admin: FlaskClient, jobs: FakeJobs, body: Any, asked: Any
) -> None:
    answer = admin.post("/admin/cache/warm", json=body, headers=BEARER)

    assert (202, "/admin/cache/jobs/6f9c") == (answer.status_code, answer.headers["Location"])
    assert {"id": "6f9c", "state": "queued", "total": 7} == answer.get_json()
    assert [asked] == jobs.requests
    assert "no-store" == answer.headers["Cache-Control"]


def test_as_many_codes_as_a_job_takes_may_be_asked_for(admin: FlaskClient, jobs: FakeJobs) -> None:
    codes = [f"15-{number:04}.00" for number in range(LARGEST_PAGE)]

    assert 202 == admin.post("/admin/cache/warm", json={"codes": codes}, headers=BEARER).status_code
    assert [("skills", "codes", codes)] == jobs.requests


@pytest.mark.parametrize("scope", EACH_SCOPE)
def test_without_credentials_nothing_is_begun(
    open_app: Open, starter_database: str, jobs: FakeJobs, scope: str
) -> None:
    client = open_app(starter_database, admin_token=TOKEN)
    client.application.extensions["skillgap"].warm_jobs = jobs
    body = {scope: ["15-1254.00"] if scope == "codes" else True}

    answer = client.post("/admin/cache/warm", json=body, headers=BEARER)

    assert (503, "upstream-not-configured") == problem(answer)
    assert "ONET_API_KEY" in answer.get_json()["detail"]
    assert [] == jobs.requests


def test_a_job_tells_how_far_it_is(admin: FlaskClient) -> None:
    answer = admin.get("/admin/cache/jobs/6f9c", headers=BEARER)

    assert {
        "id": "6f9c",
        "state": "running",
        "total": 7,
        "done": 2,
        "empty": 1,
        "failed": 1,
        "errors": [
            {"code": "15-9002.00", "error": "rate limited"},
            {"code": None, "error": "x"},
        ],
        "created_at": "2026-05-04T12:00:00Z",
        "finished_at": "2026-05-04T12:00:05Z",
    } == answer.get_json()
    assert (200, "no-store") == (answer.status_code, answer.headers["Cache-Control"])


@pytest.mark.parametrize("job", ["x", "%00", "%F0%9F%92%A9", "'", "x" * 5_000])
def test_a_job_that_nobody_asked_for_is_not_found(admin: FlaskClient, job: str) -> None:
    assert (404, "not-found") == problem(admin.get(f"/admin/cache/jobs/{job}", headers=BEARER))
