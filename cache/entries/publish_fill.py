"""The one transaction that publishes what the upstream said of an entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update

from cache.db import database
from cache.db.clock import database_time
from cache.db.onet_tables import CacheEntry, Element, Rating
from cache.entries.canonical import Figures, canonical_line
from cache.entries.invalidation import note_change
from cache.entries.published_rows import (
    content_of,
    entry_row,
    publish_elements,
    publish_occupation,
    publish_scales,
)

# Built once, since building them takes longer than running them.
_ENTRY: Any = CacheEntry.__table__
_RATING: Any = Rating.__table__
_CHANGE_UNDER_LEASE: Final = update(_ENTRY).where(
    _ENTRY.c.domain == bindparam("of_domain"),
    _ENTRY.c.occupation_code == bindparam("of_code"),
    _ENTRY.c.generation == bindparam("over"),
    _ENTRY.c.lease_owner == bindparam("owner"),
    _ENTRY.c.lease_expires_at > bindparam("now"),
)
_DELETE_RATINGS: Final = delete(_RATING).where(
    _RATING.c.occupation_code == bindparam("code"),
    _RATING.c.element_id.in_(select(Element.id).where(Element.domain == bindparam("domain"))),
)
_INSERT_RATINGS: Final = insert(_RATING)


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


def publish(engine: Engine, fill: Fill, over: int, owner: str) -> None:
    """Put an entry, its ratings and its occupation into their new state, in one transaction.

    Args:
        engine: that writes.
        fill: what is published.
        over: the entry's generation before the upstream was asked.
        owner: of the lease that the fill was made under.

    Raises:
        Superseded: where the entry has changed since, or the lease is no longer held; nothing is
            stored.
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    database.write(
        engine,
        lambda connection: _publish(connection, fill, over, owner),
        bears_twice=True,  # done twice it is superseded by itself
    )


def _publish(connection: Connection, fill: Fill, over: int, owner: str) -> None:
    seen = {
        "of_domain": fill.domain,
        "of_code": fill.code,
        "over": over,
        "owner": owner,
        "now": database_time(connection),
    }
    values = entry_row(
        fill.state,
        "api",
        release=fill.release,
        source_url=fill.source_url,
        fetched_at=fill.fetched_at,
        expires_at=fill.expires_at,
        content=content_of([canonical_line(figures) for figures in fill.figures]),
        generation=over + 1,
    )
    if not connection.execute(_CHANGE_UNDER_LEASE, seen | values).rowcount:
        raise Superseded(f"{fill.domain}/{fill.code} changed during its fill")
    connection.execute(_DELETE_RATINGS, {"code": fill.code, "domain": fill.domain})
    changed = [CacheEntry.occupation_code == fill.code]
    occupation = {"code": fill.code, "title": fill.title, "description": fill.description}
    if fill.title is None or not publish_occupation(connection, occupation):
        changed.append(CacheEntry.domain == fill.domain)
    if fill.figures:
        publish_scales(connection)
        publish_elements(connection, fill.domain, fill.names or {})
        ratings = [{"occupation_code": fill.code, **one._asdict()} for one in fill.figures]
        connection.execute(_INSERT_RATINGS, ratings)
    note_change(connection, *changed)
