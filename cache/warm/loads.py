"""What a job reads of O*NET's whole tables, between the arrival of a page and its publication."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

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
    withdraw,
)
from cache.fill.fetch import figures_of
from cache.upstream import Upstream
from cache.warm.items import JobLease
from onet_client.errors import BadReply
from onet_client.paging import DomainCheck, Position
from onet_client.rows import RatingRow

log = logging.getLogger(__name__)


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


class TableReader:
    """Reads and lands the pages of a load, in the order of the tables."""

    def __init__(
        self, engine: Engine, upstream: Upstream, lease: JobLease, load_id: int, release: str
    ) -> None:
        """Begin after the last page that has landed."""
        self.lease = lease
        self.load_id = load_id
        self._lines: dict[str, list[str]] | None = defaultdict(list)
        self._engine = engine
        self._client = upstream.client
        self._release = release
        self._pages = self._read()

    def _read(self) -> Iterator[tuple[str, Sequence[RatingRow], Position]]:
        columns = (LoadTable.name, LoadTable.next_url, LoadTable.landed, LoadTable.total)
        query = select(*columns).where(LoadTable.load_id == self.load_id)
        query = query.order_by(LoadTable.ordinal)
        rows = database.read(self._engine, lambda c: c.execute(query).all())
        tables = {row.name: Position(row.next_url, row.landed, row.total) for row in rows}
        check = DomainCheck(tuple(tables))
        for table, position in tables.items():
            if position.total is not None:
                self._lines = None  # others landed some
                check.take(table, self._landed_keys(table), complete=position.is_end)
            for ratings, after in self._client.table_pages(table, position, check):
                yield table, ratings, after

    def _landed_keys(self, table: str) -> list[tuple[str, str, str]]:
        """Read occupation code, element id and scale id of what landed of a table, in order."""
        columns = (LandingRating.occupation_code, LandingRating.element_id, LandingRating.scale_id)
        of_table = (LandingRating.load_id == self.load_id, LandingRating.file == table)
        query = select(*columns).where(*of_table).order_by(LandingRating.line)
        return database.read(self._engine, lambda c: [(*row,) for row in c.execute(query)])

    def advance(self) -> bool:
        """Land the next page; False where there was none, and all items may be published.

        Raises:
            OnetError: where the upstream did not give a page that can be trusted.
            LeaseLost: where another worker reads on.
            DatabaseUnavailable: where the database cannot be reached or used.
                After any of them the reader is spent; a new one goes on from the last page.
        """
        page = next(self._pages, None)
        if page is None:
            self._open()
            return False
        table, ratings, after = page
        rows = list(zip(ratings, figures_of(ratings), strict=True))

        def work(connection: Connection) -> None:
            self.lease.renew(connection, attempts=0)
            _land_page(connection, self.load_id, table, rows, after)

        database.write(self._engine, work, bears_twice=True)
        if self._lines is not None:  # while the next page must wait for its turn anyway
            for rating, figures in rows:
                self._lines[rating.occupation_code].append(canonical_line(figures))
        log.info("%s: %d of %d rows have landed", table, after.landed, after.total)
        return True

    def contents(self) -> dict[str, Content] | None:
        """Return the content of each entry that landed with ratings; None if others landed some."""
        if self._lines is None:
            return None
        return {code: content_of(lines) for code, lines in self._lines.items()}

    def _open(self) -> None:
        """Let any worker publish the items, if all pages are of one release."""
        if self._client.release() != self._release:
            raise BadReply("another release than when the reading of its tables began")

        def work(connection: Connection) -> None:
            self.lease.give_back(connection, release=self._release)
            publish_references(connection, self.load_id, self.lease.work.domain)

        database.write(self._engine, work)


def _land_page(
    connection: Connection,
    load_id: int,
    table: str,
    rows: Sequence[tuple[RatingRow, Figures]],
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


def _landing_rows(
    table: str, rows: Sequence[tuple[RatingRow, Figures]], first: int
) -> Iterator[tuple[Any, ...]]:
    for line, (rating, figures) in enumerate(rows, first):
        day = figures.date_updated and figures.date_updated.isoformat()
        stored = figures._replace(date_updated=day)  # type: ignore[arg-type]
        yield (table, line, rating.occupation_code, rating.element_name, *stored)


def contents(engine: Engine, load_id: int) -> dict[str, Content]:
    """Read what is to be told of each occupation that landed with ratings, by code."""
    figures = [getattr(LandingRating, name) for name in Figures._fields]
    query = select(LandingRating.occupation_code, *figures).where(LandingRating.load_id == load_id)

    def work(connection: Connection) -> dict[str, list[str]]:
        lines = defaultdict(list)
        for code, *values in connection.execute(query):
            about, decimals = values[:-4], values[-4:]
            texts = [None if figure is None else f"{figure:.4f}" for figure in decimals]
            lines[code].append(canonical_line([*about, *texts]))
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


def drop_load(connection: Connection, load_id: int, reason: str) -> None:
    """Give up a load and drop what landed of it."""
    connection.execute(delete(LandingRating).where(LandingRating.load_id == load_id))
    connection.execute(delete(LoadTable).where(LoadTable.load_id == load_id))
    refused = {"state": "refused", "reason": reason, "finished_at": database_time(connection)}
    connection.execute(update(Load).where(Load.id == load_id).values(refused))


def conclude_load(connection: Connection, job: str, load_id: int) -> None:
    """Note a load as published; what earlier releases had and its job has not is withdrawn."""
    counts = {
        "rows": select(func.count()).where(LandingRating.load_id == load_id).scalar_subquery(),
        "entries": select(func.count()).where(WarmItem.job_id == job).scalar_subquery(),
    }
    published = counts | {"state": "published", "finished_at": database_time(connection)}
    connection.execute(update(Load).where(Load.id == load_id).values(published))
    connection.execute(delete(LoadTable).where(LoadTable.load_id == load_id))
    later = select(Load.id).where(IS_PUBLISHED, Load.id > load_id).limit(1)
    if connection.execute(later).first() is None:  # else that one has the newer list
        _withdraw_unlisted(connection, job)


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
