"""Reads a tab separated file of a text release: columns by their names, lines within bounds."""

import re
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import IO, Final

from onet_client.controls import has_control
from onet_client.release_files import FileProblem, refuse
from onet_client.release_lines import read_lines
from onet_client.resaved import RESAVED, is_quoted

LISTED_COLUMNS: Final = 30
BLANK: Final = " \r\n\x1a"
"""What a line without content may hold; the last is the end of file of old systems."""
MISSING: Final = ("n/a", "")
"""What stands where there is no text."""
LONGEST_QUOTE: Final = 60
"""Characters of a text that a reason repeats."""


def read_header(name: str, file: IO[bytes]) -> tuple[str, ...]:
    """Read the column names.

    Raises:
        ReleaseError: where the file is plainly no tab separated UTF-8 text; it says what it is.
    """
    _, raw = next(read_lines(name, file), (1, b""))
    if reason := _another_format(raw):
        refuse(FileProblem(name, 1, reason))
    return tuple(column.strip() for column in raw.decode("utf-8-sig", "replace").split("\t"))


def read_rows(
    name: str,
    file: IO[bytes],
    needed: Sequence[str],
    optional: Sequence[str],
    reject: Callable[[FileProblem], None],
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield line number and fields of each line, as many as columns are named and in their order.

    Whatever else stands in the file makes no difference. A column that is optional and not there
    has empty fields. A line with another number of fields than the header, or with a needed one
    that is not UTF-8 or holds a control character, goes to `reject`.

    Raises:
        ReleaseError: where a needed column is missing, or what `read_header` refuses.
    """
    header = read_header(name, file)
    pick = _picker(name, header, needed, optional)
    for number, raw in read_lines(name, file, 2):
        try:
            text, whole = raw.decode(), True
        except UnicodeDecodeError:
            text, whole = raw.decode(errors="replace"), False
        fields = text.rstrip("\r\n").split("\t")
        if len(fields) != len(header) and (reason := _fit(fields, header)):
            if text.strip(BLANK):
                reject(FileProblem(name, number, reason))
            continue
        fields.append("")  # what a column that is not there holds
        picked = pick(fields)
        if not whole and any("\ufffd" in field for field in picked):
            reject(FileProblem(name, number, "not UTF-8"))
        elif has_control(*picked):
            reject(FileProblem(name, number, "holds a control character"))
        else:
            yield number, picked


def _fit(fields: list[str], header: Sequence[str]) -> str | None:
    """Add empty fields for last columns without a name, or tell why a line does not fit."""
    missing = header[len(fields) :]
    if not missing or any(missing):
        return f"{len(fields)} fields where {len(header)} are due"
    fields += missing
    return None


def check_unquoted(name: str, line: int, text: str) -> None:
    """Refuse a text in the quotes that a spreadsheet puts around one with a comma or a quote.

    Raises:
        ReleaseError: for such a text; O*NET's files quote nothing.
    """
    if is_quoted(text):
        refuse(FileProblem(name, line, RESAVED))


def check_text(file: str, line: int, what: str, text: str, longest: int) -> None:
    """Refuse a text that is missing, or has more than `longest` characters.

    Raises:
        ReleaseError: saying `what` it should be, such as "the tier".
    """
    if text in MISSING or len(text) > longest:
        reason = f"{what} is missing or longer than {longest} characters"
        refuse(FileProblem(file, line, reason))


def quoted(text: str) -> str:
    """Quote the beginning of a text for a reason."""
    return repr(text[:LONGEST_QUOTE])


def _picker(
    name: str, header: Sequence[str], needed: Sequence[str], optional: Sequence[str]
) -> Callable[[list[str]], tuple[str, ...]]:
    """Make what takes the named columns, two at least, out of a line and one empty field more."""
    if missing := [column for column in needed if column not in header]:
        names = ", ".join(column[:LONGEST_QUOTE] for column in header[:LISTED_COLUMNS])
        what = f"column{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
        refuse(FileProblem(name, 1, f"{what} not found; the header is: {names}"))
    columns = (*needed, *optional)
    for column in columns:
        if header.count(column) > 1:
            refuse(FileProblem(name, 1, f"column {column} is there twice"))
    places = [header.index(each) if each in header else len(header) for each in columns]
    return itemgetter(*places)


def _another_format(raw: bytes) -> str | None:
    """Tell what a first line is of, where it is not one of tab separated UTF-8 text."""
    found = None
    if raw.startswith(b"PK\x03\x04"):
        found = "an archive or a spreadsheet; tab separated text is due"
    elif b"\x00" in raw[:100]:
        found = "UTF-16 text, or no text at all; UTF-8 is due"
    elif re.match(rb"\s*<(!doctype|html|\?xml)", raw, re.IGNORECASE):
        found = "a web page; tab separated text is due"
    elif b"\r" in raw.rstrip(b"\r\n"):
        found = "lines that end in CR alone; LF or CRLF is due"
    elif b"\t" not in raw and re.search(rb"[,;|].*[,;|]", raw):
        found = "fields that are separated by commas or the like; tabs are due"
    elif raw.startswith((b'"', b'\xef\xbb\xbf"')):
        return RESAVED
    return found and f"found {found}"
