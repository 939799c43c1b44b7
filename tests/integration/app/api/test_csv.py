"""Answers as CSV, for who asks for it by `format` or by Accept."""

import csv
from io import StringIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from support.answers import members, problem

GAP = "/skill-gap?from=11-1011.00&to=15-1254.00"
TYPE = "text/csv; charset=utf-8; header=present"


def rows(text: str) -> list[dict[str, str]]:
    assert text.endswith("\r\n")
    return list(csv.DictReader(StringIO(text, newline=""), strict=True))


def cell(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    return str(value)


def named(file: str) -> str:
    return f"attachment; filename=\"{file}\"; filename*=UTF-8''{file}"


def expected(body: dict[str, Any]) -> list[dict[str, str]]:
    """The rows that a JSON answer comes to."""
    found = []
    for part in ("gaps", "covered"):
        for item in body.get(part, []):
            row = {f"{side}_{name}": body[side][name] for side in ("from", "to")
                   for name in ("code", "title")}  # fmt: skip
            row |= {"domain": body["domain"], "id": item["id"], "name": item["name"]}
            row["kind"] = "covered" if part == "covered" else item["kind"]
            for side in ("from", "to"):
                row |= {f"{side}_{name}": item[side][name] for name in ("level", "importance")}
            for name in ("level_gap", "priority", "significant", "low_precision"):
                row[name] = item[name]
            row |= {f"{side}_not_relevant": item[side]["not_relevant"] for side in ("from", "to")}
            row["gain"] = item["gain"]
            row["readiness"] = body["summary"]["readiness"]
            bounds = body["summary"]["readiness_interval"] or (None, None)
            row |= dict(zip(("readiness_low", "readiness_high"), bounds, strict=True))
            for name in ("rated", "release"):
                row |= {f"{side}_{name}": body["sources"][side][name] for side in ("from", "to")}
            found.append({name: cell(value) for name, value in row.items()})
    return found


@pytest.mark.parametrize("more", ["", "&include=covered", "&limit=2&sort=name", "&kind=missing"])
def test_a_row_a_gap_with_the_figures_of_the_json(starter: FlaskClient, more: str) -> None:
    answer = starter.get(GAP + more + "&format=csv")

    assert (200, TYPE) == (answer.status_code, answer.headers["Content-Type"])
    assert expected(starter.get(GAP + more).get_json()) == rows(answer.text)
    assert (
        "from_code,from_title,to_code,to_title,domain,id,name,kind,from_level,from_importance,"
        "to_level,to_importance,level_gap,priority,significant,low_precision,from_not_relevant,"
        "to_not_relevant,gain,readiness,readiness_low,readiness_high,from_rated,to_rated,"
        "from_release,to_release"
    ) == answer.text.split("\r\n")[0]


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        (TYPE, "text/csv"),
        ("text/csv; charset=utf-8", "text/csv"),
        ("text/csv;header=absent;q=0.9, application/json;q=0.8", "text/csv"),
        ("text/*, application/json;q=0.9", "text/csv"),
        ("application/json;q=0.5, text/csv;q=0.6", "text/csv"),
        ("application/json;q=0, */*", "text/csv"),
        ("application/json, text/csv;q=0.9", "application/json"),
        ("text/csv;q=0", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("*/*", "application/json"),
        ("text/csv, */*;q=0.1", "text/csv"),
        ("image/png", "application/json"),
        ("image/*;q=1, */*;q=0", "application/json"),
        ("text/html", "application/json"),
        ("application/xml", "application/json"),
        ("nonsense", "application/json"),
        ("", "application/json"),
        (";;q=,", "application/json"),
    ],
)
def test_accept_decides_by_its_weights_and_format_wins(
    starter: FlaskClient, accept: str, mimetype: str
) -> None:
    headers = {"Accept": accept}

    for _ in range(2):  # the second time there is a finished answer to either
        assert mimetype == starter.get(GAP, headers=headers).mimetype
        assert "text/csv" == starter.get(GAP + "&format=csv", headers=headers).mimetype
        assert "application/json" == starter.get(GAP + "&format=json", headers=headers).mimetype
        assert "application/json" == starter.get(GAP).mimetype


@pytest.mark.parametrize("target", [GAP, GAP + "&format=csv", "/skill-gap", GAP + "&limit=0",
                                    "/skill-gap?from=99-9999.00&to=15-1254.00"])  # fmt: skip
def test_every_answer_varies_by_accept(starter: FlaskClient, target: str) -> None:
    for _ in range(2):
        assert ["Accept, Accept-Encoding"] == starter.get(target).headers.getlist("Vary")


