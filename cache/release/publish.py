"""Lands a text release and publishes it, all in the caller's one transaction."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from cache.db.held import IS_LISTED
from cache.db.landing import land
from cache.db.onet_tables import CacheEntry, Element, Load, Occupation, Rating, Scale
from cache.db.upsert import upsert
from cache.entries.invalidation import note_change
from cache.entries.published_rows import (
    content_of,
    entry_row,
    rename_elements,
    replace_ratings,
    withdraw,
)
from cache.release.lists import publish_lists
from cache.release.meanings import publish_read_meanings
from cache.release.ratings import RatingRows
from cache.release.reader import Release
from cache.release.references import ListedOccupation, ListedScale
from cache.release.taxonomy import settle_taxonomy


@dataclass(frozen=True, slots=True)
class ReleaseLoad:
    """The load that publishes a release, when it does, and until when its entries are fresh."""

    id: int
    at: datetime
    expires_at: datetime


def publish_release(
    connection: Connection,
    release: Release,
    load: ReleaseLoad,
    progress: Callable[[int], None],
) -> int:
    """Land, check and publish; return how many ratings were published.

    Raises:
        ReleaseError: where the release is refused; the caller's transaction must not commit.
    """
    occupations, scales = release.occupations(), release.scales()
    settle_taxonomy(connection, occupations)
    rows = RatingRows(release, occupations, scales)
    land(connection, load.id, rows, progress)
    _publish_references(connection, occupations, scales, rows)
    entries = _entries(release, rows, occupations, load)
    upsert(connection, CacheEntry, entries, counted=["generation"])
    if release.complete:
        withdraw(  # what earlier releases had and this one does not list
            connection,
            CacheEntry.origin == "seed",
            CacheEntry.domain.in_(release.domains),
            CacheEntry.load_id != load.id,
        )
    replace_ratings(connection, load.id, [_replaced(load.id)], references_held=True)
    if release.complete:
        listed = select(CacheEntry.occupation_code).where(IS_LISTED)
        connection.execute(delete(Occupation).where(Occupation.code.not_in(listed)))
    publish_lists(connection, release, occupations)
    publish_read_meanings(connection, release, load.at)
    published = {"state": "published", "rows": rows.rows, "entries": len(entries)}
    connection.execute(
        update(Load).where(Load.id == load.id).values(published | {"finished_at": load.at})
    )
    note_change(connection)  # of all entries: titles and element names are not the release's alone
    return rows.rows


def _publish_references(
    connection: Connection,
    occupations: Mapping[str, ListedOccupation],
    scales: Mapping[str, ListedScale],
    rows: RatingRows,
) -> None:
    """Publish what ratings refer to: scales, elements and occupations."""
    upsert(connection, Scale, [asdict(scale) for scale in scales.values()])
    rename_elements(connection, rows.elements)
    listed = [asdict(occupation) for occupation in occupations.values()]
    upsert(connection, Occupation, listed, lasting=["description"])


def _entries(
    release: Release, rows: RatingRows, occupations: Collection[str], load: ReleaseLoad
) -> list[dict[str, Any]]:
    """Build the entries of the release: rated ones, and empty ones where it is complete."""
    keys = list(rows.lines)
    if release.complete:
        keys += [(domain, code) for domain in release.domains for code in occupations]
    return [
        {
            "domain": domain,
            "occupation_code": code,
            **entry_row(
                "rated" if lines else "empty",
                "seed",
                release=release.name,
                load_id=load.id,
                source_url=release.url,
                fetched_at=load.at,
                expires_at=load.expires_at,
                content=content_of(lines),
                generation=1,
            ),
        }
        for domain, code in dict.fromkeys(keys)
        for lines in [rows.lines.get((domain, code), [])]
    ]


def _replaced(load_id: int) -> ColumnElement[bool]:
    """Select the ratings of the entries that the load changed or withdrew."""
    return (
        select(CacheEntry.domain)
        .join(Element, Element.domain == CacheEntry.domain)
        .where(
            CacheEntry.occupation_code == Rating.occupation_code,
            Element.id == Rating.element_id,
            or_(CacheEntry.load_id == load_id, CacheEntry.state == "absent"),
        )
        .exists()
    )
