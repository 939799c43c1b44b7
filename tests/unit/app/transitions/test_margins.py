"""The margin of a fit is what ratings drawn anew from the published errors spread over."""

from random import Random
from statistics import mean, stdev

import pytest
from support.profiles import drawn, profile, rating, read_profiles

from app.gaps.student_t import NORMAL
from app.transitions.fit import Fit, fits
from app.transitions.margins import margins, tied_with
from app.transitions.readiness import Matrix


@pytest.mark.parametrize(
    ("number", "draws"), [(8, 30), pytest.param(60, 400, marks=pytest.mark.soak)]
)
def test_a_margin_is_about_two_deviations_of_what_draws_give(full_release, number, draws):
    draw = Random(number)
    domains = [
        {
            code: one
            for code, one in read_profiles(full_release / f"{name}.txt").items()
            if one.demands is not None and None not in one.level_variances
        }
        for name in ("Skills", "Knowledge")
    ]
    codes = draw.sample(sorted(domains[0].keys() & domains[1].keys()), number + 1)
    shares = []
    published = [Matrix.of([profiles[code] for code in codes]) for profiles in domains]
    expected = margins(published, codes[0], codes[1:])
    for code, margin in zip(codes[1:], expected, strict=True):
        found = []
        for _ in range(draws):
            pair = [
                Matrix.of([drawn(profiles[one], draw) for one in (codes[0], code)])
                for profiles in domains
            ]
            found.append(fits(pair, codes[0], "to")[0].fit)
        shares.append(margin / NORMAL / stdev(found))

    assert 0.9 < mean(shares) < 1.25
    assert 0.5 < min(shares) <= max(shares) < 2


def test_a_margin_is_the_same_both_ways_and_nothing_where_nothing_is_demanded():
    one = profile("11-1.00", rating("a", 2.0), rating("b", 4.0))
    other = profile("13-2.00", rating("a", 3.0), rating("b", 1.0))
    nobody = profile("15-3.00", rating("a", not_relevant=True), rating("b", not_relevant=True))
    matrix = Matrix.of([one, other, nobody])

    there, nothing = margins([matrix], "11-1.00", ["13-2.00", "15-3.00"])
    assert [there] == pytest.approx(margins([matrix], "13-2.00", ["11-1.00"]))
    assert 0 < there < 0.2
    assert 0 == nothing


@pytest.mark.parametrize("unknown", [{"level_error": None}, {"importance_raters": None}])
def test_without_an_error_of_what_is_required_there_is_no_margin(unknown):
    known, lacking = rating("a"), rating("b", **unknown)
    irrelevant = lacking._replace(not_relevant=True)
    sides = [
        profile("11-1.00", known, rating("b", not_relevant=True)),
        profile("13-2.00", known, lacking),
        profile("15-3.00", known, irrelevant),
    ]

    first, second = margins([Matrix.of(sides)], "11-1.00", ["13-2.00", "15-3.00"])
    assert first is None
    assert second is not None


def test_a_margin_is_over_the_domains_that_both_are_rated_in():
    codes = ["11-1.00", "13-2.00"]
    skills = Matrix.of([profile(code, rating(level=at + 1.0)) for at, code in enumerate(codes)])
    others = Matrix.of([profile(codes[1], rating(level_error=9.0))])

    alone = margins([skills], codes[0], codes[1:])
    assert alone == margins([skills, others], codes[0], codes[1:])
    (halved,) = margins([skills, skills], codes[0], codes[1:])
    assert alone[0] / 2**0.5 == pytest.approx(halved)


def test_rows_further_down_within_the_margin_are_tied():
    rows = [Fit(str(at), fit, 0, 0) for at, fit in enumerate([0.9, 0.89, 0.88, 0.87, 0.5])]

    assert [2, None, 1] == tied_with(rows, [0.025, None, 0.011])
    assert [0] == tied_with(rows[4:], [0.5])
    by_readiness = [rows[1], rows[0], rows[4]]
    assert [1] == tied_with(by_readiness, [0.02])
