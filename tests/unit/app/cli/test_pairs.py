"""Pairs of occupations in files as people have them."""

import csv
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.pairs import LONGEST_LINE, read_pairs


def read(data: bytes) -> list[tuple[int, tuple[str, str] | None]]:
    return [(line.number, line.pair) for line in read_pairs(BytesIO(data))]


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\nc,d",
        b"a\tb\r\nc\td\r\n",
        b"\xef\xbb\xbfa,b\nc, d \n",
        b'"a",b\n"c","d"\n',
    ],
)
def test_a_pair_a_line_with_a_comma_or_a_tab_between(data: bytes) -> None:
    assert [(1, ("a", "b")), (2, ("c", "d"))] == read(data)


@pytest.mark.parametrize(
    "header", [b"from,to\n", b"\xef\xbb\xbfFrom\tTo\r\n", b'\n\n"FROM","to"\n']
)
def test_a_header_and_empty_lines_are_passed_over(header: bytes) -> None:
    above = header.count(b"\n")

    assert [(above + 1, ("a", "b")), (above + 3, ("from", "to"))] == read(
        header + b"a,b\n \r\nfrom,to\n"
    )


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (b"a", "has 1;"),
        (b"Clerks, Other,b", "has 3;"),
        (b"Clerks, Other\tb\tc", "has 3;"),
        (b'"a,b', "Not CSV"),
        (b"\xff,b", "Not UTF-8."),
        (b"x" * 3 * LONGEST_LINE + b",b", "Longer than 2,000 bytes."),
        (b"x" * LONGEST_LINE, "Longer than 2,000 bytes."),
    ],
)
def test_a_line_that_is_no_pair_says_why_and_those_after_it_are_read(
    line: bytes, wrong: str
) -> None:
    first, second = read_pairs(BytesIO(line + b"\na,b\n"))

    assert (1, None) == first[:2]
    assert wrong in first.wrong
    assert (2, ("a", "b"), "") == second


TITLE = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=200)


@given(st.lists(st.tuples(TITLE, TITLE), max_size=5), st.sampled_from([",", "\t"]))
def test_what_a_spreadsheet_writes_is_read_as_it_was(
    pairs: list[tuple[str, str]], delimiter: str
) -> None:
    text = StringIO()
    csv.writer(text, delimiter=delimiter).writerows([("from", "to"), *pairs])

    assert pairs == [pair for _, pair in read(text.getvalue().encode())]
