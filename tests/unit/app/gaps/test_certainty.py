"""How sure figures are, falsified by drawing ratings from the errors that O*NET publishes."""

from random import Random

import pytest
from support.profiles import drawn, rating, read_profiles

from app.gaps.certainty import chance_of, readiness_interval
from app.gaps.compare import compare
from cache.profile import ElementRating, Profile

DOMAINS = ("Skills", "Knowledge")


def profile(*ratings: ElementRating) -> Profile:
    return Profile("11-9001.00", "Kite Masters", {item.id: item for item in ratings})


@pytest.mark.parametrize(
    ("source", "target", "level_gap", "significant"),
    [
        # t with 14 degrees of freedom is 2.1448, and the error of the difference is 0.5.
        pytest.param((0.3, 8), (0.4, 8), 1.0, False, id="beyond 1.96 errors, not beyond t"),
        pytest.param((0.5, 8), (0.5, 8), 1.52, True, id="beyond t"),
        pytest.param((0.5, 8), (0.5, 8), 1.51, False, id="within t"),
        # Of unequal errors 11.46 degrees of freedom are left, for which t is 2.1902.
        pytest.param((0.5, 8), (0.3, 8), 1.28, True, id="beyond Welch's t"),
        pytest.param((0.5, 8), (0.3, 8), 1.27, False, id="within Welch's t"),
        # One of 8 dissenting is an error of 0.125 a side: 2.1448 * 0.1768 is 0.3791.
        pytest.param((0.0, 8), (0.0, 8), 0.37, False, id="all agree, within the floor"),
        pytest.param((0.0, 8), (0.0, 8), 0.38, True, id="all agree, beyond the floor"),
        pytest.param((0.0, 8), (0.1, 8), 0.37, False, id="one side below the floor"),
        pytest.param((0.2, 2), (0.2, 2), 3.04, False, id="two raters each: t is 4.3027"),
        pytest.param((0.2, 2), (0.2, 2), 3.05, True, id="beyond that, by errors of a half"),
        pytest.param((0.1, None), (0.1, 8), 7.0, None, id="nobody tells how many raters"),
        pytest.param((0.1, 8), (0.1, 1), 7.0, None, id="one rater"),
    ],
)
def test_a_gap_is_significant_beyond_what_chance_gives_so_many_raters(
    source, target, level_gap, significant
):
    chance = chance_of(*source, *target)

    assert significant is (None if chance is None else level_gap > chance)


@pytest.mark.parametrize("side", ["source", "target"])
@pytest.mark.parametrize(
    "unknown",
    [
        {"level_error": None},
        {"level_raters": None},
        {"importance_error": None},
        {"importance_raters": None},
    ],
)
def test_there_is_no_interval_where_an_error_of_a_required_element_is_missing(side, unknown):
    known, lacking = rating("a"), rating("b", **unknown)
    source = profile(known, lacking if side == "source" else rating("b"))
    target = profile(known, lacking if side == "target" else rating("b"))
    irrelevant = profile(known, rating("b", not_relevant=True))

    needed = side == "target" or "importance" not in next(iter(unknown))
    assert needed == (readiness_interval(source, target) is None)
    assert readiness_interval(source, irrelevant) is not None


def test_where_nothing_is_demanded_readiness_is_certain():
    nothing = profile(rating("a", not_relevant=True))

    assert (1.0, 1.0) == readiness_interval(profile(rating("a")), nothing)
    assert (1.0, 1.0) == readiness_interval(profile(), profile())


def test_an_interval_holds_the_readiness_within_0_and_1():
    draw = Random(3)
    for _ in range(300):
        sides = [
            profile(
                *(
                    rating(
                        f"2.A.{at}",
                        draw.randint(0, 700) / 100,
                        draw.randint(100, 500) / 100,
                        draw.random() < 0.2,
                        level_error=draw.choice([0.0, 0.5, 2.0]),
                        importance_error=draw.choice([0.0, 0.5]),
                    )
                    for at in range(draw.choice([1, 3, 9]))
                )
            )
            for _ in range(2)
        ]
        gap = compare(*sides)
        low, high = gap.readiness_interval
        assert 0 <= low <= gap.readiness <= high <= 1


def test_errors_count_as_one_rater_dissenting_at_least_and_months_as_the_oldest():
    one = profile(
        rating("a", level_error=0.0, importance_error=0.4, rated="2012-06"),
        rating("b", level_error=0.2, importance_error=0.0, importance_raters=40, rated="2009-12"),
        rating("c", level_error=None, importance_raters=None),
    )

    assert (0.125**2, 0.2**2, None) == one.level_variances
    assert one.demands is None
    first, second = one.without({"c"}).demands
    assert (0.4**2 / 16, 0.025**2 / 16) == (first.weight_variance, second.weight_variance)
    assert ("2009-12", "2012-06") == (one.rated, one.without({"b"}).rated)
    assert profile().rated is None


def test_less_error_makes_a_narrower_interval():
    def width(error: float) -> float:
        source = profile(*(rating(f"2.A.{at}", at / 2, level_error=error) for at in range(9)))
        target = profile(*(rating(f"2.A.{at}", 3.0, level_error=error) for at in range(9)))
        low, high = readiness_interval(source, target)
        return high - low

    assert width(0.2) < width(0.4) < width(0.8)


def certain(one: Profile) -> bool:
    return None not in one.level_variances and one.demands is not None


@pytest.fixture(scope="module")
def releases(full_release):
    return {
        name: [one for one in read_profiles(full_release / f"{name}.txt").values() if certain(one)]
        for name in DOMAINS
    }


def inside(pairs, draws: int, draw: Random) -> list[float]:
    """Of each pair the share of draws whose interval holds the true readiness."""
    found = []
    for source, target in pairs:
        true = compare(source, target).readiness
        intervals = [readiness_interval(drawn(source, draw), drawn(target, draw))
                     for _ in range(draws)]  # fmt: skip
        found.append(sum(low <= true <= high for low, high in intervals) / draws)
    return found


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize(
    ("number", "draws"), [(40, 30), pytest.param(500, 400, marks=pytest.mark.soak)]
)
def test_the_true_readiness_is_inside_in_95_of_100_draws(releases, domain, number, draws):
    draw = Random(number)
    pairs = [draw.sample(releases[domain], 2) for _ in range(number)]

    shares = inside(pairs, draws, draw)

    assert 0.93 <= sum(shares) / number <= 0.97
    assert min(shares) >= 0.7


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize(
    ("number", "draws"), [(40, 30), pytest.param(200, 400, marks=pytest.mark.soak)]
)
def test_that_holds_where_there_is_no_difference_and_all_of_it_is_chance(
    releases, domain, number, draws
):
    draw = Random(number)
    shares = inside([(one, one) for one in draw.sample(releases[domain], number)], draws, draw)

    assert 0.93 <= sum(shares) / number <= 0.97


@pytest.mark.parametrize("number", [60, pytest.param(2_000, marks=pytest.mark.soak)])
def test_without_a_difference_hardly_any_element_is_significant(releases, number):
    draw = Random(number)
    for profiles in releases.values():
        flags = [
            gap.significant
            for one in draw.choices(profiles, k=number)
            for result in [compare(drawn(one, draw), drawn(one, draw))]
            for gap in (*result.gaps, *result.covered)
        ]
        assert None not in flags
        assert 0 < sum(flags) / len(flags) < 0.06
