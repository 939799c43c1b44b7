"""The occupation list and a single occupation as CSV: one row an occupation, or an element."""

from collections.abc import Mapping
from typing import Any, Final

from app.occupations.spreadsheet import written

LIST_COLUMNS: Final = (
    "code", "title", "domain", "rated", "matched_kind", "matched_text", "release",
)  # fmt: skip
LIST_EXAMPLE: Final = (
    ",".join(LIST_COLUMNS)
    + "\r\n15-1254.00,Web Developers,skills,true,title,Web Developers,29.0\r\n"
)
COLUMNS: Final = (
    "code", "title", "domain", "id", "name", "level", "importance", "level_standard_error",
    "not_relevant", "low_precision", "release",
)  # fmt: skip
CSV_EXAMPLE: Final = (
    ",".join(COLUMNS) + "\r\n"
    "15-1254.00,Web Developers,skills,2.A.1.a,Reading Comprehension,4.0,3.62,0.0,false,false,"
    "29.0\r\n"
)


def list_csv(body: Mapping[str, Any], domain: str, releases: Mapping[str, str | None]) -> str:
    """Write a page of the list, of which `body` is the JSON.

    `domain` is the one that occupations are rated in or not, and `releases` are those of their
    ratings, by code, where any are held.
    """
    nothing = {"kind": None, "text": None}
    rows = (
        (one["code"], one["title"], domain, one["rated"],
         *((one["matched"] or nothing)[name] for name in nothing), releases.get(one["code"]))
        for one in body["occupations"]
    )  # fmt: skip
    return written([LIST_COLUMNS, *rows])


def occupation_csv(body: Mapping[str, Any]) -> str:
    """Write an occupation's ratings in a domain; `body` is its JSON."""
    rows = (
        (body["code"], body["title"], body["domain"],
         *(one[name] for name in COLUMNS[3:-1]), body["cache"]["release"])
        for one in body["ratings"]
    )  # fmt: skip
    return written([COLUMNS, *rows])
