"""CSV that spreadsheets show as it is meant."""

import csv
from io import StringIO

from app.gaps.compare import GapChoice
from app.gaps.csv_body import csv_body
from app.occupations.lookup import FoundPair
from cache.policy import Entry
from cache.profile import ElementRating, Profile
from cache.reading import Reading


def reading(title: str, name: str, level: float, *, not_relevant: bool = False) -> Reading:
    rating = ElementRating("2.A", name, level, 3.0, None, not_relevant, low_precision=False)
    profile = Profile("11-1011.00", title, {"2.A": rating})
    return Reading(Entry("skills", "11-1011.00"), profile, "hit")


def csv_of(source: Reading, target: Reading, *, covered: bool = False) -> str:
    found = FoundPair(source, target, [source, target], [], by_code=True)
    return csv_body(found, GapChoice(covered=covered))


def row_of(source: Reading, target: Reading, *, covered: bool = False) -> dict[str, str]:
    text = csv_of(source, target, covered=covered)
    (row,) = csv.DictReader(StringIO(text, newline=""))
    return row


def test_commas_quotes_line_ends_and_other_alphabets_come_back_as_they_were() -> None:
    title, name = 'Smiths, "Black"', "Schweißen\r\nund Löten"
    source, target = reading(title, name, 1.0), reading("B", name, 2.0)

    row = row_of(source, target)

    assert (title, name) == (row["from_title"], row["name"])


def test_a_level_that_counts_as_nothing_is_marked() -> None:
    source, target = reading("A", "Name", 0.25, not_relevant=True), reading("B", "Name", 2.0)

    row = row_of(source, target)

    assert ("0.25", "2.0", "2.0") == (row["from_level"], row["to_level"], row["level_gap"])
    assert ("true", "false") == (row["from_not_relevant"], row["to_not_relevant"])
    assert ["from_not_relevant", "to_not_relevant"] == list(row)[16:18]


def test_the_file_has_no_byte_order_mark() -> None:
    assert csv_of(reading("Ä", "", 1.0), reading("Ö", "", 1.0)).startswith("from_code,")


def test_a_negative_gap_stays_a_number() -> None:
    source, target = reading("A", "Name", 3.0), reading("B", "Name", 1.0)

    row = row_of(source, target, covered=True)

    assert ("covered", "-2.0") == (row["kind"], row["level_gap"])