def test_the_csv_is_cached_as_the_json_is_and_has_a_tag_and_a_name_of_its_own(
    starter: FlaskClient,
) -> None:
    json, first, second = (
        starter.get(GAP), starter.get(GAP + "&format=csv"), starter.get(GAP + "&format=csv"),
    )  # fmt: skip

    for answer in (first, second):
        assert members(json) == members(answer)
        for name in ("Age", "Cache-Control"):
            assert json.headers[name] == answer.headers[name]
        assert json.headers["ETag"] != answer.headers["ETag"]
        assert (
            named("skills-gap-Chief-Executives-to-Web-Developers.csv")
            == (answer.headers["Content-Disposition"])
        )
    tag = {"If-None-Match": first.headers["ETag"]}
    for headers in (tag, tag | {"Accept": "text/csv"}):
        unchanged = starter.get(GAP + "&format=csv", headers=headers)
        assert (304, b"", ["Accept, Accept-Encoding"]) == (
            unchanged.status_code, unchanged.data, unchanged.headers.getlist("Vary"),
        )  # fmt: skip
    assert 200 == starter.get(GAP, headers=tag).status_code


def test_errors_are_problems_whatever_is_asked_for(starter: FlaskClient) -> None:
    headers = {"Accept": "text/csv"}

    assert (422, "invalid-parameter") == problem(starter.get("/skill-gap", headers=headers))
    assert (422, "invalid-parameter") == problem(starter.get(GAP + "&format=xml"))


STEPS = "/occupations/15-1254.00/transitions?"
LIST = "/occupations?q=developer"
ONE = "/occupations/15-1254.00?"


@pytest.mark.parametrize(
    ("target", "file"),
    [
        (STEPS, "transitions-from-Web-Developers.csv"),
        (STEPS + "direction=from", "transitions-to-Web-Developers.csv"),
        (LIST, "occupations-developer.csv"),
        (ONE, "Web-Developers-skills.csv"),
    ],
)
def test_other_answers_are_csv_by_the_same_means(
    starter: FlaskClient, target: str, file: str
) -> None:
    by_format = starter.get(target + "&format=csv")
    by_accept = starter.get(target, headers={"Accept": "text/csv"})

    assert (200, TYPE) == (by_format.status_code, by_format.headers["Content-Type"])
    for answer in (by_accept, starter.get(target + "&format=csv")):
        assert by_format.data == answer.data
        for name in ("ETag", "Vary", "Cache-Control", "Content-Disposition"):
            assert by_format.headers[name] == answer.headers[name]
    assert named(file) == by_format.headers["Content-Disposition"]
    tag = {"If-None-Match": by_format.headers["ETag"]}
    assert 304 == starter.get(target + "&format=csv", headers=tag).status_code
    plain = starter.get(target, headers=tag)
    assert (200, "application/json") == (plain.status_code, plain.mimetype)
    for answer in (by_format, plain, starter.get(target + "&format=xml")):
        assert answer.vary.find("Accept") == 0
    assert (422, "invalid-parameter") == problem(starter.get(target + "&format=xml"))


def test_a_row_a_transition_with_the_figures_of_the_json(starter: FlaskClient) -> None:
    body = starter.get(STEPS + "limit=5").get_json()
    shown = rows(starter.get(STEPS + "limit=5&format=csv").text)

    for place, (one, row) in enumerate(zip(body["transitions"], shown, strict=True), 1):
        head = {"occupation_code": "15-1254.00", "occupation_title": "Web Developers"}
        want = head | {"direction": "to", "rank": "fit", "domains": "skills", "place": place}
        want |= {name: one[name] for name in (
            "code", "title", "fit", "readiness", "utilization", "tied_with", "job_zone", "related")
        }  # fmt: skip
        for number, gap in enumerate(one["gaps"], 1):
            want |= {f"gap_{number}_{name}": gap[name] for name in ("id", "name", "level_gap")}
        for number, item in enumerate(one["carries_over"], 1):
            want |= {f"carries_over_{number}_{name}": item[name] for name in ("id", "name")}
        want |= {"release": body["sources"]["skills"]["release"]}
        assert {name: cell(value) for name, value in want.items()} == {
            name: value for name, value in row.items() if name in want or value
        }
        assert list(row)[-1] == "release"


def test_a_row_an_occupation_and_a_row_an_element(starter: FlaskClient) -> None:
    listed, one = starter.get(LIST).get_json(), starter.get(ONE).get_json()

    assert [
        {"code": each["code"], "title": each["title"], "domain": "skills",
         "rated": cell(each["rated"]), "matched_kind": each["matched"]["kind"],
         "matched_text": each["matched"]["text"], "release": "29.0" if each["rated"] else ""}
        for each in listed["occupations"]
    ] == rows(starter.get(LIST + "&format=csv").text)  # fmt: skip
    same = {"code": one["code"], "title": one["title"], "domain": one["domain"]}
    release = {"release": one["cache"]["release"]}
    assert [
        {name: cell(value) for name, value in (same | each | release).items()}
        for each in one["ratings"]
    ] == rows(starter.get(ONE + "&format=csv").text)
    assert "" == rows(starter.get("/occupations?limit=1&format=csv").text)[0]["matched_kind"]


