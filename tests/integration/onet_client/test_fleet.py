"""Many processes on one database and one upstream: pace, pause, breaker, budget hold over all."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from support.forked import hammer, in_processes

from onet_client.governor import FAILURES_TO_OPEN, OPEN_SECONDS
from onet_client.sandbox import Fault, Sandbox, load_release

PROCESSES = 4
RATE = 5
WARM_UP_SECONDS = 1.0

pytestmark = [
    pytest.mark.waits,
    pytest.mark.parametrize(
        "engine", [pytest.param("mysql", marks=pytest.mark.mysql)], indirect=True
    ),
]


@pytest.fixture
def sandbox(made_up_release: Path) -> Iterator[Sandbox]:
    with Sandbox(load_release(made_up_release)) as running:
        yield running


def fleet(sandbox: Sandbox, engine: Engine, seconds: float) -> None:
    """Ask from four processes for so many seconds."""
    database = engine.url.render_as_string(hide_password=False)
    in_processes(PROCESSES, hammer, sandbox.url, database, RATE, seconds)


def most_in_one_second(moments: list[float]) -> int:
    return max(sum(start <= moment < start + 1 for moment in moments) for start in moments)


@pytest.mark.parametrize("most", [2 * RATE - 1, pytest.param(RATE, marks=pytest.mark.soak)])
def test_all_together_keep_the_pace(sandbox: Sandbox, engine: Engine, most: int) -> None:
    """A machine busy with other tests holds requests up, so that some meet the next ones.

    Two processes that knew nothing of each other would be twice the rate all the same, and alone
    on the machine none is held up.
    """
    fleet(sandbox, engine, 4.0)

    moments = [record.at for record in sandbox.requests]
    settled = [moment for moment in moments if moment >= moments[0] + WARM_UP_SECONDS]
    assert len(settled) > 2 * RATE
    assert most_in_one_second(settled) <= most
    assert len(settled) - 1 <= RATE * (settled[-1] - settled[0]) + 1


def test_a_retry_after_of_one_stops_all(sandbox: Sandbox, engine: Engine) -> None:
    sandbox.set_faults(Fault(status=429, headers={"Retry-After": "2"}, nth=5, times=1))
    fleet(sandbox, engine, 4.5)

    records = sandbox.requests
    (limited,) = [record for record in records if record.status == 429]
    # What had its turn before the reply was read is on its way already.
    after = [record.at for record in records if record.at > limited.at + 0.5]
    assert after, "nobody asked again"
    assert min(after) - limited.at >= 1.9


def test_all_together_keep_the_days_budget(sandbox: Sandbox, engine: Engine) -> None:
    sandbox.set_faults(Fault(status=503, nth=3, times=2))  # what fails is spent
    database = engine.url.render_as_string(hide_password=False)
    in_processes(PROCESSES, hammer, sandbox.url, database, 200, 5.0, 40)

    assert 40 == sandbox.request_count


@pytest.mark.soak
def test_a_dead_upstream_is_probed_once_in_thirty_seconds(sandbox: Sandbox, engine: Engine) -> None:
    sandbox.set_faults(Fault(status=503))
    started = time.time()
    fleet(sandbox, engine, 2 * OPEN_SECONDS + 10)

    moments = sorted(record.at for record in sandbox.requests)
    opened = moments[FAILURES_TO_OPEN - 1]
    # Requests that were under way when the fifth failed are no probes.
    probes = [moment for moment in moments if moment > opened + 2]
    assert opened - started < 10
    assert 1 <= len(probes) <= 2
    assert all(b - a >= OPEN_SECONDS - 0.5 for a, b in zip([opened, *probes], probes, strict=False))
