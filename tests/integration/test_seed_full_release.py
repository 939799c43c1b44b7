"""The whole of O*NET 29.0 lands in the tables as it stands in the text, in either layout."""

import csv
import shutil
from datetime import date

import pytest
from support.clock import LIMITS, FakeClock
from support.tables import OF_A_LOAD, PUBLISHED, dump, without

from cache.seed import seed

MISSING = ("n/a", "")


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
    assert (1016, 61_530, 879, 137) == (
        report.occupations,
        report.ratings,
        report.rated,
        report.empty,
    )


def test_the_tables_hold_as_many(tables):
    states = [entry["state"] for entry in tables["cache_entry"]]

    assert (1016, 35, 61_530) == tuple(
        len(tables[name]) for name in ("occupation", "element", "rating")
    )
    assert (879, 137, 1016) == (states.count("rated"), states.count("empty"), len(states))
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
        for line in lines_of(full_release / "Skills.txt")
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
        (line["Element ID"], line["Element Name"], "skills")
        for line in lines_of(full_release / "Skills.txt")
    }
    scales = {line["Scale ID"]: line for line in lines_of(full_release / "Scales Reference.txt")}

    assert sorted(occupations) == [tuple(row.values()) for row in tables["occupation"]]
    assert elements == {tuple(row.values()) for row in tables["element"]}
    for row in tables["scale"]:
        line = scales[row["id"]]
        assert (line["Scale Name"], float(line["Minimum"]), float(line["Maximum"])) == (
            row["name"],
            row["minimum"],
            row["maximum"],
        )


def test_each_rated_occupation_has_70_ratings_under_a_hash(tables):
    assert {(70, 64), (0, None)} == {
        (entry["row_count"], entry["content_hash"] and len(entry["content_hash"]))
        for entry in tables["cache_entry"]
    }


def test_loading_it_again_changes_nothing(shared_engine, tables, full_release):
    again = seed(shared_engine, full_release, limits=LIMITS, now=FakeClock())

    assert (False, 61_530, 879, 137) == (again.changed, again.ratings, again.rated, again.empty)
    assert tables == dump(shared_engine, PUBLISHED)


def test_the_same_rows_in_the_split_layout_give_the_same_tables(
    shared_engine, tables, full_release, tmp_path
):
    for name in ("Occupation Data.txt", "Scales Reference.txt", "Read Me.txt"):
        shutil.copy(full_release / name, tmp_path)
    header, *lines = (full_release / "Skills.txt").read_text(encoding="utf-8").splitlines()
    for name, prefix in (("Essential Skills.txt", "2.A."), ("Transferable Skills.txt", "2.B.")):
        rows = [line for line in lines if line.split("\t")[1].startswith(prefix)]
        (tmp_path / name).write_text("\n".join([header, *rows, ""]), encoding="utf-8")

    split = seed(shared_engine, tmp_path, limits=LIMITS, now=FakeClock())

    assert (True, 61_530, 879, 137) == (split.changed, split.ratings, split.rated, split.empty)
    after = dump(shared_engine, PUBLISHED)
    assert without(tables, *OF_A_LOAD) == without(after, *OF_A_LOAD)
