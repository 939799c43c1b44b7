"""The answer of transitions as CSV: one row a transition."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, Final

from app.occupations.spreadsheet import BETWEEN, file_headers, written

NAMED: Final = 3
"""Elements of each kind that a transition names at most."""
GAP: Final = ("id", "name", "level_gap")
CARRIED: Final = ("id", "name")
COLUMNS: Final = (
    "occupation_code", "occupation_title", "direction", "rank", "domains", "place",
    "code", "title", "fit", "readiness", "utilization", "tied_with", "job_zone", "related",
    *(f"gap_{number}_{name}" for number in range(1, NAMED + 1) for name in GAP),
    *(f"carries_over_{number}_{name}" for number in range(1, NAMED + 1) for name in CARRIED),
    "release",
)  # fmt: skip
CSV_EXAMPLE: Final = (
    ",".join(COLUMNS) + "\r\n"
    "15-1254.00,Web Developers,to,fit,skills,1,15-1243.00,Database Architects,0.9474,0.9292,0.9656,"
    "2,,,2.A.1.d,Speaking,0.63,2.B.4.e,Judgment and Decision Making,0.5,2.B.3.b,Technology Design,"
    "0.62,2.A.2.a,Critical Thinking,2.B.3.e,Programming,2.A.2.b,Active Learning,29.0\r\n"
)


def csv_body(body: Mapping[str, Any]) -> str:
    """Write the ranking of an occupation, of which `body` is the JSON."""
    subject = body["occupation"]
    releases = [one["release"] for one in body["sources"].values()]
    return transitions_csv(body, subject["code"], subject["title"], releases)


def transitions_csv(
    body: Mapping[str, Any], codes: str, titles: str, releases: Iterable[str | None]
) -> str:
    """Write a ranking, of which `body` is the JSON, whatever the steps lead from; null is empty.

    `codes`, `titles` and `releases` are those of the occupations whose steps they are.
    """
    head = codes, titles, body["direction"], body["rank"], BETWEEN.join(body["domains"])
    release = BETWEEN.join(sorted({*filter(None, releases)})) or None
    rows = (
        (*head, place, *(one[name] for name in COLUMNS[6:14]),
         *_named(one["gaps"], GAP), *_named(one["carries_over"], CARRIED), release)
        for place, one in enumerate(body["transitions"], 1)
    )  # fmt: skip
    return written([COLUMNS, *rows])


def csv_headers(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name the file, should it be saved."""
    way = "from" if body["direction"] == "to" else "to"
    return file_headers("transitions", way, body["occupation"]["title"])


def _named(found: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Iterator[Any]:
    """Write the figures of some elements, with empty cells for those that there could be more."""
    for item in found:
        yield from (item[name] for name in names)
    yield from repeat(None, (NAMED - len(found)) * len(names))
