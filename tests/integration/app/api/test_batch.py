"""POST /skill-gap/batch: many pairs, each answered as GET /skill-gap answers it."""

from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore, Event
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete
from support.answers import problem
from support.crosswalk import FORMER, KITES, MOONS, TIDES, UNRATED, UNRATED_FORMER
from werkzeug.test import TestResponse

from app.api import batch
from cache.db.onet_tables import CacheEntry, Rating
from cache.release.seed import seed
from onet_client.sandbox import Fault, Sandbox

CHIEFS, WEB, NOBODY = "11-1011.00", "15-1254.00", "99-9999.00"


def ask(client: FlaskClient, *pairs: tuple[str, str], **more: Any) -> TestResponse:
    given = [{"from": source, "to": target} for source, target in pairs]
    return client.post("/skill-gap/batch", json={"pairs": given, **more})


def answers(answer: TestResponse) -> list[dict[str, Any]]:
    assert (200, "no-store") == (answer.status_code, answer.headers["Cache-Control"])
    found: list[dict[str, Any]] = answer.get_json()["answers"]
    return found


def alone(client: FlaskClient, source: str, target: str, **more: Any) -> dict[str, Any]:
    """What a pair's answer is to be, by GET."""
    got = client.get("/skill-gap", query_string={"from": source, "to": target, **more})
    body = got.get_json()
    expected = {"status": got.status_code, "cache_status": got.headers["Cache-Status"]}
    if got.status_code == 200:
        return expected | {"answer": body}
    if "Retry-After" in got.headers:
        expected["retry_after"] = int(got.headers["Retry-After"])
    return expected | {"problem": without_id(body)}


def without_id(body: dict[str, Any]) -> dict[str, Any]:
    assert body.pop("request_id")
    return body


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"limit": 2, "sort": "name", "include": "covered"},
        {"min_importance": 3.5, "kind": "higher_level"},
    ],
)
def test_each_pair_is_answered_in_order_as_it_would_be_alone(
    starter: FlaskClient, more: dict[str, Any]
) -> None:
    pairs = [(CHIEFS, WEB), (WEB, NOBODY), ("15-1254", CHIEFS), (CHIEFS, WEB), (NOBODY, NOBODY)]

    found = answers(ask(starter, *pairs, **more))

    for each in found:
        if "problem" in each:
            without_id(each["problem"])
    assert [alone(starter, *pair, **more) for pair in pairs] == found
    assert [200, 404, 200, 200, 404] == [each["status"] for each in found]


def test_significant_is_true_or_false(starter: FlaskClient) -> None:
    (found,) = answers(ask(starter, (CHIEFS, WEB), significant=True))

    assert alone(starter, CHIEFS, WEB, significant="true") == found


def test_a_title_stands_for_its_occupation_and_one_that_names_none_fails_alone(
    starter: FlaskClient,
) -> None:
    by_title, nothing = answers(
        ask(starter, ("chief executives", "Web Developers"), ("Qqq", "Web Developers"))
    )

    assert (CHIEFS, WEB) == tuple(by_title["answer"][side]["code"] for side in ("from", "to"))
    assert (422, ["from"]) == (
        nothing["status"],
        [one["parameter"] for one in nothing["problem"]["errors"]],
    )


PAIR = {"from": CHIEFS, "to": WEB}
BAD: list[tuple[Any, list[str]]] = [
    ({}, ["pairs"]),
    ([], ["body"]),
    ("text", ["body"]),
    ({"pairs": []}, ["pairs"]),
    ({"pairs": {}}, ["pairs"]),
    ({"pairs": [PAIR] * 101}, ["pairs"]),
    ({"pairs": [PAIR, {"to": WEB}]}, ["pairs[1].from"]),
    ({"pairs": [PAIR] * 3 + [{"from": "15-1", "to": 7}]}, ["pairs[3].from", "pairs[3].to"]),
    ({"pairs": [PAIR | {"other": 1}]}, ["pairs[0]"]),
    ({"pairs": [7]}, ["pairs[0]"]),
    ({"pairs": [PAIR], "other": 1}, ["body"]),
    ({"pairs": [PAIR], "limit": 0}, ["limit"]),
    ({"pairs": [PAIR], "limit": "3"}, ["limit"]),
    ({"pairs": [PAIR], "limit": True}, ["limit"]),
    ({"pairs": [PAIR], "limit": 2.5}, ["limit"]),
    ({"pairs": [PAIR], "min_importance": "2"}, ["min_importance"]),
    ({"pairs": [PAIR], "min_importance": 5.1}, ["min_importance"]),
    ({"pairs": [PAIR], "significant": "true"}, ["significant"]),
    ({"pairs": [PAIR], "significant": 1}, ["significant"]),
    ({"pairs": [PAIR], "domain": "wishes"}, ["domain"]),
    ({"pairs": [PAIR], "format": "xml"}, ["format"]),
]


