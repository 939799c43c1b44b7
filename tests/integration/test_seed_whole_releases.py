"""The whole of O*NET 29.0 lands in the tables as it stands in the text, in either layout."""

import csv
import shutil
from collections import Counter
from datetime import date

import pytest
from support.clock import LIMITS, FakeClock
from support.tables import OF_A_LOAD, PUBLISHED, dump, without

from cache.seed import seed

MISSING = ("n/a", "")
FILES = {"skills": "Skills.txt", "knowledge": "Knowledge.txt"}
RATINGS = 61_530 + 58_014


@pytest.fixture(scope="module")
def report(shared_engine, full_release):
    return seed(shared_engine, full_release, limits=LIMITS, now=FakeClock())


@pytest.fixture(scope="module")
def tables(shared_engine, report):
    return dump(shared_engine, PUBLISHED)


def lines_of(file) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_report_counts_the_release(report):
    assert ("29.0", True, True) == (report.release, report.complete, report.changed)
    assert (1016, RATINGS, dict.fromkeys(FILES, 879), dict.fromkeys(FILES, 137)) == (
        report.occupations,
        report.ratings,
        report.rated,
        report.empty,
    )
    assert {
        "alternate titles": 58_283,
        "job zones": 923,
        "related occupations": 18_460,
    } == report.lists


def test_the_tables_hold_as_many(tables):
    assert (1016, 35 + 33, RATINGS) == tuple(
        len(tables[name]) for name in ("occupation", "element", "rating")
    )
    states = Counter((entry["domain"], entry["state"]) for entry in tables["cache_entry"])
    assert {
        (domain, state): count
        for domain in FILES
        for state, count in (("rated", 879), ("empty", 137))
    } == states
    assert {"empty"} == {
        entry["state"]
        for entry in tables["cache_entry"]
        if entry["occupation_code"] == "15-1252.00"
    }


def figure(text: str) -> str | None:
    """A figure of the text with four decimals, by its digits alone."""
    if text in MISSING:
        return None
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals:0<4}"


def test_every_rating_is_that_of_the_text_to_the_last_digit(tables, full_release):
    flags = {"Y": True, "N": False, "n/a": None, "": None}
    expected = [
        (
            line["O*NET-SOC Code"],
            line["Element ID"],
            line["Scale ID"],
            figure(line["Data Value"]),
            None if line["N"] in MISSING else int(line["N"]),
            *(
                figure(line[name])
                for name in ("Standard Error", "Lower CI Bound", "Upper CI Bound")
            ),
            flags[line["Recommend Suppress"]],
            flags[line["Not Relevant"]],
            date(int(line["Date"][3:]), int(line["Date"][:2]), 1),
            line["Domain Source"],
        )
        for name in FILES.values()
        for line in lines_of(full_release / name)
    ]

    found = [
        (
            row["occupation_code"],
            row["element_id"],
            row["scale_id"],
            f"{row['value']:.4f}",
            row["n"],
            *(
                None if row[name] is None else f"{row[name]:.4f}"
                for name in ("standard_error", "lower_ci", "upper_ci")
            ),
            row["recommend_suppress"],
            row["not_relevant"],
            row["date_updated"],
            row["domain_source"],
        )
        for row in tables["rating"]
    ]
    assert sorted(expected, key=lambda row: row[:3]) == found


def test_every_occupation_element_and_scale_is_that_of_the_text(tables, full_release):
    occupations = [tuple(line.values()) for line in lines_of(full_release / "Occupation Data.txt")]
    elements = {
        (line["Element ID"], line["Element Name"], domain)
        for domain, name in FILES.items()
        for line in lines_of(full_release / name)
    }
    scales = {line["Scale ID"]: line for line in lines_of(full_release / "Scales Reference.txt")}

    assert sorted(occupations) == [
        (row["code"], row["title"], row["description"]) for row in tables["occupation"]
    ]
    assert elements == {tuple(row.values()) for row in tables["element"]}
    for row in tables["scale"]:
        line = scales[row["id"]]
        assert (line["Scale Name"], float(line["Minimum"]), float(line["Maximum"])) == (
            row["name"],
            row["minimum"],
            row["maximum"],
        )


def test_every_title_job_zone_and_related_occupation_is_that_of_the_text(tables, full_release):
    titles = {
        (line["O*NET-SOC Code"], line[column].strip())
        for line in lines_of(full_release / "Alternate Titles.txt")
        for column in ("Alternate Title", "Short Title")
        if line[column] not in MISSING
    }
    zones = {
        line["O*NET-SOC Code"]: int(line["Job Zone"])
        for line in lines_of(full_release / "Job Zones.txt")
    }
    related = {
        (*list(line.values())[:3], int(line["Index"]))
        for line in lines_of(full_release / "Related Occupations.txt")
    }

    assert sorted(titles) == [tuple(row.values()) for row in tables["alternate_title"]]
    assert zones == {
        row["code"]: row["job_zone"] for row in tables["occupation"] if row["job_zone"]
    }
    assert sorted(related) == [tuple(row.values()) for row in tables["related_occupation"]]


def test_each_rated_occupation_has_70_ratings_of_skills_and_66_of_knowledge_under_a_hash(tables):
    assert {("skills", 70, 64), ("knowledge", 66, 64), ("skills", 0, 0), ("knowledge", 0, 0)} == {
        (entry["domain"], entry["row_count"], len(entry["content_hash"] or ""))
        for entry in tables["cache_entry"]
    }


def test_loading_it_again_changes_nothing(shared_engine, report, tables, full_release):
    again = seed(shared_engine, full_release, limits=LIMITS, now=FakeClock())

    assert (False, RATINGS) == (again.changed, again.ratings)
    assert (report.rated, report.empty, report.lists) == (again.rated, again.empty, again.lists)
    assert tables == dump(shared_engine, PUBLISHED)


@pytest.mark.soak
@pytest.mark.parametrize(
    "shared_url",
    ["sqlite", pytest.param("mysql", marks=pytest.mark.mysql)],
    indirect=True,
    scope="module",
)
def test_the_same_rows_in_the_split_layout_give_the_same_tables(
    shared_engine, report, tables, full_release, tmp_path
):
    for file in full_release.iterdir():
        shutil.copy(file, tmp_path)
    (tmp_path / "Skills.txt").unlink()
    header, *lines = (full_release / "Skills.txt").read_text(encoding="utf-8").splitlines()
    for name, prefix in (("Essential Skills.txt", "2.A."), ("Transferable Skills.txt", "2.B.")):
        rows = [line for line in lines if line.split("\t")[1].startswith(prefix)]
        (tmp_path / name).write_text("\n".join([header, *rows, ""]), encoding="utf-8")

    split = seed(shared_engine, tmp_path, limits=LIMITS, now=FakeClock())

    assert (True, RATINGS, report.rated) == (split.changed, split.ratings, split.rated)
    after = dump(shared_engine, PUBLISHED)
    assert without(tables, *OF_A_LOAD) == without(after, *OF_A_LOAD)
