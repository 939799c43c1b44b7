"""GET /skill-gap and batches of it as CSV: one row an element."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from app.gaps.compare import Comparison, Gap, GapChoice, chosen, compare
from app.occupations.lookup import FoundPair, Pair
from app.occupations.spreadsheet import BETWEEN, Row, file_headers, written
from cache.profile import ElementRating
from cache.reading import Reading

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
NO_ELEMENT: Final = (None,) * (COLUMNS.index("gain") - COLUMNS.index("id") + 1)
"""The cells of an element where a pair has none to show."""


class CsvSource(NamedTuple):
    """What a source is called in each row, and how important an element is to it."""

    codes: str
    titles: str
    releases: str | None
    importance: Callable[[ElementRating], float | None]


def csv_source(
    readings: Iterable[Reading], importance: Callable[[ElementRating], float | None]
) -> CsvSource:
    """Name a source by the occupations that it is made of."""
    codes, titles, releases = [], [], set()
    for reading in readings:
        codes.append(reading.profile.code)
        titles.append(reading.profile.title)
        releases |= {*filter(None, [reading.entry.release])}
    named = BETWEEN.join(codes), BETWEEN.join(titles), BETWEEN.join(sorted(releases)) or None
    return CsvSource(*named, importance)


def csv_body(found: FoundPair, choice: GapChoice) -> str:
    """Write the chosen gaps of a pair, and what is covered after them where that is asked for.

    Figures are those of the JSON; null is empty.
    """
    return written([COLUMNS, *_rows_of(found, choice)])


def gap_file_headers(source: str, target: Reading) -> list[tuple[str, str]]:
    """Name the file of what a source was compared with, should it be saved."""
    return file_headers(f"{target.entry.domain}-gap", source, "to", target.profile.title)


def pair_rows(number: int, pair: Pair, found: FoundPair, choice: GapChoice) -> Iterator[Row]:
    """Write the rows of one pair of a batch, one at least; numbers begin with 1."""
    rows = _rows_of(found, choice, at_least_one=True)
    yield from ((number, *pair, ANSWERED, None, *row) for row in rows)


def problem_row(number: int, pair: Pair, status: int, detail: str) -> Row:
    """Write the row of a pair of a batch that could not be answered."""
    return number, *pair, status, detail, *(None,) * len(COLUMNS)


def _rows_of(found: FoundPair, choice: GapChoice, *, at_least_one: bool = False) -> Iterator[Row]:
    gap = compare(found.source.profile, found.target.profile)
    source = csv_source([found.source], lambda one: one.importance)
    return gap_rows(gap, source, found.target, choice, at_least_one=at_least_one)


def gap_rows(
    gap: Gap, source: CsvSource, target: Reading, choice: GapChoice, *, at_least_one: bool = False
) -> Iterator[Row]:
    """Write a row for each element that is chosen of a comparison of a source with a target.

    With `at_least_one` there is a row in any case, which tells the readiness.
    """
    sides = source.codes, source.titles, gap.target.code, gap.target.title, target.entry.domain
    pair = (
        gap.readiness, *(gap.readiness_interval or (None, None)),
        gap.source.rated, gap.target.rated, source.releases, target.entry.release,
    )  # fmt: skip
    items: list[tuple[Comparison, str]] = [(item, item.kind) for item in chosen(gap, choice)]
    items += [(item, "covered") for item in (gap.covered if choice.covered else ())]
    for item, kind in items:
        yield *sides, *_cells(item, kind, source.importance(item.source)), *pair
    if at_least_one and not items:
        yield *sides, *NO_ELEMENT, *pair


def _cells(item: Comparison, kind: str, importance: float | None) -> Iterator[Any]:
    source, target = item.source, item.target
    yield from (target.id, target.name, kind)
    yield from (source.level, importance, target.level, target.importance)
    yield from (item.level_gap, item.priority, item.significant, item.low_precision)
    yield from (source.not_relevant, target.not_relevant, item.gain)
