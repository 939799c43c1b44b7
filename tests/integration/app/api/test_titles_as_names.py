"""from= and to= of /skill-gap: codes, titles, and codes that O*NET replaced."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from support.answers import freshness, members, problem
from support.canary import CANARY
from support.clock import FakeClock
from support.crosswalk import (
    FORMER,
    GONE,
    KITES,
    MOONS,
    ROUND,
    SPLIT,
    TIDES,
    write_taxonomy,
)

from cache.release.seed import seed
from onet_client.sandbox import Fault, Sandbox, load_release

pytestmark = pytest.mark.waits

EXECUTIVES, DEVELOPERS, ACTORS = "11-1011.00", "15-1254.00", "27-2011.00"
NEGATIVE_TTL = 50


def gap(client: FlaskClient, source: str, target: str, **query: str) -> Any:
    return client.get("/skill-gap", query_string={"from": source, "to": target, **query})


@pytest.mark.parametrize("written", ["Web Developers", "web developers ", "WEB-DEVELOPERS"])
def test_a_title_is_answered_as_its_code_is(full: FlaskClient, written: str) -> None:
    expected = gap(full, "Chief Executives", DEVELOPERS)
    answer = gap(full, EXECUTIVES, written)

    assert gap(full, EXECUTIVES, DEVELOPERS).data == expected.data == answer.data
    by_code = gap(full, EXECUTIVES, DEVELOPERS)
    for name in ("ETag", "Cache-Status", "Age"):
        assert by_code.headers[name] == answer.headers[name]
    assert 60 == freshness(answer)["left"]  # a title can change
    assert 3600 == freshness(by_code)["left"]
    etag = {"If-None-Match": answer.headers["ETag"]}
    assert (
        304 == full.get(f"/skill-gap?from={EXECUTIVES}&to=web+developers", headers=etag).status_code
    )


def test_an_alternate_title_of_one_occupation_is_answered(full: FlaskClient) -> None:
    assert EXECUTIVES == gap(full, "ceo", ACTORS).get_json()["from"]["code"]


def test_a_near_miss_and_a_shared_title_are_refused_with_what_they_may_mean(
    full: FlaskClient,
) -> None:
    answer = gap(full, "sofware developer", "Machine Operator")

    assert (422, "invalid-parameter") == problem(answer)
    body = answer.get_json()
    assert ["from", "to"] == [error["parameter"] for error in body["errors"]]
    assert body["errors"][0]["detail"] != body["errors"][1]["detail"]
    assert (
        "from: No occupation has exactly this title. to: More than one occupation has this title."
    ) == body["detail"]
    first = body["candidates"]["from"][0]
    assert ("15-1252.00", "Software Developers") == (first["code"], first["title"])
    assert [5, 41] == [len(found) for found in body["candidates"].values()]
    assert {"Machine Operator"} == {one["matched"] for one in body["candidates"]["to"]}


def test_a_text_like_no_title_is_refused_without_candidates_and_with_a_hint(
    full: FlaskClient,
) -> None:
    body = gap(full, EXECUTIVES, "xyzzy").get_json()

    assert {"to": []} == body["candidates"]
    assert "Try other words" in body["hint"]
    assert "hint" not in gap(full, EXECUTIVES, "sofware developer").get_json()


@pytest.mark.parametrize("code", ["151254", "15.1254", " 15 1254", "15125400", "15.1254.00"])
def test_a_code_may_be_written_otherwise(full: FlaskClient, code: str) -> None:
    assert gap(full, EXECUTIVES, DEVELOPERS).data == gap(full, EXECUTIVES, code).data


def test_a_synonym_is_answered_where_no_other_occupation_has_it_as_a_title(
    full: FlaskClient,
) -> None:
    assert "47-2021.00" == gap(full, EXECUTIVES, "Brickie").get_json()["to"]["code"]
    shared = gap(full, EXECUTIVES, "fireman").get_json()
    assert ["33-2011.00", "53-4022.00"] == [one["code"] for one in shared["candidates"]["to"]]


@pytest.mark.parametrize(
    "text", ["15-12", "1512", "15-1254.0", "1", "15 -1254", "151254.00", "15-1254.00;"]
)
def test_what_reads_like_a_code_is_judged_as_one(full: FlaskClient, text: str) -> None:
    body = gap(full, text, DEVELOPERS).get_json()

    assert "Not an O*NET-SOC code" in body["errors"][0]["detail"]
    assert "candidates" not in body


def test_a_problem_names_the_side_and_the_code_that_a_title_meant(full: FlaskClient) -> None:
    answer = gap(full, "Software Developers", DEVELOPERS)

    assert (404, "no-ratings") == problem(answer)
    body = answer.get_json()
    assert ("from", "15-1252.00") == (body["occupation"], body["code"])


def test_an_answer_to_a_title_is_not_served_again_the_response_cache(
    open_app: Callable[..., FlaskClient], full_database: str
) -> None:
    client = open_app(full_database)
    way: Any = client.application.wsgi_app
    passed = []
    inner = way._inner
    way._inner = lambda environ, start: passed.append(environ) or inner(environ, start)

    for _ in range(2):
        way._answers._changes.look()  # what was kept counts for a second without
        assert 200 == gap(client, "Chief Executives", DEVELOPERS).status_code
    assert 2 == len(passed)
    for _ in range(2):
        way._answers._changes.look()
        assert 200 == gap(client, EXECUTIVES, DEVELOPERS).status_code
    assert 3 == len(passed)


@pytest.fixture(scope="module", params=["2", "1.9"])
def shared_sandbox(made_up: Path, request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    taxonomy = write_taxonomy(made_up.parent / "crosswalk.txt")
    with Sandbox(load_release(made_up), request.param, taxonomy=taxonomy) as running:
        yield running


@pytest.fixture
def start(open_behind: Callable[..., FlaskClient], sandbox: Sandbox) -> Callable[[], FlaskClient]:
    """Makes a client of the API over the test's own database, and that upstream."""
    return lambda: open_behind(
        onet_api_version="1.9" if sandbox.url.endswith("ws/") else "2",
        onet_api_username="user",
        onet_api_password=CANARY,
        cache_ttl=1_000,
        cache_negative_ttl=NEGATIVE_TTL,
        onet_deadline=10.0,
    )


