"""Lands a text release and publishes it, all in the caller's one transaction."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Insert, delete, insert, or_, select, update

from cache.db.cache_tables import NO_FILL
from cache.db.landing import land
from cache.db.onet_tables import CacheEntry, Element, LandingRating, Load, Occupation, Rating, Scale
from cache.db.upsert import upsert
from cache.entries.canonical import content_hash
from cache.entries.invalidation import note_change
from cache.entries.purge import WITHDRAWN
from cache.release.publish_lists import publish_lists
from cache.release.ratings import RatingRows
from cache.release.reader import Release
from cache.release.references import Occupation as ListedOccupation
from cache.release.references import Scale as ListedScale
from cache.release.taxonomy import settle_taxonomy


@dataclass(frozen=True, slots=True)
class Publication:
    """The load that publishes, when it does, and until when its entries are fresh."""

    load_id: int
    at: datetime
    expires_at: datetime


def publish_release(
    connection: Connection,
    release: Release,
    publication: Publication,
    progress: Callable[[int], None],
) -> int:
    """Land, check and publish; return how many ratings were published.

    Raises:
        ReleaseError: where the release is refused; the caller's transaction must not commit.
    """
    occupations, scales = release.occupations(), release.scales()
    settle_taxonomy(connection, occupations)
    rows = RatingRows(release, occupations, scales)
    land(connection, publication.load_id, rows, progress)
    _publish_references(connection, occupations, scales, rows)
    entries = _entries(release, rows, occupations, publication)
    upsert(connection, CacheEntry, entries, counted=["generation"])
    if release.complete:
        _withdraw_unlisted(connection, publication.load_id, release.domains)
    _replace_ratings(connection, publication.load_id)
    if release.complete:
        listed = select(CacheEntry.occupation_code).where(CacheEntry.state.in_(("rated", "empty")))
        connection.execute(delete(Occupation).where(Occupation.code.not_in(listed)))
    publish_lists(connection, release, occupations)
    published = {"state": "published", "rows": rows.rows, "entries": len(entries)}
    connection.execute(
        update(Load)
        .where(Load.id == publication.load_id)
        .values(published | {"finished_at": publication.at})
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
    elements = [
        {"id": element, "name": name, "domain": domain}
        for element, (name, domain) in sorted(rows.elements.items())
    ]
    upsert(connection, Element, elements)
    listed = [asdict(occupation) for occupation in occupations.values()]
    upsert(connection, Occupation, listed, lasting=["description"])


def _entries(
    release: Release, rows: RatingRows, occupations: Collection[str], publication: Publication
) -> list[dict[str, Any]]:
    """Build the entries of the release: rated ones, and empty ones where it is complete."""
    keys = list(rows.lines)
    if release.complete:
        keys += [(domain, code) for domain in release.domains for code in occupations]
    return [
        {
            "domain": domain,
            "occupation_code": code,
            "state": "rated" if lines else "empty",
            "origin": "seed",
            "release": release.name,
            "load_id": publication.load_id,
            "source_url": release.url,
            "fetched_at": publication.at,
            # A complete release is O*NET's word on what is empty until it expires itself.
            "expires_at": publication.expires_at,
            "row_count": len(lines),
            "content_hash": content_hash(lines) if lines else None,
            "generation": 1,
            "validated_at": None,
            **NO_FILL,
        }
        for domain, code in dict.fromkeys(keys)
        for lines in [rows.lines.get((domain, code), [])]
    ]


def _withdraw_unlisted(connection: Connection, load_id: int, domains: Collection[str]) -> None:
    """Make entries of earlier releases absent that a complete release does not list."""
    connection.execute(
        update(CacheEntry)
        .where(
            CacheEntry.origin == "seed",
            CacheEntry.domain.in_(domains),
            CacheEntry.load_id != load_id,
        )
        .values(WITHDRAWN)
    )


def _replace_ratings(connection: Connection, load_id: int) -> None:
    """Put the landed ratings in place of those of the entries that the load changed."""
    changed = (
        select(CacheEntry.domain)
        .join(Element, Element.domain == CacheEntry.domain)
        .where(
            CacheEntry.occupation_code == Rating.occupation_code,
            Element.id == Rating.element_id,
            or_(CacheEntry.load_id == load_id, CacheEntry.state == "absent"),
        )
    )
    connection.execute(delete(Rating).where(changed.exists()))
    columns = list(Rating.__table__.columns.keys())
    landed = select(*(getattr(LandingRating, name) for name in columns))
    _insert_ratings(
        connection,
        insert(Rating).from_select(columns, landed.where(LandingRating.load_id == load_id)),
    )


def _insert_ratings(connection: Connection, statement: Insert) -> None:
    """Insert ratings whose occupations, elements and scales this transaction wrote, and holds.

    So a server need not look for them once more, which takes half the time of the statement.
    """
    if not getattr(connection.dialect, "is_mariadb", False):
        # MySQL has a hint for it, which is a comment elsewhere.
        unchecked = "/*+ SET_VAR(foreign_key_checks = 0) */"
        connection.execute(statement.prefix_with(unchecked, dialect="mysql"))
        return
    compiled = statement.compile(dialect=connection.dialect)
    values: Any = tuple(compiled.params[name] for name in compiled.positiontup or ())
    connection.exec_driver_sql(f"SET STATEMENT foreign_key_checks = 0 FOR {compiled}", values)
