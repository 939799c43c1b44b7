"""What `flask gap` and `flask transitions` print, at widths of all kinds."""

import io
import re
import sys
from datetime import UTC, datetime

import pytest
from support.gap_bodies import body, item, transitions

from app.cli import gap_table as gaps
from app.cli import transitions_table as steps
from app.cli.screen import UNCUT, open_console
from app.transitions.choice import TransitionsChoice

GAPS = body(
    [
        item(name, level, 4.25, importance=4.12, significant=False)
        for name, level in [("Management of Financial Resources", 1.0), ("Programming", None)]
    ],
    source="Chief Executives",
    target="Web Developers",
) | {"domain": "knowledge"}
NOW = datetime(2026, 5, 4, tzinfo=UTC)
LONG = "Geographic Information Systems Technologists and Technicians"
STEPS = transitions() | {
    "occupation": {"code": "15-1254.00", "title": "Web Developers"},
    "domains": ["skills", "abilities"],
    "compared": 879,
    "job_zones": [
        {"zone": 2, "name": "Job Zone 1-2: Very Little to Some Preparation Needed"},
        {"zone": 4, "name": None},
    ],
    "transitions": [
        {
            "code": code,
            "title": title,
            "fit": 0.9038,
            "readiness": 0.9874,
            "utilization": 0.8151,
            "tied_with": 7,
            "job_zone": 4,
            "related": "Primary-Short",
            "gaps": [{"name": "Social Perceptiveness"}, {"name": "Complex Problem Solving"}],
            "carries_over": [{"name": "Writing"}, {"name": "Speaking"}],
        }
        for code, title in [("15-1299.02", LONG), ("27-1024.00", "Graphic Designers")]
    ],
    "sources": {"skills": {"release": "29.0"}, "abilities": {"release": "30.3"}},
    "attribution": "This includes information from the O*NET 29.0 Database.",
}


@pytest.fixture
def printed(monkeypatch, capsys):
    """Print answers, at a width or where nothing says how wide."""

    def show(command, width=None, *, limit=20, job_zone=None, **changed):
        if width is None:
            monkeypatch.delenv("COLUMNS", raising=False)
            monkeypatch.setattr(sys, "__stdout__", io.StringIO())
        else:
            monkeypatch.setenv("COLUMNS", str(width))
        if command == "gap":
            gaps.print_gap(GAPS | changed, NOW)
        else:
            zones = job_zone and tuple(map(int, job_zone.split(",")))
            steps.print_transitions(
                STEPS | changed, TransitionsChoice(job_zones=zones, limit=limit)
            )
        return capsys.readouterr().out

    return show


both = pytest.mark.parametrize("command", ["gap", "transitions"])


@both
@pytest.mark.parametrize("width", [*range(20, 60), 80, 200])
def test_no_line_is_wider_than_the_terminal(printed, command, width):
    lines = printed(command, width).splitlines()

    assert max(map(len, lines)) <= width
    assert len(next(line for line in lines if re.match(r"(element|#|code) ", line))) < width


@both
@pytest.mark.parametrize("width", [1, 19])
def test_a_terminal_too_narrow_for_a_table_gets_the_narrowest(printed, command, width):
    assert printed(command, 20) == printed(command, width)


@pytest.mark.parametrize("width", [*range(20, 60), 80, 200, None])
def test_every_code_is_there_to_be_asked_about_next(printed, width):
    text = printed("transitions", width)

    assert ["15-1299.02", "27-1024.00"] == re.findall(r"\d\d-\d{4}\.\d\d", text)


@both
@pytest.mark.parametrize("width", [40, 53, 80, 200])
def test_a_long_name_goes_on_below(printed, command, width):
    lines = printed(command, width).splitlines()

    assert "…" not in "".join(lines)
    long = LONG if command == "transitions" else "Management of Financial Resources"
    words = set(re.findall(r"\w+", "\n".join(lines)))
    assert set(long.split()) <= words


def test_what_is_no_terminal_gets_every_row_on_one_line(printed):
    gap, transitions = printed("gap"), printed("transitions")

    assert re.search(
        r"^Management of Financial Resources .* 4\.25 .* 0\.3621 +higher level", gap, re.M
    )
    assert re.search(
        rf"^1  15-1299\.02  {LONG} .* Social Perceptiveness, Complex Problem Solving",
        transitions,
        re.M,
    )


