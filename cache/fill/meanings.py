"""Asks the upstream for what elements and levels mean, once for all occupations."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, Engine, bindparam, select

from cache.db import database
from cache.db.clock import database_time
from cache.db.lease import RowLeases
from cache.db.onet_tables import MeaningSource
from cache.db.unavailable import DatabaseUnavailable
from cache.db.upsert import upsert
from cache.entries.invalidation import note_change
from cache.entries.meanings import (
    Meanings,
    ReadFrom,
    Rows,
    publish_meanings,
    read_meanings,
    read_sources,
)
from cache.fill.leases import LEASE_MARGIN
from cache.fill.left_alone import LeftAlone
from cache.fill.single_flight import Detach, SingleFlight, Task
from cache.policy import Limits
from cache.upstream import Upstream
from onet_client.content_model import ANCHOR_TABLE, ELEMENT_TABLE, MEANING_TABLES
from onet_client.deadline import Deadline
from onet_client.errors import DeadlineExceeded, OnetError

POLL: Final = 0.1
"""Seconds between two looks at what another process asks for."""
NEVER_READ: Final = datetime.min.replace(tzinfo=UTC)
FLIGHT: Final = "meanings"
Sources = Mapping[str, ReadFrom]
Found = dict[str, tuple[Rows | None, ReadFrom]]
"""By table what was found; None in place of the rows of one that is as it was."""

_TABLE: Any = MeaningSource.__table__
_LEASES: Final = RowLeases(MeaningSource, [_TABLE.c.name == bindparam("of_name")])
_ROW: Final = {"of_name": ELEMENT_TABLE}
"""The row whose lease is that of both tables."""


class MeaningsFill:
    """Fetches the two tables where one is missing or past its time; nothing else waits for it.

    One process at a time asks, in one flight. Where the upstream fails, what is held stays. What
    reads raises DatabaseUnavailable where the database cannot be reached or used.
    """

    def __init__(
        self,
        writer: Engine,
        reader: Engine,
        upstream: Upstream,
        limits: Limits,
        now: Callable[[], datetime],
        timeout: float,
    ) -> None:
        """Wire it; `wait` waits `timeout` seconds at most."""
        self._writer = writer
        self._reader = reader
        self._upstream = upstream
        self._limits = limits
        self._now = now
        self._timeout = timeout
        self._left_alone = LeftAlone()
        self._flights: SingleFlight[str, None] = SingleFlight()

    def read(self) -> Meanings:
        """Read what is held."""
        return database.read(self._reader, read_meanings)

    def due_at(self, sources: Sources) -> datetime | None:
        """Return when the upstream is to be asked; None where there is nobody to ask.

        A release that has no such table leaves that to the upstream, which may have it.
        """
        if not self._upstream.is_configured:
            return None
        return min(self._expiry(sources.get(table)) for table in MEANING_TABLES)

    def is_due(self, sources: Sources) -> bool:
        """Return whether the upstream is to be asked now."""
        due_at = self.due_at(sources)
        return due_at is not None and self._now() >= due_at

    def _expiry(self, source: ReadFrom | None) -> datetime:
        if source is None:
            return NEVER_READ
        if source.rows:
            return self._limits.expiry(source.at, "rated", source.origin)
        return source.at if source.origin == "seed" else self._limits.expiry(source.at, "unknown")

    def begin(self) -> None:
        """Ask in the background, unless the upstream failed lately."""
        if self._left_alone.is_over:
            flight, _ = self._flights.join(FLIGHT, Task(self._fill))
            self._flights.leave(flight)

    def begin_if_due(self) -> None:
        """Read whether the upstream is to be asked now, and then ask in the background."""
        if self.is_due(database.read(self._reader, read_sources)):
            self.begin()

    def wait(self) -> None:
        """Ask, unless the upstream failed lately, and wait for what comes of it."""
        if self._left_alone.is_over:
            self._flights.run({FLIGHT: Task(self._fill)}, self._timeout)

    def _fill(self, detach: Detach) -> None:
        owner, deadline = uuid4().hex, Deadline(self._upstream.deadline)
        try:
            if not database.write(self._writer, lambda c: self._take(c, owner)):
                self._await_other(deadline)
                return
            try:
                found = self._fetch(deadline)
                detach()
                database.write(self._writer, lambda c: _publish(c, owner, found))
            except OnetError:
                database.write(self._writer, lambda c: _LEASES.give_back(c, _ROW, owner, None))
                raise
        except (OnetError, DatabaseUnavailable) as error:
            self._left_alone.begin("what elements and levels mean", error)

    def _take(self, connection: Connection, owner: str) -> bool:
        row = {"name": ELEMENT_TABLE, "rows": 0}
        upsert(connection, MeaningSource, [row], kept=["rows"])
        seconds = self._upstream.deadline + LEASE_MARGIN
        return bool(_LEASES.take(connection, _ROW, owner, database_time(connection), seconds))

    def _await_other(self, deadline: Deadline) -> None:
        """Wait until another process's lease is given back or has expired."""
        query = select(MeaningSource.lease_expires_at).where(MeaningSource.name == ELEMENT_TABLE)

        def is_held(connection: Connection) -> bool:
            until = connection.execute(query).scalar()
            return until is not None and until > database_time(connection)

        while database.read(self._reader, is_held):
            if deadline.remaining() <= 0:
                raise DeadlineExceeded("another process asks for too long")
            time.sleep(POLL)

    def _fetch(self, deadline: Deadline) -> Found:
        """Fetch the tables that are due."""
        client, at = self._upstream.client, self._now()
        sources = database.read(self._reader, read_sources)
        due = [table for table in MEANING_TABLES if at >= self._expiry(sources.get(table))]
        if not due:  # another process was sooner
            return {}
        release = client.release(deadline=deadline)
        found: Found = {}
        for table in due:
            held = sources.get(table)
            if held is not None and held.rows and held.release == release:
                found[table] = None, replace(held, at=at)
        missing = [table for table in due if table not in found]
        offered = client.tables(deadline=deadline) if missing else ()
        for table in missing:
            rows = self._rows(table, deadline) if table in offered else ()
            found[table] = rows, ReadFrom("api", release, at)
        return found

    def _rows(self, table: str, deadline: Deadline) -> Rows:
        tables = self._upstream.client.meanings
        if table == ANCHOR_TABLE:
            return [(one.element_id, one.level, one.text) for one in tables.anchors(deadline)]
        return [
            (one.element_id, one.name, one.description) for one in tables.descriptions(deadline)
        ]


def _publish(connection: Connection, owner: str, found: Found) -> None:
    """Publish under the lease; where that was lost, a release was loaded meanwhile."""
    if not _LEASES.give_back(connection, _ROW, owner, None) or not found:
        return
    for table, (rows, source) in found.items():
        publish_meanings(connection, table, rows, source)
    note_change(connection)  # of all entries: answers of every domain may quote it
