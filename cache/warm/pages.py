"""Lands the pages of O*NET's whole tables, for a job."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Engine

from cache.db import database
from cache.entries.canonical import canonical_line
from cache.entries.published_rows import Content, content_of
from cache.fill.fetch import figures_of
from cache.upstream import Upstream
from cache.warm.items import JobLease
from cache.warm.loads import PageRow, keys, land_page, positions, publish_references
from onet_client.errors import BadReply
from onet_client.paging import DomainCheck, Position
from onet_client.rows import RatingRow

log = logging.getLogger(__name__)


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
        tables = positions(self._engine, self.load_id)
        check = DomainCheck(tuple(tables))
        for table, position in tables.items():
            if position.total is not None:
                self._lines = None  # others landed some
                landed_keys = keys(self._engine, self.load_id, table)
                check.take(table, landed_keys, complete=position.is_end)
            for rows, after in self._client.table_pages(table, position, check):
                yield table, rows, after

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
        rows = [
            PageRow(rating.occupation_code, rating.element_name, figures)
            for rating, figures in zip(ratings, figures_of(ratings), strict=True)
        ]

        def work(connection: Connection) -> None:
            self.lease.renew(connection)
            land_page(connection, self.load_id, table, rows, after)

        database.write(self._engine, work, bears_twice=True)
        if self._lines is not None:  # while the next page must wait for its turn anyway
            for row in rows:
                self._lines[row.code].append(canonical_line(row.figures))
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
