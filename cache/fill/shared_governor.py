"""The upstream's governor for all processes on one database: one row, changed conditionally.

Every process reads the row, lets the pure rules of `onet_client.governor` decide, and writes
the new state only over the version that it read; if another was first, it reads again. Nothing is
locked while a process waits.
"""

import random
import time
from contextlib import suppress
from dataclasses import asdict, fields
from datetime import UTC, datetime
from math import inf
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from cache.db import database
from cache.db.clock import TimedQuery
from cache.db.onet_tables import UpstreamGovernor
from onet_client.governor import Decision, Governor, GovernorState, on_day

ROW: Final = 1
CONTENTION_WAIT: Final = 0.01
"""Seconds to wait before another try, where many others changed the row first."""
ATTEMPTS: Final = 20

# Built once: for every request upstream they are run three times.
_TABLE: Any = UpstreamGovernor.__table__
_NAMES: Final = [field.name for field in fields(GovernorState)]
_STATE: Final = TimedQuery(select(_TABLE.c.version, *(_TABLE.c[name] for name in _NAMES)))
_CHANGE: Final = update(_TABLE).where(
    _TABLE.c.id == ROW, _TABLE.c.version == bindparam("seen_version")
)


class Pace(NamedTuple):
    """How requests to the upstream go: whether the breaker is open, and until when they pause.

    Attributes:
        breaker_cause: the failure that opened the breaker; None while it is closed.
        spent_today: requests that went since 00:00 UTC, of `daily_budget` that may go in a day.
    """

    breaker_open: bool
    breaker_cause: str | None
    paused_until: datetime | None
    spent_today: int
    daily_budget: int


class DatabaseGovernor(Governor):
    """A governor whose state all processes on a database share.

    Its methods raise DatabaseUnavailable where the database cannot be reached or used: then
    nobody knows what the others do, so nothing may go.
    """

    def __init__(
        self, engine: Engine, max_rate: float, daily_budget: float = inf, *, guesses: bool = False
    ) -> None:
        super().__init__(max_rate, daily_budget, guesses=guesses)
        self._engine = engine

    def _change(self, decide: Decision) -> float:
        """Apply a decision to the row, which stays as it is where others kept changing it first."""
        for attempt in range(ATTEMPTS):
            time.sleep(CONTENTION_WAIT * attempt * random.random())  # noqa: S311 - no secret
            state, version, now = database.read(self._engine, _read)
            if version is None:
                self._insert()
                continue
            changed, wait = decide(state, now)
            if changed == state or self._update(changed, version):
                return wait
        return CONTENTION_WAIT

    def _insert(self) -> None:
        first = insert(UpstreamGovernor).values(id=ROW, version=0, **asdict(GovernorState()))
        with suppress(IntegrityError):  # another process was first
            database.write(
                self._engine, lambda connection: connection.execute(first), bears_twice=True
            )

    def _update(self, state: GovernorState, version: int) -> bool:
        values = {"version": version + 1, "seen_version": version, **asdict(state)}
        changed = database.write(
            self._engine, lambda connection: connection.execute(_CHANGE, values), bears_twice=True
        )
        return changed.rowcount == 1


def _read(connection: Connection) -> tuple[GovernorState, int | None, float]:
    """Read the state, its version, and the time; there is no version before the first request."""
    row, now = _STATE.first(connection)
    if row is None:
        return GovernorState(), None, now.timestamp()
    return GovernorState(*row[1 : len(_NAMES) + 1]), row.version, now.timestamp()


def read_pace(connection: Connection, daily_budget: int) -> Pace:
    """Read how requests go now, where `daily_budget` of them may go in a day."""
    state, _, now = _read(connection)
    until = datetime.fromtimestamp(state.paused_until, UTC) if state.paused_until > now else None
    spent, is_open = on_day(state, now).spent, state.open_until is not None
    return Pace(is_open, state.opened_by, until, spent, daily_budget)
