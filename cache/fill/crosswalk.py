"""The crosswalk from codes that O*NET does not list any more, as its 2010 taxonomy has it."""

import time
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, delete, insert, select

from cache.db import database
from cache.db.onet_tables import Succession
from cache.db.unavailable import DatabaseUnavailable
from cache.fill.abandonment import Abandoned
from cache.fill.left_alone import LeftAlone
from cache.fill.single_flight import Detach, Lane, SingleFlight, Task, TooManyWaiting
from cache.policy import Limits
from cache.upstream import Upstream
from onet_client.errors import OnetError, UnknownCode

NONE_CAP: Final = 1_000
"""Codes without a successor that are kept: anyone can make some up."""


class Successor(NamedTuple):
    """An occupation that took the place of a former one."""

    code: str
    title: str


class _Known(NamedTuple):
    successors: list[Successor]
    asked_at: datetime


class Crosswalk:
    """Finds what took the place of a code; asks the upstream once, and keeps the answer.

    An answer is good for the negative TTL; then it is asked for again.
    """

    def __init__(
        self,
        writer: Engine,
        reader: Engine,
        upstream: Upstream,
        limits: Limits,
        now: Callable[[], datetime],
        timeout: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Wire it; a request waits `timeout` seconds at most for the upstream's answer."""
        self._writer = writer
        self._reader = reader
        self._upstream = upstream
        self._limits = limits
        self._now = now
        self._timeout = timeout
        self._left_alone = LeftAlone(clock)
        self._single_flight: SingleFlight[str, list[Successor]] = SingleFlight()

    def of(
        self, codes: Collection[str], *, remembers_none: bool = True
    ) -> dict[str, list[Successor]]:
        """Return what took the place of codes that are not listed: none, one or several.

        Where the upstream fails, or its answer cannot be kept, its previous answer counts; without
        credentials it has none. That nothing replaced a code is kept where `remembers_none`.

        Raises:
            DatabaseUnavailable: where the database cannot be read.
        """
        if not self._upstream.is_configured:
            return {code: [] for code in codes}
        known, now = self._read(codes), self._now()
        found = {code: known[code].successors if code in known else [] for code in codes}
        asked = [code for code in codes if self._is_due(known.get(code), now)]
        if asked and self._left_alone.is_over:
            found |= self._ask(asked, remembers_none)
        return found

    def _is_due(self, known: _Known | None, now: datetime) -> bool:
        return known is None or now >= self._limits.expiry(known.asked_at, "unknown")

    def _ask(self, codes: Iterable[str], remembers_none: bool) -> dict[str, list[Successor]]:
        """Ask what became of each code, once in this process; return what was answered."""
        tasks = {
            code: Task(partial(self._fetch, code, remembers_none), Lane.GUESS) for code in codes
        }
        found = {}
        for code, (result, _) in self._single_flight.run(tasks, self._timeout).items():
            if isinstance(result, Abandoned | TooManyWaiting):
                continue
            if isinstance(result, OnetError | TimeoutError | DatabaseUnavailable):
                self._left_alone.begin(f"what became of {code}", result)
            elif isinstance(result, BaseException):
                raise result
            else:
                found[code] = result
        return found

    def _fetch(self, code: str, remembers_none: bool, detach: Detach) -> list[Successor]:
        try:
            found = self._upstream.guesses.client.successors(code)
        except UnknownCode:
            found = ()
        successors = [Successor(one.code, one.title) for one in found if one.code != code]
        detach()
        if not successors and not remembers_none:
            return []
        asked_at = self._now()
        database.write(
            self._writer,
            lambda connection: _store(connection, code, successors, asked_at),
            bears_twice=True,
        )
        return successors

    def _read(self, codes: Collection[str]) -> dict[str, _Known]:
        columns = (Succession.old_code, Succession.asked_at, Succession.new_code, Succession.title)
        query = select(*columns).where(Succession.old_code.in_(codes)).order_by(Succession.position)
        rows = database.read(self._reader, lambda connection: connection.execute(query).all())
        known: dict[str, _Known] = {}
        for old, asked_at, new, title in rows:
            successors = known.setdefault(old, _Known([], asked_at)).successors
            if new is not None:
                successors.append(Successor(new, title or new))
        return known


def _store(
    connection: Connection, code: str, successors: list[Successor], asked_at: datetime
) -> None:
    """Replace the upstream's previous answer."""
    connection.execute(delete(Succession).where(Succession.old_code == code))
    said: list[Successor | None] = [*successors] or [None]
    rows = [
        {
            "old_code": code,
            "position": position,
            "new_code": one and one.code,
            "title": one and one.title,
            "asked_at": asked_at,
        }
        for position, one in enumerate(said)
    ]
    connection.execute(insert(Succession), rows)
    none = Succession.new_code.is_(None)
    newest = select(Succession.asked_at).where(none).order_by(Succession.asked_at.desc())
    beyond = connection.execute(newest.offset(NONE_CAP).limit(1)).scalar()
    if beyond is not None:
        connection.execute(delete(Succession).where(none, Succession.asked_at <= beyond))
