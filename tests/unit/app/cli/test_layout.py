"""Tables and bars fit whatever width there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.layout import BETWEEN, Bar, Column, bar, fit

COLUMNS = [
    Column("name", 10, 30),
    Column("bar", 8, 20, rank=1),
    Column("figure", 4, 4, rank=2),
    Column("extra", 12, 12, rank=3),
]


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (41, {"name": 10, "bar": 8, "figure": 4, "extra": 12}),
        (61, {"name": 30, "bar": 8, "figure": 4, "extra": 12}),
        (70, {"name": 30, "bar": 17, "figure": 4, "extra": 12}),
        (200, {"name": 30, "bar": 20, "figure": 4, "extra": 12}),
        (40, {"name": 23, "bar": 8, "figure": 4}),
        (39, {"name": 22, "bar": 8, "figure": 4}),
        (27, {"name": 10, "bar": 8, "figure": 4}),
        (26, {"name": 15, "bar": 8}),
        (20, {"name": 19}),
        (5, {"name": 10}),
    ],
)
def test_columns_go_in_the_order_of_their_ranks_and_room_goes_to_the_first(width, expected):
    assert expected == fit(COLUMNS, width)


@given(st.integers(12, 300))
def test_columns_that_can_go_never_make_a_table_wider_than_the_terminal(width):
    found = fit(COLUMNS, width)

    assert sum(found.values()) + BETWEEN * (len(found) - 1) < width
    assert [column.name for column in COLUMNS if column.name in found] == list(found)


@pytest.mark.parametrize(
    ("there", "missing", "expected"),
    [
        (0, 0, Bar(0, 0, 14)),
        (7, 0, Bar(14, 0, 0)),
        (0, 7, Bar(0, 14, 0)),
        (3.5, 3.5, Bar(7, 7, 0)),
        (1, 2, Bar(2, 4, 8)),
        (0.01, 0, Bar(1, 0, 13)),
        (0, 0.01, Bar(0, 1, 13)),
        (6.99, 0.01, Bar(13, 1, 0)),
        (4.0, 0.01, Bar(7, 1, 6)),
    ],
)
def test_a_bar_shows_what_is_there_and_what_is_missing_however_little(there, missing, expected):
    assert expected == bar(there, missing, 7, 14)


@given(st.floats(0, 7), st.floats(0, 7), st.integers(0, 50))
def test_a_bar_has_all_of_its_cells(there, missing, cells):
    found = bar(there, min(missing, 7 - there), 7, cells)

    assert cells == sum(found)
    assert min(found) >= 0
