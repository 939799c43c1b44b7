"""The rules of a skill gap, one by one, and against an oracle that counts in fractions."""

from fractions import Fraction
from math import isclose
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.profiles import rating, read_profiles

from app.gaps.compare import Comparison, Gap, GapChoice, Incomparable, chosen, compare
from cache.profile import ElementRating, Profile


def profile(*ratings: ElementRating) -> Profile:
    return Profile("11-9001.00", "Kite Masters", {item.id: item for item in ratings})


def compare_one(source: ElementRating, target: ElementRating):
    return compare(profile(source), profile(target))


def only_gap(source: ElementRating, target: ElementRating) -> Comparison:
    (gap,) = compare_one(source, target).gaps
    return gap


@pytest.mark.parametrize(
    ("source", "target", "level_gap", "kind"),
    [
        pytest.param({"level": 2.0}, {"level": 4.5}, 2.5, "higher_level", id="higher"),
        pytest.param({"level": 0.0}, {"level": 0.01}, 0.01, "higher_level", id="least"),
        pytest.param({"level": 0.0}, {"level": 7.0}, 7.0, "higher_level", id="most"),
        pytest.param({"level": 4.0}, {"level": 4.12}, 0.12, "higher_level", id="no float dust"),
        pytest.param(
            {"level": 0.0, "not_relevant": True}, {"level": 4.0}, 4.0, "missing", id="missing"
        ),
        pytest.param(
            {"level": 3.0, "not_relevant": True},
            {"level": 2.0},
            2.0,
            "missing",
            id="a level that is not relevant counts as 0",
        ),
    ],
)
def test_a_required_element_at_a_higher_level_is_a_gap(source, target, level_gap, kind):
    gap = only_gap(rating(**source), rating(**target))

    assert (level_gap, kind) == (gap.level_gap, gap.kind)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pytest.param({"level": 4.0}, {"level": 4.0}, id="equal"),
        pytest.param({"level": 4.0}, {"level": 3.99}, id="lower"),
        pytest.param({"not_relevant": True}, {"level": 0.0}, id="missing and asked at level 0"),
    ],
)
def test_a_required_element_that_is_not_above_is_covered(source, target):
    result = compare_one(rating(**source), rating(**target))

    assert () == result.gaps
    assert ["2.A.1.a"] == [item.target.id for item in result.covered]
    assert 1.0 == result.readiness


@pytest.mark.parametrize(("importance", "expected"), [(1.0, 0.0), (3.0, 0.5), (5.0, 1.0)])
def test_weight_runs_from_0_to_1(importance, expected):
    assert (expected,) == profile(rating(importance=importance)).weights


def test_the_columns_of_a_profile_are_in_the_order_of_the_ids():
    mixed = profile(rating("b", 2.0, 5.0), rating("c", 3.0, 3.0), rating("a", 1.0, 1.0))

    assert ["a", "b", "c"] == [item.id for item in mixed.ratings]
    assert ((1.0, 2.0, 3.0), (0.0, 1.0, 0.5)) == (mixed.levels, mixed.weights)


@pytest.mark.parametrize(
    ("importance", "source", "target", "priority"),
    [
        (5.0, 0.0, 7.0, 1.0),
        (1.0, 0.0, 7.0, 0.0),
        (4.12, 1.0, 4.25, 0.3621),  # Programming, Chief Executives to Web Developers
        (3.0, 1.0, 2.0, 0.0714),
        (5.0, 0.0, 0.01, 0.0014),
    ],
)
def test_priority_is_weight_times_gap_over_the_highest_level(importance, source, target, priority):
    gap = only_gap(rating(level=source), rating(level=target, importance=importance))

    assert priority == gap.priority


def test_a_gap_says_whether_it_is_significant_by_the_published_levels_errors():
    missing = rating(level=6.0, not_relevant=True, level_error=0.5)

    assert only_gap(missing, rating(level=1.1, level_error=0.0)).significant is False
    assert only_gap(missing, rating(level=1.2, level_error=0.0)).significant is True
    assert only_gap(missing, rating(level=7.0, level_error=None)).significant is None


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [(False, False, False), (True, False, True), (False, True, True), (True, True, True)],
)
def test_low_precision_on_either_side_is_told_and_never_drops_a_gap(source, target, expected):
    gap = only_gap(rating(level=1.0, low_precision=source), rating(level=2.0, low_precision=target))

    assert expected is gap.low_precision


