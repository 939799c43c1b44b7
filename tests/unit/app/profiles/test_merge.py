"""One profile of several occupations and own ratings: whose level counts, who tells the rest."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gaps.compare import compare
from app.profiles.merge import GivenRating, importance, merged
from app.transitions.fit import fits
from app.transitions.readiness import Matrix
from cache.profile import ElementRating, Profile

ELEMENTS = ("2.A.1.a", "2.A.1.b", "2.B.3.e")
NAMES = dict.fromkeys(ELEMENTS, "An element")

LEVELS = st.integers(0, 28).map(lambda quarters: quarters / 4)
ERRORS = st.none() | st.integers(0, 80).map(lambda one: one / 100)
ratings = st.builds(
    ElementRating,
    id=st.just(""),
    name=st.just("An element"),
    level=LEVELS,
    importance=st.integers(100, 500).map(lambda one: one / 100),
    level_error=ERRORS,
    not_relevant=st.booleans(),
    low_precision=st.booleans(),
    importance_error=ERRORS,
    level_raters=st.just(8),
    importance_raters=st.just(8),
    rated=st.none(),
)


@st.composite
def profiles(draw, code="11-1011.00", least=0):
    ids = draw(st.sets(st.sampled_from(ELEMENTS), min_size=least))
    return Profile(code, "Some", {id_: draw(ratings)._replace(id=id_) for id_ in ids})


several = st.integers(1, 3).flatmap(
    lambda number: st.tuples(*[profiles(f"11-101{at}.00") for at in range(number)])
)
given_ratings = st.dictionaries(st.sampled_from(ELEMENTS), LEVELS)


def rated(level, importance=3.0, **more):
    given = {"level_error": 0.1, "not_relevant": False, "low_precision": False} | more
    return ElementRating("2.B.3.e", "Programming", level, importance, **given)


def of(*ratings):
    return [Profile(f"11-101{at}.00", "Some", {one.id: one}) for at, one in enumerate(ratings)]


def test_the_highest_effective_level_decides_and_who_has_it_tells_the_rest():
    unused = rated(6.0, 5.0, not_relevant=True)
    high, low = rated(4.0, 2.0, level_error=0.3), rated(3.0, 4.0)

    for order in permutations(of(unused, high, low)):
        assert {"2.B.3.e": high} == merged(order, {}, {}).elements


def test_of_equal_levels_the_relevant_and_then_the_more_important_one_tells():
    unused, dull, weighty = rated(0.0, 5.0, not_relevant=True), rated(0.0, 2.0), rated(0.0, 2.5)

    for order in permutations(of(unused, dull, weighty)):
        assert {"2.B.3.e": weighty} == merged(order, {}, {}).elements


def test_a_rating_counts_in_place_of_any_level_and_nobody_knows_its_error():
    (one,) = merged(of(rated(4.0, 2.0), rated(3.0)), {"2.B.3.e": 1.5}, NAMES).ratings

    assert (1.5, 2.0, None, None) == (one.level, importance(one), one.level_error, one.level_raters)
    assert not one.not_relevant


def test_a_rating_of_0_is_not_relevant():
    for level in (0, 0.0, -0.0):
        (one,) = merged(of(rated(4.0)), {"2.B.3.e": level}, NAMES).ratings

        assert one.not_relevant
        assert "0.0" == str(one.level)


@given(profiles(least=1), given_ratings)
def test_columns_are_those_of_the_elements(occupation, own):
    profile = merged([occupation], own, NAMES)
    anew = replace(profile)

    assert anew.ratings == profile.ratings
    assert anew.levels == profile.levels
    assert anew.level_variances == profile.level_variances
    assert anew.weights == profile.weights


def test_no_importance_is_told_where_no_occupation_tells_it():
    (one,) = merged([], {"2.B.3.e": 4.5}, NAMES).ratings

    assert isinstance(one, GivenRating)
    assert importance(one) is None


def test_what_neither_gives_is_not_in_the_profile():
    profile = merged([], {"2.B.3.e": 4.5}, NAMES)
    (target,) = of(rated(4.0))
    target = replace(
        target, elements={**target.elements, "2.A.1.a": rated(3.0)._replace(id="2.A.1.a")}
    )

    gap = compare(profile, target)

    assert [("2.A.1.a", "to")] == [(one.id, one.rated) for one in gap.incomparable]
    assert (1, 1.0) == (gap.compared, gap.readiness)


def test_what_a_rating_decides_is_neither_significant_nor_within_bounds():
    (target,) = of(rated(6.0, level_raters=8, importance_error=0.1, importance_raters=8))
    source = of(rated(2.0, level_raters=8))

    published, own = (
        compare(merged(source, given, NAMES), target) for given in ({}, {"2.B.3.e": 2})
    )

    assert published.readiness_interval is not None
    assert own.readiness_interval is None
    assert [True, None] == [gap.gaps[0].significant for gap in (published, own)]
    assert published.readiness == own.readiness


@given(several, given_ratings)
def test_the_order_of_occupations_makes_no_difference(found, own):
    one = merged(found, own, NAMES).elements

    for order in permutations(found):
        assert one == merged(order, own, NAMES).elements


@given(profiles(least=1), profiles("15-1254.00", least=1))
def test_a_profile_that_repeats_an_occupation_has_its_figures(source, target):
    levels = dict(zip(sorted(source.elements), source.levels, strict=True))
    told = compare(source, target)
    for own in (
        merged([source], {}, {}),
        merged([source, source], levels, NAMES),
        merged([], levels, NAMES),
    ):
        gap = compare(own, target)
        assert (told.readiness, told.incomparable) == (gap.readiness, gap.incomparable)
        assert [(one.target, one.level_gap, one.priority, one.gain) for one in told.gaps] == [
            (one.target, one.level_gap, one.priority, one.gain) for one in gap.gaps
        ]


@given(profiles(), given_ratings, profiles("15-1254.00"))
def test_what_is_kept_of_a_pair_of_occupations_changes_no_figure(source, own, target):
    profile = merged([source], own, NAMES)

    anew, by_kept = compare(profile, target), compare(profile, target, profile.like)

    assert source is profile.like
    assert (anew.gaps, anew.readiness, anew.compared) == (
        by_kept.gaps, by_kept.readiness, by_kept.compared
    )  # fmt: skip


def test_only_a_profile_of_one_occupation_is_like_it():
    one, other = of(rated(4.0), rated(5.0))

    assert merged([], {"2.B.3.e": 4.5}, NAMES).like is not one
    assert merged([one, other], {}, NAMES).like is None


@given(several, given_ratings, st.sampled_from(ELEMENTS), LEVELS, profiles("15-1254.00", least=1))
def test_a_rating_that_is_raised_never_lowers_a_readiness(found, own, element, more, target):
    before = own | {element: own.get(element, 0.0)}
    after = before | {element: min(7.0, before[element] + more)}

    low, high = (merged(found, one, NAMES) for one in (before, after))

    assert compare(low, target).readiness <= compare(high, target).readiness
    matrix = Matrix.of([target])
    low_fit, high_fit = (fits([matrix.changed([one])], one.code, "to") for one in (low, high))
    assert low_fit[0].readiness <= high_fit[0].readiness
    assert compare(high, target).readiness == high_fit[0].readiness


@pytest.mark.parametrize("level", [0.0, 3.0, 7.0])
def test_what_an_occupation_rates_weighs_for_a_rating_too(level):
    (source,) = of(rated(4.0, 4.12))

    assert source.weights == merged([source], {"2.B.3.e": level}, NAMES).weights
