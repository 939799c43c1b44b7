"""Reads what a text release says of elements and their levels, and publishes it.

Columns and meaning from O*NET's data dictionary. Ratings can do without: a file that is missing
is no reason to refuse a release. One with a line that is broken is left out whole, since a part of
it would pass for all that O*NET says.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection

from cache.entries.meanings import ReadFrom, Rows, publish_meanings
from cache.release.reader import ELEMENT_ID, ELEMENT_NAME, Release
from cache.release.references import LONGEST_DESCRIPTION
from cache.release.text import MISSING, check_text, check_unquoted, quoted
from onet_client.content_model import (
    ANCHOR_TABLE,
    ELEMENT_TABLE,
    MEANING_TABLES,
    SCALES,
    domain_of,
)
from onet_client.content_model import ELEMENT_ID as AN_ELEMENT
from onet_client.release_files import FileProblem, ReleaseError, refuse

DESCRIPTION_COLUMNS: Final = (ELEMENT_ID, ELEMENT_NAME, "Description")
ANCHOR_COLUMNS: Final = (ELEMENT_ID, "Scale ID", "Anchor Value", "Anchor Description")
LEVEL: Final = "LV"
LONGEST_NAME: Final = 150
LONGEST_ANCHOR: Final = 1_000


class ReadMeanings(NamedTuple):
    """What a release says: rows by O*NET's table, and why files of it are left out."""

    rows: Mapping[str, Rows]
    left_out: list[FileProblem]


def publish_read_meanings(connection: Connection, release: Release, at: datetime) -> None:
    """Publish what the release says; a complete one takes the place of what it does not say."""
    rows = read_meanings_of(release).rows
    for table in MEANING_TABLES:
        if table in rows or release.complete:
            source = ReadFrom("seed", release.name, at)
            publish_meanings(connection, table, rows.get(table, ()), source)


def read_meanings_of(release: Release) -> ReadMeanings:
    """Read each file whole, or leave it out."""
    rows: dict[str, Rows] = {}
    left_out: list[FileProblem] = []
    for table, file in release.meaning_files.items():
        try:
            rows[table] = _READERS[table](release, file)
        except ReleaseError as error:
            left_out.append(error.problems[0])
    return ReadMeanings(rows, left_out)


def read_descriptions(release: Release, file: str) -> list[tuple[str, str, str | None]]:
    """Read id, name and description of the elements of our domains, and of their groups.

    Raises:
        ReleaseError: naming the line that is refused.
    """
    found: dict[str, tuple[str, str, str | None]] = {}
    for line, (element, name, description) in release.table(file, DESCRIPTION_COLUMNS):
        if domain_of(element) is None:
            continue
        _check_element(file, line, element)
        check_unquoted(file, line, description)
        if element in found:
            refuse(FileProblem(file, line, f"element {element} is there twice"))
        check_text(file, line, "the name", name, LONGEST_NAME)
        if len(description) > LONGEST_DESCRIPTION:
            reason = f"the description is longer than {LONGEST_DESCRIPTION} characters"
            refuse(FileProblem(file, line, reason))
        found[element] = element, name, None if description in MISSING else description
    return sorted(found.values())


def read_anchors(release: Release, file: str) -> list[tuple[str, int, str]]:
    """Read element id, level and text of the anchors of the elements of our domains.

    Raises:
        ReleaseError: naming the line that is refused.
    """
    found: dict[tuple[str, int], str] = {}
    highest = SCALES[LEVEL].maximum
    for line, (element, scale, value, text) in release.table(file, ANCHOR_COLUMNS):
        if scale != LEVEL or domain_of(element) is None:
            continue
        _check_element(file, line, element)
        check_unquoted(file, line, text)
        if re.fullmatch(r"[0-9](\.0*)?", value) is None or int(value[0]) > highest:
            reason = f"{quoted(value)} is no level in whole numbers from 0 to {highest}"
            refuse(FileProblem(file, line, reason))
        key = element, int(value[0])
        if key in found:
            refuse(FileProblem(file, line, f"a second anchor of level {key[1]} of {element}"))
        check_text(file, line, "the text", text, LONGEST_ANCHOR)
        found[key] = text
    return [(*key, text) for key, text in sorted(found.items())]


def _check_element(file: str, line: int, element: str) -> None:
    if AN_ELEMENT.fullmatch(element) is None:
        refuse(FileProblem(file, line, f"{quoted(element)} is not an element id"))


_READERS: Final[Mapping[str, Callable[[Release, str], Rows]]] = {
    ELEMENT_TABLE: read_descriptions,
    ANCHOR_TABLE: read_anchors,
}
