"""The answers to profiles as CSV, with all occupations of a profile in a cell."""

from collections.abc import Mapping
from typing import Any, Final

from app.gaps.compare import GapChoice
from app.gaps.csv_body import COLUMNS, csv_source, gap_file_headers, gap_rows
from app.occupations.spreadsheet import BETWEEN, file_headers, written
from app.profiles.merge import importance
from app.profiles.service import OwnPair
from app.transitions.csv_body import transitions_csv

FILE: Final = "own"
"""What a profile is called in the name of a file."""


def own_gap_csv(pair: OwnPair, choice: GapChoice) -> str:
    """Write the chosen gaps."""
    source = csv_source(pair.occupations, importance)
    return written([COLUMNS, *gap_rows(pair.gap, source, pair.target, choice)])


def own_gap_headers(pair: OwnPair) -> list[tuple[str, str]]:
    """Name the file of gaps, should it be saved."""
    return gap_file_headers(FILE, pair.target)


def own_transitions_csv(body: Mapping[str, Any]) -> str:
    """Write a ranking, of which `body` is the JSON."""
    named = body["from"]["occupations"]
    codes, titles = (BETWEEN.join(one[name] for one in named) for name in ("code", "title"))
    releases = {one["release"] for found in body["sources"].values() for one in found}
    return transitions_csv(body, codes, titles, releases)


def own_transitions_headers() -> list[tuple[str, str]]:
    """Name the file of a ranking, should it be saved."""
    return file_headers("transitions", "from", FILE)
