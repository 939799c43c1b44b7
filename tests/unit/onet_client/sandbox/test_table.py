from collections.abc import Sequence

import pytest

from onet_client.sandbox.table import QueryError, Row, Table, TableColumn

COLUMNS = [
    TableColumn("code", "Code", "Text"),
    TableColumn("name", "Name", "Text"),
    TableColumn("value", "Value", "Number"),
    TableColumn("date", "Date", "Date"),
]
ROWS: list[Row] = [
    ("b", "Plum", 2, "2023-08-01"),
    ("a", "apple", 2.5, None),
    ("a", "Apple Tart", None, "2020-01-01"),
    ("b", None, 2, "2023-08-01"),
    ("c", "", -1, "2023-08-01"),
]


@pytest.fixture
def table() -> Table:
    return Table("fruit", COLUMNS, ROWS)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([], [0, 1, 2, 3, 4]),
        (["code.eq.a"], [1, 2]),
        (["code.eq.A"], [1, 2]),
        (["name.eq.APPLE"], [1]),
        (["name.contains.APP"], [1, 2]),
        (["name.contains.a.b"], []),
        (["name.eq."], [4]),
        (["name.contains."], [0, 1, 2, 4]),
        (["value.eq.2"], [0, 3]),
        (["value.eq.2.0"], [0, 3]),
        (["value.eq.-1"], [4]),
        (["date.eq.2023-08-01"], [0, 3, 4]),
        (["code.eq.a", "name.contains.tart"], [2]),
        (["code.eq.b", "value.eq.2", "name.eq.plum"], [0]),
        (["code.eq.a", "code.eq.b"], []),
        (["code.eq.d"], []),
    ],
)
def test_rows_satisfy_every_filter(
    table: Table, filters: Sequence[str], expected: Sequence[int]
) -> None:
    assert [ROWS[at] for at in expected] == list(table.select(filters))


@pytest.mark.parametrize(
    ("sorts", "expected"),
    [
        ([], [0, 1, 2, 3, 4]),
        (["code"], [1, 2, 0, 3, 4]),
        (["value"], [2, 4, 0, 3, 1]),
        (["name"], [3, 4, 1, 2, 0]),
        (["code", "value"], [2, 1, 0, 3, 4]),
        (["date", "code", "value"], [1, 2, 0, 3, 4]),
    ],
)
def test_rows_come_in_the_order_of_the_sorts(
    table: Table, sorts: Sequence[str], expected: Sequence[int]
) -> None:
    rows = [ROWS[at] for at in expected]
    assert rows == list(table.select([], sorts))
    assert rows == list(table.select([], sorts)), "as remembered"
    assert rows == list(table.select(["code.contains."], sorts)), "as filtered"


def test_another_order_is_not_taken_for_the_one_remembered(table: Table) -> None:
    for sorts in (["code"], ["name"], ["code"], []):
        fresh = Table("fruit", COLUMNS, ROWS)
        assert list(fresh.select([], sorts)) == list(table.select([], sorts))


@pytest.mark.parametrize(
    "text",
    ["taste.eq.a", "code", "code.eq", "code.is.a", "value.contains.1", "date.contains.2", ""],
)
def test_a_filter_that_means_nothing_is_an_error(table: Table, text: str) -> None:
    with pytest.raises(QueryError):
        table.select([text])


@pytest.mark.parametrize("value", ["", "x", "1e3", "1_0", "nan", "²", " 2"])
def test_a_number_is_not_compared_with_something_else(table: Table, value: str) -> None:
    with pytest.raises(QueryError, match="compares a number"):
        table.select([f"value.eq.{value}"])


@pytest.mark.parametrize("text", ["taste", "code.up", "code.descending", "code.", ""])
def test_a_sort_that_means_nothing_is_an_error(table: Table, text: str) -> None:
    with pytest.raises(QueryError):
        table.select([], [text])


def test_a_column_knows_whether_a_row_lacks_it(table: Table) -> None:
    assert [False, True, True, True] == [table.has_nulls(c.column_id) for c in COLUMNS]
