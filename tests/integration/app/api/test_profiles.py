"""POST /skill-gap and POST /transitions: occupations and own ratings in place of one occupation."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from support.answers import members, problem
from werkzeug.test import TestResponse

CHIEFS, WEB, NOBODY = "11-1011.00", "15-1254.00", "99-9999.00"
PROGRAMMING = "2.B.3.e"
GAP, TRANSITIONS = "/skill-gap", "/transitions"
BOTH = pytest.mark.parametrize("path", [GAP, TRANSITIONS])

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")


def body_for(path: str, said: Any, **more: Any) -> dict[str, Any]:
    return {"from": said, **({"to": WEB} if path == GAP else {}), **more}


def ask(client: FlaskClient, path: str, said: Any, **more: Any) -> TestResponse:
    return client.post(path, json=body_for(path, said, **more))


def answered(answer: TestResponse) -> dict[str, Any]:
    assert (200, "no-store") == (answer.status_code, answer.headers["Cache-Control"]), answer.text
    assert "ETag" not in answer.headers
    found: dict[str, Any] = answer.get_json()
    return found


def levels(client: FlaskClient, code: str) -> dict[str, float]:
    """The effective levels that O*NET publishes."""
    rated = client.get(f"/occupations/{code}").get_json()["ratings"]
    return {one["id"]: 0 if one["not_relevant"] else one["level"] for one in rated}


def test_an_occupation_alone_has_the_answer_of_get(starter: FlaskClient) -> None:
    more = {"sort": "gain", "limit": 5, "include": "covered", "min_importance": 3}
    told = starter.get(GAP, query_string={"from": CHIEFS, "to": WEB, **more}).get_json()

    own = answered(ask(starter, GAP, {"occupations": ["chief executives", CHIEFS]}, **more))

    assert {"occupations": [told["from"]], "ratings": 0} == own["from"]
    assert [{"code": CHIEFS, **told["sources"]["from"]}] == own["sources"]["from"]
    assert told["sources"]["to"] == own["sources"]["to"]
    for name in ("to", "domain", "summary", "gaps", "covered", "incomparable", "attribution"):
        assert told[name] == own[name]


def test_ratings_that_repeat_an_occupation_have_its_figures_and_are_sure_of_nothing(
    starter: FlaskClient,
) -> None:
    told = starter.get(GAP, query_string={"from": CHIEFS, "to": WEB}).get_json()
    ratings = levels(starter, CHIEFS)

    for said in ({"ratings": ratings}, {"occupations": [CHIEFS], "ratings": ratings}):
        own = answered(ask(starter, GAP, said))

        assert {**told["summary"], "readiness_interval": None} == own["summary"]
        figures = ("id", "kind", "to", "level_gap", "priority", "gain")
        assert [[gap[name] for name in figures] for gap in told["gaps"]] == [
            [gap[name] for name in figures] for gap in own["gaps"]
        ]
        assert {None} == {gap["significant"] for gap in own["gaps"]}
        assert len(ratings) == own["from"]["ratings"]


def test_a_ranking_for_an_occupation_is_that_of_get(starter: FlaskClient) -> None:
    told = starter.get(f"/occupations/{WEB}/transitions?limit=2000").get_json()
    own = answered(ask(starter, TRANSITIONS, {"occupations": [WEB]}, limit=2000))

    assert {"occupations": [told["occupation"]], "ratings": 0} == own["from"]
    sources = {domain: [{"code": WEB, **one}] for domain, one in told["sources"].items()}
    assert sources == own["sources"]
    left_out = {"from", "occupation", "sources"}
    assert {k: v for k, v in told.items() if k not in left_out} == {
        k: v for k, v in own.items() if k not in left_out
    }


def test_a_ranking_counts_ratings_and_leaves_out_what_was_given(starter: FlaskClient) -> None:
    given = {"occupations": [WEB, CHIEFS], "ratings": {PROGRAMMING: 7}}

    own = answered(ask(starter, TRANSITIONS, given, limit=2000))

    assert {WEB, CHIEFS}.isdisjoint(row["code"] for row in own["transitions"])
    assert own["compared"] - 2 == len(own["transitions"])
    assert {None} == {row["tied_with"] for row in own["transitions"]}
    row = own["transitions"][0]
    gap = answered(starter.post(GAP, json={"from": given, "to": row["code"]}))
    assert gap["summary"]["readiness"] == row["readiness"]


def test_each_entry_that_was_read_is_told_once(starter: FlaskClient) -> None:
    answer = ask(starter, GAP, {"occupations": [CHIEFS, "Web Developers", "15-1254"]})

    keys = [parameters["key"] for _, parameters in members(answer)]
    assert [f"skills/{CHIEFS}", f"skills/{WEB}"] == keys


def test_as_csv_all_occupations_are_in_a_cell(starter: FlaskClient) -> None:
    given = {"occupations": [CHIEFS, WEB], "ratings": {PROGRAMMING: 1}}

    for more, headers in (({"format": "csv"}, {}), ({}, {"Accept": "text/csv"})):
        answer = starter.post(
            GAP, json=body_for(GAP, given, include="covered", **more), headers=headers
        )
        assert ("text/csv", "no-store") == (answer.mimetype, answer.headers["Cache-Control"])
        assert (
            'filename="skills-gap-own-to-Web-Developers.csv"'
            in answer.headers["Content-Disposition"]
        )
        head, first, *_ = answer.text.splitlines()
        assert first.startswith(f"{CHIEFS}; {WEB},Chief Executives; Web Developers,{WEB},")
        assert "" == dict(zip(head.split(","), first.split(","), strict=True))["significant"]


def test_a_ranking_as_csv_has_the_figures_of_the_json(starter: FlaskClient) -> None:
    given = {"occupations": [CHIEFS, WEB], "ratings": {PROGRAMMING: 1}}
    body = answered(ask(starter, TRANSITIONS, given, limit=2))

    answer = ask(starter, TRANSITIONS, given, limit=2, format="csv")

    assert ("text/csv", "no-store") == (answer.mimetype, answer.headers["Cache-Control"])
    assert "transitions-from-own.csv" in answer.headers["Content-Disposition"]
    head, *lines = answer.text.splitlines()
    for row, line in zip(body["transitions"], lines, strict=True):
        cells = dict(zip(head.split(","), line.split(","), strict=True))
        assert (f"{CHIEFS}; {WEB}", row["code"], str(row["fit"]), "29.0") == (
            cells["occupation_code"], cells["code"], cells["fit"], cells["release"],
        )  # fmt: skip


BAD: list[tuple[Any, list[str]]] = [
    ([], ["from"]),
    ("15-1254", ["from"]),
    ({}, ["from"]),
    ({"occupations": [], "ratings": {}}, ["from"]),
    ({"occupations": [WEB], "other": 1}, ["from"]),
    ({"occupations": WEB}, ["from.occupations"]),
    ({"occupations": [WEB] * 11}, ["from.occupations"]),
    ({"occupations": [WEB, "15-1", 7]}, ["from.occupations[1]", "from.occupations[2]"]),
    ({"occupations": ["Qqq", WEB, "Qqqq"]}, ["from.occupations[0]", "from.occupations[2]"]),
    ({"ratings": []}, ["from.ratings"]),
    ({"ratings": {PROGRAMMING: 7.01}}, [f"from.ratings.{PROGRAMMING}"]),
    ({"ratings": {PROGRAMMING: -1}}, [f"from.ratings.{PROGRAMMING}"]),
    ({"ratings": {PROGRAMMING: True}}, [f"from.ratings.{PROGRAMMING}"]),
    ({"ratings": {PROGRAMMING: "4"}}, [f"from.ratings.{PROGRAMMING}"]),
    ({"ratings": {PROGRAMMING: None}}, [f"from.ratings.{PROGRAMMING}"]),
    ({"ratings": {PROGRAMMING: 10**400}}, [f"from.ratings.{PROGRAMMING}"]),
    ({"ratings": {PROGRAMMING: 1e308 * 10}}, ["body"]),
    ({"ratings": {PROGRAMMING: float("nan")}}, ["body"]),
    ({"ratings": {"2.A.1.a": 8, PROGRAMMING: 9}}, ["from.ratings.2.A.1.a", "from.ratings.2.B.3.e"]),
    ({"ratings": {"2.B.9.z": 1, "4.A.1": 2}}, ["from.ratings.2.B.9.z", "from.ratings.4.A.1"]),
    ({"ratings": {"my secret": 1}}, ["from.ratings"]),
    ({"ratings": {f"2.A.{at}": 1 for at in range(501)}}, ["from.ratings"]),
]


@BOTH
@pytest.mark.parametrize(("said", "named"), BAD)
def test_what_cannot_be_used_is_refused_with_the_place_of_each_fault(
    starter: FlaskClient, path: str, said: Any, named: list[str]
) -> None:
    text = json.dumps(body_for(path, said))

    answer = starter.post(path, data=text, content_type="application/json")

    assert (422, "invalid-parameter") == problem(answer)
    assert named == [one["parameter"] for one in answer.get_json()["errors"]]
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("path", "more", "named"),
    [
        (GAP, {"to": None}, "to"),
        (GAP, {"domain": "wishes"}, "domain"),
        (GAP, {"significant": "true"}, "significant"),
        (GAP, {"limit": 2.5}, "limit"),
        (GAP, {"format": "xml"}, "format"),
        (GAP, {"rank": "fit"}, "body"),
        (TRANSITIONS, {"to": WEB}, "body"),
        (TRANSITIONS, {"direction": "from"}, "body"),
        (TRANSITIONS, {"domains": "skills"}, "domains"),
        (TRANSITIONS, {"domains": []}, "domains"),
        (TRANSITIONS, {"domains": ["wishes"]}, "domains[0]"),
        (TRANSITIONS, {"min_readiness": 1.1}, "min_readiness"),
        (TRANSITIONS, {"job_zone": 3}, "job_zone"),
        (TRANSITIONS, {"job_zone": [3, "4"]}, "job_zone[1]"),
        (TRANSITIONS, {"zone_change": 1}, "zone_change"),
        (TRANSITIONS, {"zone_change": "1..-1"}, "zone_change"),
        (TRANSITIONS, {"zone_change": "1"}, "zone_change"),
    ],
)
def test_a_member_that_cannot_be_used_is_named(
    starter: FlaskClient, path: str, more: dict[str, Any], named: str
) -> None:
    answer = ask(starter, path, {"ratings": {PROGRAMMING: 4}}, **more)

    assert (422, "invalid-parameter") == problem(answer)
    assert [named] == [one["parameter"] for one in answer.get_json()["errors"]]


@BOTH
def test_an_occupation_without_ratings_is_named_by_its_place(
    starter: FlaskClient, path: str
) -> None:
    answer = ask(starter, path, {"occupations": [WEB, NOBODY], "ratings": {PROGRAMMING: 4}})

    assert (404, "occupation-not-found") == problem(answer)
    assert "from.occupations[1]" == answer.get_json()["occupation"]


def test_the_longest_profile_is_taken(starter: FlaskClient) -> None:
    names = ["\N{ROCKET}" * 200] * 10  # twelve bytes each, as they are escaped
    said = {"occupations": names, "ratings": {f"2.A.1.a.b.c.{at}": 1.25 for at in range(200)}}

    answer = ask(starter, GAP, said)

    assert 10 == len(answer.get_json()["errors"])


def test_methods_are_told_and_a_page_of_another_origin_may_send_json(starter: FlaskClient) -> None:
    preflight = {
        "Origin": "https://a.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    for path, methods in (
        (GAP, {"GET", "HEAD", "POST", "OPTIONS"}),
        (TRANSITIONS, {"POST", "OPTIONS"}),
    ):
        answer = starter.options(path, headers=preflight)
        assert methods == set(answer.headers["Access-Control-Allow-Methods"].split(", "))
        assert "*" == answer.headers["Access-Control-Allow-Headers"]
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        assert 405 == starter.open(TRANSITIONS, method=method).status_code
