"""Many processes on one database and one upstream: pace, pause and breaker hold over all."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from cache.db.database import connect
from cache.db.migrate import upgrade
from onet_client.governor import FAILURES_TO_OPEN, OPEN_SECONDS
from onet_client.sandbox import Fault, Sandbox, load_release

PROCESSES = 4
RATE = 5
WARM_UP_SECONDS = 1.0

HAMMER = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from sqlalchemy.engine import make_url
from cache.db.database import connect as connect_database
from cache.fill.shared_governor import DatabaseGovernor
from onet_client import connect, errors
url, database, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
governor = DatabaseGovernor(connect_database(make_url(database)), {rate})
client = connect(url, "2", api_key="k", governor=governor, deadline=60)
end = time.monotonic() + seconds
def ask(_):
    while time.monotonic() < end:
        try:
            client.release()
        except errors.CircuitOpen:
            time.sleep(0.2)
        except errors.OnetError:
            pass
with ThreadPoolExecutor(4) as pool:
    list(pool.map(ask, range(4)))
"""


@pytest.fixture
def sandbox(made_up_release: Path) -> Iterator[Sandbox]:
    with Sandbox(load_release(made_up_release)) as running:
        yield running


@pytest.fixture
def shared_database(mysql_database: str) -> str:
    engine = connect(make_url(mysql_database))
    upgrade(engine)
    engine.dispose()
    return mysql_database


def hammer(sandbox: Sandbox, database: str, seconds: float) -> None:
    """Ask from four processes with four threads each for so many seconds."""
    script = HAMMER.format(rate=RATE)
    command = [sys.executable, "-c", script, sandbox.url, database, str(seconds)]
    processes = [subprocess.Popen(command) for _ in range(PROCESSES)]
    assert [0] * PROCESSES == [process.wait(timeout=seconds + 90) for process in processes]


def most_in_one_second(moments: list[float]) -> int:
    return max(sum(start <= moment < start + 1 for moment in moments) for start in moments)


@pytest.mark.parametrize("most", [2 * RATE - 1, pytest.param(RATE, marks=pytest.mark.soak)])
def test_all_together_keep_the_pace(sandbox: Sandbox, shared_database: str, most: int) -> None:
    """A machine busy with other tests holds requests up, so that some meet the next ones.

    Two processes that knew nothing of each other would be twice the rate all the same, and alone
    on the machine none is held up.
    """
    hammer(sandbox, shared_database, 6)

    moments = [record.at for record in sandbox.requests]
    settled = [moment for moment in moments if moment >= moments[0] + WARM_UP_SECONDS]
    assert len(settled) > 3 * RATE
    assert most_in_one_second(settled) <= most
    assert len(settled) - 1 <= RATE * (settled[-1] - settled[0]) + 1


def test_a_retry_after_of_one_stops_all(sandbox: Sandbox, shared_database: str) -> None:
    sandbox.set_faults(Fault(status=429, headers={"Retry-After": "4"}, nth=5, times=1))
    hammer(sandbox, shared_database, 7)

    records = sandbox.requests
    (limited,) = [record for record in records if record.status == 429]
    # What had its turn before the reply was read is on its way already.
    after = [record.at for record in records if record.at > limited.at + 0.5]
    assert after, "nobody asked again"
    assert min(after) - limited.at >= 3.9


@pytest.mark.soak
def test_a_dead_upstream_is_probed_once_in_thirty_seconds(
    sandbox: Sandbox, shared_database: str
) -> None:
    sandbox.set_faults(Fault(status=503))
    started = time.time()
    hammer(sandbox, shared_database, 2 * OPEN_SECONDS + 10)

    moments = sorted(record.at for record in sandbox.requests)
    opened = moments[FAILURES_TO_OPEN - 1]
    # Requests that were under way when the fifth failed are no probes.
    probes = [moment for moment in moments if moment > opened + 2]
    assert opened - started < 10
    assert 1 <= len(probes) <= 2
    assert all(b - a >= OPEN_SECONDS - 0.5 for a, b in zip([opened, *probes], probes, strict=False))
