"""GET /skill-gap as CSV (RFC 4180): a header and one row an element, for spreadsheets."""

import csv
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any, Final
from unicodedata import category, normalize

from app.gaps.compare import Comparison, Gap, GapChoice, chosen, compare
from app.occupations.lookup import FoundPair
from cache.profile import ElementRating
from cache.reading import Reading

CSV: Final = "text/csv; charset=utf-8; header=present"
COLUMNS: Final = (
    "from_code", "from_title", "to_code", "to_title", "domain", "id", "name", "kind",
    "from_level", "from_importance", "to_level", "to_importance", "level_gap", "priority",
    "significant", "low_precision", "from_not_relevant", "to_not_relevant",
    "gain", "readiness", "readiness_low", "readiness_high", "from_rated", "to_rated",
)  # fmt: skip
CSV_EXAMPLE: Final = (
    ",".join(COLUMNS) + "\r\n"
    "11-1011.00,Chief Executives,15-1254.00,Web Developers,skills,2.B.3.e,Programming,"
    "higher_level,1.0,1.75,4.25,4.12,3.25,0.3621,true,false,false,false,"
    "0.0537,0.8824,0.8673,0.9038,2023-08,2017-07\r\n"
)
FORMULA: Final = ("=", "+", "-", "@", "\N{MINUS SIGN}")
"""What a cell begins with that spreadsheets calculate instead of showing it, in any width."""
UNSEEN: Final = ("Cc", "Cf", "Zs", "Zl", "Zp")
"""The kinds of characters that may stand before that: control, formatting, spaces."""
WORDS: Final = {None: "", True: "true", False: "false"}


def csv_body(found: FoundPair, choice: GapChoice) -> bytes:
    """Write the chosen gaps of a pair, and what is covered after them where that is asked for."""
    source, domain = found.source.profile, found.source.entry.domain
    gap = compare(source, found.target.profile)
    return csv_of(gap, (source.code, source.title), domain, choice, lambda one: one.importance)


def csv_of(
    gap: Gap,
    source: tuple[str, str],
    domain: str,
    choice: GapChoice,
    importance: Callable[[ElementRating], float | None],
) -> bytes:
    """Write what a comparison found. Figures are those of the JSON; null is empty.

    Args:
        gap: the comparison.
        source: how the source is called: code and title.
        domain: what was compared.
        choice: which gaps.
        importance: returns how important an element is to the source, where anybody says so.
    """
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    code, title = source
    sides = code, _shown(title), gap.target.code, _shown(gap.target.title), domain
    pair = gap.readiness, *(gap.readiness_interval or ("", "")), gap.source.rated, gap.target.rated
    covered = gap.covered if choice.covered else ()
    kinds: list[tuple[Comparison, str]] = [(item, item.kind) for item in chosen(gap, choice)]
    kinds += ((item, "covered") for item in covered)
    writer.writerows(
        (*sides, *_cells(item, kind, importance(item.source)), *pair) for item, kind in kinds
    )
    return text.getvalue().encode()


def csv_headers(found: FoundPair) -> list[tuple[str, str]]:
    """Name the file of a pair, should it be saved."""
    return file_headers(found.source.profile.code, found.target)


def file_headers(source: str, target: Reading) -> list[tuple[str, str]]:
    """Name the file of what a source was compared with, should it be saved."""
    name = f"{target.entry.domain}-gap-{source}-to-{target.profile.code}.csv"
    return [("Content-Disposition", f'attachment; filename="{name}"')]


def _cells(item: Comparison, kind: str, importance: float | None) -> Iterator[Any]:
    source, target = item.source, item.target
    yield from (target.id, _shown(target.name), kind)
    yield from (source.level, importance, target.level, target.importance)
    yield from (item.level_gap, item.priority, WORDS[item.significant], WORDS[item.low_precision])
    yield from (WORDS[source.not_relevant], WORDS[target.not_relevant], item.gain)


def _shown(text: str) -> str:
    """Keep a spreadsheet from calculating a text: an apostrophe has it taken as it is."""
    seen = (each for each in normalize("NFKC", text) if category(each) not in UNSEEN)
    begins = next(seen, "")
    # A tab or an end of a line moves what follows into a cell of its own.
    return f"'{text}" if text.startswith(("\t", "\r", "\n")) or begins in FORMULA else text
