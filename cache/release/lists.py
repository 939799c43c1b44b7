"""Reads what a text release lists beside ratings: other titles, job zones, related occupations.

Columns and meaning from O*NET's data dictionary. Each list is read whole or refused; every
occupation that it names must be one of the release. It is published in place of what was listed
before.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from cache.db.columns import Base
from cache.db.onet_tables import AlternateTitle, JobZone, Occupation, RelatedOccupation
from cache.release.reader import Release
from cache.release.text import MISSING, check_text, check_unquoted, quoted
from onet_client.release_files import FileProblem, refuse

CODE_COLUMN: Final = "O*NET-SOC Code"
TITLE_COLUMNS: Final = ("Alternate Title", "Job Title")
RELATED_COLUMNS: Final = (CODE_COLUMN, "Related O*NET-SOC Code", "Relatedness Tier", "Index")
JOB_ZONES: Final = "job zones"
"""The list that is published in a column of the occupations, not in a table of its own."""
LONGEST_TITLE: Final = 250
LONGEST_TIER: Final = 30
LONGEST_ZONE_NAME: Final = 150

Rows = Sequence[tuple[Any, ...]]
"""In the order of the columns of the table that they are published in."""


def publish_lists(connection: Connection, release: Release, occupations: Collection[str]) -> None:
    """Publish each list that the release holds; the others stay as they are.

    Raises:
        ReleaseError: where a list is refused; the caller's transaction must not commit.
    """
    for of, file in release.list_files.items():
        rows = READERS[of](release, file, occupations)
        if of == JOB_ZONES:
            _replace_job_zones(connection, rows)
        else:
            _replace(connection, MODELS[of], rows)


def forget_lists(connection: Connection) -> None:
    """Forget what releases listed beside ratings, as they were of another taxonomy."""
    for model in MODELS.values():
        connection.execute(delete(model))
    connection.execute(update(Occupation).values(job_zone=None))


def count_lists(connection: Connection, release: Release) -> dict[str, int]:
    """Count what the database holds of each list that the release holds."""
    counts = {of: select(func.count()).select_from(model) for of, model in MODELS.items()}
    counts[JOB_ZONES] = select(func.count()).where(Occupation.job_zone.is_not(None))
    return {of: connection.execute(counts[of]).scalar_one() for of in release.list_files}


def read_titles(release: Release, file: str, occupations: Collection[str]) -> Rows:
    """Read alternate titles, each as occupation code and title, a short title as one of its own.

    Titles that differ in the spaces around them only are one, as for the databases.

    Raises:
        ReleaseError: naming the line that is refused.
    """
    header = release.header(file)
    title_column = next((name for name in TITLE_COLUMNS if name in header), TITLE_COLUMNS[0])
    rows = release.table(file, (CODE_COLUMN, title_column), ("Short Title",))
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


def read_job_zones(release: Release, file: str, occupations: Collection[str]) -> Rows:
    """Read occupation codes, each with its job zone (1-99): the higher, the more preparation.

    Raises:
        ReleaseError: naming the line that is refused.
    """
    found: dict[str, int] = {}
    for line, (code, zone) in release.table(file, (CODE_COLUMN, "Job Zone")):
        _check_listed(file, line, code, occupations)
        if code in found:
            refuse(FileProblem(file, line, f"a second job zone of {code}"))
        found[code] = _job_zone(file, line, zone)
    return sorted(found.items())


def read_job_zone_names(release: Release, file: str, _occupations: Collection[str]) -> Rows:
    """Read job zones, each with its name: `Job Zone Four: Considerable Preparation Needed`.

    Raises:
        ReleaseError: naming the line that is refused.
    """
    found: dict[int, str] = {}
    for line, (text, name) in release.table(file, ("Job Zone", "Name")):
        zone = _job_zone(file, line, text)
        check_unquoted(file, line, name.strip())
        if zone in found:
            refuse(FileProblem(file, line, f"a second name of job zone {zone}"))
        check_text(file, line, "the name", name.strip(), LONGEST_ZONE_NAME)
        found[zone] = name.strip()
    return sorted(found.items())


def read_related(release: Release, file: str, occupations: Collection[str]) -> Rows:
    """Read related occupations: code, related code, tier, and position, of which 1 is the closest.

    Raises:
        ReleaseError: naming the line that is refused.
    """
    found: dict[tuple[str, str], tuple[str, str, str, int]] = {}
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


def _job_zone(file: str, line: int, text: str) -> int:
    """Read a job zone: 1 to 5 up to release 30.1, 2 to 5 since 30.2."""
    if re.fullmatch("[1-9][0-9]?", text) is None:
        refuse(FileProblem(file, line, f"job zone {quoted(text)} is no whole number from 1 to 99"))
    return int(text)


def _replace_job_zones(connection: Connection, rows: Rows) -> None:
    connection.execute(delete(JobZone))  # the names are those of other zones, unless they follow
    connection.execute(update(Occupation).values(job_zone=None))
    for zone in sorted({zone for _, zone in rows}):
        codes = [code for code, its in rows if its == zone]
        connection.execute(
            update(Occupation).where(Occupation.code.in_(codes)).values(job_zone=zone)
        )


def _replace(connection: Connection, model: type[Base], rows: Rows) -> None:
    """Put rows in place of all that are there."""
    connection.execute(delete(model))
    # Straight to the driver, in the order of the key: these are many rows.
    statement = str(insert(model).compile(dialect=connection.dialect))
    if rows:
        connection.exec_driver_sql(statement, list(rows))


READERS: Final[Mapping[str, Callable[[Release, str, Collection[str]], Rows]]] = {
    "alternate titles": read_titles,
    JOB_ZONES: read_job_zones,
    "job zone names": read_job_zone_names,
    "related occupations": read_related,
}
MODELS: Final[Mapping[str, type[Base]]] = {
    "alternate titles": AlternateTitle,
    "job zone names": JobZone,
    "related occupations": RelatedOccupation,
}