def test_an_element_rated_on_one_side_only_is_listed_and_not_compared():
    result = compare(
        profile(rating("2.B.1"), rating("2.A.2"), rating("2.A.9", level=1.0)),
        profile(rating("2.A.1", level=7.0), rating("2.A.9", level=2.0)),
    )

    expected = (
        Incomparable("2.A.1", "Skill 2.A.1", "to"),
        Incomparable("2.A.2", "Skill 2.A.2", "from"),
        Incomparable("2.B.1", "Skill 2.B.1", "from"),
    )
    assert expected == result.incomparable
    assert 1 == result.compared
    assert ["2.A.9"] == [gap.target.id for gap in result.gaps]
    assert 0.5 == result.readiness


@pytest.mark.parametrize(
    ("ratings", "readiness"),
    [
        pytest.param([], 1.0, id="nothing in common"),
        pytest.param([(3.0, 0.0, 1.0)], 1.0, id="nothing weighs"),
        pytest.param([(0.0, 0.0, 5.0)], 1.0, id="nothing demanded"),
        pytest.param([(0.0, 4.0, 5.0)], 0.0, id="nothing met"),
        pytest.param([(7.0, 4.0, 5.0)], 1.0, id="no credit beyond the demand"),
        pytest.param([(2.0, 4.0, 5.0), (4.0, 4.0, 3.0)], 0.6667, id="weighted"),
        pytest.param([(1.0, 3.0, 3.0)], 0.3333, id="rounded to four"),
    ],
)
def test_readiness_is_the_share_of_the_weighted_demand_that_is_met(ratings, readiness):
    elements = [f"2.A.{at}" for at in range(len(ratings))]
    result = compare(
        profile(*(rating(e, a) for e, (a, _, _) in zip(elements, ratings, strict=True))),
        profile(*(rating(e, b, i) for e, (_, b, i) in zip(elements, ratings, strict=True))),
    )

    assert readiness == result.readiness


def gap_of(*targets: ElementRating) -> Gap:
    return compare(profile(*(rating(t.id, 0.0) for t in targets)), profile(*targets))


UNORDERED = (
    rating("2.B.2", 2.0, 5.0, name="Beta"),  # priority 0.2857
    rating("2.A.1", 4.0, 3.0, name="Gamma"),  # priority 0.2857
    rating("2.A.2", 4.0, 2.0, name="Alpha"),  # priority 0.1429
    rating("2.A.3", 1.0, 5.0, name="Alpha"),  # priority 0.1429
)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("priority", ["2.A.1", "2.B.2", "2.A.2", "2.A.3"]),
        ("gain", ["2.A.1", "2.B.2", "2.A.2", "2.A.3"]),
        ("level_gap", ["2.A.1", "2.A.2", "2.B.2", "2.A.3"]),
        ("importance", ["2.A.3", "2.B.2", "2.A.1", "2.A.2"]),
        ("name", ["2.A.2", "2.A.3", "2.B.2", "2.A.1"]),
    ],
)
def test_each_order_breaks_ties_by_element_id(sort, expected):
    for gap in (gap_of(*UNORDERED), gap_of(*reversed(UNORDERED))):
        assert expected == [one.target.id for one in chosen(gap, GapChoice(sort=sort))]


def test_a_gain_is_what_readiness_rises_by_where_the_gap_closes():
    source = profile(rating("a", 1.0), rating("b", 1.0), rating("c", 2.0))
    target = profile(rating("a", 2.0), rating("b", 4.0, 5.0), rating("c", 1.0))
    before = compare(source, target)

    for gap in before.gaps:
        closed = profile(*(rating(e, 4.0) if e == gap.target.id else one
                           for e, one in source.elements.items()))  # fmt: skip
        rises = compare(closed, target).readiness - before.readiness
        assert isclose(rises, gap.gain, abs_tol=0.000_1)
    assert [0.5455, 0.0909] == [gap.gain for gap in before.gaps]
    assert [0.0] == [one.gain for one in before.covered]


def test_where_what_is_demanded_weighs_nothing_there_is_nothing_to_gain():
    assert 0.0 == only_gap(rating(level=1.0), rating(level=2.0, importance=1.0)).gain


