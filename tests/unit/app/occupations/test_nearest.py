"""Rated occupations to go on with, and codes that one may be a slip for; none if none is near."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.occupations.nearest import MOST, codes_near, rated_near, shared_group

CODE = "15-1299.00"
CODES = st.from_regex(r"[1-5][0-9]-[0-9]{4}\.0[0-9]", fullmatch=True)


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [
        pytest.param("15-1299.09", "15-1291.00", id="detailed before broad"),
        pytest.param("15-1291.00", "15-1251.00", id="broad before minor"),
        pytest.param("15-1251.00", "15-1999.00", id="minor before its larger step"),
        pytest.param("15-1999.00", "15-2099.00", id="larger minor step before major"),
        pytest.param("15-1251.00", "15-1252.00", id="alike by code"),
    ],
)
def test_without_texts_the_smallest_shared_group_comes_first(nearer, farther):
    assert [nearer, farther] == rated_near(CODE, [farther, nearer])


def test_a_number_that_is_near_says_nothing():
    assert [] == rated_near("55-1011.00", ["53-7121.00", "54-9999.99", "56-1011.00"])


def test_related_ones_come_first_and_are_enough_where_they_are_three():
    related = ["41-1011.00", "11-1021.00", "29-1141.00", "15-1299.01"]

    assert related == rated_near(CODE, [*related, "15-1299.09"], related)
    assert ["41-1011.00", "15-1299.09"] == rated_near(
        CODE, ["41-1011.00", "15-1299.09"], ["99-1111.00", "41-1011.00"]
    )


def test_what_reads_alike_comes_from_any_group_but_hardly_alike_is_not_enough():
    alike = {"53-2011.00": 0.3, "53-1041.00": 0.2, "53-2031.00": 0.17, "51-1011.00": 0.15}

    assert ["53-2011.00", "53-1041.00"] == rated_near("55-1011.00", alike, (), alike)
    assert [] == rated_near("55-1011.00", alike, (), {"53-2011.00": 0.15})


def test_the_major_group_alone_speaks_for_no_more_than_three_together():
    others = [f"15-20{digit}1.00" for digit in range(1, 7)]

    assert others[:3] == rated_near(CODE, others)
    assert ["15-2061.00", *others[:2]] == rated_near(CODE, others, (), {"15-2061.00": 0.2})
    assert MOST == len(rated_near(CODE, others, (), dict.fromkeys(others, 0.12)))


@given(CODES, st.sets(CODES, max_size=30), st.lists(CODES, max_size=5))
def test_all_that_is_offered_is_rated_each_once_and_not_itself(code, rated, related):
    found = rated_near(code, rated, related)

    assert len(found) == len(set(found)) <= MOST
    assert set(found) <= rated - {code}
    assert all(other in related or shared_group(code, other) for other in found)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("15-1252.05", "15-1252.00", id="other two digits of its own"),
        pytest.param("15-1522.00", "15-1252.00", id="neighbours exchanged"),
        pytest.param("51-1252.00", "15-1252.00", id="neighbours exchanged in front"),
        pytest.param("15-1259.00", "15-1252.00", id="the same broad occupation"),
        pytest.param("15-1752.00", "15-1252.00", id="one digit"),
    ],
)
def test_a_slip_finds_the_code_that_was_meant(typed, meant):
    assert [meant] == codes_near(typed, ["11-1011.00", meant, "55-3016.00"])


def test_the_likelier_slip_comes_first():
    in_order = ["15-1252.00", "15-1252.07", "15-1522.03", "15-1251.00", "15-1752.03"]

    assert in_order == codes_near("15-1252.03", reversed(in_order))


@pytest.mark.parametrize("typed", ["99-9999.00", "00-0000.00", "55-9999.00"])
def test_a_code_that_is_like_none_has_none_near(typed):
    assert [] == codes_near(typed, ["55-3016.00", "53-7121.00", "11-1011.00"])


@given(CODES, st.sets(CODES, max_size=30))
def test_codes_that_are_offered_are_listed_each_once(code, listed):
    found = codes_near(code, listed)

    assert len(found) == len(set(found)) <= MOST
    assert set(found) <= listed - {code}
