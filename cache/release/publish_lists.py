"""Publishes what a text release lists beside ratings, in place of what was listed before."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from cache.db.columns import Base
from cache.db.onet_tables import AlternateTitle, JobZone, Occupation, RelatedOccupation
from cache.release.lists import (
    read_job_zone_names,
    read_job_zones,
    read_related,
    read_titles,
)
from cache.release.reader import Release


def publish_lists(connection: Connection, release: Release, occupations: Collection[str]) -> None:
    """Publish each list that the release holds; the others stay as they are.

    Raises:
        ReleaseError: where a list is refused; the caller's transaction must not commit.
    """
    for of, file in release.list_files.items():
        _PUBLISHERS[of](connection, release, file, occupations)


def forget_lists(connection: Connection) -> None:
    """Forget what releases listed beside ratings, as they were of another taxonomy."""
    for model in (AlternateTitle, JobZone, RelatedOccupation):
        connection.execute(delete(model))
    connection.execute(update(Occupation).values(job_zone=None))


def count_lists(connection: Connection, release: Release) -> dict[str, int]:
    """Count what the database holds of each list that the release holds."""
    return {of: connection.execute(_COUNTS[of]).scalar_one() for of in release.list_files}


def _publish_titles(
    connection: Connection, release: Release, file: str, occupations: Collection[str]
) -> None:
    _replace(connection, AlternateTitle, read_titles(release, file, occupations))


def _publish_job_zones(
    connection: Connection, release: Release, file: str, occupations: Collection[str]
) -> None:
    zones = read_job_zones(release, file, occupations)
    connection.execute(delete(JobZone))  # the names are those of other zones, unless they follow
    connection.execute(update(Occupation).values(job_zone=None))
    for zone in sorted(set(zones.values())):
        codes = [code for code, its in zones.items() if its == zone]
        connection.execute(
            update(Occupation).where(Occupation.code.in_(codes)).values(job_zone=zone)
        )


def _publish_job_zone_names(
    connection: Connection, release: Release, file: str, _occupations: Collection[str]
) -> None:
    _replace(connection, JobZone, sorted(read_job_zone_names(release, file).items()))


def _publish_related(
    connection: Connection, release: Release, file: str, occupations: Collection[str]
) -> None:
    _replace(connection, RelatedOccupation, read_related(release, file, occupations))


def _replace(connection: Connection, model: type[Base], rows: Sequence[tuple[Any, ...]]) -> None:
    """Put rows, in the order of the table's columns, in place of all that are there."""
    connection.execute(delete(model))
    # Straight to the driver, in the order of the key: these are many rows.
    statement = str(insert(model).compile(dialect=connection.dialect))
    if rows:
        connection.exec_driver_sql(statement, list(rows))


_PUBLISHERS: Final[dict[str, Callable[[Connection, Release, str, Collection[str]], None]]] = {
    "alternate titles": _publish_titles,
    "job zones": _publish_job_zones,
    "job zone names": _publish_job_zone_names,
    "related occupations": _publish_related,
}
_COUNTS: Final = {
    "alternate titles": select(func.count()).select_from(AlternateTitle),
    "job zones": select(func.count()).where(Occupation.job_zone.is_not(None)),
    "job zone names": select(func.count()).select_from(JobZone),
    "related occupations": select(func.count()).select_from(RelatedOccupation),
}
