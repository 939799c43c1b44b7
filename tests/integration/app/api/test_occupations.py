"""GET /occupations and /occupations/{code}."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from support.answers import problem
from support.skill_gap_oracle import Oracle

CODE = "15-1254.00"
ALL = 2_000

Found = list[tuple[str, str]]
Search = Callable[..., Any]


@pytest.fixture
def search(full: FlaskClient) -> Search:
    """Search the whole release and get the body."""

    def search(**query: Any) -> Any:
        answer = full.get("/occupations", query_string=query)
        assert 200 == answer.status_code, answer.text
        return answer.get_json()

    return search


def found(body: Any) -> Found:
    return [(one["code"], one["title"]) for one in body["occupations"]]


def test_the_list_is_every_occupation_by_code_twenty_at_a_time(
    search: Search, oracle: Oracle
) -> None:
    expected = sorted(oracle.titles.items())

    body = search()
    assert ["total", "limit", "offset", "occupations"] == list(body)
    assert (1016, 20, 0) == (body["total"], body["limit"], body["offset"])
    assert expected[:20] == found(body)
    assert expected == found(search(limit=ALL))


def test_an_offset_beyond_the_end_is_an_empty_page(search: Search) -> None:
    assert (1016, []) == (search(offset=1016)["total"], found(search(offset=1016)))
    assert [] == found(search(offset=1_000_000))


@pytest.mark.parametrize(
    ("q", "code", "matched"),
    [
        ("web  DEVELOPERS", "15-1254.00", {"kind": "title", "text": "Web Developers"}),
        ("CEO", "11-1011.00", {"kind": "alternate", "text": "CEO"}),
        (" 15-125 ", "15-1251.00", {"kind": "code", "text": "15-1251.00"}),
        ("15-1254.00", "15-1254.00", {"kind": "code", "text": "15-1254.00"}),
        ("15.1254", "15-1254.00", {"kind": "code", "text": "15-1254.00"}),
        ("brickie", "47-2021.00", {"kind": "synonym", "text": "brickie"}),
        ("C#", "15-1252.00", {"kind": "synonym", "text": "c#"}),
    ],
)
def test_a_hit_says_what_it_was_found_by(
    search: Search, q: str, code: str, matched: dict[str, str]
) -> None:
    first = search(q=q)["occupations"][0]

    assert (code, matched) == (first["code"], first["matched"])


def test_the_beginning_of_a_code_finds_all_that_begin_so(search: Search, oracle: Oracle) -> None:
    expected = [one for one in sorted(oracle.titles.items()) if one[0].startswith("15-12")]

    assert expected == found(search(q="15-12", limit=ALL))
    assert len(expected) == search(q="15-12", limit=1)["total"]


def test_a_hit_tells_whether_it_is_rated(search: Search, starter: FlaskClient) -> None:
    rated = {one["code"]: one["rated"] for one in search(q="developers")["occupations"]}
    assert (False, True) == (rated["15-1252.00"], rated["15-1254.00"])

    query = {"q": "developers", "domain": "knowledge"}
    unknown = starter.get("/occupations", query_string=query).get_json()["occupations"]
    assert {None} == {one["rated"] for one in unknown}


def test_what_no_title_is_near_gets_a_hint_instead_of_chance(search: Search) -> None:
    for text in ("xqzt", "blorp manager", "%"):
        body = search(q=text)
        assert (0, []) == (body["total"], body["occupations"])
        assert "Try other words" in body["hint"]
    for query in ({}, {"q": "nurse"}, {"q": "nurse", "offset": 1_000}, {"q": " "}):
        assert "hint" not in search(**query)


def test_where_no_occupation_is_listed_the_hint_is_to_seed(
    open_app: Callable[..., FlaskClient], engine: Engine
) -> None:
    client = open_app(engine.url)
    listed, named = client.get("/occupations?q=nurse"), client.get("/skill-gap?from=nurse&to=chef")

    for answer, status in ((listed, 200), (named, 422)):
        assert status == answer.status_code
        assert answer.get_json()["hint"].startswith("No occupation is listed here yet: `flask seed")
    assert "hint" not in client.get("/occupations").get_json()


def test_of_equal_hits_the_rated_come_first(search: Search) -> None:
    hits = search(q="engineer", limit=ALL)["occupations"]
    exact = [one["rated"] for one in hits if one["matched"]["text"] == "Engineer"]
    equal = exact[1:]  # the first has it as a synonym as well

    assert {True, False} == set(equal)
    assert sorted(equal, reverse=True) == equal


def test_pages_of_a_search_put_together_are_the_search(search: Search) -> None:
    whole = search(q="engineer", limit=ALL)
    pages = [search(q="engineer", limit=7, offset=offset) for offset in range(0, 210, 7)]

    assert found(whole) == [one for page in pages for one in found(page)]
    assert {len(found(whole))} == {page["total"] for page in pages}
    assert [] == found(search(q="engineer", offset=whole["total"]))


def test_a_search_finds_200_at_most(search: Search) -> None:
    body = search(q="operator", limit=ALL)

    assert (200, 200) == (body["total"], len(body["occupations"]))


def test_what_is_not_looked_for_is_matched_by_nothing(search: Search) -> None:
    assert {None} == {one["matched"] and one["matched"]["kind"] for one in search()["occupations"]}


@pytest.mark.parametrize("q", ["", "   "])
def test_a_search_for_nothing_finds_all(search: Search, q: str) -> None:
    assert 1016 == search(q=q)["total"]


def test_the_list_of_a_whole_release_tells_who_is_rated(search: Search, oracle: Oracle) -> None:
    listed = search(limit=ALL)["occupations"]

    assert {True, False} == {one["rated"] for one in listed}
    assert oracle.rated == [one["code"] for one in listed if one["rated"]]


def test_the_list_of_a_partial_release_does_not_know_who_is_not_rated(
    starter: FlaskClient,
) -> None:
    listed = starter.get(f"/occupations?limit={ALL}").get_json()["occupations"]

    rated = [one["rated"] for one in listed]
    assert (64, 952) == (rated.count(True), rated.count(None))


def test_an_occupation_shows_its_title_ratings_and_cache_state(
    full: FlaskClient, oracle: Oracle
) -> None:
    body = full.get(f"/occupations/{CODE}").get_json()

    assert (CODE, "Web Developers", "skills") == (body["code"], body["title"], body["domain"])
    assert body["description"].startswith("Develop and implement websites")
    assert (3, None) == (body["job_zone"], body["job_zone_name"])
    assert f"https://www.onetonline.org/link/summary/{CODE}" == body["url"]
    assert sorted(oracle.rows[CODE]) == [rating["id"] for rating in body["ratings"]]
    assert {
        "id": "2.B.3.e",
        "name": "Programming",
        "level": 4.25,
        "importance": 4.12,
        "level_standard_error": float(oracle.rows[CODE]["2.B.3.e"]["LV"]["Standard Error"]),
        "not_relevant": False,
        "low_precision": False,
    } in body["ratings"]
    cache = body["cache"]
    assert 64 == len(cache.pop("content_hash"))
    assert {
        "origin": "seed",
        "release": "29.0",
        "fetched_at": "2026-05-04T12:00:00Z",
        "state": "fresh",
        "expires_at": "2026-08-02T12:00:00Z",
        "rows": 70,
        "source_url": None,
    } == cache | {"source_url": None}
    assert "O*NET 29.0 Database" in body["attribution"]


def test_every_rating_is_the_published_one(full: FlaskClient, oracle: Oracle) -> None:
    for code in oracle.rated[::97]:
        body = full.get(f"/occupations/{code}").get_json()
        shown = {
            one["id"]: (one["name"], one["level"], one["importance"], one["not_relevant"])
            for one in body["ratings"]
        }
        assert {
            element: (
                rows["LV"]["Element Name"],
                float(rows["LV"]["Data Value"]),
                float(rows["IM"]["Data Value"]),
                rows["LV"]["Not Relevant"] == "Y",
            )
            for element, rows in oracle.rows[code].items()
        } == shown


def test_a_release_without_descriptions_has_none_to_show(starter: FlaskClient) -> None:
    assert None is starter.get(f"/occupations/{CODE}").get_json()["description"]


@pytest.mark.parametrize("written", ["15-1254", "%2015-1254.00%20", "15-1254.00?domain=skills"])
def test_another_way_of_writing_the_code_finds_the_same(starter: FlaskClient, written: str) -> None:
    expected = starter.get(f"/occupations/{CODE}")

    assert expected.data == starter.get(f"/occupations/{written}").data


def test_an_occupation_without_ratings_is_told_apart_from_one_that_is_unknown(
    full: FlaskClient,
) -> None:
    unrated, unknown = full.get("/occupations/15-1252"), full.get("/occupations/99-9999.99")

    assert (404, "no-ratings") == problem(unrated)
    assert ("code", "15-1252.00") == (
        unrated.get_json()["occupation"],
        unrated.get_json()["code"],
    )
    assert unrated.get_json()["alternatives"]
    assert (404, "occupation-not-found") == problem(unknown)
    assert "Search by title" in unknown.get_json()["hint"]
