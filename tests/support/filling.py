"""Processes of their own that read one entry through the cache, at a word given to them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from sqlalchemy import Engine, make_url
from support import engines
from support.clock import LIMITS
from support.processes import FORKS, SECONDS

from cache.db.database import connect
from cache.fill.shared_governor import DatabaseGovernor
from cache.reading import FillFailed
from cache.upstream import Upstream
from onet_client.client import connect as connect_client


@dataclass
class Filling:
    """A process that is ready to read, or at it."""

    process: BaseProcess
    word: Connection

    def begin(self) -> None:
        """Tell it to read."""
        self.word.send("go")

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.process.kill()
        self._ended()

    def end(self) -> dict[str, Any]:
        """Wait for what it read: how, and the levels or the error."""
        assert self.word.poll(SECONDS)
        found: dict[str, Any] = self.word.recv()
        self._ended()
        return found

    def _ended(self) -> None:
        self.process.join(SECONDS)
        self.word.close()


def start(engine: Engine, upstream_url: str, code: str, lease_seconds: float) -> Filling:
    """Start a process on the engine's database."""
    url = engine.url.render_as_string(hide_password=False)
    ours, its = FORKS.Pipe()
    process = FORKS.Process(target=_read, args=(its, url, upstream_url, code, lease_seconds))
    process.start()
    its.close()
    return Filling(process, ours)


def await_ready(*fillings: Filling) -> None:
    """Wait until all have imported what they need and wait for their word."""
    for filling in fillings:
        assert filling.word.poll(SECONDS)
        assert "ready" == filling.word.recv()


def _read(
    word: Connection, database_url: str, upstream_url: str, code: str, lease_seconds: float
) -> None:
    engine = connect(make_url(database_url))
    governor = DatabaseGovernor(engine, max_rate=1000)
    client = connect_client(upstream_url, "2", api_key="any", governor=governor, read_timeout=60)
    upstream = Upstream(client, upstream_url, deadline=20.0)
    cache = engines.pull_through(
        engine,
        upstream,
        LIMITS,
        lambda: datetime.now(UTC),
        lease_seconds=lease_seconds,
        patience=60.0,
    )
    word.send("ready")
    word.recv()
    try:
        (reading,) = cache.read("skills", [code])
    except FillFailed as failed:
        found = {"error": str(failed.cause), "retry_after": failed.cause.retry_after}
    else:
        levels = sorted(element.level for element in reading.profile.elements.values())
        found = {"outcome": reading.outcome, "levels": levels}
    word.send(found)
