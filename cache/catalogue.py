"""What the database lists, beside the entries themselves: occupations, and what is told of them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, Select, bindparam, func, select

from cache.db import database
from cache.db.held import IS_PUBLISHED, entry_of, was_published
from cache.db.onet_tables import (
    AlternateTitle,
    CacheEntry,
    JobZone,
    Load,
    Occupation,
    RelatedOccupation,
)

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class ListingRow:
    """An occupation in a listing; `rated` is None where the cache does not know."""

    code: str
    title: str
    rated: bool | None


@dataclass(frozen=True, slots=True)
class Described:
    """An occupation by itself; what O*NET does not tell, or was not read, is None.

    Attributes:
        description: one paragraph.
        job_zone: the higher, the more preparation it takes.
        job_zone_name: O*NET's.
    """

    code: str
    title: str
    description: str | None
    job_zone: int | None = None
    job_zone_name: str | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """How many of the occupations listed have ratings of a domain here.

    Attributes:
        unknown: those of which the cache does not know whether O*NET rates them.
        releases: those that the ratings are of.
    """

    listed: int
    rated: int
    unknown: int
    releases: tuple[str, ...]


_RATED: Final = {"rated": True, "empty": False}
"""What an entry's state says of ratings; any other says nothing."""


class Catalogue:
    """Reads of the occupation list."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def occupation(self, code: str) -> Described | None:
        """Read one occupation, rated or not."""
        columns = Occupation.code, Occupation.title, Occupation.description, Occupation.job_zone
        query = (
            select(*columns, JobZone.name)
            .outerjoin(JobZone, JobZone.zone == Occupation.job_zone)
            .where(Occupation.code == code)
        )
        row = database.read(self._engine, lambda c: c.execute(query).first())
        return Described(*row) if row else None

    def listing(self, domain: str, limit: int, offset: int) -> tuple[int, list[ListingRow]]:
        """Count all occupations, and list some, by code."""
        count = select(func.count()).select_from(Occupation)
        page = (
            select(Occupation.code, Occupation.title, CacheEntry.state)
            .outerjoin(CacheEntry, entry_of(domain))
            .order_by(Occupation.code)
            .limit(limit)
            .offset(offset)
        )

        def work(connection: Connection) -> tuple[int, list[ListingRow]]:
            rows = connection.execute(page)
            listed = [ListingRow(code, title, _RATED.get(state)) for code, title, state in rows]
            return connection.execute(count).scalar_one(), listed

        return database.read(self._engine, work)

    def titles(self, rated_in: str | None = None) -> dict[str, str]:
        """Read titles by code: of all occupations, or of those with ratings in a domain."""
        query = select(Occupation.code, Occupation.title)
        if rated_in is not None:
            query = query.join(CacheEntry, entry_of(rated_in)).where(CacheEntry.state == "rated")
        return self._mapping(query)

    def descriptions(self) -> dict[str, str | None]:
        """Read the descriptions of all occupations, by code; None where none is held."""
        return self._mapping(select(Occupation.code, Occupation.description))

    def rated(self, domain: str, codes: Collection[str]) -> dict[str, bool | None]:
        """Tell which occupations have ratings in a domain; None where the cache does not know."""
        query = select(CacheEntry.occupation_code, CacheEntry.state).where(
            CacheEntry.domain == domain, CacheEntry.occupation_code.in_(codes)
        )
        states = self._mapping(query)
        return {code: _RATED.get(states.get(code, "absent")) for code in codes}

    def releases(self, domain: str, codes: Collection[str]) -> dict[str, str | None]:
        """Read the releases that the ratings of occupations in a domain are of, by code.

        Those without ratings here are left out; None where the upstream did not say which.
        """
        query = select(CacheEntry.occupation_code, CacheEntry.release).where(
            CacheEntry.domain == domain,
            CacheEntry.state == "rated",
            CacheEntry.occupation_code.in_(codes),
        )
        return self._mapping(query)

    def newest_load(self) -> int | None:
        """Tell the number of the latest release that was published; None where none was."""
        query = select(func.max(Load.id)).where(IS_PUBLISHED)
        return database.read(self._engine, lambda c: c.execute(query).scalar())

    def alternate_titles(self) -> dict[str, list[str]]:
        """Read the alternate titles of all occupations, in order, by code."""
        query = select(AlternateTitle.occupation_code, AlternateTitle.title)
        query = query.order_by(AlternateTitle.occupation_code, AlternateTitle.title)

        def read(connection: Connection) -> dict[str, list[str]]:
            found: dict[str, list[str]] = {}
            for code, title in connection.execute(query):
                found.setdefault(code, []).append(title)
            return found

        return database.read(self._engine, read)

    def job_zones(self) -> dict[str, int | None]:
        """Read the job zones of all occupations, by code.

        The higher, the more preparation it takes; None where O*NET tells none.
        """
        return self._mapping(select(Occupation.code, Occupation.job_zone))

    def job_zone_names(self) -> dict[int, str]:
        """Read O*NET's names of job zones, where a release told them."""
        return self._mapping(select(JobZone.zone, JobZone.name))

    def holding(self, domain: str) -> Holding:
        """Count what is held of a domain; quick."""
        query = (
            select(CacheEntry.state, CacheEntry.release, func.count())
            .select_from(Occupation)
            .outerjoin(CacheEntry, entry_of(domain))
            .group_by(CacheEntry.state, CacheEntry.release)
        )
        rows = database.read(self._engine, lambda c: c.execute(query).all())
        rated = [(release, count) for state, release, count in rows if state == "rated"]
        return Holding(
            listed=sum(count for _, _, count in rows),
            rated=sum(count for _, count in rated),
            unknown=sum(count for state, _, count in rows if state not in _RATED),
            releases=tuple(sorted({release for release, _ in rated if release})),
        )

    def related(self, code: str) -> dict[str, str]:
        """Read the tier of each occupation that O*NET calls related to one, the closest first."""
        query = (
            select(RelatedOccupation.related_code, RelatedOccupation.tier)
            .where(RelatedOccupation.occupation_code == bindparam("asked_code"))
            .order_by(RelatedOccupation.position, RelatedOccupation.related_code)
        )
        return self._mapping(query, asked_code=code)

    def listed(self, codes: Collection[str]) -> set[str] | None:
        """Return those of some codes that a loaded release lists; None where none was loaded."""
        # By a parameter, since the first value that is written into a statement stays in it.
        is_asked = Occupation.code.in_(bindparam("asked_codes", expanding=True))
        query = select(Occupation.code).where(is_asked)

        def work(connection: Connection) -> set[str] | None:
            if not was_published(connection):
                return None
            return set(connection.execute(query, {"asked_codes": list(codes)}).scalars())

        return database.read(self._engine, work)

    def _mapping(self, query: Select[K, V], **values: Any) -> dict[K, V]:
        """Read two columns, the second by the first."""
        return database.read(self._engine, lambda c: dict(c.execute(query, values).all()))
