"""The cache of one process over any client of O*NET, and what it holds."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from support import engines
from support.clock import LIMITS, FakeClock
from support.tables import Row, dump

from cache.entries.invalidation import Changes
from cache.pull_through import PullThrough
from cache.upstream import Upstream

URL = "https://onet.test/"


def process(
    engine: Engine, client: Any, clock: Callable[[], datetime] | None = None, **options: Any
) -> PullThrough:
    """Make the cache of a process that has just started."""
    upstream = Upstream(client, URL, deadline=20.0)
    return engines.pull_through(engine, upstream, LIMITS, clock or FakeClock(), **options)


def stand_still(changes: Changes) -> Changes:
    """Have changes looked for only when a test says so, and what was seen count for ever."""
    changes._clock = lambda: 0.0
    changes.stop()
    changes.look()
    return changes


def entries(engine: Engine, domain: str = "skills") -> dict[str, Row]:
    """The entries of a domain, by code."""
    rows = dump(engine, ("cache_entry",))["cache_entry"]
    return {str(row["occupation_code"]): row for row in rows if row["domain"] == domain}


def states(engine: Engine, domain: str = "skills") -> dict[str, object]:
    """The state of each of them."""
    return {code: entry["state"] for code, entry in entries(engine, domain).items()}
