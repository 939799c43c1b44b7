"""CSV that spreadsheets show as it is meant."""

import csv
from io import StringIO

from support.profiles import rating

from app.gaps.compare import GapChoice
from app.gaps.csv_body import csv_body
from app.occupations.lookup import FoundPair
from cache.policy import Entry
from cache.profile import Profile
from cache.reading import Reading


def test_commas_quotes_line_ends_and_other_alphabets_come_back_as_they_were() -> None:
    title, name = 'Smiths, "Black"', "Schweißen\r\nund Löten"
    source, target = (
        Reading(Entry("skills", code), Profile(code, title, {"2.A": rated}), "hit")
        for code, title, rated in (
            ("51-4121.06", title, rating("2.A", 1.0, name=name)),
            ("51-4121.00", "B", rating("2.A", 2.0, name=name)),
        )
    )

    text = csv_body(FoundPair(source, target, [source, target], [], by_code=True), GapChoice())

    (row,) = csv.DictReader(StringIO(text, newline=""))
    assert (title, name) == (row["from_title"], row["name"])
