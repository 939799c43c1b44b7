"""Two lists of occupations are of one taxonomy where the shorter one is nearly all in the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.release.taxonomy import is_same_taxonomy

CODES = st.sets(st.integers(10, 99).map(lambda number: f"{number}-1000.00"), min_size=1)


@given(held=CODES, data=st.data())
def test_a_selection_of_a_taxonomy_is_of_it_and_so_is_what_it_was_selected_from(held, data):
    part = data.draw(st.sets(st.sampled_from(sorted(held)), min_size=1))

    assert is_same_taxonomy(part, held)
    assert is_same_taxonomy(held, part)


@given(one=CODES, other=CODES)
def test_which_of_two_lists_came_first_makes_no_difference(one, other):
    assert is_same_taxonomy(one, other) == is_same_taxonomy(other, one)


@pytest.mark.parametrize(
    ("shared", "listed", "held", "same"),
    [
        (848, 1110, 1016, False),
        (1016, 1016, 1016, True),
        (950, 1000, 1016, True),
        (949, 1000, 1016, False),
    ],
)
def test_the_lists_of_2010_and_2019_are_told_apart(shared, listed, held, same):
    """848 codes are in both."""
    one = {f"{number}" for number in range(listed)}
    other = {f"{number}" for number in range(listed - shared, listed - shared + held)}

    assert shared == len(one & other)
    assert same is is_same_taxonomy(one, other)
