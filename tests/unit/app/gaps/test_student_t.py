"""The quantile of Student's t, against published tables and a long way of working it out."""

import pytest

from app.gaps.student_t import exact, quantile

TABLE = {
    1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262,
    10: 2.228, 12: 2.179, 14: 2.145, 15: 2.131, 20: 2.086, 25: 2.060, 30: 2.042, 40: 2.021,
    60: 2.000, 120: 1.980,
}  # fmt: skip
"""NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2."""


@pytest.mark.parametrize(("freedom", "t"), TABLE.items())
def test_it_is_what_tables_print(freedom, t):
    assert t == round(quantile(freedom), 3) == round(exact(freedom), 3)


def test_with_ever_more_raters_it_is_that_of_the_normal_distribution():
    assert 1.95996 == round(quantile(1e9), 5)


def test_between_the_whole_numbers_it_is_worked_out_as_exactly():
    freedoms = [1 + at / 37 for at in range(1_000)]

    assert max(abs(quantile(one) - exact(one)) for one in freedoms) < 1e-6
    assert freedoms == sorted(freedoms, key=quantile, reverse=True)
