"""Rankings against the comparison of each pair, which they must equal to the last digit."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.profiles import profile, rating, read_profiles, readiness_by_code

from app.gaps.compare import compare
from app.transitions.elements import SHOWN, CarriesOver, Elements, TopGap, weightiest
from app.transitions.readiness import Matrix
from cache.profile import ElementRating, Profile


def pairwise(source: Profile, target: Profile) -> tuple[float, Elements]:
    result = compare(source, target)
    covered = [one.target for one in result.covered if one.target.level > 0]
    return result.readiness, Elements(
        [
            TopGap("skills", gap.target.id, gap.target.name, gap.level_gap, gap.priority)
            for gap in result.gaps[:SHOWN]
        ],
        [
            CarriesOver("skills", one.id, one.name, one.level, one.importance)
            for one in covered[:SHOWN]
        ],
    )


def elements(matrix: Matrix, source: str, target: str) -> Elements:
    (found,) = weightiest({"skills": matrix}, source, [target], "to")
    return found


def differences(matrix: Matrix, one: Profile, others: list[Profile]) -> list[str]:
    """Name the codes that the matrix says something else of than the pairs do."""
    codes, domain = [other.code for other in others], {"skills": matrix}
    found = [
        (readiness_by_code(matrix, one.code, way), weightiest(domain, one.code, codes, way))
        for way in ("to", "from")
    ]
    wrong = []
    for at, other in enumerate(others):
        there, back = ((shares[other.code], items[at]) for shares, items in found)
        if (there, back) != (pairwise(one, other), pairwise(other, one)):
            wrong.append(other.code)
    return wrong


@pytest.mark.parametrize(
    ("source", "target", "readiness", "gaps"),
    [
        pytest.param([{}], [{"level": 4.0}], 0.75, [(1.0, 0.0714)], id="higher"),
        pytest.param([{}], [{"level": 2.0}], 1.0, [], id="lower"),
        pytest.param([{}], [{}], 1.0, [], id="equal"),
        pytest.param([{"not_relevant": True}], [{}], 0.0, [(3.0, 0.2143)], id="missing"),
        pytest.param([{}], [{"not_relevant": True}], 1.0, [], id="not demanded"),
        pytest.param([{}], [{"level": 4.0, "importance": 1.0}], 1.0, [(1.0, 0.0)], id="weight 0"),
        pytest.param([], [{}], 1.0, [], id="rated on one side"),
        pytest.param([{"element": "2.A.1.b"}], [{}], 1.0, [], id="nothing in common"),
        pytest.param([], [], 1.0, [], id="no elements"),
    ],
)
def test_a_pair_is_compared_as_a_gap_is(source, target, readiness, gaps):
    one = profile("11-9001.00", *(rating(**values) for values in source))
    other = profile("15-9002.00", *(rating(**values) for values in target))
    matrix = Matrix.of([one, other])

    assert readiness == readiness_by_code(matrix, one.code, "to")[other.code]
    assert readiness == readiness_by_code(matrix, other.code, "from")[one.code]
    assert gaps == [gap[3:] for gap in elements(matrix, one.code, other.code).gaps]
    assert [] == differences(matrix, one, [one, other])


ELEMENTS = [f"2.{group}.1.{item}" for group in "AB" for item in "abcd"]
RATINGS = st.builds(
    lambda level, importance, not_relevant: (level / 100, importance / 100, not_relevant),
    st.integers(0, 700),
    st.integers(100, 500) | st.just(100),
    st.sampled_from([False, False, True]),
)
SIDES = st.dictionaries(st.sampled_from(ELEMENTS), RATINGS)
PEOPLE = st.lists(SIDES, min_size=1, max_size=6).map(
    lambda sides: [
        profile(f"11-900{at}.00", *(rating(element, *side[element]) for element in side))
        for at, side in enumerate(sides)
    ]
)


@settings(max_examples=50)
@given(profiles=PEOPLE)
def test_any_profiles_are_compared_as_pairs_are(profiles):
    matrix = Matrix.of(profiles)

    assert [] == [code for one in profiles for code in differences(matrix, one, profiles)]


@settings(max_examples=50)
@given(before=PEOPLE, changed=PEOPLE, gone=st.sets(st.integers(0, 7)))
def test_a_matrix_that_was_changed_is_one_of_what_is_left(before, changed, gone):
    codes = {f"11-900{at}.00" for at in gone}
    left = {one.code: one for one in before if one.code not in codes}
    left |= {one.code: one for one in changed}

    matrix = Matrix.of(before).changed(changed, gone=codes)

    profiles = list(left.values())
    assert set(left) == set(matrix.titles)
    assert [] == [code for one in profiles for code in differences(matrix, one, profiles)]


def halfway_pair(draw: random.Random, number: int) -> list[Profile]:
    """Make a source and a target whose readiness, exactly, ends in half of the fourth decimal.

    An element weighs so many 1/400 and is demanded at so many 1/100: 40,000 of them are one.
    """
    step, met = 1, 0
    while met % (2 * step) != step:
        parts = [(draw.randint(1, 400), draw.randint(1, 700)) for _ in range(6)]
        lacking = -sum(weighs * level for weighs, level in parts) % 20_000
        parts += [(100, lacking // 100), (lacking % 100, 1)]
        step = sum(weighs * level for weighs, level in parts) // 20_000
        has = [draw.randint(0, level) for _, level in parts]
        met = sum(weighs * level for (weighs, _), level in zip(parts, has, strict=True))
    sides = has, [level for _, level in parts]
    return [
        profile(
            f"{side}-{number}.00",
            *(
                rating(element, level / 100, (100 + weighs) / 100)
                for element, level, (weighs, _) in zip(ELEMENTS, levels, parts, strict=True)
            ),
        )
        for side, levels in zip(("11", "15"), sides, strict=True)
    ]


def test_a_figure_between_two_is_rounded_as_that_of_the_pair():
    draw = random.Random(4)
    pairs = [halfway_pair(draw, number) for number in range(200)]
    first = Matrix.of([profile("99-9000.00", rating(ELEMENTS[4]))])

    matrix = first.changed([one for pair in pairs for one in pair])

    assert [] == [code for one, other in pairs for code in differences(matrix, one, [other])]


def test_a_change_leaves_the_matrix_it_is_made_from_as_it_was():
    one, other = profile("11-9001.00", rating()), profile("15-9002.00", rating(level=4.0))
    matrix = Matrix.of([one, other])

    changed = matrix.changed([profile(one.code, rating(level=4.0))], gone=[other.code])

    assert ([one.code, other.code], [one.code]) == (list(matrix.titles), list(changed.titles))
    assert [] == differences(matrix, one, [one, other])


def test_a_change_brings_new_titles_and_names():
    matrix = Matrix.of([profile("11-9001.00", rating()), profile("15-9002.00", rating())])
    renamed = ElementRating("2.A.1.a", "Reading Waves", 5.0, 5.0, None, False, False)

    changed = matrix.changed([Profile("11-9001.00", "Wave Readers", {renamed.id: renamed})])

    assert "Wave Readers" == changed.titles["11-9001.00"]
    assert [TopGap("skills", "2.A.1.a", "Reading Waves", 2.0, 0.2857)] == elements(
        changed, "15-9002.00", "11-9001.00"
    ).gaps


def test_gaps_with_the_same_figure_are_in_order_of_element_id():
    ids = ["2.B.1.a", "2.A.1.b", "2.A.1.a", "2.A.1.c"]
    one = profile("11-9001.00", *(rating(element, level=0.0) for element in ids))
    # Two differ by less than the figure shows: the greater one is not first for it.
    levels = dict.fromkeys(ids, 3.0) | {"2.A.1.c": 3.0001}
    other = profile("15-9002.00", *(rating(element, level) for element, level in levels.items()))

    shown = elements(Matrix.of([one, other]), one.code, other.code).gaps

    assert ["2.A.1.a", "2.A.1.b", "2.A.1.c"] == [gap.id for gap in shown]


@pytest.mark.parametrize("number", [2, pytest.param(20, marks=pytest.mark.soak)])
@pytest.mark.parametrize("domain", ["Skills", "Knowledge"])
def test_an_occupation_is_ranked_among_all_as_pairs_are_compared(full_release, domain, number):
    profiles = list(read_profiles(full_release / f"{domain}.txt").values())
    matrix = Matrix.of(profiles)
    drawn = random.Random(20).sample(profiles, number)

    assert 879 == len(profiles)
    assert [] == [code for one in drawn for code in differences(matrix, one, profiles)]
