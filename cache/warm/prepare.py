"""Prepares jobs for which O*NET's whole tables are read, a page at a time.

What has landed is kept with the place to go on from. A worker that takes over a job reads on
there, as long as O*NET serves the same release.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, case, func, or_, select

from cache.db import database
from cache.db.held import IS_PUBLISHED, entry_of
from cache.db.onet_tables import CacheEntry, Load, Occupation
from cache.db.upsert import upsert
from cache.entries.invalidation import note_change
from cache.entries.published_rows import publish_occupations
from cache.entries.renewal import Revalidation
from cache.fill.meanings import MeaningsFill
from cache.policy import ITEM_OUTCOMES, ItemOutcome
from cache.upstream import Upstream
from cache.warm.items import JobLease, NewItem, entry_generations, replace_items
from cache.warm.loads import TableReader, begin_load, drop_load
from onet_client.deadline import Deadline

log = logging.getLogger(__name__)

PAGE_ROWS: Final = 2_000
SINGLE_REQUESTS: Final = 3
"""To fill one occupation by itself; whole tables take one for each page."""


class WholeTables:
    """Prepares `all` jobs."""

    def __init__(
        self,
        engine: Engine,
        revalidation: Revalidation,
        upstream: Upstream,
        now: Callable[[], datetime],
        meanings: MeaningsFill,
    ) -> None:
        self._engine = engine
        self._revalidation = revalidation
        self._upstream = upstream
        self._now = now
        self._meanings = meanings

    def prepare(self, lease: JobLease) -> TableReader | dict[ItemOutcome, int]:
        """Begin or resume to read whole tables, or list items where that is not needed.

        Returns:
            The reader, or how many of the items listed had ended already.

        Raises:
            OnetError: where the upstream did not give a complete answer.
            LeaseLost: where another worker prepares the job.
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        self._meanings.begin_if_due()
        deadline = Deadline(self._upstream.deadline)
        release = self._upstream.client.release(deadline=deadline)
        load_id = lease.work.load_id
        if load_id is not None:
            query = select(Load.release).where(Load.id == load_id)
            begun = database.read(self._engine, lambda c: c.execute(query).scalar_one())
            if begun == release:
                log.info("going on with release %s", release)
                return TableReader(self._engine, self._upstream, lease, load_id, release)
            log.info("O*NET serves release %s now: reading its tables anew", release)
            self._drop(lease, load_id)
        elif self._is_nearly_held(lease.work.domain, release):
            return self._list_held(lease, release)
        return self._begin(lease, release, deadline)

    def _drop(self, lease: JobLease, load_id: int) -> None:
        def work(connection: Connection) -> None:
            lease.renew(connection, load_id=None)
            drop_load(connection, load_id, "O*NET published another release meanwhile")

        database.write(self._engine, work)

    def _is_nearly_held(self, domain: str, release: str) -> bool:
        """Return whether a load listed all of the release, and few entries of it are missing."""
        whole = (IS_PUBLISHED, Load.complete.is_(True), Load.release == release)
        load = select(Load.id).where(*whole).limit(1)
        held = (CacheEntry.domain == domain, CacheEntry.release == release)
        row_count = select(func.sum(CacheEntry.row_count)).where(*held)
        missing = select(func.count()).select_from(Occupation)
        missing = missing.outerjoin(CacheEntry, entry_of(domain)).where(
            or_(
                CacheEntry.state.is_(None),
                CacheEntry.state.not_in(tuple(ITEM_OUTCOMES)),
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

    def _list_held(self, lease: JobLease, release: str) -> dict[ItemOutcome, int]:
        """Renew the entries of the release, and list the others to be filled one by one."""
        domain = lease.work.domain
        self._revalidation.renew(domain, release)
        self._revalidation.mark_stale(domain, release)
        held = case((CacheEntry.release == release, CacheEntry.state))
        query = select(Occupation.code, CacheEntry.generation, held).outerjoin(
            CacheEntry, entry_of(domain)
        )

        def work(connection: Connection) -> dict[ItemOutcome, int]:
            items = [
                NewItem(code, generation or 0, ITEM_OUTCOMES.get(held, "queued"))
                for code, generation, held in connection.execute(query)
            ]
            replace_items(connection, lease.work.id, items)
            lease.give_back(connection, release=release)
            states = [item.state for item in items]
            return {"done": states.count("done"), "empty": states.count("empty")}

        return database.write(self._engine, work)

    def _begin(self, lease: JobLease, release: str, deadline: Deadline) -> TableReader:
        """Read the list of occupations, and begin a load of the tables.

        The generations are read before anything is asked that is to be published.
        """
        domain, client = lease.work.domain, self._upstream.client
        generations = database.read(self._engine, lambda c: entry_generations(c, domain))
        started = self._now()
        listed = client.occupations(deadline=deadline)
        tables = client.domain_tables(domain, deadline=deadline)
        source = urlsplit(self._upstream.url).hostname or ""

        def work(connection: Connection) -> int:
            load_id = begin_load(connection, release, source, started, tables)
            changed = publish_occupations(connection, [asdict(one) for one in listed])
            absent = [
                {"domain": domain, "occupation_code": one.code, "state": "absent"}
                for one in listed
                if one.code not in generations
            ]
            upsert(connection, CacheEntry, absent, kept=["state"])  # for a purge to find
            items = [NewItem(one.code, generations.get(one.code, 0)) for one in listed]
            replace_items(connection, lease.work.id, items)
            lease.renew(connection, load_id=load_id, attempts=0)
            if changed:
                note_change(connection, CacheEntry.occupation_code.in_(changed))
            return load_id

        load_id = database.write(self._engine, work)
        log.info("reading release %s: %d occupations, %s", release, len(listed), ", ".join(tables))
        return TableReader(self._engine, self._upstream, lease, load_id, release)
