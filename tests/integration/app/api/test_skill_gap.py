"""GET /skill-gap to the letter of the contract."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from support.answers import problem
from support.skill_gap_oracle import Oracle, differences

STARTER_PAIR = "from=11-1011.00&to=15-1254.00"
CLIMB = "from=41-9012.00&to=53-5031.00"
"""Models to Ship Engineers: every skill is a gap."""

Ask = Callable[[str], Any]


@pytest.fixture
def ask(starter: FlaskClient) -> Ask:
    """Ask for a gap of the starter release and get the body."""

    def ask(query: str) -> Any:
        answer = starter.get(f"/skill-gap?{query}")
        assert 200 == answer.status_code, answer.text
        return answer.get_json()

    return ask


@pytest.fixture
def climb(full: FlaskClient) -> Ask:
    """Ask for the longest gap of the whole release and get the body."""
    return lambda query="": full.get(f"/skill-gap?{CLIMB}&{query}").get_json()


def test_the_sample_of_the_contract_is_answered_to_the_letter(ask: Ask) -> None:
    body = ask(STARTER_PAIR)

    seeded = {"origin": "seed", "release": "29.0", "fetched_at": "2026-05-04T12:00:00Z"}
    fresh = {**seeded, "state": "fresh"}
    assert [
        "from", "to", "domain", "summary", "gaps", "incomparable", "sources", "attribution",
    ] == list(body)  # fmt: skip
    assert {"code": "11-1011.00", "title": "Chief Executives"} == body["from"]
    assert {"code": "15-1254.00", "title": "Web Developers"} == body["to"]
    assert "skills" == body["domain"]
    assert {
        "compared": 35,
        "gaps": 8,
        "missing": 1,
        "higher_level": 7,
        "readiness": 0.8824,
        "readiness_interval": [0.8673, 0.9038],
        "closer_than": 0.55,
    } == body["summary"]
    assert {
        "id": "2.B.3.e",
        "name": "Programming",
        "kind": "higher_level",
        "from": {"level": 1.0, "importance": 1.75, "not_relevant": False},
        "to": {"level": 4.25, "importance": 4.12, "not_relevant": False},
        "level_gap": 3.25,
        "priority": 0.3621,
        "gain": 0.0537,
        "significant": True,
        "low_precision": False,
    } == body["gaps"][0]
    assert ["Equipment Selection"] == [
        gap["name"] for gap in body["gaps"] if gap["kind"] == "missing"
    ]
    assert [] == body["incomparable"]
    rated = {"from": {"rated": "2023-08"}, "to": {"rated": "2017-07"}}
    assert {side: fresh | rated[side] for side in rated} == body["sources"]


def test_the_attribution_says_what_the_licence_asks(ask: Ask) -> None:
    said = ask(STARTER_PAIR)["attribution"]

    for words in (
        "O*NET 29.0 Database",
        "U.S. Department of Labor, Employment and Training Administration (USDOL/ETA)",
        "CC BY 4.0",
        "https://creativecommons.org/licenses/by/4.0/",
        "O*NET is a trademark of USDOL/ETA",
    ):
        assert words in said


def test_the_level_of_what_is_not_relevant_is_the_published_one(ask: Ask) -> None:
    (selection,) = ask(f"{STARTER_PAIR}&kind=missing")["gaps"]

    assert {"level": 0.25, "importance": 1.12, "not_relevant": True} == selection["from"]
    assert selection["to"]["level"] == selection["level_gap"]


@pytest.mark.parametrize(
    "query",
    [
        "from=11-1011&to=15-1254",
        "from=%2011-1011.00%20%20&to=++15-1254++",
        "from=11-1011&to=15-1254.00&domain=skills&sort=priority&significant=false",
        "from=11-1011&to=15-1254&min_importance=1&limit=2000",
        "to=15-1254.00&from=11-1011.00&codes[]=1&%ff=%00",
    ],
)
def test_another_way_of_asking_the_same_gets_the_same(starter: FlaskClient, query: str) -> None:
    expected = starter.get(f"/skill-gap?{STARTER_PAIR}")
    answer = starter.get(f"/skill-gap?{query}")

    assert expected.data == answer.data
    assert expected.headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize(
    "path",
    [
        f"/skill-gap?{STARTER_PAIR}",
        "/occupations?q=x",
        "/occupations/15-1254.00?",
        "/occupations/15-1254.00/transitions?",
        "/elements?domain=skills",
        "/elements/2.B.3.e?",
    ],
)
def test_what_is_no_parameter_is_ignored_and_named(starter: FlaskClient, path: str) -> None:
    expected = starter.get(path).get_json()
    others = ["min_importanc", "From", *(f"utm_{number}" for number in range(4))]
    query = "&".join(f"{name}=v" for name in ("<b>", "x" * 41, "From", *others))
    named = [
        {"parameter": name, "text": f"{name} is no parameter"}
        for name in ("From", "min_importanc", "utm_0", "utm_1", "utm_2")
    ]

    told = starter.get(f"{path}&{query}").get_json()
    assert expected | {"notes": [*expected.get("notes", []), *named]} == told
    assert expected == starter.get(path).get_json()


@pytest.mark.parametrize(
    "target",
    [
        f"/skill-gap?{STARTER_PAIR}",
        f"/skill-gap?{STARTER_PAIR}&format=csv",
        "/occupations/15-1254.00",
        "/occupations",
    ],
)
def test_head_answers_as_get_without_a_body(starter: FlaskClient, target: str) -> None:
    headers = {"X-Request-ID": "same"}
    got, head = starter.get(target, headers=headers), starter.head(target, headers=headers)

    assert (200, b"") == (head.status_code, head.data)
    assert dict(got.headers) == dict(head.headers)


def test_an_occupation_demands_nothing_that_it_does_not_have_itself(ask: Ask) -> None:
    body = ask("from=15-1254.00&to=15-1254.00&include=covered")

    assert {
        "compared": 35,
        "gaps": 0,
        "missing": 0,
        "higher_level": 0,
        "readiness": 1.0,
        "readiness_interval": [1.0, 1.0],
        "closer_than": 0.98,
    } == body["summary"]
    assert [] == body["gaps"]
    assert {0.0} == {item["level_gap"] for item in body["covered"]}
    assert {0.0} == {item["priority"] for item in body["covered"]}


def test_covered_holds_every_required_element_that_is_no_gap_weightiest_first(ask: Ask) -> None:
    body = ask(f"{STARTER_PAIR}&include=covered")

    covered = body["covered"]
    assert [] != covered
    assert all(item["level_gap"] <= 0 for item in covered)
    assert not any(item["to"]["not_relevant"] for item in covered)
    assert sorted(covered, key=lambda item: (-item["to"]["importance"], item["id"])) == covered
    assert set(body["gaps"][0]) == set(covered[0])
    assert {gap["id"] for gap in body["gaps"]}.isdisjoint(item["id"] for item in covered)


def test_covered_is_neither_filtered_nor_cut(ask: Ask) -> None:
    whole = ask(f"{STARTER_PAIR}&include=covered")["covered"]
    cut = f"{STARTER_PAIR}&include=covered&limit=1&kind=missing&significant=true&min_importance=5"

    assert whole == ask(cut)["covered"]


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("priority", lambda gap: (-gap["priority"], gap["id"])),
        ("gain", lambda gap: (-gap["gain"], gap["id"])),
        ("level_gap", lambda gap: (-gap["level_gap"], gap["id"])),
        ("importance", lambda gap: (-gap["to"]["importance"], gap["id"])),
        ("name", lambda gap: (gap["name"], gap["id"])),
    ],
)
def test_gaps_are_sorted_as_asked_and_ties_by_element(climb: Ask, sort: str, key: Any) -> None:
    gaps = climb(f"sort={sort}")["gaps"]

    assert 35 == len(gaps)
    assert sorted(gaps, key=key) == gaps


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("kind=missing", lambda gap: gap["kind"] == "missing"),
        ("kind=higher_level", lambda gap: gap["kind"] == "higher_level"),
        ("min_importance=3", lambda gap: gap["to"]["importance"] >= 3),
        ("min_importance=3.12", lambda gap: gap["to"]["importance"] >= 3.12),
        ("min_importance=5", lambda gap: gap["to"]["importance"] >= 5),
        ("significant=true", lambda gap: gap["significant"] is True),
        (
            "kind=missing&min_importance=2.5&significant=true&sort=name",
            lambda gap: (
                gap["kind"] == "missing"
                and gap["to"]["importance"] >= 2.5
                and gap["significant"] is True
            ),
        ),
    ],
)
def test_a_filter_keeps_what_it_says_in_the_same_order_and_leaves_the_summary(
    climb: Ask, query: str, kept: Any
) -> None:
    whole = climb("sort=name" if "sort=name" in query else "")
    filtered = climb(query)

    assert [gap for gap in whole["gaps"] if kept(gap)] == filtered["gaps"]
    assert whole["summary"] == filtered["summary"]
    assert len(filtered["gaps"]) < 35


@pytest.mark.parametrize("limit", [1, 7, 34, 35, 36, 2000])
def test_limit_cuts_after_sorting_and_leaves_the_summary(climb: Ask, limit: int) -> None:
    whole = climb("sort=name")
    cut = climb(f"sort=name&limit={limit}")

    assert whole["gaps"][:limit] == cut["gaps"]
    assert whole["summary"] == cut["summary"]


def test_the_longest_gap_of_the_release_has_the_figures_of_the_issue(climb: Ask) -> None:
    summary = climb()["summary"]

    assert (35, 35, 16, 19) == (
        summary["compared"], summary["gaps"], summary["missing"], summary["higher_level"],
    )  # fmt: skip


def answered(
    client: FlaskClient, oracle: Oracle, codes: list[str], domain: str, pairs: int
) -> tuple[dict[tuple[str, str], Any], set[bool | None]]:
    """The random pairs that are not as calculated, and what was told to be significant."""
    chance = random.Random(33)
    unchecked = FlaskClient(client.application)  # the other tests look over the answers
    wrong, significances = {}, set()
    for _ in range(pairs):
        source, target = chance.choices(codes, k=2)
        query = f"from={source}&to={target}&domain={domain}&include=covered"
        body = unchecked.get(f"/skill-gap?{query}").get_json()
        assert (domain, len(oracle.rows[source])) == (body["domain"], body["summary"]["compared"])
        significances |= {item["significant"] for item in body["gaps"] + body["covered"]}
        if found := differences(oracle, source, target, body):
            wrong[source, target] = found
    return wrong, significances


@pytest.mark.parametrize("pairs", [25, pytest.param(600, marks=pytest.mark.soak)])
@pytest.mark.parametrize("domain", ["skills", "knowledge"])
def test_random_pairs_are_answered_as_an_independent_calculation_does(
    full: FlaskClient, full_release: Path, domain: str, pairs: int
) -> None:
    oracle = Oracle(full_release, f"{domain.title()}.txt")
    assert 879 == len(oracle.rated)

    wrong, significances = answered(full, oracle, oracle.rated, domain, pairs)

    assert {} == wrong
    assert {"skills": {True, False}, "knowledge": {True, False, None}}[domain] == significances


def test_random_pairs_of_the_starter_data_are_answered_so_by_every_database(
    starter: FlaskClient, starter_release: Path
) -> None:
    oracle = Oracle(starter_release)

    assert {} == answered(starter, oracle, oracle.rated, "skills", 40)[0]


@pytest.mark.parametrize(
    ("query", "side"),
    [
        ("from=11-1011.00&to=15-1252.00", "to"),
        ("from=15-1252&to=11-1011.00", "from"),
        ("from=15-1252.00&to=99-9999.99", "from"),
    ],
)
def test_an_occupation_without_ratings_is_named_with_rated_ones_near_it(
    full: FlaskClient, full_release: Path, oracle: Oracle, query: str, side: str
) -> None:
    answer = full.get(f"/skill-gap?{query}")
    body = answer.get_json()

    assert (404, "no-ratings") == problem(answer)
    assert side == body["occupation"]
    text = (full_release / "Related Occupations.txt").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()]
    related = [row[1] for row in rows if row[0] == "15-1252.00" and row[1] in oracle.rated]
    codes = [each["code"] for each in body["alternatives"]]
    assert related[:5] == codes
    assert [oracle.titles[code] for code in codes] == [
        each["title"] for each in body["alternatives"]
    ]


@pytest.mark.parametrize(
    ("query", "side"),
    [("from=15-1522.00&to=11-1011.00", "from"), ("from=11-1011.00&to=15-1522.00", "to")],
)
def test_a_code_that_no_release_lists_is_not_found_with_what_it_may_be_a_slip_for(
    starter: FlaskClient, query: str, side: str
) -> None:
    answer = starter.get(f"/skill-gap?{query}")
    body = answer.get_json()

    assert (404, "occupation-not-found") == problem(answer)
    assert (side, "15-1522.00") == (body["occupation"], body["code"])
    assert [{"code": "15-1252.00", "title": "Software Developers"}] == body["suggestions"]
    assert "hint" not in body


def test_a_code_that_is_like_none_has_no_suggestions_and_a_hint(starter: FlaskClient) -> None:
    body = starter.get("/skill-gap?from=11-1011.00&to=99-9999.99").get_json()

    assert [] == body["suggestions"]
    assert "Search by title" in body["hint"]


def test_a_listed_code_that_the_cache_does_not_hold_is_no_unknown_occupation(
    starter: FlaskClient,
) -> None:
    answer = starter.get("/skill-gap?from=11-1011.00&to=19-1042.00")

    assert (503, "upstream-not-configured") == problem(answer)
    assert (
        "The ratings of 19-1042.00 Medical Scientists, Except Epidemiologists (`to`) are not "
        "cached and there is no upstream to ask: set "
        "ONET_API_KEY. 64 of 1,016 occupations of O*NET 29.0 have skills ratings here. "
        "`flask seed latest` brings all that O*NET has rated."
    ) == answer.get_json()["detail"]