def taxonomy_requests(sandbox: Sandbox) -> int:
    return sum("taxonomy" in record.path for record in sandbox.requests)


def test_codes_that_replace_each_other_are_not_found_and_end(
    start: Callable[[], FlaskClient],
) -> None:
    client = start()
    answer = gap(client, *ROUND)
    pairs = {"pairs": [{"from": ROUND[0], "to": ROUND[1]}, {"from": ROUND[0], "to": KITES}]}
    batch = client.post("/skill-gap/batch", json=pairs)

    assert (404, "occupation-not-found") == problem(answer)
    assert [404, 404] == [each["status"] for each in batch.get_json()["answers"]]


@pytest.mark.parametrize("rest", ["", "/transitions"])
def test_a_replaced_code_in_a_path_is_answered_with_a_note(
    start: Callable[[], FlaskClient], rest: str
) -> None:
    client = start()
    answer = client.get(f"/occupations/{FORMER}{rest}")
    body = answer.get_json()

    assert [
        {
            "parameter": "code",
            "code": FORMER,
            "replaced_by": TIDES,
            "text": f"O*NET replaced {FORMER} by {TIDES} Tide Clerks.",
        }
    ] == body.pop("notes")
    assert client.get(f"/occupations/{TIDES}{rest}").get_json() == body
    assert 60 == freshness(answer)["left"]  # what it means can change
    again = client.get(
        f"/occupations/{FORMER}{rest}", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert 304 == again.status_code


@pytest.mark.parametrize("rest", ["", "/transitions"])
def test_a_code_in_a_path_that_was_split_or_given_up_says_so(
    start: Callable[[], FlaskClient], rest: str
) -> None:
    client = start()
    split, gone = (client.get(f"/occupations/{code}{rest}") for code in (SPLIT, GONE))

    assert (422, "invalid-parameter") == problem(split)
    found = split.get_json()["candidates"]["code"]
    assert [KITES, MOONS] == [one["code"] for one in found]
    assert (404, "occupation-not-found") == problem(gone)


def test_a_replaced_code_is_answered_with_a_note_and_asked_of_the_taxonomy_once(
    start: Callable[[], FlaskClient], sandbox: Sandbox
) -> None:
    client = start()
    first, second = (gap(client, KITES, FORMER) for _ in range(2))
    other_process = gap(start(), FORMER, KITES)

    assert (200, 200, 200) == (first.status_code, second.status_code, other_process.status_code)
    body = first.get_json()
    assert TIDES == body["to"]["code"]
    note = {
        "code": FORMER,
        "replaced_by": TIDES,
        "text": f"O*NET replaced {FORMER} by {TIDES} Tide Clerks.",
    }
    assert [{"parameter": "to"} | note] == body.pop("notes")
    assert gap(client, KITES, TIDES).get_json() == body
    assert [{"parameter": "from"} | note] == other_process.get_json()["notes"]
    assert 1 == taxonomy_requests(sandbox)
    assert [f"skills/{KITES}", f"skills/{TIDES}"] == [
        parameters["key"] for _, parameters in members(second)
    ]


def test_a_replaced_code_on_both_sides_is_one_occupation_with_two_notes(
    start: Callable[[], FlaskClient],
) -> None:
    body = gap(start(), FORMER, FORMER).get_json()

    assert (TIDES, TIDES) == (body["from"]["code"], body["to"]["code"])
    assert ["from", "to"] == [note["parameter"] for note in body["notes"]]


def test_a_split_code_is_refused_with_its_parts(
    start: Callable[[], FlaskClient], sandbox: Sandbox
) -> None:
    client = start()
    for _ in range(2):
        answer = gap(client, SPLIT, TIDES)
        assert (422, "invalid-parameter") == problem(answer)
        assert {
            "from": [
                {"code": KITES, "title": "Kite Masters", "matched": SPLIT},
                {"code": MOONS, "title": "Moon Gardeners", "matched": SPLIT},
            ]
        } == answer.get_json()["candidates"]
    both = gap(client, SPLIT, SPLIT).get_json()
    said = "O*NET replaced this code by more than one."
    assert f"from: {said} to: {said}" == both["detail"]
    assert both["candidates"]["from"] == both["candidates"]["to"]
    assert 1 == taxonomy_requests(sandbox)


@pytest.mark.parametrize("code", [GONE, "99-9999.99"])
def test_a_code_that_nothing_stands_for_is_not_found_and_asked_again_after_the_negative_ttl(
    start: Callable[[], FlaskClient], sandbox: Sandbox, clock: FakeClock, code: str
) -> None:
    client = start()
    for _ in range(2):
        answer = gap(client, KITES, code)
        assert (404, "occupation-not-found") == problem(answer)
        assert ("to", code) == (answer.get_json()["occupation"], answer.get_json()["code"])
    assert 1 == taxonomy_requests(sandbox)
    clock.advance(NEGATIVE_TTL)
    gap(client, KITES, code)

    assert 2 == taxonomy_requests(sandbox)


@pytest.mark.parametrize(
    "fault", [Fault(path="taxonomy", status=500), Fault(path="taxonomy", close="before")]
)
def test_a_taxonomy_that_fails_leaves_a_code_not_found(
    start: Callable[[], FlaskClient], sandbox: Sandbox, fault: Fault
) -> None:
    sandbox.set_faults(fault)
    answer = gap(start(), KITES, FORMER)

    assert (404, "occupation-not-found") == problem(answer)
    assert "Search by title" in answer.get_json()["hint"]


def test_a_code_of_the_release_is_not_asked_of_the_taxonomy(
    start: Callable[[], FlaskClient],
    sandbox: Sandbox,
    engine: Engine,
    made_up: Path,
    clock: FakeClock,
) -> None:
    client = start()
    services = client.application.extensions["skillgap"]
    seed(engine, made_up, limits=services.limits, now=clock)
    gap(client, KITES, TIDES)
    gap(client, "Kite Masters", "tide clerks")

    assert 0 == sandbox.request_count
