import json
from dataclasses import replace

import pytest

from bench.figures import Check, Report, shown
from bench.load import Measured, median, remarks

MEASURED = Measured(100.0, 1.0, 2.0, 0, 0, 0.5, 0.1, 0.5, 1000.0)


@pytest.mark.parametrize(
    ("found", "side", "met"),
    [
        (0.8, "at least", True),
        (0.79, "at least", False),
        (2.0, "at most", True),
        (2.01, "at most", False),
    ],
)
def test_a_figure_is_held_against_its_bound(found, side, met):
    bound = 0.8 if side == "at least" else 2.0

    assert met == Check("ratio", "SQLite", found, side, bound).met


def test_a_report_becomes_json_that_says_what_is_met():
    report = Report("hot", "Hot", ("a",), checks=[Check("ratio", "SQLite", 0.5, "at least", 0.8)])

    assert [False] == [check["met"] for check in json.loads(json.dumps(report.as_json()))["checks"]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        ("hot", "hot"),
        (0, "0"),
        (0.03456, "0.0346"),
        (1.5, "1.5"),
        (99.949, "99.9"),
        (99.96, "100"),
        (12345.6, "12,346"),
    ],
)
def test_a_cell_shows_three_digits_or_a_whole_number(value, text):
    assert text == shown(value)


def test_the_median_is_taken_of_each_figure_and_what_went_wrong_adds_up():
    rounds = [
        replace(MEASURED, requests_per_second=rate, p99_ms=late, wrong=wrong, broken=5)
        for rate, late, wrong in [(90, 9.0, 1), (100, 3.0, 0), (200, 4.0, 2)]
    ]

    assert replace(MEASURED, p99_ms=4.0, wrong=3, broken=15) == median(rounds)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, ""),
        ({"wrong": 1200}, "1,200 wrong answers"),
        ({"broken": 3}, "3 broken connections"),
        ({"wrong": 1, "broken": 2}, "1 wrong answers, 2 broken connections"),
        ({"generator_busy": 0.96}, "the generator was the bottleneck"),
        ({"generator_ms": 0.51}, "the generator was the bottleneck"),
    ],
)
def test_what_makes_a_figure_doubtful_is_told(change, told):
    assert told == remarks(replace(MEASURED, **change))
