"""Publishes what landed of whole tables, each occupation in a transaction of its own."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, Engine, select

from cache import database
from cache.models import Load, Occupation
from cache.policy import Limits
from cache.publish import Fill, Superseded
from cache.store import Store
from cache.warm_items import Item, Outcome, Work
from cache.warm_landing import Landed, landed

BREATH: Final = 0.002
"""Seconds to leave to others who write, between two occupations."""


class Publication:
    """Publishes the claimed items of a job."""

    def __init__(self, engine: Engine, store: Store, source_url: str, limits: Limits) -> None:
        self._engine = engine
        self._store = store
        self._source_url = source_url
        self._limits = limits

    def publish(self, work: Work, load_id: int, items: Sequence[Item]) -> dict[str, Outcome]:
        """Publish items over the generations they were listed with; tell what became of each.

        One whose entry has changed since, as by a purge, is not published: `fenced`.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        codes = [item.code for item in items]
        load_query = select(Load.release, Load.started_at).where(Load.id == load_id)
        titles_query = select(Occupation.code, Occupation.title).where(Occupation.code.in_(codes))

        def read(connection: Connection) -> tuple[Any, dict[str, str], dict[str, Landed]]:
            load = connection.execute(load_query).one()
            titles = dict(connection.execute(titles_query).all())
            return load, titles, landed(connection, load_id, codes)

        load, titles, ratings = database.read(self._engine, read)
        outcomes: dict[str, Outcome] = {}
        for item in items:
            outcomes[item.code] = "fenced"
            if item.code in titles:  # else a release that was seeded meanwhile does not list it
                fill = Fill(
                    domain=work.domain,
                    code=item.code,
                    state="empty",
                    release=load.release,
                    source_url=self._source_url,
                    fetched_at=load.started_at,
                    expires_at=self._limits.expiry(load.started_at, negative=True),
                    title=titles[item.code],
                )
                outcomes[item.code] = self._publish(fill, ratings.get(item.code), item.generation)
            time.sleep(BREATH)
        return outcomes

    def _publish(self, fill: Fill, ratings: Landed | None, over: int) -> Outcome:
        if ratings is not None:
            fill = replace(
                fill,
                state="rated",
                expires_at=self._limits.expiry(fill.fetched_at),
                names=ratings.names,
                figures=ratings.figures,
            )
        try:
            self._store.publish(fill, over)
        except Superseded:
            return "fenced"
        return "empty" if ratings is None else "done"
