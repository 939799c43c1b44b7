"""The upstream's governor for all processes on one database: one row, changed conditionally.

Every process reads the row, lets the pure rules of `onet_client.governor` decide, and writes
the outcome only over the version that it read; who comes second reads again. Nothing is locked
while anyone waits.
"""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from cache import database
from cache.models import UpstreamGovernor
from onet_client.governor import GovernorState, admit, failed, paused, spacing, succeeded

T = TypeVar("T")
Decision = Callable[[GovernorState, float], tuple[GovernorState, T]]

ROW: Final = 1
MYSQL_CLOCK: Final = "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) / 1000000"
"""UTC, since UNIX_TIMESTAMP(NOW()) jumps with the session's daylight saving time."""
CONTENTION_WAIT: Final = 0.01
"""Seconds to wait before asking again where many others changed the row first."""
ATTEMPTS: Final = 20


class DatabaseGovernor:
    """A governor whose state all processes on a database share.

    Its methods raise DatabaseUnavailable where the database cannot be reached or used: without
    it there is no telling what the others do, so nothing may go.
    """

    def __init__(self, engine: Engine, max_rate: float) -> None:
        self._engine = engine
        self._spacing = spacing(max_rate)

    def acquire(self) -> float:
        """Take the next slot if it is due; see `Governor`."""
        wait = self._change(lambda state, now: admit(state, now, self._spacing))
        return CONTENTION_WAIT if wait is None else wait

    def pause(self, seconds: float) -> None:
        """Let nobody go for so many seconds, whichever process it is."""
        self._change(lambda state, now: (paused(state, now, seconds), None))

    def success(self) -> None:
        """Note that the upstream answered; a row that says so already is only read."""
        self._change(lambda state, _now: (succeeded(state), None))

    def failure(self) -> None:
        """Note a connection error, a time-out or a 5xx."""
        self._change(lambda state, now: (failed(state, now), None))

    def _change(self, decide: Decision[T]) -> T | None:
        """Apply a decision to the row; None where others kept changing it first."""
        for attempt in range(ATTEMPTS):
            time.sleep(CONTENTION_WAIT * attempt * random.random())  # noqa: S311 - no secret
            found = database.read(self._engine, _read)
            if found is None:
                self._insert()
                continue
            state, version, now = found
            changed, result = decide(state, now)
            if changed == state or self._update(changed, version):
                return result
        return None

    def _insert(self) -> None:
        first = insert(UpstreamGovernor).values(id=ROW, version=0, **asdict(GovernorState()))
        with suppress(IntegrityError):  # another process was first
            database.write(self._engine, lambda connection: connection.execute(first))

    def _update(self, state: GovernorState, version: int) -> bool:
        change = (
            update(UpstreamGovernor)
            .where(UpstreamGovernor.id == ROW, UpstreamGovernor.version == version)
            .values(version=version + 1, **asdict(state))
        )
        changed = database.write(self._engine, lambda connection: connection.execute(change))
        return changed.rowcount == 1


def _read(connection: Connection) -> tuple[GovernorState, int, float] | None:
    row = connection.execute(select(UpstreamGovernor.__table__)).mappings().first()
    if row is None:
        return None
    state = GovernorState(
        next_slot=row["next_slot"],
        paused_until=row["paused_until"],
        failures=row["failures"],
        open_until=row["open_until"],
    )
    return state, row["version"], _now(connection)


def _now(connection: Connection) -> float:
    """Tell the time in seconds by the one clock that all processes have: the database's."""
    if connection.dialect.name == "mysql":
        return float(connection.execute(text(MYSQL_CLOCK)).scalar_one())
    return time.time()  # a SQLite database is on this machine
