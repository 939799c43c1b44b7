"""Nearness of occupations in the classification."""

import pytest

from app.occupations.nearest import nearest


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [
        # In each of these the second has the smaller distance.
        pytest.param("15-1252.99", "15-1251.99", id="detailed before broad"),
        pytest.param("15-1259.99", "15-1249.00", id="broad before minor"),
        pytest.param("15-1201.00", "15-1300.00", id="minor before its larger step"),
        pytest.param("15-1999.00", "15-0999.99", id="larger minor step before major"),
        pytest.param("15-9999.00", "14-9999.00", id="major before any other"),
        pytest.param("15-1253.00", "15-1254.00", id="smaller distance within a group"),
        pytest.param("15-1251.00", "15-1253.00", id="same distance by code"),
        pytest.param("17-1011.00", "11-1011.00", id="nearest number where no group is shared"),
    ],
)
def test_the_smallest_shared_group_comes_first_then_distance_then_code(nearer, farther):
    for candidates in ([nearer, farther], [farther, nearer]):
        assert [nearer, farther] == nearest("15-1252.00", candidates)


def test_an_occupation_is_not_near_itself():
    assert ["15-1251.00"] == nearest("15-1252.00", ["15-1252.00", "15-1251.00"])


def test_five_are_named_unless_another_number_is_asked_for():
    candidates = [f"15-125{digit}.00" for digit in range(1, 10)]
    by_distance = ["15-1251.00", "15-1253.00", "15-1254.00", "15-1255.00", "15-1256.00"]

    assert by_distance == nearest("15-1252.00", candidates)
    assert by_distance[:2] == nearest("15-1252.00", iter(candidates), limit=2)
    assert [] == nearest("15-1252.00", [])


def test_a_code_that_no_occupation_has_still_has_neighbours():
    assert ["53-7199.00"] == nearest("99-9999.99", ["11-1011.00", "53-7199.00"], limit=1)


def test_no_larger_group_is_opened_once_there_are_enough():
    broad = ["15-1251.00", "15-1253.00", "15-1254.00"]

    assert broad == nearest("15-1252.00", [*broad, "15-1244.00", "15-1299.00"])
    assert [*broad[:2], "15-1244.00", "15-1241.00"] == nearest(
        "15-1252.00", [*broad[:2], "15-1244.00", "15-1241.00", "11-1011.00"]
    )
