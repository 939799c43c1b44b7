"""Reads what a text release lists beside ratings: other titles, job zones, related occupations.

Columns and meaning from O*NET's data dictionary. Each list is read whole or refused; every
occupation that it names must be one of the release.
"""

import re
from collections.abc import Collection
from typing import Final

from cache.release.reader import Release
from cache.release.text import MISSING, check_text, check_unquoted, quoted
from onet_client.release_files import FileProblem, refuse

CODE_COLUMN: Final = "O*NET-SOC Code"
TITLE_COLUMNS: Final = ("Alternate Title", "Job Title")
SHORT_TITLE_COLUMN: Final = "Short Title"
JOB_ZONE_COLUMNS: Final = (CODE_COLUMN, "Job Zone")
ZONE_NAME_COLUMNS: Final = ("Job Zone", "Name")
RELATED_COLUMNS: Final = (CODE_COLUMN, "Related O*NET-SOC Code", "Relatedness Tier", "Index")
LONGEST_TITLE: Final = 250
LONGEST_TIER: Final = 30
LONGEST_ZONE_NAME: Final = 150
ZONE: Final = re.compile("[1-9][0-9]?")
"""A job zone: 1 to 5 up to release 30.1, 2 to 5 since 30.2."""


Related = tuple[str, str, str, int]
"""An occupation code, the related one, the tier, and the position: 1 is the closest."""


def read_titles(release: Release, file: str, occupations: Collection[str]) -> list[tuple[str, str]]:
    """Read alternate titles, each as occupation code and title, a short title as one of its own.

    Titles that differ in the spaces around them only are one, as for the databases.

    Raises:
        ReleaseError: naming the line that is refused.
    """
    header = release.header(file)
    title_column = next((name for name in TITLE_COLUMNS if name in header), TITLE_COLUMNS[0])
    rows = release.table(file, (CODE_COLUMN, title_column), (SHORT_TITLE_COLUMN,))
    codes = {code: code for code in occupations}  # so that all titles share one object for each
    found = set()
    for line, (code, long, short) in rows:
        _check_listed(file, line, code, codes)
        titles = [long.strip()]
        if short.strip() not in MISSING:
            titles.append(short.strip())
        for title in titles:
            check_unquoted(file, line, title)
            check_text(file, line, "a title", title, LONGEST_TITLE)
            found.add((codes[code], title))
    return sorted(found)


def read_job_zones(release: Release, file: str, occupations: Collection[str]) -> dict[str, int]:
    """Read job zones by occupation code: whole numbers, the higher the more preparation.

    Raises:
        ReleaseError: naming the line that is refused.
    """
    found: dict[str, int] = {}
    for line, (code, zone) in release.table(file, JOB_ZONE_COLUMNS):
        _check_listed(file, line, code, occupations)
        if code in found:
            refuse(FileProblem(file, line, f"a second job zone of {code}"))
        _check_zone(file, line, zone)
        found[code] = int(zone)
    return found


def read_job_zone_names(release: Release, file: str) -> dict[int, str]:
    """Read O*NET's names of job zones, such as `Job Zone Four: Considerable Preparation Needed`.

    Raises:
        ReleaseError: naming the line that is refused.
    """
    found: dict[int, str] = {}
    for line, (zone, text) in release.table(file, ZONE_NAME_COLUMNS):
        _check_zone(file, line, zone)
        name = text.strip()
        check_unquoted(file, line, name)
        if int(zone) in found:
            refuse(FileProblem(file, line, f"a second name of job zone {zone}"))
        check_text(file, line, "the name", name, LONGEST_ZONE_NAME)
        found[int(zone)] = name
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
            refuse(FileProblem(file, line, f"{related} is related to {code} twice"))
        check_text(file, line, "the tier", tier, LONGEST_TIER)
        if re.fullmatch(r"[1-9][0-9]{0,5}", index) is None:
            refuse(FileProblem(file, line, f"index {quoted(index)} is no place in an order"))
        found[code, related] = (code, related, tier, int(index))
    return sorted(found.values())


def _check_listed(file: str, line: int, code: str, occupations: Collection[str]) -> None:
    if code not in occupations:
        reason = (
            f"occupation {quoted(code)} is not in Occupation Data.txt: "
            "the files may be of different releases"
        )
        refuse(FileProblem(file, line, reason))


def _check_zone(file: str, line: int, zone: str) -> None:
    if ZONE.fullmatch(zone) is None:
        refuse(FileProblem(file, line, f"job zone {quoted(zone)} is no whole number from 1 to 99"))