@pytest.mark.parametrize(("body", "named"), BAD)
def test_a_body_that_cannot_be_used_is_refused_with_the_place_of_each_fault(
    starter: FlaskClient, body: Any, named: list[str]
) -> None:
    answer = starter.post("/skill-gap/batch", json=body)

    assert (422, "invalid-parameter") == problem(answer)
    assert named == [one["parameter"] for one in answer.get_json()["errors"]]


def test_one_batch_more_than_may_be_at_work_is_refused_and_leaves_no_trace(
    starter: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = BoundedSemaphore(1)
    monkeypatch.setattr(batch, "_places", places)
    with places:
        refused = ask(starter, (CHIEFS, WEB))

    assert (503, "too-many-batches") == problem(refused)
    assert str(batch.RETRY_SECONDS) == refused.headers["Retry-After"]
    assert [200] == [each["status"] for each in answers(ask(starter, (CHIEFS, WEB)))]


@pytest.fixture
def behind(open_behind: Callable[..., FlaskClient]) -> FlaskClient:
    """A client of the API over an empty database, with the sandbox behind it."""
    return open_behind()


def counted(client: FlaskClient) -> dict[str, int]:
    lines = client.get("/metrics").text.splitlines()
    reads = [line for line in lines if line.startswith("skillgap_entry_reads_total{")]
    return {line.split('"')[1]: int(float(line.split()[-1])) for line in reads}


def test_what_is_missing_is_fetched_once_each_and_counted_by_entry(
    behind: FlaskClient, sandbox: Sandbox
) -> None:
    pairs = [(KITES, TIDES), (TIDES, KITES), (KITES, TIDES), (KITES, KITES)]

    first = answers(ask(behind, *pairs))
    asked = [record.path for record in sandbox.requests]
    second = answers(ask(behind, *pairs))

    assert [200] * 4 == [each["status"] for each in first]
    assert all("fwd=miss; stored" in each["cache_status"] for each in first)
    assert [2, 2, 2, 1] == [each["cache_status"].count("key=") for each in first]
    assert 1 == len([path for path in asked if path.endswith("/about")])
    assert 2 == len([path for path in asked if "/online/occupations/" in path])
    assert len(asked) == sandbox.request_count
    assert all("; hit" in each["cache_status"] for each in second)
    assert {"hit": 2, "stale": 0, "miss": 2, "negative": 0} == counted(behind)


def test_one_that_cannot_be_fetched_fails_with_its_pairs_alone(
    behind: FlaskClient, sandbox: Sandbox
) -> None:
    sandbox.set_faults(Fault(path=f"occupations/{MOONS}", status=403))

    found = answers(ask(behind, (KITES, TIDES), (KITES, MOONS), (MOONS, TIDES)))

    assert [200, 503, 503] == [each["status"] for each in found]
    assert ["to", "from"] == [each["problem"]["occupation"] for each in found[1:]]
    for each in found[1:]:
        assert each["problem"]["type"].endswith(":upstream-unavailable")
        assert 30 == each["retry_after"]
        assert f'skillgap; fwd=miss; key="skills/{MOONS}"' in each["cache_status"]


def test_what_is_not_there_in_time_is_refused_and_what_is_there_is_answered(
    behind: FlaskClient, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(behind, (KITES, TIDES))
    go_on = Event()
    monkeypatch.setattr(batch, "TIMEOUT", 0.05)
    pull_through = behind.application.extensions["skillgap"].pull_through
    fill = pull_through._filler.fill

    def held_back(*given: Any) -> Any:
        assert go_on.wait(10)
        return fill(*given)

    monkeypatch.setattr(pull_through._filler, "fill", held_back)
    try:
        found = answers(ask(behind, (KITES, TIDES), (KITES, MOONS)))
    finally:
        go_on.set()

    assert [(200, None), (503, 2)] == [(each["status"], each.get("retry_after")) for each in found]


def test_without_an_upstream_each_missing_pair_says_so(
    open_app: Callable[..., FlaskClient], engine: Engine
) -> None:
    (found,) = answers(ask(open_app(engine.url), (KITES, TIDES)))

    assert 503 == found["status"]
    assert found["problem"]["type"].endswith(":upstream-not-configured")


@pytest.fixture
def seeded_behind(behind: FlaskClient, engine: Engine, made_up: Path) -> FlaskClient:
    """The same client, with the sandbox's release in the database."""
    services = behind.application.extensions["skillgap"]
    seed(engine, made_up, limits=services.limits, now=services.now)
    return behind


def note(parameter: str, old: str, new: str) -> dict[str, str]:
    text = f"O*NET replaced {old} by {new}."
    return {"parameter": parameter, "code": old, "replaced_by": new[:10], "text": text}


@pytest.mark.parametrize(
    ("pair", "status", "notes"),
    [
        (("kite masters", "Tide Clerks"), 200, None),
        ((KITES, FORMER), 200, [note("to", FORMER, f"{TIDES} Tide Clerks")]),
        (("Kite Masters", UNRATED), 404, None),
        (("Cloud Drivers", FORMER), 404, None),
        (
            (UNRATED_FORMER[:7], "Kite Masters"),
            404,
            [note("from", UNRATED_FORMER, f"{UNRATED} Cloud Drivers")],
        ),
        (
            ("Kite Masters", UNRATED_FORMER),
            404,
            [note("to", UNRATED_FORMER, f"{UNRATED} Cloud Drivers")],
        ),
    ],
)
def test_a_pair_has_the_notes_that_it_would_have_alone(
    seeded_behind: FlaskClient,
    pair: tuple[str, str],
    status: int,
    notes: list[dict[str, str]] | None,
) -> None:
    (found,) = answers(ask(seeded_behind, pair))
    body = found["answer"] if status == 200 else without_id(found["problem"])

    assert (status, notes) == (found["status"], body.get("notes"))
    assert alone(seeded_behind, *pair) == found


def test_each_of_many_pairs_has_its_own_notes(seeded_behind: FlaskClient) -> None:
    pairs = [(UNRATED_FORMER, KITES), (UNRATED, KITES), (KITES, UNRATED_FORMER)]

    found = answers(ask(seeded_behind, *pairs))

    noted = [each["problem"].get("notes", []) for each in found]
    assert [["from"], [], ["to"]] == [[one["parameter"] for one in notes] for notes in noted]


@pytest.mark.parametrize("listed", [True, False])
def test_what_replaced_a_code_and_cannot_be_fetched_is_noted_with_its_title_where_it_is_listed(
    behind: FlaskClient, request: pytest.FixtureRequest, engine: Engine, sandbox: Sandbox, listed
) -> None:
    if listed:
        request.getfixturevalue("seeded_behind")
        with engine.begin() as connection:
            for table in (Rating, CacheEntry):
                connection.execute(delete(table).where(table.occupation_code == TIDES))
    sandbox.set_faults(Fault(path=f"occupations/{TIDES}", status=403))

    (found,) = answers(ask(behind, (FORMER, KITES)))

    assert 503 == found["status"]
    title = " Tide Clerks" if listed else ""
    assert [note("from", FORMER, TIDES + title)] == found["problem"]["notes"]
    without_id(found["problem"])
    assert alone(behind, FORMER, KITES)["problem"] == found["problem"]


def test_a_parameter_that_is_none_is_not_taken_for_a_code_that_was_replaced(
    starter: FlaskClient,
) -> None:
    answer = starter.get(f"/occupations/{NOBODY}?code={FORMER}")

    assert (404, "occupation-not-found") == problem(answer)
    assert "notes" not in answer.get_json()


def test_a_domain_that_the_upstream_does_not_offer_is_named_and_another_failure_names_none(
    behind: FlaskClient, sandbox: Sandbox
) -> None:
    (found,) = answers(ask(behind, (KITES, TIDES), domain="abilities"))
    without_id(found["problem"])

    assert (503, "abilities") == (found["status"], found["problem"]["not_offered"])
    assert alone(behind, KITES, TIDES, domain="abilities")["problem"] == found["problem"]
    sandbox.set_faults(Fault(path=f"occupations/{KITES}", status=403))
    (failed,) = answers(ask(behind, (KITES, TIDES)))
    assert 503 == failed["status"]
    assert "not_offered" not in failed["problem"]
