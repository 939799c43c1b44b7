"""GET /skill-gap as CSV (RFC 4180): a header and one row an element, for spreadsheets."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any, Final
from unicodedata import category, normalize

from app.gaps.compare import Comparison, GapChoice, chosen, compare
from app.occupations.lookup import FoundPair

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
    """Write the chosen gaps, and what is covered after them where that is asked for.

    Figures are those of the JSON; null is empty.
    """
    source, target = found.source, found.target
    gap = compare(source.profile, target.profile)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    sides = (
        source.profile.code, _shown(source.profile.title),
        target.profile.code, _shown(target.profile.title), source.entry.domain,
    )  # fmt: skip
    pair = gap.readiness, *(gap.readiness_interval or ("", "")), gap.source.rated, gap.target.rated
    covered = gap.covered if choice.covered else ()
    writer.writerows((*sides, *_cells(item, item.kind), *pair) for item in chosen(gap, choice))
    writer.writerows((*sides, *_cells(item, "covered"), *pair) for item in covered)
    return text.getvalue().encode()


def csv_headers(found: FoundPair) -> list[tuple[str, str]]:
    """Name the file, should it be saved."""
    pair = f"{found.source.profile.code}-to-{found.target.profile.code}"
    name = f"{found.source.entry.domain}-gap-{pair}.csv"
    return [("Content-Disposition", f'attachment; filename="{name}"')]


def _cells(item: Comparison, kind: str) -> Iterator[Any]:
    source, target = item.source, item.target
    yield from (target.id, _shown(target.name), kind)
    yield from (source.level, source.importance, target.level, target.importance)
    yield from (item.level_gap, item.priority, WORDS[item.significant], WORDS[item.low_precision])
    yield from (WORDS[source.not_relevant], WORDS[target.not_relevant], item.gain)


def _shown(text: str) -> str:
    """Keep a spreadsheet from calculating a text: an apostrophe has it taken as it is."""
    seen = (each for each in normalize("NFKC", text) if category(each) not in UNSEEN)
    begins = next(seen, "")
    # A tab or an end of a line moves what follows into a cell of its own.
    return f"'{text}" if text.startswith(("\t", "\r", "\n")) or begins in FORMULA else text
