"""What a job reads of O*NET's whole tables, between the arrival of a page and its publication."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from cache import database
from cache.changes import note_change
from cache.content import Figures
from cache.database_time import database_time
from cache.landing import land
from cache.models import (
    CacheEntry,
    LandingRating,
    Load,
    LoadTable,
    Occupation,
    Rating,
    WarmItem,
)
from cache.purge import WITHDRAWN
from onet_client.paging import Position

if TYPE_CHECKING:
    from cache.warm_items import Work


class Landed(NamedTuple):
    """What landed of one occupation: element names by id, and figures."""

    names: dict[str, str]
    figures: list[Figures]


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
    rows: Sequence[tuple[str, str, Figures]],
    after: Position,
) -> None:
    """Store a page's rows (code, element name and figures), and the position after it."""
    first = after.landed - len(rows) + 1
    land(connection, load_id, _landing_rows(table, rows, first), lambda _done: None)
    place = update(LoadTable).where(LoadTable.load_id == load_id, LoadTable.name == table)
    position = {"landed": after.landed, "total": after.total, "next_url": after.url}
    connection.execute(place.values(position))


def _landing_rows(
    table: str, rows: Sequence[tuple[str, str, Figures]], first: int
) -> Iterator[tuple[Any, ...]]:
    for line, (code, name, figures) in enumerate(rows, first):
        day = figures.date_updated and figures.date_updated.isoformat()
        yield (table, line, code, name, *figures._replace(date_updated=day))  # type: ignore[arg-type]


def landed(connection: Connection, load_id: int, codes: Sequence[str]) -> dict[str, Landed]:
    """Read what landed of some occupations, ready to be published, by code."""
    figures = [getattr(LandingRating, name) for name in Figures._fields]
    query = select(LandingRating.occupation_code, LandingRating.element_name, *figures).where(
        LandingRating.load_id == load_id, LandingRating.occupation_code.in_(codes)
    )
    found: dict[str, Landed] = defaultdict(lambda: Landed({}, []))
    for code, name, *values in connection.execute(query):
        read = Figures(*values)
        decimals = {
            field: None if figure is None else f"{figure:.4f}"
            for field, figure in read._asdict().items()
            if field in ("value", "standard_error", "lower_ci", "upper_ci")
        }
        found[code].names[read.element_id] = name
        found[code].figures.append(read._replace(**decimals))  # type: ignore[arg-type]
    return found


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
    later = select(Load.id).where(Load.state == "published", Load.id > load_id).limit(1)
    if connection.execute(later).first() is None:  # else that one has the newer list
        _withdraw_unlisted(connection, work.id)


def _withdraw_unlisted(connection: Connection, job: str) -> None:
    listed = select(WarmItem.occupation_code).where(WarmItem.job_id == job)
    unlisted = select(Occupation.code).where(Occupation.code.not_in(listed))
    codes = connection.execute(unlisted).scalars().all()
    if not codes:
        return
    held = (CacheEntry.occupation_code.in_(codes), CacheEntry.state.in_(("rated", "empty")))
    connection.execute(update(CacheEntry).where(*held).values(WITHDRAWN))
    connection.execute(delete(Rating).where(Rating.occupation_code.in_(codes)))
    connection.execute(delete(Occupation).where(Occupation.code.in_(codes)))
    note_change(connection, CacheEntry.occupation_code.in_(codes))
