"""Publishes what landed of whole tables, many occupations in one transaction."""

import time
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from sqlalchemy import Connection, Engine, select

from cache.db import database
from cache.db.onet_tables import CacheEntry, LandingRating, Load, Occupation
from cache.db.upsert import upsert
from cache.entries.invalidation import note_change
from cache.entries.publish_fill import Superseded
from cache.entries.published_rows import Content, entry_row, ratings_of, replace_ratings
from cache.policy import ITEM_OUTCOMES, ItemOutcome, Limits
from cache.warm.items import Item, Work
from cache.warm.loads import contents

BREATH: Final = 0.005
"""Seconds to leave to others who write, between two transactions."""


class TablePublisher:
    """Publishes the claimed items of a job."""

    def __init__(self, engine: Engine, source_url: str, limits: Limits) -> None:
        self._engine = engine
        self._source_url = source_url
        self._limits = limits
        self._load_id: int | None = None
        self._contents: Mapping[str, Content] = {}

    def expect(self, load_id: int, landed: Mapping[str, Content]) -> None:
        """Keep what the entries of a landed load say; otherwise it is read when it is needed."""
        self._load_id, self._contents = load_id, landed

    def publish(self, work: Work, load_id: int, items: Sequence[Item]) -> dict[str, ItemOutcome]:
        """Publish items over the generations they were listed with; return what became of each.

        One whose entry has changed since, as by a purge, is not published: `fenced`. The others
        are published together, or none of them is.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        if self._load_id != load_id:
            self.expect(load_id, contents(self._engine, load_id))
        outcomes = database.write(self._engine, lambda c: self._publish(c, work, load_id, items))
        time.sleep(BREATH)
        return outcomes

    def _publish(
        self, connection: Connection, work: Work, load_id: int, items: Sequence[Item]
    ) -> dict[str, ItemOutcome]:
        open_items = _lock_unchanged(connection, work.domain, items)
        load = connection.execute(
            select(Load.release, Load.started_at).where(Load.id == load_id)
        ).one()
        rows = []
        for code, generation in open_items.items():
            state: Literal["rated", "empty"] = "rated" if code in self._contents else "empty"
            row = entry_row(
                state,
                "api",
                release=load.release,
                source_url=self._source_url,
                fetched_at=load.started_at,
                expires_at=self._limits.expiry(load.started_at, state),
                content=self._contents.get(code, Content()),
                generation=generation + 1,
            )
            rows.append({"domain": work.domain, "occupation_code": code, **row})
        upsert(connection, CacheEntry, rows, counted=["generation"])
        codes = list(open_items)
        landed = [LandingRating.occupation_code.in_(codes)]
        published = replace_ratings(connection, load_id, ratings_of(codes, work.domain), landed)
        if published != sum(row["row_count"] for row in rows):
            raise Superseded(f"what landed of load {load_id} has changed")
        if codes:
            changed = (CacheEntry.domain == work.domain, CacheEntry.occupation_code.in_(codes))
            note_change(connection, *changed)
        fenced: dict[str, ItemOutcome] = dict.fromkeys((item.code for item in items), "fenced")
        return fenced | {row["occupation_code"]: ITEM_OUTCOMES[row["state"]] for row in rows}


def _lock_unchanged(connection: Connection, domain: str, items: Sequence[Item]) -> dict[str, int]:
    """Read the generations of entries that are as they were listed, until the commit.

    Without those that a release seeded meanwhile does not list. SQLite, where one transaction
    writes at a time, has no locks of rows, and SQLAlchemy asks for none there.
    """
    codes = [item.code for item in items]
    generations = dict(
        connection.execute(
            select(CacheEntry.occupation_code, CacheEntry.generation)
            .where(CacheEntry.domain == domain, CacheEntry.occupation_code.in_(codes))
            .with_for_update()
        ).all()
    )
    listed = set(
        connection.execute(
            select(Occupation.code).where(Occupation.code.in_(codes)).with_for_update(read=True)
        ).scalars()
    )
    return {
        item.code: item.generation
        for item in items
        if item.code in listed and generations.get(item.code) == item.generation
    }
