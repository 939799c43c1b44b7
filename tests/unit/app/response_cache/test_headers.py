"""For how long others may keep an answer, as caches in front of the server reckon it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.response_cache.headers import Sharing

YEAR = 31_536_000
SHARING = Sharing(3_600.0, 604_800.0, float(YEAR))
seconds = st.integers(0, 2 * YEAR)


def figures(text: str) -> tuple[int, ...]:
    names = r"public, max-age=(\d+), stale-while-revalidate=(\d+), stale-if-error=(\d+)"
    found = re.fullmatch(names, text)
    assert found, text
    return tuple(map(int, found.groups()))


@pytest.mark.parametrize(
    ("age", "left", "expected"),
    [
        (0, 7_776_000, (3_600, 60, YEAR)),  # new
        (5_184_000, 2_592_000, (5_187_600, 60, YEAR)),  # older than what it has left
        (7_775_990, 10, (7_776_000, 0, YEAR)),  # hardly fresh any more
        (7_776_005, -5, (7_776_005, 0, YEAR - 5)),  # stale: asked about at each use
        (50 * YEAR, -2 * YEAR, (50 * YEAR, 0, 0)),
    ],
)
def test_max_age_is_the_age_and_the_smaller_of_the_longest_and_what_is_left(age, left, expected):
    assert expected == figures(SHARING.cache_control(age, left))


@given(seconds, st.integers(-YEAR, 2 * YEAR), st.integers(0, 100_000), seconds, seconds)
def test_a_cache_in_front_has_it_fresh_for_the_same_time_at_any_age(age, left, most, swr, sie):
    fresh, behind, error = figures(Sharing(most, swr, sie).cache_control(age, left))
    fresh -= age  # RFC 9111 section 4.2: what a cache has left of it when it arrives

    assert fresh == max(0, min(most, left))
    assert behind <= min(fresh / 60, swr)
    # From when it is stale out there: never after what is served here.
    assert fresh + error <= max(0, left + sie)


def test_an_answer_that_may_be_kept_for_less_is_kept_for_less():
    assert (70, 1, YEAR) == figures(SHARING.at_most(60).cache_control(10, 7_776_000))
    assert (3_610, 60, YEAR) == figures(SHARING.at_most(7_200).cache_control(10, 7_776_000))
