"""CSV is chosen where it is preferred."""

import pytest

from app.occupations.spreadsheet import CSV
from app.response_cache.negotiation import _prefers_csv, prefers_csv


@pytest.mark.parametrize(
    ("accept", "preferred"),
    [
        ("text/csv", True),
        (CSV, True),
        ("text/csv; charset=utf-8", True),
        ("text/csv;header=absent;q=0.9, application/json;q=0.8", True),
        ("text/csv;q=0.5, application/json", False),
        ("text/*, application/json;q=0.9", True),
        ("*/*", False),
        ("text/csv;q=0", False),
        ("", False),
    ],
)
def test_csv_is_chosen_where_it_is_preferred_whatever_its_parameters(
    accept: str, preferred: bool
) -> None:
    assert preferred == prefers_csv(accept)


def test_an_accept_of_thousands_of_parts_counts_as_none_and_is_not_kept():
    before = _prefers_csv.cache_info()

    assert not prefers_csv("text/csv," * 1000)
    assert before == _prefers_csv.cache_info()
