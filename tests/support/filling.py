"""Processes of their own that read one entry through the cache, at a word given to them."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, make_url
from support import engines
from support.clock import LIMITS
from support.processes import ROOT, SECONDS

from cache.database import connect
from cache.fetch import Upstream
from cache.governor import DatabaseGovernor
from cache.reading import FillFailed
from onet_client import connect as connect_client


@dataclass
class Filling:
    """A process that is ready to read, or at it."""

    process: subprocess.Popen[str]

    def begin(self) -> None:
        """Tell it to read."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.process.kill()
        self.process.communicate(timeout=SECONDS)

    def end(self) -> dict[str, Any]:
        """Wait for what it read: how, and the levels or the error."""
        out, err = self.process.communicate(timeout=SECONDS)
        assert out, err
        found: dict[str, Any] = json.loads(out)
        return found


def start(engine: Engine, upstream_url: str, code: str, lease_seconds: float) -> Filling:
    """Start a process on the engine's database, and wait until it is ready."""
    url = engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-m", "support.filling", upstream_url, code, str(lease_seconds)],
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "DATABASE_URL": url},
        cwd=Path(ROOT),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Filling(process)


def await_ready(*fillings: Filling) -> None:
    """Wait until all have imported what they need and wait for their word."""
    for filling in fillings:
        assert filling.process.stdout is not None
        line = filling.process.stdout.readline()
        assert "ready\n" == line, filling.process.communicate(timeout=SECONDS)[1]


def _main(upstream_url: str, code: str, lease_seconds: str) -> None:
    engine = connect(make_url(os.environ["DATABASE_URL"]))
    governor = DatabaseGovernor(engine, max_rate=1000)
    client = connect_client(upstream_url, "2", api_key="any", governor=governor, read_timeout=60)
    upstream = Upstream(client, upstream_url, deadline=20.0)
    cache = engines.pull_through(
        engine,
        upstream,
        LIMITS,
        lambda: datetime.now(UTC),
        lease_seconds=float(lease_seconds),
        patience=60.0,
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    try:
        (reading,) = cache.read("skills", [code])
    except FillFailed as failed:
        found = {"error": str(failed.cause), "retry_after": failed.cause.retry_after}
    else:
        levels = sorted(element.level for element in reading.profile.elements.values())
        found = {"outcome": reading.outcome, "levels": levels}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    _main(*sys.argv[1:])
