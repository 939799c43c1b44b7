"""Whole releases of O*NET land in the tables as they stand in the text, in either layout."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from support.clock import LIMITS, FakeClock
from support.release_files import write_part
from support.tables import PUBLISHED, clear, dump

from cache.release.seed import seed

MISSING = ("n/a", "")
OCCUPATIONS = 1016
LAST = "11-9999.99"
"""Where the part of a release ends."""


@dataclass(frozen=True)
class Whole:
    """What a release is known to hold."""

    fixture: str
    name: str
    files: dict[str, list[str]]
    titles: tuple[str, str]
    rated: dict[str, int]
    elements: dict[str, int]
    ratings: int
    alternate_titles: int
    zoned: int = 923
    related: int = 18_460

    def lines(self, folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
        """All rating lines, each with its domain."""
        for domain, names in self.files.items():
            for name in names:
                yield from ((domain, line) for line in lines_of(folder / name))


SPLIT = ["Essential Skills.txt", "Transferable Skills.txt"]
OLDER = Whole(
    "full_release",
    "29.0",
    {"skills": ["Skills.txt"], "knowledge": ["Knowledge.txt"]},
    ("Alternate Titles.txt", "Alternate Title"),
    {"skills": 879, "knowledge": 879},
    {"skills": 35, "knowledge": 33},
    61_530 + 58_014,
    58_283,
)
PART = replace(
    OLDER,
    fixture="part_release",
    rated={"skills": 51, "knowledge": 51},
    ratings=3_570 + 3_366,
    alternate_titles=2_305,
    zoned=56,
    related=1_120,
)
NEWER = Whole(
    "newer_release",
    "30.3",
    {"skills": SPLIT},
    ("Job Titles.txt", "Job Title"),
    {"skills": 894},
    {"skills": 35},
    62_580,
    61_530,
)
THREE_DOMAINS = replace(
    NEWER,
    fixture="three_domains",
    files={"skills": SPLIT, "knowledge": ["Knowledge.txt"], "abilities": ["Abilities.txt"]},
    rated={"skills": 894, "knowledge": 894, "abilities": 894},
    elements={"skills": 35, "knowledge": 33, "abilities": 52},
    ratings=214_560,
)


def of(database: str, whole: Whole, *marks: pytest.MarkDecorator) -> object:
    """A release and the database that it is loaded into."""
    marks += (getattr(pytest.mark, "newer_release" if whole.name == "30.3" else "full_release"),)
    marks += (pytest.mark.mysql,) if database == "mysql" else ()
    return pytest.param(database, whole, marks=marks)


# The layout and the database have nothing to do with each other.
pytestmark = pytest.mark.parametrize(
    ("shared_url", "whole"),
    [
        of("sqlite", NEWER),
        of("sqlite", PART),
        of("mysql", PART),
        of("sqlite", OLDER, pytest.mark.soak),
        of("mysql", OLDER, pytest.mark.soak),
        of("mysql", NEWER, pytest.mark.soak),
        of("sqlite", THREE_DOMAINS, pytest.mark.soak),
        of("mysql", THREE_DOMAINS, pytest.mark.soak),
    ],
    indirect=True,
    scope="module",
    ids=lambda one: one if isinstance(one, str) else one.fixture,
)


@pytest.fixture(scope="module")
def part_release(full_release, tmp_path_factory):
    """What a release says of some occupations."""
    return write_part(full_release, tmp_path_factory.mktemp("part") / full_release.name, LAST)


@pytest.fixture(scope="module")
def whole(request):
    return request.param


@pytest.fixture(scope="module")
def folder(request, whole):
    return request.getfixturevalue(whole.fixture)


@pytest.fixture(scope="module")
def report(shared_engine, folder):
    clear(shared_engine)
    return seed(shared_engine, folder, limits=LIMITS, now=FakeClock())


@pytest.fixture(scope="module")
def tables(shared_engine, report):
    return dump(shared_engine, PUBLISHED)


def lines_of(file) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_report_counts_the_release(report, whole):
    assert (whole.name, True, True) == (report.release, report.complete, report.changed)
    assert OCCUPATIONS == report.occupations
    assert whole.ratings == report.ratings
    assert whole.rated == report.rated
    assert {domain: OCCUPATIONS - count for domain, count in whole.rated.items()} == report.empty
    assert {
        "alternate titles": whole.alternate_titles,
        "job zones": whole.zoned,
        "related occupations": whole.related,
    } == {of: report.lists[of] for of in ("alternate titles", "job zones", "related occupations")}


def figure(text: str) -> str | None:
    """A figure of the text with four decimals, by its digits alone."""
    if text in MISSING:
        return None
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals:0<4}"


def test_every_rating_is_that_of_the_text_to_the_last_digit(tables, whole, folder):
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
        for _, line in whole.lines(folder)
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


def test_every_occupation_element_and_scale_is_that_of_the_text(tables, whole, folder):
    occupations = [tuple(line.values()) for line in lines_of(folder / "Occupation Data.txt")]
    elements = {
        (line["Element ID"], line["Element Name"], domain) for domain, line in whole.lines(folder)
    }
    scales = {line["Scale ID"]: line for line in lines_of(folder / "Scales Reference.txt")}

    assert sorted(occupations) == [
        (row["code"], row["title"], row["description"]) for row in tables["occupation"]
    ]
    assert elements == {tuple(row.values()) for row in tables["element"]}
    assert {"IM", "LV"} == {row["id"] for row in tables["scale"]}
    for row in tables["scale"]:
        line = scales[row["id"]]
        assert (line["Scale Name"], float(line["Minimum"]), float(line["Maximum"])) == (
            row["name"],
            row["minimum"],
            row["maximum"],
        )


def test_every_title_job_zone_and_related_occupation_is_that_of_the_text(tables, whole, folder):
    file, column = whole.titles
    titles = {
        (line["O*NET-SOC Code"], line[name].strip())
        for line in lines_of(folder / file)
        for name in (column, "Short Title")
        if line[name] not in MISSING
    }
    zones = {
        line["O*NET-SOC Code"]: int(line["Job Zone"]) for line in lines_of(folder / "Job Zones.txt")
    }
    related = {
        (*list(line.values())[:3], int(line["Index"]))
        for line in lines_of(folder / "Related Occupations.txt")
    }

    assert sorted(titles) == [tuple(row.values()) for row in tables["alternate_title"]]
    assert zones == {
        row["code"]: row["job_zone"] for row in tables["occupation"] if row["job_zone"]
    }
    assert sorted(related) == [tuple(row.values()) for row in tables["related_occupation"]]


def test_every_name_of_a_job_zone_is_that_of_the_text(tables, folder):
    file = folder / "Job Zone Reference.txt"
    names = (
        [(int(line["Job Zone"]), line["Name"]) for line in lines_of(file)] if file.exists() else []
    )

    assert names == [tuple(row.values()) for row in tables["job_zone"]]
    held = {row["job_zone"] for row in tables["occupation"] if row["job_zone"]}
    assert not names or held == {zone for zone, _ in names}


def test_each_rated_occupation_has_two_ratings_of_every_element_under_a_hash(tables, whole):
    rated = {(domain, 2 * count, 64) for domain, count in whole.elements.items()}
    assert rated | {(domain, 0, 0) for domain in whole.elements} == {
        (entry["domain"], entry["row_count"], len(entry["content_hash"] or ""))
        for entry in tables["cache_entry"]
    }