@pytest.mark.parametrize("number", [400, pytest.param(10_000, marks=pytest.mark.soak)])
def test_all_gains_of_a_pair_add_up_to_what_readiness_lacks(full_release, number):
    profiles = list(read_profiles(full_release / "Skills.txt").values())
    draw = Random(number)
    for _ in range(number):
        result = compare(*draw.sample(profiles, 2))
        lacks = sum(gap.gain for gap in result.gaps) - (1 - result.readiness)
        assert abs(lacks) <= 0.000_1 * max(1, len(result.gaps))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["a", "b", "c"]),
        ({"kind": "missing"}, ["b"]),
        ({"kind": "higher_level"}, ["a", "c"]),
        ({"min_importance": 3.0}, ["a", "b"]),
        ({"min_importance": 3.01}, ["b"]),
        ({"min_importance": 5}, []),
        ({"significant": True}, ["a"]),
        ({"significant": True, "kind": "missing"}, []),
    ],
)
def test_choosing_keeps_what_meets_every_wish(wanted, expected):
    gap = compare(
        profile(rating("a", 0.0), rating("b", 0.0, not_relevant=True), rating("c", 1.0)),
        profile(
            rating("a", 3.0, 3.0),
            rating("b", 2.0, 4.0, level_error=None),
            rating("c", 1.1, 2.0),
        ),
    )

    assert expected == sorted(one.target.id for one in chosen(gap, GapChoice(**wanted)))


# Figures as O*NET publishes them: two decimals, errors with four.
FIGURES = st.fixed_dictionaries(
    {
        "level": st.integers(0, 700),
        "importance": st.integers(100, 500),
        "level_error": st.none() | st.integers(0, 20_000),
        "not_relevant": st.booleans(),
        "low_precision": st.booleans(),
    }
)
SIDES = st.dictionaries(st.sampled_from([f"2.A.{n}" for n in range(8)]), FIGURES)


def as_profile(side) -> Profile:
    return profile(
        *(
            rating(
                element,
                **figures
                | {
                    "level": figures["level"] / 100,
                    "importance": figures["importance"] / 100,
                    "level_error": None
                    if figures["level_error"] is None
                    else figures["level_error"] / 10_000,
                },
            )
            for element, figures in side.items()
        )
    )


def exact_level(figures) -> Fraction:
    return Fraction(0) if figures["not_relevant"] else Fraction(figures["level"], 100)


def exact_weight(figures) -> Fraction:
    return (Fraction(figures["importance"], 100) - 1) / 4


@given(source=SIDES, target=SIDES)
def test_every_figure_agrees_with_arithmetic_in_fractions(source, target):
    result = compare(as_profile(source), as_profile(target))

    required = [e for e in source.keys() & target.keys() if not target[e]["not_relevant"]]
    gaps = {e: exact_level(target[e]) - exact_level(source[e]) for e in required}
    assert {e for e in required if gaps[e] > 0} == {gap.target.id for gap in result.gaps}
    assert {e for e in required if gaps[e] <= 0} == {item.target.id for item in result.covered}
    for item in (*result.gaps, *result.covered):
        element = item.target.id
        priority = exact_weight(target[element]) * gaps[element] / 7
        assert float(gaps[element]) == item.level_gap
        assert isclose(float(priority), item.priority, abs_tol=0.000_05 + 1e-12)
        assert round(item.priority, 4) == item.priority
        assert source[element]["not_relevant"] == (item.kind == "missing")
        known = None not in (source[element]["level_error"], target[element]["level_error"])
        assert known == (item.significant is not None)
        assert gaps[element] > 0 or not item.significant

    demanded = sum(exact_weight(target[e]) * exact_level(target[e]) for e in required)
    met = sum(
        exact_weight(target[e]) * min(exact_level(source[e]), exact_level(target[e]))
        for e in required
    )
    readiness = met / demanded if demanded else Fraction(1)
    assert isclose(float(readiness), result.readiness, abs_tol=0.000_05 + 1e-12)
    assert round(result.readiness, 4) == result.readiness
    assert len(source.keys() & target.keys()) == result.compared
    assert len(source.keys() ^ target.keys()) == len(result.incomparable)


@given(source=SIDES, target=SIDES)
def test_the_figures_stay_in_their_ranges_and_order(source, target):
    result = compare(as_profile(source), as_profile(target))

    assert 0 <= result.readiness <= 1
    shown = [(-gap.priority, gap.target.id) for gap in result.gaps]
    assert sorted(shown) == shown
    assert all(0 < gap.level_gap <= 7 and 0 <= gap.priority <= 1 for gap in result.gaps)
    assert all(-7 <= item.level_gap <= 0 for item in result.covered)
    assert all(str(item.priority) != "-0.0" for item in result.covered)
