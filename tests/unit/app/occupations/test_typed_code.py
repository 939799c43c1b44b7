"""A code means the same however people write it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.occupations.typed_code import OTHERWISE, as_published


@pytest.mark.parametrize(
    ("typed", "published"),
    [
        ("15-1254.00", "15-1254.00"),
        ("15-1254", "15-1254"),
        (" 15-1254 ", "15-1254"),
        ("15", "15"),
        ("15-", "15-"),
        ("1512", "15-12"),
        ("15.1", "15-1"),
        ("15-1254.", "15-1254."),
        ("1512540", "15-1254.0"),
    ],
)
def test_a_code_or_its_beginning_is_read_however_it_is_written(typed, published):
    assert published == as_published(typed)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "1", "15-12540", "015-1254", "15 -1254", "151254.00", "15.125400", "15-1254 00",
        "15_1254", "15\N{EN DASH}1254", "15-1254\n", "1512540000", "\u0661\u0665-1254", "web",
        "15 jobs",
    ],
)  # fmt: skip
def test_another_text_is_no_code(text):
    assert None is as_published(text)


@settings(max_examples=30)
@given(st.from_regex(re.compile(rf"({OTHERWISE}) *", re.ASCII), fullmatch=True))
def test_every_other_way_to_write_a_whole_code_that_is_documented_is_read(typed):
    digits = re.sub(r"\D", "", typed)

    assert f"{digits[:2]}-{digits[2:6]}" + (f".{digits[6:]}" if digits[6:] else "") == (
        as_published(typed)
    )
