"""CSV that spreadsheets show as it is meant, in files whose names go everywhere."""

import csv
import re
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.occupations.spreadsheet import file_headers, written

SIGNS = (
    *"=+-@\t\r\n",
    *"\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}",
    *"\N{FULLWIDTH COMMERCIAL AT}\N{SMALL EQUALS SIGN}\N{SMALL PLUS SIGN}\N{SMALL HYPHEN-MINUS}",
    *"\N{SMALL COMMERCIAL AT}\N{MINUS SIGN}\N{SUPERSCRIPT PLUS SIGN}\N{SUBSCRIPT EQUALS SIGN}",
)
BEFORE = (" ", "\xa0", "\N{IDEOGRAPHIC SPACE}", "\N{ZERO WIDTH NO-BREAK SPACE}", "\x00")
FORMULAS = (*SIGNS, *(before + "=" for before in BEFORE))


@pytest.mark.parametrize("begun", FORMULAS)
def test_no_text_is_a_formula(begun: str) -> None:
    (row,) = csv.reader(StringIO(written([[begun + "1", "B", -1.0, None, True]]), newline=""))

    assert [f"'{begun}1", "B", "-1.0", "", "true"] == row


@pytest.mark.parametrize(
    ("parts", "plain", "encoded"),
    [
        (("gap", "A, B", "to", "C"), *("gap-A-B-to-C.csv",) * 2),
        (("a", "Ärzte / Köche"), "a-Arzte-Koche.csv", "a-%C3%84rzte-K%C3%B6che.csv"),
        (("a", "../..\\x\"\r\n;%"), "a-x.csv", "a-x.csv"),
        (("a", "医師"), "a.csv", "a-%E5%8C%BB%E5%B8%AB.csv"),
        (("a", ""), "a.csv", "a.csv"),
    ],
)  # fmt: skip
def test_a_file_is_named_by_titles_in_characters_that_are_safe(
    parts: tuple[str, ...], plain: str, encoded: str
) -> None:
    both = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"

    assert [("Content-Disposition", both)] == file_headers(*parts)


@given(st.lists(st.text(max_size=300), min_size=1, max_size=2))
def test_whatever_a_title_holds_the_header_is_one_and_the_name_short(parts: list[str]) -> None:
    ((_, header),) = file_headers("skills-gap", *parts)

    found = re.fullmatch(
        r"attachment; filename=\"([\w.-]+)\"; filename\*=UTF-8''([\w.%~-]+)", header, re.A
    )
    assert found
    assert len(found[1]) <= 255
    assert not found[1].startswith((".", "-"))
