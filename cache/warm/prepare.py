"""Prepares jobs for which O*NET's whole tables are read, a page at a time.

What has landed is kept with the place to go on from, so that whoever takes over a job reads on
there, as long as O*NET serves the same release.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, Engine, and_, case, func, or_, select

from cache.db import database
from cache.db.onet_tables import CacheEntry, Load, Occupation
from cache.entries.invalidation import note_change
from cache.entries.occupations import publish_occupations
from cache.entries.renewal import Revalidation
from cache.fill.fetch import Upstream
from cache.warm.items import (
    OUTCOMES,
    Hold,
    NewItem,
    Outcome,
    ensure_entries,
    entry_generations,
    replace_items,
)
from cache.warm.loads import (
    begin_load,
    drop_load,
)
from cache.warm.pages import Reading
from onet_client.deadline import Deadline
from onet_client.rows import OccupationRow

log = logging.getLogger(__name__)

PAGE_ROWS: Final = 2_000
SINGLE_REQUESTS: Final = 3
"""What filling one occupation by itself takes; whole tables take one for each page."""


class WholeTables:
    """Prepares `all` jobs."""

    def __init__(
        self,
        engine: Engine,
        revalidation: Revalidation,
        upstream: Upstream,
        now: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._revalidation = revalidation
        self._upstream = upstream
        self._now = now

    def prepare(self, hold: Hold) -> Reading | dict[Outcome, int]:
        """Ask what there is to do: whole tables to read, or items listed that need none.

        Returns:
            The reading, or how many of the items listed had ended already.

        Raises:
            OnetError: where the upstream did not give a complete answer.
            LeaseLost: where another worker prepares the job.
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        deadline = Deadline(self._upstream.deadline)
        release = self._upstream.client.release(deadline=deadline)
        load_id = hold.work.load_id
        if load_id is not None:
            if self._release_of(load_id) == release:
                log.info("going on with release %s", release)
                return Reading(self._engine, self._upstream, hold, load_id, release)
            log.info("O*NET serves release %s now: reading its tables anew", release)
            self._drop(hold, load_id)
        elif self._is_nearly_held(hold.work.domain, release):
            return self._list_held(hold, release)
        return self._begin(hold, release, deadline)

    def _release_of(self, load_id: int) -> str | None:
        query = select(Load.release).where(Load.id == load_id)
        return database.read(self._engine, lambda c: c.execute(query).scalar_one())

    def _drop(self, hold: Hold, load_id: int) -> None:
        def work(connection: Connection) -> None:
            hold.change(connection, load_id=None)
            drop_load(connection, load_id, "O*NET published another release meanwhile")

        database.write(self._engine, work)

    def _is_nearly_held(self, domain: str, release: str) -> bool:
        """Tell whether a load of the release listed all, and little enough is missing of it."""
        whole = (Load.state == "published", Load.complete.is_(True), Load.release == release)
        load = select(Load.id).where(*whole).limit(1)
        held = (CacheEntry.domain == domain, CacheEntry.release == release)
        row_count = select(func.sum(CacheEntry.row_count)).where(*held)
        missing = select(func.count()).select_from(Occupation)
        missing = missing.outerjoin(CacheEntry, _entry_of(domain)).where(
            or_(
                CacheEntry.state.is_(None),
                CacheEntry.state.not_in(tuple(OUTCOMES)),
                CacheEntry.release.is_(None),
                CacheEntry.release != release,
            )
        )

        def work(connection: Connection) -> bool:
            rows = connection.execute(row_count).scalar()
            if not rows or connection.execute(load).first() is None:
                return False
            requests = SINGLE_REQUESTS * connection.execute(missing).scalar_one()
            return requests < rows / PAGE_ROWS + SINGLE_REQUESTS

        return database.read(self._engine, work)

    def _list_held(self, hold: Hold, release: str) -> dict[Outcome, int]:
        """Renew what is held of the release, and leave the rest to be filled one by one."""
        domain = hold.work.domain
        self._revalidation.renew(domain, release)
        self._revalidation.mark_stale(domain, release)
        held = case((CacheEntry.release == release, CacheEntry.state))
        query = select(Occupation.code, CacheEntry.generation, held).outerjoin(
            CacheEntry, _entry_of(domain)
        )

        def work(connection: Connection) -> dict[Outcome, int]:
            items = [
                NewItem(code, generation or 0, OUTCOMES.get(held, "queued"))
                for code, generation, held in connection.execute(query)
            ]
            replace_items(connection, hold.work.id, items)
            hold.change(connection, release=release, lease_owner=None, lease_expires_at=None)
            states = [item.state for item in items]
            return {"done": states.count("done"), "empty": states.count("empty")}

        return database.write(self._engine, work)

    def _begin(self, hold: Hold, release: str, deadline: Deadline) -> Reading:
        """Read what O*NET lists, and begin a load of its tables.

        The generations are those from before anything was asked that is to be published.
        """
        domain, client = hold.work.domain, self._upstream.client
        generations = database.read(self._engine, lambda c: entry_generations(c, domain))
        started = self._now()
        listed = client.occupations(deadline=deadline)
        tables = client.domain_tables(domain, deadline=deadline)
        source = urlsplit(self._upstream.url).hostname or ""

        def work(connection: Connection) -> int:
            load_id = begin_load(connection, release, source, started, tables)
            changed = publish_occupations(connection, _rows(listed))
            ensure_entries(
                connection, domain, (one.code for one in listed if one.code not in generations)
            )
            items = [NewItem(one.code, generations.get(one.code, 0)) for one in listed]
            replace_items(connection, hold.work.id, items)
            hold.renew(connection)
            hold.change(connection, load_id=load_id)
            if changed:
                note_change(connection, CacheEntry.occupation_code.in_(changed))
            return load_id

        load_id = database.write(self._engine, work)
        log.info("reading release %s: %d occupations, %s", release, len(listed), ", ".join(tables))
        return Reading(self._engine, self._upstream, hold, load_id, release)


def _entry_of(domain: str) -> ColumnElement[bool]:
    """Join an occupation with its entry."""
    return and_(CacheEntry.occupation_code == Occupation.code, CacheEntry.domain == domain)


def _rows(listed: Sequence[OccupationRow]) -> list[dict[str, Any]]:
    return [
        {"code": one.code, "title": one.title, "description": one.description} for one in listed
    ]
