"""The worker beside `flask serve`: there as long as the server is, and never longer."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.clock import eventually
from support.processes import Serving, processes_in, serving

pytestmark = pytest.mark.waits
PROCESSES = 2


@pytest.fixture
def server(starter_url: str, tmp_path: Path) -> Iterator[Serving]:
    settings = {"DATABASE_URL": starter_url, "WEB_CONCURRENCY": str(PROCESSES)}
    with serving(tmp_path, **settings, LOG_FORMAT="json") as running:
        yield running


def processes(server: Serving) -> set[int]:
    return set(processes_in(server.log.parent))


def worker_pids(server: Serving) -> list[int]:
    return [pid for pid, words in processes_in(server.log.parent).items() if "worker" in words]


def worker_of(server: Serving) -> int:
    """Wait for the worker."""
    eventually(1, lambda: len(worker_pids(server)), 20)
    return worker_pids(server)[0]


def test_one_worker_for_all_processes_starts_after_the_server_and_away_from_its_terminal(
    server: Serving,
) -> None:
    worker = worker_of(server)

    assert 1 + PROCESSES + 1 == len(processes(server))
    assert worker == os.getsid(worker) == os.getpgid(worker)
    assert 200 == server.get("/health").status_code


def test_a_worker_that_is_killed_is_replaced_and_the_server_serves_on(server: Serving) -> None:
    killed = worker_of(server)
    others = processes(server) - {killed}

    os.kill(killed, signal.SIGKILL)

    eventually(others, lambda: processes(server))
    assert killed != worker_of(server)
    assert others < processes(server)
    assert 200 == server.get("/health").status_code
    assert "the worker has ended (status -9); the next one starts in 1 s" in server.log.read_text()


@pytest.mark.parametrize("seconds_up", [None, 0.0, 2.0], ids=["too early", "at once", "later"])
def test_a_server_that_stops_ends_its_worker_too(server: Serving, seconds_up: float | None) -> None:
    if seconds_up is not None:
        worker_of(server)
        time.sleep(seconds_up)
    began = time.monotonic()

    assert 0 == server.stop()
    assert time.monotonic() - began < 8
    assert set() == processes(server)
    assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize("seconds_up", [0.0, 2.0])
def test_a_server_that_is_killed_takes_its_worker_along(server: Serving, seconds_up: float) -> None:
    worker_of(server)
    time.sleep(seconds_up)

    server.process.kill()

    eventually(set(), lambda: processes(server), 10)
