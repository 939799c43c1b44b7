"""GET /skill-gap and batches of it as CSV: one row an element."""

from collections.abc import Iterator
from typing import Any, Final

from app.gaps.compare import Comparison, GapChoice, chosen, compare
from app.occupations.lookup import FoundPair, Pair
from app.occupations.spreadsheet import Row, file_headers, written

COLUMNS: Final = (
    "from_code", "from_title", "to_code", "to_title", "domain", "id", "name", "kind",
    "from_level", "from_importance", "to_level", "to_importance", "level_gap", "priority",
    "significant", "low_precision", "from_not_relevant", "to_not_relevant",
    "gain", "readiness", "readiness_low", "readiness_high", "from_rated", "to_rated",
    "from_release", "to_release",
)  # fmt: skip
CSV_EXAMPLE: Final = (
    ",".join(COLUMNS) + "\r\n"
    "11-1011.00,Chief Executives,15-1254.00,Web Developers,skills,2.B.3.e,Programming,"
    "higher_level,1.0,1.75,4.25,4.12,3.25,0.3621,true,false,false,false,"
    "0.0537,0.8824,0.8673,0.9038,2023-08,2017-07,29.0,29.0\r\n"
)
BATCH_COLUMNS: Final = ("pair", "from", "to", "status", "problem", *COLUMNS)
BATCH_EXAMPLE: Final = (
    ",".join(BATCH_COLUMNS) + "\r\n1,11-1011.00,15-1254.00,200,," + CSV_EXAMPLE.partition("\r\n")[2]
)
ANSWERED: Final = 200
NO_ELEMENT: Final = (None,) * 14
"""The cells of an element where a pair has none to show."""


def csv_body(found: FoundPair, choice: GapChoice) -> str:
    """Write the chosen gaps, and what is covered after them where that is asked for.

    Figures are those of the JSON; null is empty.
    """
    return written([COLUMNS, *gap_rows(found, choice)])


def csv_headers(found: FoundPair) -> list[tuple[str, str]]:
    """Name the file, should it be saved."""
    source, target = found.source, found.target
    return file_headers(
        f"{source.entry.domain}-gap", source.profile.title, "to", target.profile.title
    )


def gap_rows(found: FoundPair, choice: GapChoice, *, at_least_one: bool = False) -> Iterator[Row]:
    """Write a row for each element that is chosen.

    Args:
        found: the two occupations.
        choice: which gaps.
        at_least_one: whether the pair has a row in any case, which tells its readiness.
    """
    source, target = found.source, found.target
    gap = compare(source.profile, target.profile)
    sides = (
        source.profile.code, source.profile.title,
        target.profile.code, target.profile.title, source.entry.domain,
    )  # fmt: skip
    pair = (
        gap.readiness, *(gap.readiness_interval or (None, None)),
        gap.source.rated, gap.target.rated, source.entry.release, target.entry.release,
    )  # fmt: skip
    items: list[tuple[Comparison, str]] = [(item, item.kind) for item in chosen(gap, choice)]
    items += [(item, "covered") for item in (gap.covered if choice.covered else ())]
    yield from ((*sides, *_cells(item, kind), *pair) for item, kind in items)
    if at_least_one and not items:
        yield *sides, *NO_ELEMENT, *pair


def pair_rows(number: int, pair: Pair, found: FoundPair, choice: GapChoice) -> Iterator[Row]:
    """Write the rows of one pair of a batch, one at least; numbers begin with 1."""
    rows = gap_rows(found, choice, at_least_one=True)
    yield from ((number, *pair, ANSWERED, None, *row) for row in rows)


def problem_row(number: int, pair: Pair, status: int, detail: str) -> Row:
    """Write the row of a pair of a batch that could not be answered."""
    return number, *pair, status, detail, *(None,) * len(COLUMNS)


def _cells(item: Comparison, kind: str) -> Iterator[Any]:
    source, target = item.source, item.target
    yield from (target.id, target.name, kind)
    yield from (source.level, source.importance, target.level, target.importance)
    yield from (item.level_gap, item.priority, item.significant, item.low_precision)
    yield from (source.not_relevant, target.not_relevant, item.gain)