@both
def test_where_figures_come_from_is_said_in_short_to_what_is_no_terminal(
    printed, monkeypatch, command
):
    shown = GAPS if command == "gap" else STEPS
    releases = "29.0" if command == "gap" else "29.0 and 30.3"

    *_, last = printed(command).splitlines()
    assert last.startswith(f"Source: O*NET {releases} Database, USDOL/ETA, CC BY 4.0 (https://")
    assert shown["attribution"] not in printed(command)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert shown["attribution"] in printed(command)


@pytest.mark.parametrize(("columns", "width"), [("53", 53), ("7", 20), ("", UNCUT), ("0", UNCUT)])
def test_columns_say_how_wide_it_is_where_it_is_no_terminal(monkeypatch, columns, width):
    monkeypatch.setattr(sys, "__stdout__", io.StringIO())
    monkeypatch.setenv("COLUMNS", columns)

    assert width == open_console().width


def test_a_narrow_terminal_leaves_out_what_matters_least_of_a_gap(printed):
    shown = {width: heads(printed("gap", width), "element") for width in (20, 40, 60, 80, 200)}

    assert {"element", "gap"} == shown[20]
    assert shown[20] | {"level"} == shown[40]
    assert shown[40] | {"from", "to"} == shown[60]
    assert shown[60] | {"priority"} == shown[80]
    assert shown[80] | {"importance", "kind"} == shown[200]


def test_a_narrow_terminal_leaves_out_what_matters_least_of_transitions(printed):
    shown = {width: heads(printed("transitions", width), "code") for width in (20, 40, 53, 80, 200)}

    assert {"code", "fit"} == shown[20]
    assert shown[20] | {"occupation", "+"} == shown[40]
    assert shown[40] | {"bar"} == shown[53]
    assert shown[53] | {"missing", "ready"} == shown[80]
    assert shown[80] | {"carries", "over", "used", "tied", "zone", "#"} == shown[200]


def heads(text, first):
    return set(next(line for line in text.splitlines() if first in line.split()).split())


def test_readiness_is_told_with_its_bounds_and_an_old_rating_with_its_year(printed):
    summary, sources = GAPS["summary"], GAPS["sources"]
    old = {"sources": sources | {"to": sources["to"] | {"rated": "2016-04"}}}
    unsure = {"summary": summary | {"readiness_interval": None, "closer_than": None}}
    closer = "Closer than 64% of all occupations rated here."

    assert f"readiness 0.8824, at 95 % between 0.8673 and 0.9038. {closer}\n" in printed("gap")
    assert "readiness 0.8824.\n" in printed("gap", **unsure)
    assert "The oldest rating" not in printed("gap")
    assert "\nThe oldest rating of Web Developers is of 2016.\n" in printed("gap", **old)


def test_bars_are_explained_where_they_are(printed):
    assert "there  ▒▒ missing" in printed("gap", 60)
    assert "▒" not in printed("gap", 20)


def test_the_head_says_what_the_answer_is_about(printed):
    assert printed("gap").startswith("Chief Executives → Web Developers, by knowledge\n")
    for zone, of_zone in (
        (None, ""),
        ("4", ", of job zone 4"),
        ("2,3,4", ", of job zone 2, 3 or 4"),
    ):
        to = printed("transitions", job_zone=zone)
        of = printed("transitions", job_zone=zone, direction="from")
        by = f"{of_zone}, by fit in skills and abilities\n"
        assert to.startswith(f"Where Web Developers could go next{by}")
        assert of.startswith(f"Who could become Web Developers{by}")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "2 shown, of 878 other"),
        ({"job_zone": "4"}, "2 shown, all that are known to be of job zone 4, of 878 other"),
        (
            {"job_zone": "3,4", "limit": 2},
            "2 shown, of those known to be of job zone 3 or 4, of 878 other",
        ),
        (
            {"job_zone": "4", "transitions": []},
            "0 shown, of those known to be of job zone 4, of 878 other",
        ),
    ],
)
def test_the_count_is_of_others_and_says_what_is_known_of_the_job_zone(printed, asked, told):
    rest = "occupations with skills or abilities ratings here, out of 1,015 that O*NET lists."

    assert f"\n{told} {rest}\n" in printed("transitions", **asked)


def test_the_job_zones_that_can_be_asked_for_are_listed_in_their_words(printed):
    listed = "\nJob zones: 2: Very Little to Some Preparation Needed; 4\n"

    assert listed in printed("transitions")
    assert "Job zones" not in printed("transitions", job_zones=[])


@both
def test_what_replaced_a_code_is_noted(printed, command):
    text = "O*NET replaced 15-1134.00 by 15-1254.00 Web Developers."

    assert f"\n{text}\n" in printed(command, notes=[{"text": text}])
