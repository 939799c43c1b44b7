"""The admin API over the starter release: what it tells, and how it makes the cache forget."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from support.answers import problem
from support.clock import FakeClock
from support.crosswalk import KITES, TIDES
from support.tables import dump

from cache.release.seed import seed

TOKEN = "canary-admin-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}

Open = Callable[..., FlaskClient]


@pytest.fixture
def admin(open_app: Open, seeded_engine: Engine) -> FlaskClient:
    """A client with the token, over a database of its own that holds the made-up release."""
    client = open_app(seeded_engine.url, admin_token=TOKEN, cache_ttl=1_000)
    client.environ_base["HTTP_AUTHORIZATION"] = BEARER["Authorization"]
    return client


def listed(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/admin/cache/entries?{query}").get_json()["entries"]
    return found


def test_the_cache_is_summed_up(admin: FlaskClient) -> None:
    body = admin.get("/admin/cache").get_json()

    counts = body["entries"]["skills"]
    held = counts["fresh"] + counts["empty"]
    assert (len(listed(admin)), [{"domain": "skills", "release": "28.1", "entries": held}]) == (
        held,
        body["releases"],
    )
    assert ("28.1", "published") == (body["last_load"]["release"], body["last_load"]["state"])
    assert "2026-05-04T12:00:00Z" == body["oldest_fetched_at"] == body["newest_fetched_at"]
    assert {
        "configured": False,
        "breaker_open": False,
        "breaker_cause": None,
        "paused_until": None,
        "spent_today": 0,
        "daily_budget": 50_000,
    } == body["upstream"]
    assert (0, 0, 0, []) == (body["unlisted"], body["fills"], body["refreshes"], body["jobs"])


def test_an_upstream_that_is_configured_is_said_to_be(open_app: Open, engine: Engine) -> None:
    client = open_app(engine.url, admin_token=TOKEN, onet_api_key="canary-key")

    body = client.get("/admin/cache", headers=BEARER).get_json()

    assert body["upstream"]["configured"] is True


def test_an_entry_is_listed_with_all_that_is_known_of_it(admin: FlaskClient) -> None:
    (entry,) = (one for one in listed(admin) if one["code"] == KITES)

    assert len(entry.pop("content_hash")) == 64
    assert {
        "domain": "skills",
        "code": KITES,
        "state": "fresh",
        "origin": "seed",
        "release": "28.1",
        "source_url": entry["source_url"],
        "fetched_at": "2026-05-04T12:00:00Z",
        "validated_at": None,
        "expires_at": entry["expires_at"],
        "rows": 6,
        "last_error": None,
        "attempts": 0,
        "filling": False,
    } == entry


def test_entries_are_listed_by_what_they_are_worth_now(
    admin: FlaskClient, clock: FakeClock
) -> None:
    everything = listed(admin)
    rated = [one["code"] for one in everything if one["state"] == "fresh"]
    empty = [one["code"] for one in everything if one["state"] == "empty"]
    assert rated
    assert empty

    assert rated == [one["code"] for one in listed(admin, "state=fresh&domain=skills")]
    assert empty == [one["code"] for one in listed(admin, "state=empty")]
    clock.advance(2_000)
    assert rated == [one["code"] for one in listed(admin, "state=stale")]
    assert empty == [one["code"] for one in listed(admin, "state=absent")]
    assert [] == listed(admin, "state=fresh")


def test_entries_come_in_pages(admin: FlaskClient) -> None:
    codes = [one["code"] for one in listed(admin)]

    page = admin.get("/admin/cache/entries?limit=2&offset=1").get_json()

    assert (len(codes), 2, 1) == (page["total"], page["limit"], page["offset"])
    assert codes[1:3] == [one["code"] for one in page["entries"]]


def test_a_purged_entry_is_forgotten_and_no_other(
    admin: FlaskClient, seeded_engine: Engine
) -> None:
    before = dump(seeded_engine, ("rating",))["rating"]
    assert 200 == admin.get(f"/occupations/{KITES}").status_code

    answer = admin.delete(f"/admin/cache/entries/{KITES.removesuffix('.00')}?domain=skills")

    assert (200, {"purged": 1}) == (answer.status_code, answer.get_json())
    assert (503, "upstream-not-configured") == problem(admin.get(f"/occupations/{KITES}"))
    assert 200 == admin.get(f"/occupations/{TIDES}").status_code
    assert [row for row in before if row["occupation_code"] != KITES] == dump(
        seeded_engine, ("rating",)
    )["rating"]
    assert {"purged": 0} == admin.delete(f"/admin/cache/entries/{KITES}").get_json()


def test_all_entries_can_be_forgotten(admin: FlaskClient, seeded_engine: Engine) -> None:
    held = len(listed(admin))

    assert {"purged": held} == admin.delete("/admin/cache/entries").get_json()
    assert ["absent"] * held == [one["state"] for one in listed(admin)]
    assert [] == dump(seeded_engine, ("rating",))["rating"]
    assert {"purged": 0} == admin.delete("/admin/cache/entries").get_json()


def test_what_was_purged_can_be_loaded_again(
    admin: FlaskClient, seeded_engine: Engine, made_up_release: Any, clock: FakeClock
) -> None:
    before = {one["code"]: one["state"] for one in listed(admin)}
    admin.delete("/admin/cache/entries")
    services = admin.application.extensions["skillgap"]

    seed(seeded_engine, made_up_release, limits=services.limits, now=clock)

    assert before == {one["code"]: one["state"] for one in listed(admin)}


def test_the_same_request_to_fill_is_one_job_that_is_told_of(
    open_app: Open, engine: Engine
) -> None:
    client = open_app(engine.url, admin_token=TOKEN, onet_api_key="canary-key")
    first, again = (
        client.post("/admin/cache/warm", json={"codes": codes}, headers=BEARER)
        for codes in ([KITES, TIDES], [TIDES.removesuffix(".00"), KITES, KITES])
    )

    assert (202, 2, "queued") == (first.status_code, first.json["total"], first.json["state"])
    assert (first.json, first.headers["Location"]) == (again.json, again.headers["Location"])
    job = client.get(first.headers["Location"], headers=BEARER).json
    assert {"total": 2, "done": 0, "empty": 0, "failed": 0, "errors": [], "finished_at": None} == {
        name: job[name] for name in ("total", "done", "empty", "failed", "errors", "finished_at")
    }
    (unfinished,) = client.get("/admin/cache", headers=BEARER).json["jobs"]
    assert (first.json["id"], "codes", "queued") == (
        unfinished["id"],
        unfinished["scope"],
        unfinished["state"],
    )


def test_an_answer_is_for_nobody_to_store(admin: FlaskClient) -> None:
    for target in ("/admin/cache", "/admin/cache/entries", "/admin/cache/jobs/x", "/admin/x"):
        assert "no-store" == admin.get(target).headers["Cache-Control"]
    assert "no-store" == admin.delete("/admin/cache/entries/x").headers["Cache-Control"]


def test_a_database_that_cannot_be_used_is_told(open_app: Open, tmp_path: Any) -> None:
    client = open_app(f"sqlite:///{tmp_path}", admin_token=TOKEN)

    for ask in (client.get, client.delete):
        answer = ask("/admin/cache/entries", headers=BEARER)
        assert (503, "database-unavailable") == problem(answer)
    answer = client.get("/admin/cache", headers=BEARER)
    assert (503, "database-unavailable") == problem(answer)
