import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onet_client.sandbox.parser import kind_of, value_of

MISSING = st.sampled_from(["", "n/a"])
NUMBERS = st.builds(
    lambda whole, decimals: f"{whole}{decimals}",
    st.integers(-999_999, 999_999),
    st.just("") | st.from_regex(r"\.[0-9]{1,6}", fullmatch=True),
)
MONTHS = st.builds(
    lambda month, year: f"{month:02}/{year}", st.integers(1, 12), st.integers(1990, 2040)
)
WORDS = st.text(st.characters(exclude_characters="\t\n"), max_size=8) | st.sampled_from(
    ["New", "08", "02,08", "1e3", "nan", "٤", "4,1", "13/2023", "1/2023", "08/2023 ", "+1", ".5"]
)


@pytest.mark.parametrize(
    ("column_id", "texts", "kind"),
    [
        ("category", ["New", "Revision"], "Text"),
        ("category", ["1", "2", "n/a"], "Number"),
        ("category", ["1", "New"], "Text"),
        ("data_value", ["4.12", "0.00", "-3"], "Number"),
        ("sources", ["08", "10"], "Text"),
        ("element_id", ["1", "2"], "Text"),
        ("gwa_element_id", ["1", "2"], "Text"),
        ("scale_id", ["1"], "Text"),
        ("onetsoc_code", ["11"], "Text"),
        ("related_onetsoc_code", ["11"], "Text"),
        ("original_task_id", ["n/a", "21280"], "Number"),
        ("date_updated", ["08/2023", ""], "Date"),
        ("date_updated", ["08/2023", "2023-08-01"], "Text"),
        ("phone", ["1234567890123456"], "Text"),
        ("short_title", ["n/a", ""], "Text"),
        ("short_title", [], "Text"),
    ],
)
def test_the_type_of_a_column_follows_from_all_its_values(
    column_id: str, texts: list[str], kind: str
) -> None:
    assert kind == kind_of(column_id, texts)


@settings(max_examples=30)
@given(st.lists(NUMBERS, min_size=1), st.lists(MISSING))
def test_numbers_are_numbers_to_the_last_digit(numbers: list[str], missing: list[str]) -> None:
    assert "Number" == kind_of("n", numbers + missing)
    for text in numbers:
        sent = json.dumps(value_of(text, "Number"))
        assert Decimal(text) == Decimal(sent)
        assert (Decimal(text) % 1 == 0) == sent.lstrip("-").isdecimal()


@given(st.lists(MONTHS, min_size=1), st.lists(MISSING))
def test_months_are_the_dates_of_their_first_days(months: list[str], missing: list[str]) -> None:
    assert "Date" == kind_of("date_updated", months + missing)
    for text in months:
        assert f"{text[3:]}-{text[:2]}-01" == value_of(text, "Date")


@given(st.lists(WORDS | NUMBERS | MONTHS | MISSING), st.sampled_from(["n", "element_id"]))
def test_whatever_a_column_holds_it_has_a_type_that_every_value_is_of(
    texts: list[str], column_id: str
) -> None:
    kind = kind_of(column_id, texts)
    values = [value_of(text, kind) for text in texts]
    expected = {"Text": str, "Date": str, "Number": int | float}[kind]
    for text, value in zip(texts, values, strict=True):
        assert (value is None) == (text in {"", "n/a"})
        assert value is None or isinstance(value, expected)
        assert kind != "Text" or value is None or text == value
