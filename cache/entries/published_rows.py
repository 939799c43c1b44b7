"""What every publication writes, of a fill, a text release or whole tables alike.

References (scales, elements and occupations), the row of an entry, its ratings from the landing
table; and the withdrawal of what is not listed any more.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Insert, bindparam, delete, insert, select, update

from cache.db.cache_tables import NO_FILL
from cache.db.cluster import has_others
from cache.db.onet_tables import CacheEntry, Element, LandingRating, Occupation, Rating, Scale
from cache.db.upsert import upsert
from cache.entries.canonical import content_hash
from cache.policy import Origin, State
from onet_client.content_model import SCALES

# Built once, since building them takes longer than running them.
_SCALES: Final = select(Scale.id)
_ELEMENTS: Final = select(Element.id).where(Element.id.in_(bindparam("names", expanding=True)))
_RATING_COLUMNS: Final = list(Rating.__table__.columns.keys())

CHANGED: Final = 2
"""What MySQL counts for a row that changed; a new one, and one that stays as it is, count 1."""


class Content(NamedTuple):
    """What an entry says of its ratings: how many there are, and their hash."""

    row_count: int = 0
    content_hash: str | None = None


NO_RATINGS: Final = Content()


def content_of(lines: Collection[str]) -> Content:
    """Count and hash the canonical lines of an entry's ratings."""
    return Content(len(lines), content_hash(lines)) if lines else NO_RATINGS


def entry_row(
    state: State,
    origin: Origin | None = None,
    *,
    generation: int | ColumnElement[int],
    release: str | None = None,
    source_url: str | None = None,
    fetched_at: datetime | None = None,
    expires_at: datetime | None = None,
    content: Content = NO_RATINGS,
    load_id: int | None = None,
) -> dict[str, Any]:
    """Return the row of an entry, without its key, as it is once it is published."""
    return {
        "state": state,
        "origin": origin,
        "release": release,
        "load_id": load_id,
        "source_url": source_url,
        "fetched_at": fetched_at,
        "expires_at": expires_at,
        "validated_at": None,
        "row_count": content.row_count,
        "content_hash": content.content_hash,
        "generation": generation,
        **NO_FILL,
    }


def withdraw(connection: Connection, *entries: ColumnElement[bool]) -> None:
    """Make entries hold nothing; their ratings are to be deleted by the caller.

    Their generation goes up, which fences fills.
    """
    nothing = entry_row("absent", generation=CacheEntry.generation + 1)
    connection.execute(update(CacheEntry).where(*entries).values(nothing))


def publish_scales(connection: Connection) -> None:
    """Insert the scales that ratings refer to, where a release has not yet."""
    known = set(connection.execute(_SCALES).scalars())
    missing = [scale for scale in sorted(SCALES) if scale not in known]
    upsert(connection, Scale, [{"id": scale, **SCALES[scale]._asdict()} for scale in missing])


def publish_elements(connection: Connection, domain: str, names: Mapping[str, str]) -> None:
    """Insert elements of a domain that ratings refer to; those that are known keep their names."""
    known = set(connection.execute(_ELEMENTS, {"names": list(names)}).scalars())
    new = {element: (name, domain) for element, name in names.items() if element not in known}
    rename_elements(connection, new)


def rename_elements(connection: Connection, elements: Mapping[str, tuple[str, str]]) -> None:
    """Insert elements, or give those that are known their names; by id: name and domain."""
    rows = [
        {"id": element, "name": name, "domain": domain}
        for element, (name, domain) in sorted(elements.items())
    ]
    upsert(connection, Element, rows)


def publish_occupation(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Publish one; tell whether it had another title or description before.

    A title is shown by the entries of every domain, so a change of it is one of them all. On a
    server this takes no extra query, which matters since every fill has to know it.
    """
    if connection.dialect.name != "mysql":
        return bool(publish_occupations(connection, [row]))
    if upsert(connection, Occupation, [row], lasting=["description"]) < CHANGED:
        return False
    _lock_entries(connection, [row["code"]])
    return True


def publish_occupations(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Publish some; return the codes of those that had another title or description before.

    Their entries are locked, so that `note_change` need not wait for them.

    Args:
        connection: a connection in a write transaction.
        rows: of code, title and description; what is stored outlives a description of None.
    """
    codes = [row["code"] for row in rows]
    query = select(Occupation.code, Occupation.title, Occupation.description)
    stored = {
        code: (title, description)
        for code, title, description in connection.execute(query.where(Occupation.code.in_(codes)))
    }
    upsert(connection, Occupation, rows, lasting=["description"])
    changed = [row["code"] for row in rows if _changes(row, stored.get(row["code"]))]
    _lock_entries(connection, changed)
    return changed


def _changes(row: Mapping[str, Any], stored: tuple[str, str | None] | None) -> bool:
    if stored is None:
        return False
    title, description = stored
    return row["title"] != title or row["description"] not in (None, description)


def _lock_entries(connection: Connection, codes: Sequence[str]) -> None:
    if codes:
        held = select(CacheEntry.domain).where(CacheEntry.occupation_code.in_(codes))
        connection.execute(held.with_for_update()).all()


def ratings_of(
    codes: Sequence[str] | None = None, domain: str | None = None
) -> list[ColumnElement[bool]]:
    """Select the ratings of occupations in a domain; None is all of either."""
    conditions: list[ColumnElement[bool]] = []
    if codes is not None:
        conditions.append(Rating.occupation_code.in_(codes))
    if domain is not None:
        in_domain = select(Element.id).where(Element.domain == domain)
        conditions.append(Rating.element_id.in_(in_domain))
    return conditions


def replace_ratings(
    connection: Connection,
    load_id: int,
    old: Sequence[ColumnElement[bool]],
    landed: Sequence[ColumnElement[bool]] = (),
    *,
    references_held: bool = False,
) -> int:
    """Put ratings of a load from the landing table in place of old ones; return how many.

    Args:
        connection: a connection in a write transaction.
        load_id: the load.
        old: which ratings to delete.
        landed: which of the load's rows to insert; all by default.
        references_held: this transaction wrote the occupations, elements and scales, so that a
            server need not look for them once more, which takes half the time of the statement.
    """
    connection.execute(delete(Rating).where(*old))
    rows = select(*(getattr(LandingRating, name) for name in _RATING_COLUMNS))
    rows = rows.where(LandingRating.load_id == load_id, *landed)
    statement = insert(Rating).from_select(_RATING_COLUMNS, rows)
    # A cluster sees by the references what clashes with what another node does.
    if references_held and not has_others(connection.dialect):
        return _insert_unchecked(connection, statement)
    return connection.execute(statement).rowcount


def _insert_unchecked(connection: Connection, statement: Insert) -> int:
    if not getattr(connection.dialect, "is_mariadb", False):
        # MySQL has a hint for it, which is a comment elsewhere.
        unchecked = "/*+ SET_VAR(foreign_key_checks = 0) */"
        return connection.execute(statement.prefix_with(unchecked, dialect="mysql")).rowcount
    compiled = statement.compile(dialect=connection.dialect)
    values: Any = tuple(compiled.params[name] for name in compiled.positiontup or ())
    return connection.exec_driver_sql(
        f"SET STATEMENT foreign_key_checks = 0 FOR {compiled}", values
    ).rowcount
