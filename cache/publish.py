"""The one transaction that publishes what the upstream said of an entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from cache.changes import note_change
from cache.content import Figures, canonical_line, content_hash
from cache.database_time import database_time
from cache.leases import NO_FILL
from cache.models import CacheEntry, Element, Occupation, Rating, Scale
from cache.upsert import upsert

SCALES = (
    {"id": "IM", "name": "Importance", "minimum": 1, "maximum": 5},
    {"id": "LV", "name": "Level", "minimum": 0, "maximum": 7},
)
"""What O*NET rates on (Scales Reference); a database that was seeded has them already."""


class Superseded(Exception):
    """The entry changed while it was being filled; what was fetched is not published."""


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


def publish(connection: Connection, fill: Fill, over: int, owner: str | None) -> None:
    """Put an entry, its ratings and its occupation into their new state; see `Store.publish`.

    Raises:
        Superseded: the caller's transaction must not commit.
    """
    _advance(connection, fill, over, owner)
    in_domain = select(Element.id).where(Element.domain == fill.domain)
    connection.execute(
        delete(Rating).where(Rating.occupation_code == fill.code, Rating.element_id.in_(in_domain))
    )
    if fill.title is not None:
        occupation = {"code": fill.code, "title": fill.title, "description": fill.description}
        upsert(connection, Occupation, [occupation], lasting=["description"])
    if fill.figures:
        _insert_ratings(connection, fill)
    note_change(
        connection, CacheEntry.domain == fill.domain, CacheEntry.occupation_code == fill.code
    )


def _advance(connection: Connection, fill: Fill, over: int, owner: str | None) -> None:
    """Put the entry into its new state, if its generation and lease are still those."""
    key = {"domain": fill.domain, "occupation_code": fill.code}
    change = update(CacheEntry).filter_by(**key, generation=over)
    if owner is not None:
        change = change.where(
            CacheEntry.lease_owner == owner,
            CacheEntry.lease_expires_at > database_time(connection),
        )
    values = _values(fill, over + 1)
    if connection.execute(change.values(values)).rowcount:
        return
    if over or owner is not None:
        raise Superseded(f"{fill.domain}/{fill.code} changed during its fill")
    try:
        connection.execute(insert(CacheEntry).values(key | values))
    except IntegrityError as error:
        raise Superseded(f"{fill.domain}/{fill.code} was filled by another") from error


def _values(fill: Fill, generation: int) -> dict[str, Any]:
    return {
        "state": fill.state,
        "origin": "api",
        "release": fill.release,
        "load_id": None,
        "source_url": fill.source_url,
        "fetched_at": fill.fetched_at,
        "expires_at": fill.expires_at,
        "validated_at": None,
        "row_count": len(fill.figures),
        "content_hash": content_hash(map(canonical_line, fill.figures)) if fill.figures else None,
        "generation": generation,
        **NO_FILL,
    }


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
