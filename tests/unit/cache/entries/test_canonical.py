"""Ratings have one canonical form, so that equal content has an equal hash wherever it is from."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fills import figures
from support.made_up_release import ELEMENTS, RATED, RATING_ROWS

from cache.entries.canonical import canonical_figure, canonical_line, content_hash
from cache.fill.fetch import figures_of
from cache.release.ratings import RatingRows
from cache.release.reader import open_release
from onet_client.rows import RatingRow

FIGURES = figures("2.A.1.a", "LV", "4.6200")


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("0.125", "0.1250"),
        ("0.1250", "0.1250"),
        ("0.12500000", "0.1250"),
        ("4", "4.0000"),
        ("0", "0.0000"),
        ("1E+1", "10.0000"),
        ("1.25E-2", "0.0125"),
        ("999.9999", "999.9999"),
    ],
)
def test_a_figure_has_four_places_however_it_was_written(written, canonical):
    assert canonical == canonical_figure(Decimal(written))


@pytest.mark.parametrize("bad", ["0.00001", "4.12345", "1000", "-1000", "1E+30", "NaN", "Infinity"])
def test_a_figure_that_four_places_do_not_hold_is_refused(bad):
    with pytest.raises(ValueError, match="does not fit"):
        canonical_figure(Decimal(bad))


@given(st.integers(0, 9_999_999))
def test_no_figure_of_four_places_is_changed(ten_thousandths):
    value = Decimal(ten_thousandths).scaleb(-4)

    assert value == Decimal(canonical_figure(value))


@given(st.permutations([canonical_line(FIGURES._replace(element_id=f"2.A.{n}")) for n in range(6)]))
def test_the_hash_does_not_depend_on_the_order_of_rows(lines):
    assert content_hash(sorted(lines)) == content_hash(iter(lines))


@pytest.mark.parametrize(
    "change",
    [
        {"element_id": "2.A.1.b"},
        {"scale_id": "IM"},
        {"value": "4.6201"},
        {"n": 9},
        {"n": None},
        {"standard_error": "0.1831"},
        {"standard_error": None},
        {"lower_ci": None},
        {"upper_ci": None},
        {"recommend_suppress": True},
        {"recommend_suppress": None},
        {"not_relevant": True},
        {"not_relevant": None},
        {"date_updated": date(2023, 9, 1)},
        {"domain_source": "Incumbent"},
    ],
    ids=str,
)
def test_any_other_figure_gives_another_hash(change):
    changed = FIGURES._replace(**change)

    assert content_hash([canonical_line(FIGURES)]) != content_hash([canonical_line(changed)])


def test_a_missing_row_or_a_row_twice_gives_another_hash():
    line = canonical_line(FIGURES)

    assert 3 == len({content_hash([]), content_hash([line]), content_hash([line, line])})


def test_a_hash_is_64_hexadecimal_digits():
    assert 64 == len(content_hash([]))
    assert int(content_hash([]), 16)


def rating_of_api(code: str, element: str, scale: str) -> RatingRow:
    """A rating of the made-up release, as the API has it: 0.125 for `0.1250`, null for `n/a`."""
    importance = scale == "IM"
    return RatingRow(
        occupation_code=code,
        element_id=element,
        element_name=ELEMENTS[element],
        scale_id=scale,
        value=Decimal("4.12") if importance else Decimal(0),
        n=8,
        standard_error=Decimal("0.125") if importance else None,
        lower_ci=Decimal("3.88") if importance else None,
        upper_ci=Decimal("4.37") if importance else None,
        recommend_suppress=not importance,
        not_relevant=None if importance else False,
        date_updated=date(2023, 8, 1) if importance else date(2014, 7, 1),
        domain_source="Analyst",
    )


def test_the_same_ratings_hash_alike_from_a_file_and_from_the_api(made_up_release):
    code = RATED[0]
    with open_release(made_up_release) as release:
        rows = RatingRows(release, release.occupations(), release.scales())
        assert RATING_ROWS == len(list(rows))

    answer = [rating_of_api(code, e, scale) for scale in ("LV", "IM") for e in reversed(ELEMENTS)]

    lines = [canonical_line(rating) for rating in figures_of(answer)]
    assert content_hash(rows.lines["skills", code]) == content_hash(lines)
