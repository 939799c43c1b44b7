"""The worker beside `flask serve`: there as long as the server is, and never longer."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.clock import eventually
from support.processes import Serving, serving

pytestmark = pytest.mark.parametrize("starter_url", ["sqlite"], indirect=True, scope="session")
PROCESSES = 2


@pytest.fixture
def server(starter_url: str, tmp_path: Path) -> Iterator[Serving]:
    settings = {"DATABASE_URL": starter_url, "WEB_CONCURRENCY": str(PROCESSES)}
    with serving(tmp_path, **settings, LOG_FORMAT="json") as running:
        yield running


def living() -> dict[int, tuple[int, list[str]]]:
    """Parent and command of every process that has not ended."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
            words = (status.parent / "cmdline").read_text().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state not in "ZX":
            found[int(status.parent.name)] = (int(parent), words)
    return found


def children(server: Serving) -> set[int]:
    return {pid for pid, (parent, _) in living().items() if parent == server.process.pid}


def workers(server: Serving) -> list[int]:
    """The processes that work beside a server; whether they are up cannot be seen."""
    return [pid for pid in children(server) if "worker" in living().get(pid, (0, []))[1]]


def worker_of(server: Serving) -> int:
    """Wait for the worker."""
    eventually(1, lambda: len(workers(server)), 20)
    return workers(server)[0]


def test_one_worker_for_all_processes_starts_after_the_server_and_away_from_its_terminal(
    server: Serving,
) -> None:
    worker = worker_of(server)

    assert PROCESSES + 1 == len(children(server))
    assert worker == os.getsid(worker) == os.getpgid(worker)
    assert 200 == server.get("/health").status_code


def test_a_worker_that_is_killed_is_replaced_and_the_server_serves_on(server: Serving) -> None:
    killed = worker_of(server)
    others = children(server) - {killed}

    os.kill(killed, signal.SIGKILL)

    eventually(False, lambda: killed in living())
    assert killed != worker_of(server)
    assert others < children(server)
    assert 200 == server.get("/health").status_code
    assert "the worker has ended (status -9); the next one starts in 1 s" in server.log.read_text()


@pytest.mark.parametrize("seconds_up", [0.0, 2.0])
def test_a_server_that_stops_ends_its_worker_first(server: Serving, seconds_up: float) -> None:
    worker_of(server)
    time.sleep(seconds_up)
    processes = children(server)
    began = time.monotonic()

    assert 0 == server.stop()
    assert time.monotonic() - began < 8
    assert set() == processes & set(living())
    assert "Traceback" not in server.log.read_text()


def test_a_server_that_stops_at_once_leaves_no_worker(server: Serving) -> None:
    processes = children(server)

    assert 0 == server.stop()
    assert set() == processes & set(living())


@pytest.mark.parametrize("seconds_up", [0.0, 2.0])
def test_a_server_that_is_killed_takes_its_worker_along(server: Serving, seconds_up: float) -> None:
    worker_of(server)
    time.sleep(seconds_up)
    processes = children(server)

    server.process.kill()

    eventually(set(), lambda: processes & set(living()), 10)