@pytest.mark.parametrize(
    ("query", "member", "headers"),
    [
        ("?format=csv", {}, {}),
        ("", {"format": "csv"}, {}),
        ("", {}, {"Accept": "text/csv"}),
        ("?format=json", {"format": "csv"}, {}),
    ],
)
def test_a_batch_has_the_rows_of_each_pair_and_one_at_least(
    starter: FlaskClient, query: str, member: dict[str, str], headers: dict[str, str]
) -> None:
    pairs = [("11-1011.00", "15-1254.00"), ("15-1254.00", "15-1254.00"), ("Qqq", "15-1254.00"),
             ("11-1011.00", "99-9999.00")]  # fmt: skip
    given = {"pairs": [{"from": source, "to": target} for source, target in pairs], **member}
    answer = starter.post("/skill-gap/batch" + query, json=given | {"limit": 2}, headers=headers)
    shown = rows(answer.text)

    assert (TYPE, "no-store") == (answer.headers["Content-Type"], answer.headers["Cache-Control"])
    assert named("skills-gaps.csv") == answer.headers["Content-Disposition"]
    assert ["1", "1", "2", "3", "4"] == [row["pair"] for row in shown]
    for row in shown:
        assert pairs[int(row["pair"]) - 1] == (row["from"], row["to"])
    alone = rows(starter.get(GAP + "&limit=2&format=csv").text)
    assert alone == [{name: row[name] for name in alone[0]} for row in shown[:2]]
    same, unresolved, unknown = shown[2:]
    assert ("200", "", "", "1.0") == tuple(
        same[name] for name in ("status", "problem", "id", "readiness")
    )
    assert ("422", "from: No occupation has exactly this title.", "") == tuple(
        unresolved[name] for name in ("status", "problem", "readiness")
    )
    assert ("404", "O*NET has no occupation 99-9999.00 (`to`).") == (
        unknown["status"], unknown["problem"],
    )  # fmt: skip


PROFILE = {"occupations": ["11-1011.00"]}
POSTED = [
    ("/skill-gap", {"from": PROFILE, "to": "15-1254.00"}),
    ("/transitions", {"from": PROFILE}),
    ("/skill-gap/batch", {"pairs": [{"from": "11-1011.00", "to": "15-1254.00"}]}),
]


@pytest.mark.parametrize(("path", "body"), POSTED)
@pytest.mark.parametrize(
    ("query", "member", "accept", "mimetype"),
    [
        ("?format=csv", None, "*/*", "text/csv"),
        ("?format=csv", "json", "*/*", "application/json"),
        ("?format=json", "csv", "application/json", "text/csv"),
        ("?format=json", None, "text/csv", "application/json"),
        ("", None, "text/csv", "text/csv"),
        ("", "json", "text/csv", "application/json"),
    ],
)
def test_what_is_posted_is_csv_by_a_member_else_by_the_query_else_by_accept(
    starter: FlaskClient,
    path: str,
    body: dict[str, Any],
    query: str,
    member: str | None,
    accept: str,
    mimetype: str,
) -> None:
    asked = body if member is None else body | {"format": member}

    answer = starter.post(path + query, json=asked, headers={"Accept": accept})

    assert (200, mimetype) == (answer.status_code, answer.mimetype)


@pytest.mark.parametrize(("path", "body"), POSTED)
@pytest.mark.parametrize("query", ["format=xml", "format=csv&format=csv"])
def test_a_query_of_what_is_posted_that_cannot_be_used_is_refused(
    starter: FlaskClient, path: str, body: dict[str, Any], query: str
) -> None:
    answer = starter.post(f"{path}?{query}", json=body)

    assert (422, "invalid-parameter") == problem(answer)
    assert ["format"] == [one["parameter"] for one in answer.get_json()["errors"]]


@pytest.mark.parametrize(("path", "body"), POSTED)
def test_what_is_no_parameter_of_what_is_posted_is_ignored_and_named(
    starter: FlaskClient, path: str, body: dict[str, Any]
) -> None:
    expected = starter.post(path, json=body).get_json()

    answer = starter.post(f"{path}?limit=1&<b>=v&min_importanc=3", json=body)

    notes = [{"parameter": one, "text": f"{one} is no parameter"} for one in
             ("limit", "min_importanc")]  # fmt: skip
    assert expected | {"notes": notes} == answer.get_json()
