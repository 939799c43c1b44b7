"""Reads what a text release lists beside ratings: other titles, job zones, related occupations.

Columns and meaning from O*NET's data dictionary. Each list is read whole or refused; every
occupation that it names must be one of the release.
"""

import re
from collections.abc import Collection
from typing import Final

from cache.release import Release
from onet_client.release_files import Problem, refuse

CODE_COLUMN: Final = "O*NET-SOC Code"
TITLE_COLUMNS: Final = ("Alternate Title", "Job Title")
SHORT_TITLE_COLUMN: Final = "Short Title"
JOB_ZONE_COLUMNS: Final = (CODE_COLUMN, "Job Zone", "Date", "Domain Source")
RELATED_COLUMNS: Final = (CODE_COLUMN, "Related O*NET-SOC Code", "Relatedness Tier", "Index")
LONGEST_TITLE: Final = 250
LONGEST_TIER: Final = 30
LONGEST_QUOTE: Final = 60
MISSING: Final = ("n/a", "")


Related = tuple[str, str, str, int]
"""An occupation code, the related one, the tier, and the position: 1 is the closest."""


def read_titles(release: Release, file: str, occupations: Collection[str]) -> list[tuple[str, str]]:
    """Read alternate titles, each as occupation code and title, a short title as one of its own.

    Titles that differ in the spaces around them only are one, as for the databases.

    Raises:
        ReleaseError: naming the line that is refused.
    """
    header = release.header(file)
    title_column = next((name for name in TITLE_COLUMNS if name in header), None)
    if CODE_COLUMN not in header or title_column is None:
        reason = f"the header has not: {CODE_COLUMN}, {' or '.join(TITLE_COLUMNS)}"
        refuse(Problem(file, 1, reason))
    code_at, title_at = header.index(CODE_COLUMN), header.index(title_column)
    short_at = header.index(SHORT_TITLE_COLUMN) if SHORT_TITLE_COLUMN in header else None
    codes = {code: code for code in occupations}  # so that all titles share one object for each
    found = set()
    for line, fields in release.table(file, header):
        _check_listed(file, line, fields[code_at], codes)
        titles = [fields[title_at].strip()]
        if short_at is not None and fields[short_at].strip() not in MISSING:
            titles.append(fields[short_at].strip())
        for title in titles:
            if title in MISSING or len(title) > LONGEST_TITLE:
                reason = f"a title is missing or longer than {LONGEST_TITLE} characters"
                refuse(Problem(file, line, reason))
            found.add((codes[fields[code_at]], title))
    return sorted(found)


def read_job_zones(release: Release, file: str, occupations: Collection[str]) -> dict[str, int]:
    """Read job zones (1-5) by occupation code.

    Raises:
        ReleaseError: naming the line that is refused.
    """
    found: dict[str, int] = {}
    for line, (code, zone, _, _) in release.table(file, JOB_ZONE_COLUMNS):
        _check_listed(file, line, code, occupations)
        if code in found:
            refuse(Problem(file, line, f"a second job zone of {code}"))
        if re.fullmatch(r"[1-5]", zone) is None:
            refuse(Problem(file, line, f"job zone {_quoted(zone)} is none of 1 to 5"))
        found[code] = int(zone)
    return found


def read_related(release: Release, file: str, occupations: Collection[str]) -> list[Related]:
    """Read related occupations.

    Raises:
        ReleaseError: naming the line that is refused.
    """
    found: dict[tuple[str, str], Related] = {}
    for line, (code, related, tier, index) in release.table(file, RELATED_COLUMNS):
        _check_listed(file, line, code, occupations)
        _check_listed(file, line, related, occupations)
        if (code, related) in found:
            refuse(Problem(file, line, f"{related} is related to {code} twice"))
        if tier in MISSING or len(tier) > LONGEST_TIER:
            reason = f"the tier is missing or longer than {LONGEST_TIER} characters"
            refuse(Problem(file, line, reason))
        if re.fullmatch(r"[1-9][0-9]{0,5}", index) is None:
            refuse(Problem(file, line, f"index {_quoted(index)} is no place in an order"))
        found[code, related] = (code, related, tier, int(index))
    return sorted(found.values())


def _check_listed(file: str, line: int, code: str, occupations: Collection[str]) -> None:
    if code not in occupations:
        reason = f"occupation {_quoted(code)} is not in Occupation Data.txt"
        refuse(Problem(file, line, reason))


def _quoted(text: str) -> str:
    return repr(text[:LONGEST_QUOTE])
