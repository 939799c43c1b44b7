"""The entries in the database: read on one snapshot, published in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Any

from sqlalchemy import Connection, Engine, select

from cache import database
from cache.models import CacheEntry, Element, Occupation, Rating
from cache.policy import Entry
from cache.profile import ElementRating, Profile
from cache.publish import Fill, publish

ENTRY_COLUMNS = (
    CacheEntry.domain,
    CacheEntry.occupation_code,
    CacheEntry.state,
    CacheEntry.origin,
    CacheEntry.release,
    CacheEntry.source_url,
    CacheEntry.fetched_at,
    CacheEntry.expires_at,
    CacheEntry.row_count,
    CacheEntry.content_hash,
    CacheEntry.generation,
    CacheEntry.last_error,
    CacheEntry.validated_at,
)
"""In the order of `Entry`."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What one read found: the entry, and the profile, which is empty unless it is rated."""

    entry: Entry
    profile: Profile


class Store:
    """The entries; every method is one transaction."""

    def __init__(self, writer: Engine, reader: Engine | None = None) -> None:
        """Use one engine, or read by another one that is less patient."""
        self._writer = writer
        self._reader = reader or writer

    def read(self, domain: str, codes: Sequence[str]) -> list[Stored]:
        """Read entries and profiles in two statements on one snapshot, in the order asked."""
        entry_query = (
            select(*ENTRY_COLUMNS, Occupation.title)
            .outerjoin(Occupation, Occupation.code == CacheEntry.occupation_code)
            .where(CacheEntry.domain == domain, CacheEntry.occupation_code.in_(codes))
        )
        rating_query = (
            select(
                Rating.occupation_code,
                Rating.element_id,
                Element.name,
                Rating.scale_id,
                Rating.value,
                Rating.standard_error,
                Rating.not_relevant,
                Rating.recommend_suppress,
            )
            .join(Element, Element.id == Rating.element_id)
            # Left to itself the server may begin with the elements, and read all ratings.
            .prefix_with("STRAIGHT_JOIN", dialect="mysql")
            .where(Rating.occupation_code.in_(codes), Element.domain == domain)
        )

        def work(connection: Connection) -> tuple[Sequence[Any], Sequence[Any]]:
            return connection.execute(entry_query).all(), connection.execute(rating_query).all()

        entry_rows, rating_rows = database.read(self._reader, work)
        entries = {row.occupation_code: row for row in entry_rows}
        elements = _elements(rating_rows)
        stored = []
        for code in codes:
            row = entries.get(code)
            entry = Entry(domain, code) if row is None else Entry(*row[:-1])
            title = (row.title if row is not None else None) or ""
            stored.append(Stored(entry, Profile(code, title, elements[code])))
        return stored

    def publish(self, fill: Fill, over: int, owner: str | None = None) -> None:
        """Publish what the upstream said, over the generation that the fill saw.

        Args:
            fill: complete and validated.
            over: the entry's generation before the upstream was asked; 0 where it had no row.
            owner: of the lease that the fill was made under; None where there is none.

        Raises:
            Superseded: where the entry has changed since, or the lease is no longer held;
                nothing is stored.
        """
        database.write(self._writer, lambda connection: publish(connection, fill, over, owner))


def _elements(rows: Iterable[Any]) -> defaultdict[str, dict[str, ElementRating]]:
    """Put the two scales of each element together."""
    scales: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for row in rows:
        scales[row.occupation_code, row.element_id][row.scale_id] = row
    elements: defaultdict[str, dict[str, ElementRating]] = defaultdict(dict)
    for (code, element), pair in scales.items():
        level, importance = pair["LV"], pair["IM"]
        elements[code][intern(element)] = ElementRating(
            id=intern(element),  # the same few for all occupations, of which many are kept
            name=intern(level.name),
            level=float(level.value),
            importance=float(importance.value),
            level_error=None if level.standard_error is None else float(level.standard_error),
            not_relevant=bool(level.not_relevant or importance.not_relevant),
            low_precision=bool(level.recommend_suppress or importance.recommend_suppress),
        )
    return elements
