"""What a job reads of O*NET's whole tables, between the arrival of a page and its publication."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from cache.db import database
from cache.db.clock import database_time
from cache.db.held import IS_LISTED, IS_PUBLISHED
from cache.db.landing import land
from cache.db.onet_tables import (
    CacheEntry,
    Element,
    LandingRating,
    Load,
    LoadTable,
    Occupation,
    Rating,
    WarmItem,
)
from cache.entries.canonical import Figures, canonical_line
from cache.entries.invalidation import note_change
from cache.entries.published_rows import (
    Content,
    content_of,
    publish_elements,
    publish_scales,
    ratings_of,
    replace_ratings,
    withdraw,
)
from onet_client.paging import Position

if TYPE_CHECKING:
    from cache.warm.items import Work


class PageRow(NamedTuple):
    """A row of a page: whose rating it is, the name of the element, and the rating as stored."""

    code: str
    element_name: str
    figures: Figures


def begin_load(
    connection: Connection, release: str, source: str, at: datetime, tables: Sequence[str]
) -> int:
    """Make a load of whole tables, none of which has been read, and return its id."""
    load = {
        "release": release,
        "source": source,
        "digest": "",
        "complete": True,
        "started_at": at,
        "state": "running",
    }
    load_id = int(connection.execute(insert(Load).values(load)).lastrowid)
    rows = [{"load_id": load_id, "name": name, "ordinal": n} for n, name in enumerate(tables)]
    connection.execute(insert(LoadTable), rows)
    return load_id


def positions(engine: Engine, load_id: int) -> dict[str, Position]:
    """Read how far a load has come, by table in the order of reading."""
    columns = (LoadTable.name, LoadTable.next_url, LoadTable.landed, LoadTable.total)
    query = select(*columns).where(LoadTable.load_id == load_id).order_by(LoadTable.ordinal)
    return database.read(
        engine,
        lambda c: {
            row.name: Position(row.next_url, row.landed, row.total) for row in c.execute(query)
        },
    )


def keys(engine: Engine, load_id: int, table: str) -> list[tuple[str, str, str]]:
    """Read occupation code, element id and scale id of what landed of a table, in order."""
    columns = (LandingRating.occupation_code, LandingRating.element_id, LandingRating.scale_id)
    query = (
        select(*columns)
        .where(LandingRating.load_id == load_id, LandingRating.file == table)
        .order_by(LandingRating.line)
    )
    return database.read(engine, lambda c: [(*row,) for row in c.execute(query)])


def land_page(
    connection: Connection,
    load_id: int,
    table: str,
    rows: Sequence[PageRow],
    after: Position,
) -> None:
    """Store a page's rows and the position after it, unless it stands there already."""
    before = after.landed - len(rows)
    place = update(LoadTable).where(
        LoadTable.load_id == load_id, LoadTable.name == table, LoadTable.landed == before
    )
    position = {"landed": after.landed, "total": after.total, "next_url": after.url}
    if connection.execute(place.values(position)).rowcount:
        land(connection, load_id, _landing_rows(table, rows, before + 1), lambda _done: None)


def _landing_rows(table: str, rows: Sequence[PageRow], first: int) -> Iterator[tuple[Any, ...]]:
    for line, (code, name, figures) in enumerate(rows, first):
        day = figures.date_updated and figures.date_updated.isoformat()
        yield (table, line, code, name, *figures._replace(date_updated=day))  # type: ignore[arg-type]


def contents(engine: Engine, load_id: int) -> dict[str, Content]:
    """Read what is to be told of each occupation that landed with ratings, by code."""
    figures = [getattr(LandingRating, name) for name in Figures._fields]
    query = select(LandingRating.occupation_code, *figures).where(LandingRating.load_id == load_id)

    def work(connection: Connection) -> dict[str, list[str]]:
        lines = defaultdict(list)
        for code, *values in connection.execute(query):
            read = Figures._make(values)
            decimals = {
                name: None if figure is None else f"{figure:.4f}"
                for name, figure in read._asdict().items()
                if name in ("value", "standard_error", "lower_ci", "upper_ci")
            }
            lines[code].append(canonical_line(read._replace(**decimals)))  # type: ignore[arg-type]
        return lines

    return {code: content_of(lines) for code, lines in database.read(engine, work).items()}


def publish_references(connection: Connection, load_id: int, domain: str) -> None:
    """Publish the scales and elements that what landed of a load refers to."""
    publish_scales(connection)
    unknown = (
        select(LandingRating.element_id, func.min(LandingRating.element_name))
        .where(
            LandingRating.load_id == load_id,
            LandingRating.element_id.not_in(select(Element.id)),
        )
        .group_by(LandingRating.element_id)
    )
    publish_elements(connection, domain, dict(connection.execute(unknown).all()))


def publish_ratings(connection: Connection, load_id: int, domain: str, codes: Sequence[str]) -> int:
    """Put what landed of some occupations in place of their ratings; return how many rows."""
    landed = [LandingRating.occupation_code.in_(codes)]
    return replace_ratings(connection, load_id, ratings_of(codes, domain), landed)


def drop_load(connection: Connection, load_id: int, reason: str) -> None:
    """Give up a load and drop what landed of it."""
    connection.execute(delete(LandingRating).where(LandingRating.load_id == load_id))
    connection.execute(delete(LoadTable).where(LoadTable.load_id == load_id))
    refused = {"state": "refused", "reason": reason, "finished_at": database_time(connection)}
    connection.execute(update(Load).where(Load.id == load_id).values(refused))


def conclude_load(connection: Connection, work: "Work", load_id: int) -> None:
    """Note a load as published; what earlier releases had and its list has not is withdrawn."""
    counts = {
        "rows": select(func.count()).where(LandingRating.load_id == load_id).scalar_subquery(),
        "entries": select(func.count()).where(WarmItem.job_id == work.id).scalar_subquery(),
    }
    published = counts | {"state": "published", "finished_at": database_time(connection)}
    connection.execute(update(Load).where(Load.id == load_id).values(published))
    connection.execute(delete(LoadTable).where(LoadTable.load_id == load_id))
    later = select(Load.id).where(IS_PUBLISHED, Load.id > load_id).limit(1)
    if connection.execute(later).first() is None:  # else that one has the newer list
        _withdraw_unlisted(connection, work.id)


def _withdraw_unlisted(connection: Connection, job: str) -> None:
    listed = select(WarmItem.occupation_code).where(WarmItem.job_id == job)
    unlisted = select(Occupation.code).where(Occupation.code.not_in(listed))
    codes = connection.execute(unlisted).scalars().all()
    if not codes:
        return
    withdraw(connection, CacheEntry.occupation_code.in_(codes), IS_LISTED)
    connection.execute(delete(Rating).where(*ratings_of(codes)))
    connection.execute(delete(Occupation).where(Occupation.code.in_(codes)))
    note_change(connection, CacheEntry.occupation_code.in_(codes))
