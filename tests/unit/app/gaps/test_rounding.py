"""Figures as they are shown, as `round` gives them."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.gaps.rounding import hundredths, ten_thousandths

DECIMALS = [(hundredths, 2), (ten_thousandths, 4)]


@st.composite
def halfway(draw: st.DrawFn) -> float:
    """A figure as near as can be to halfway between two, and its neighbours."""
    near = draw(st.integers(-700_000, 700_000)) / 100_000
    for _ in range(draw(st.integers(0, 3))):
        near = math.nextafter(near, draw(st.sampled_from([-8, 8])))
    return near


@pytest.mark.parametrize(("rounded", "digits"), DECIMALS)
@given(st.floats(-7, 7) | halfway())
@example(-0.0)
@example(-0.00001)
@example(0.00005)
@example(2.675)
def test_a_figure_is_the_one_that_round_gives_but_never_minus_zero(rounded, digits, number):
    assert round(number, digits) == rounded(number)
    assert 0 != rounded(number) or not str(rounded(number)).startswith("-")


@pytest.mark.parametrize(("rounded", "digits"), DECIMALS)
def test_that_holds_for_every_figure_halfway_between_two(rounded, digits):
    for count in range(-7 * 10**digits, 7 * 10**digits):
        number = (count + 0.5) / 10**digits
        for near in (number, math.nextafter(number, 8), math.nextafter(number, -8)):
            assert round(near, digits) == rounded(near)
