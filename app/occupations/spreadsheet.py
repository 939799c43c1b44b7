"""Answers as CSV (RFC 4180) that spreadsheets show as it is meant, and the names of the files."""

import csv
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from io import StringIO
from typing import Any, Final
from unicodedata import category, normalize
from urllib.parse import quote

CSV: Final = "text/csv; charset=utf-8; header=present"
FORMULA: Final = ("=", "+", "-", "@", "\N{MINUS SIGN}")
"""What a cell begins with that spreadsheets calculate instead of showing it, in any width."""
UNSEEN: Final = ("Cc", "Cf", "Zs", "Zl", "Zp")
"""The kinds of characters that may stand before that: control, formatting, spaces."""
WORDS: Final = {None: "", True: "true", False: "false"}
BETWEEN: Final = "; "
"""What stands between several values in a cell."""
LONGEST_PART: Final = 60
"""Characters of each part of a file's name; file systems take names of 255 bytes."""
NOT_SAFE: Final = re.compile(r"[^\w.]+")
"""What is a sign to some shell or file system, or a space, or no letter."""

Row = Sequence[Any]


def written(rows: Iterable[Row]) -> str:
    """Write rows of cells: figures as they are in JSON, null as an empty cell."""
    text = StringIO()
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def file_headers(*parts: str) -> list[tuple[str, str]]:
    """Name the file, should it be saved: `skills-gap-Chief-Executives-to-Web-Developers.csv`.

    With the name in ASCII, and as it is for who reads RFC 8187 (RFC 6266, section 4.3).
    """
    named = (
        f"filename=\"{_joined(map(_in_ascii, parts))}\"; filename*=UTF-8''{quote(_joined(parts))}"
    )
    return [("Content-Disposition", f"attachment; {named}")]


def _joined(parts: Iterable[str]) -> str:
    return "-".join(filter(None, map(_safe, parts))) + ".csv"


def _in_ascii(part: str) -> str:
    return normalize("NFKD", part).encode("ascii", "ignore").decode()


def _safe(part: str) -> str:
    return NOT_SAFE.sub("-", normalize("NFC", part))[:LONGEST_PART].strip("-._")


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return _shown(value)
    return WORDS[value] if value is None or isinstance(value, bool) else value


@lru_cache(maxsize=10_000)
def _shown(text: str) -> str:
    """Keep a spreadsheet from calculating a text: an apostrophe has it taken as it is."""
    seen = (each for each in normalize("NFKC", text) if category(each) not in UNSEEN)
    begins = next(seen, "")
    # A tab or an end of a line moves what follows into a cell of its own.
    return f"'{text}" if text.startswith(("\t", "\r", "\n")) or begins in FORMULA else text
