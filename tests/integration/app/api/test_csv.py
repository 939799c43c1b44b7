"""GET /skill-gap as CSV, for who asks for it by `format` or by Accept."""

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
            row |= {f"{side}_rated": body["sources"][side]["rated"] for side in ("from", "to")}
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
        "to_not_relevant,gain,readiness,readiness_low,readiness_high,from_rated,to_rated"
    ) == answer.text.split("\r\n")[0]


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("application/json;q=0.5, text/csv;q=0.6", "text/csv"),
        ("application/json;q=0, */*", "text/csv"),
        ("application/json, text/csv;q=0.9", "application/json"),
        ("text/csv;q=0", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("*/*", "application/json"),
        ("text/csv, */*;q=0.1", "text/csv"),
        ("image/png", "application/json"),
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
            'attachment; filename="skills-gap-11-1011.00-to-15-1254.00.csv"'
            == (answer.headers["Content-Disposition"])
        )
    tag = {"If-None-Match": first.headers["ETag"]}
    for headers in (tag, tag | {"Accept": "text/csv"}):
        unchanged = starter.get(GAP + "&format=csv", headers=headers)
        assert (304, b"", ["Accept, Accept-Encoding"]) == (
            unchanged.status_code, unchanged.data, unchanged.headers.getlist("Vary"),
        )  # fmt: skip
    assert 200 == starter.get(GAP, headers=tag).status_code


def test_a_head_is_the_csv_without_its_body(starter: FlaskClient) -> None:
    answer = starter.head(GAP, headers={"Accept": "text/csv"})

    assert (200, TYPE, b"") == (answer.status_code, answer.headers["Content-Type"], answer.data)


def test_errors_are_problems_whatever_is_asked_for(starter: FlaskClient) -> None:
    headers = {"Accept": "text/csv"}

    assert (422, "invalid-parameter") == problem(starter.get("/skill-gap", headers=headers))
    assert (422, "invalid-parameter") == problem(starter.get(GAP + "&format=xml"))
