"""Steps by fit: the mean of what both directions show, over the domains that both have."""

import random

import pytest
from support.profiles import profile, rating, read_profiles

from app.gaps.compare import compare
from app.transitions.choice import TransitionsChoice, ZoneChange
from app.transitions.fit import Fit, fits, ranked
from app.transitions.readiness import Matrix

DOMAINS = ("Skills", "Knowledge")


def by_code(found: list[Fit]) -> dict[str, Fit]:
    return {one.code: one for one in found}


def test_what_is_left_behind_counts_as_what_is_missing():
    poor, rich = profile("11-1.00", rating(level=2.0)), profile("13-2.00", rating(level=4.0))
    matrix = Matrix.of([poor, rich])

    assert [Fit("11-1.00", 0.75, 1.0, 0.5)] == fits([matrix], "13-2.00", "to")
    assert [Fit("11-1.00", 0.75, 0.5, 1.0)] == fits([matrix], "13-2.00", "from")
    assert [Fit("13-2.00", 0.75, 0.5, 1.0)] == fits([matrix], "11-1.00", "to")


def test_each_figure_is_the_mean_over_the_domains_that_both_are_rated_in():
    codes = ["11-1.00", "13-2.00", "15-3.00"]
    skills = Matrix.of([profile(code, rating(level=2.0**at)) for at, code in enumerate(codes)])
    knowledge = Matrix.of([profile(code, rating("2.C.1", 3.0)) for code in codes[:2]])

    found = by_code(fits([skills, knowledge], "11-1.00", "to"))

    assert Fit("13-2.00", (0.5 + 1 + 1 + 1) / 4, (0.5 + 1) / 2, 1.0) == found["13-2.00"]
    assert Fit("15-3.00", 0.625, 0.25, 1.0) == found["15-3.00"]
    assert {"11-1.00", "13-2.00"} == set(by_code(fits([skills, knowledge], "15-3.00", "to")))


def test_the_order_is_that_of_the_figure_as_shown_and_ties_by_code():
    found = [
        Fit("51-1.00", 0.5, 0.9, 0.1),
        Fit("15-2.00", 0.5, 0.5, 0.5),
        Fit("11-3.00", 0.4, 0.8, 0.0),
        Fit("29-4.00", 0.8, 0.8, 0.8),
    ]

    by_fit = ranked(found, "13-9.00", TransitionsChoice(), {})
    by_readiness = ranked(found, "13-9.00", TransitionsChoice(rank="readiness"), {})

    assert ["29-4.00", "15-2.00", "51-1.00", "11-3.00"] == [one.code for one in by_fit]
    assert ["51-1.00", "11-3.00", "29-4.00", "15-2.00"] == [one.code for one in by_readiness]


ZONES = {"11-0.00": 3, "11-1.00": 1, "11-2.00": 2, "11-3.00": 3, "11-4.00": 4, "11-5.00": None}
STEPS = [Fit(code, 0.5, at / 10, 0.5) for at, code in enumerate(ZONES)][1:]


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({}, "12345"),
        ({"job_zones": (2, 4)}, "24"),
        ({"zone_change": ZoneChange(-1, 0)}, "23"),
        ({"zone_change": ZoneChange(1, 9)}, "4"),
        ({"zone_change": ZoneChange(1, 9), "direction": "from"}, "12"),
        ({"min_readiness": 0.3}, "345"),
        ({"min_readiness": 0.3, "zone_change": ZoneChange(0, 2), "job_zones": (4,)}, "4"),
    ],
)
def test_only_the_steps_that_are_asked_for_are_kept(asked, left):
    found = ranked(STEPS, "11-0.00", TransitionsChoice(**asked), ZONES)

    assert [f"11-{digit}.00" for digit in left] == [one.code for one in found]


def test_without_a_zone_of_its_own_an_occupation_has_no_steps_up_or_down():
    choice = TransitionsChoice(zone_change=ZoneChange(-9, 9))

    assert [] == ranked(STEPS, "11-5.00", choice, ZONES)


def test_the_order_does_not_depend_on_that_of_the_profiles():
    profiles = [
        profile(f"11-90{at:02}.00", rating(level=at % 4), rating("2.A.1.b")) for at in range(20)
    ]
    shuffled = random.Random(6).sample(profiles, len(profiles))

    code = profiles[7].code
    for direction in ("to", "from"):
        choice = TransitionsChoice(direction)
        one, other = (
            ranked(fits([Matrix.of(each)], code, direction), code, choice, {})
            for each in (profiles, shuffled)
        )
        assert one == other


@pytest.fixture(scope="module")
def release(full_release):
    return [read_profiles(full_release / f"{name}.txt") for name in DOMAINS]


@pytest.mark.parametrize("number", [2, pytest.param(20, marks=pytest.mark.soak)])
def test_every_figure_over_a_whole_release_is_the_mean_of_what_pairs_show(release, number):
    """With a fifth of the occupations rated in one of the domains alone."""
    draw = random.Random(16)
    codes = sorted(release[0])
    release = [
        {code: one for code, one in profiles.items() if codes.index(code) % 10 != at}
        for at, profiles in enumerate(release)
    ]
    matrices = [Matrix.of(list(profiles.values())) for profiles in release]
    wrong = []
    for code in draw.sample(codes, number):
        found = by_code(fits(matrices, code, "to"))
        assert found == {
            other: Fit(other, one.fit, one.utilization, one.readiness)
            for other, one in by_code(fits(matrices, code, "from")).items()
        }
        for other in {*release[0], *release[1]} - {code}:
            pairs = [
                (compare(there[code], there[other]).readiness,
                 compare(there[other], there[code]).readiness)
                for there in release
                if code in there and other in there
            ]  # fmt: skip
            if not pairs:
                assert other not in found
                continue
            ready, used = (sum(each) / len(pairs) for each in zip(*pairs, strict=True))
            one = found[other]
            wanted = ((ready + used) / 2, ready, used)
            differs = max(abs(a - b) for a, b in zip(one[1:], wanted, strict=True))
            wrong += [(code, other, differs)] if differs > 0.0000501 else []
    assert [] == wrong
