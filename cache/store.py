"""Reads of entries, and the one transaction that publishes one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from cache import database
from cache.content import Figures, canonical_line, content_hash
from cache.models import CacheEntry, Element, Occupation, Rating, Scale
from cache.policy import Entry
from cache.profile import ElementRating, Profile
from cache.upsert import upsert

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
)
"""In the order of `Entry`."""

SCALES = (
    {"id": "IM", "name": "Importance", "minimum": 1, "maximum": 5},
    {"id": "LV", "name": "Level", "minimum": 0, "maximum": 7},
)
"""What O*NET rates on (Scales Reference); a database that was seeded has them already."""


class Superseded(Exception):
    """The entry changed while it was being filled; what was fetched is not published."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What one read found: the entry, and the profile, which is empty unless it is rated."""

    entry: Entry
    profile: Profile


@dataclass(frozen=True, slots=True)
class Fill:
    """What the upstream said of one occupation in one domain, validated and complete.

    Attributes:
        state: `unknown` where O*NET has no such code, `empty` where it has no ratings.
        title: None where unknown, as are names and figures.
        names: the element names, by id.
    """

    domain: str
    code: str
    state: Literal["rated", "empty", "unknown"]
    release: str | None
    source_url: str
    fetched_at: datetime
    expires_at: datetime
    title: str | None = None
    description: str | None = None
    names: Mapping[str, str] | None = None
    figures: Sequence[Figures] = ()


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

    def publish(self, fill: Fill, over: Entry) -> None:
        """Publish what the upstream said, over the generation of the entry that the fill saw.

        Raises:
            Superseded: where the entry has changed since; nothing is stored.
        """

        def work(connection: Connection) -> None:
            _advance(connection, fill, over.generation)
            in_domain = select(Element.id).where(Element.domain == fill.domain)
            connection.execute(
                delete(Rating).where(
                    Rating.occupation_code == fill.code, Rating.element_id.in_(in_domain)
                )
            )
            if fill.title is not None:
                occupation = {
                    "code": fill.code,
                    "title": fill.title,
                    "description": fill.description,
                }
                upsert(connection, Occupation, [occupation], lasting=["description"])
            if fill.figures:
                _insert_ratings(connection, fill)

        database.write(self._writer, work)


def _elements(rows: Iterable[Any]) -> defaultdict[str, dict[str, ElementRating]]:
    """Put the two scales of each element together."""
    scales: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for row in rows:
        scales[row.occupation_code, row.element_id][row.scale_id] = row
    elements: defaultdict[str, dict[str, ElementRating]] = defaultdict(dict)
    for (code, element), pair in scales.items():
        level, importance = pair["LV"], pair["IM"]
        elements[code][element] = ElementRating(
            id=element,
            name=level.name,
            level=float(level.value),
            importance=float(importance.value),
            level_error=None if level.standard_error is None else float(level.standard_error),
            not_relevant=bool(level.not_relevant or importance.not_relevant),
            low_precision=bool(level.recommend_suppress or importance.recommend_suppress),
        )
    return elements


def _advance(connection: Connection, fill: Fill, seen: int) -> None:
    """Put the entry into its new state, if its generation is still the one seen."""
    values = {
        "state": fill.state,
        "origin": "api",
        "release": fill.release,
        "load_id": None,
        "source_url": fill.source_url,
        "fetched_at": fill.fetched_at,
        "expires_at": fill.expires_at,
        "row_count": len(fill.figures),
        "content_hash": content_hash(map(canonical_line, fill.figures)) if fill.figures else None,
        "generation": seen + 1,
        "last_error": None,
    }
    key = {"domain": fill.domain, "occupation_code": fill.code}
    if seen:
        updated = connection.execute(
            update(CacheEntry).filter_by(**key, generation=seen).values(values)
        )
        if not updated.rowcount:
            raise Superseded(f"{fill.domain}/{fill.code} changed during its fill")
        return
    try:
        connection.execute(insert(CacheEntry).values(key | values))
    except IntegrityError as error:
        raise Superseded(f"{fill.domain}/{fill.code} was filled by another") from error


def _insert_ratings(connection: Connection, fill: Fill) -> None:
    scales = set(connection.execute(select(Scale.id)).scalars())
    upsert(connection, Scale, [scale for scale in SCALES if scale["id"] not in scales])
    names = fill.names or {}
    known = set(connection.execute(select(Element.id).where(Element.id.in_(names))).scalars())
    upsert(
        connection,
        Element,
        [
            {"id": element, "name": name, "domain": fill.domain}
            for element, name in sorted(names.items())
            if element not in known
        ],
    )
    connection.execute(
        insert(Rating),
        [{"occupation_code": fill.code, **figures._asdict()} for figures in fill.figures],
    )
