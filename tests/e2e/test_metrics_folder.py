"""/metrics of several processes, whichever gives it; without room for them, answers go on."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.clock import eventually
from support.disks import fill, small_disk
from support.processes import Serving, serving

pytestmark = pytest.mark.waits
HITS = 'skillgap_entry_reads_total{result="hit"}'
ANSWERED = 'skillgap_http_requests_total{endpoint="/occupations/<code>",status="200"}'
TARGETS = (
    "/skill-gap?from=11-1011.00&to=15-1254.00",
    "/occupations/15-1254.00",
    "/occupations?q=chef",
    "/health",
    "/no-such-path",
    "/skill-gap?from=x",
    "/openapi.json",
)


def ask_all(server: Serving) -> None:
    for target in TARGETS:
        assert server.get(target).status_code in {200, 404, 422}, target


def replace_worker(server: Serving) -> None:
    """Kill a worker process, and wait for the next one."""
    answered = len(server.http_pids)
    os.kill(server.http_pids[-1], signal.SIGKILL)
    eventually(True, lambda: len(server.http_pids) > answered)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk") as disk:
        yield disk


@pytest.mark.parametrize("setting", ["METRICS_DIR", "TMPDIR"])
def test_a_full_disk_costs_neither_answers_nor_workers(
    setting: str, starter_url: str, tmp_path: Path, place: Path
) -> None:
    ballast = fill(place)
    with serving(
        tmp_path, worker=False, DATABASE_URL=starter_url, **{setting: str(place)}
    ) as server:
        ask_all(server)
        assert server.metric(HITS) >= 3
        replace_worker(server)
        ask_all(server)
        assert server.metric(HITS) >= 3

        ballast.unlink()
        time.sleep(1.1)
        ask_all(server)
        if setting == "METRICS_DIR":
            eventually(1, lambda: len(list(place.glob("skillgap-metrics-*/counts_*.db"))))
            assert 2 == server.log.read_text().count("cannot be kept in")  # once for each worker
        assert "crash loop" not in server.log.read_text()
        assert 0 == server.stop()
    assert [] == list(place.iterdir())


def test_a_disk_that_becomes_full_costs_neither_answers_nor_workers(
    starter_url: str, tmp_path: Path, place: Path
) -> None:
    with serving(
        tmp_path, worker=False, DATABASE_URL=starter_url, METRICS_DIR=str(place)
    ) as server:
        ask_all(server)
        fill(place)
        for _ in range(3):
            ask_all(server)
            server.get("/health/ready")
            server.get("/occupations/15-1254.00/transitions")
        assert server.metric(HITS) >= 3
        replace_worker(server)
        ask_all(server)
        assert server.metric(HITS) >= 3
        assert 0 == server.stop()


def test_a_folder_that_is_taken_away_comes_back_with_the_counts(
    starter_url: str, tmp_path: Path
) -> None:
    settings = {"METRICS_DIR": str(tmp_path / "metrics"), "WEB_CONCURRENCY": "2"}
    with serving(tmp_path, worker=False, DATABASE_URL=starter_url, **settings) as server:
        for _ in range(20):
            ask_all(server)
        shutil.rmtree(tmp_path / "metrics")
        assert 200 == server.get("/metrics").status_code
        time.sleep(1.1)
        for _ in range(20):
            ask_all(server)
        eventually(40 * 3, lambda: server.metric(HITS))

        shutil.rmtree(tmp_path / "metrics")
        replace_worker(server)
        ask_all(server)
        assert server.metric(HITS) > 0
        (folder,) = (tmp_path / "metrics").iterdir()
        (folder / "counter_1.db").touch()
        (folder / "counts_1_00000000.db").touch()
        for _ in range(6):
            assert server.metric(HITS) > 0
        assert server.log.read_text().count("leaves out") in {2, 4}  # once for each worker asked
        assert 0 == server.stop()
    assert [] == list((tmp_path / "metrics").iterdir())


def test_the_counts_of_all_processes_are_added_up_and_outlive_them(
    starter_url: str, tmp_path: Path
) -> None:
    shared = tmp_path / "tmp"
    shared.mkdir()
    settings = {"DATABASE_URL": starter_url, "WEB_CONCURRENCY": "2", "TMPDIR": str(shared)}
    with serving(tmp_path, **settings) as server:
        asked = 0
        while len(list(shared.glob("*/counts_*.db"))) < 2 or asked < 40:
            assert 200 == server.get("/occupations/15-1254.00").status_code
            asked += 1
        eventually((asked, asked), lambda: (server.metric(HITS), server.metric(ANSWERED)))
        assert {asked} == {server.metric(HITS) for _ in range(10)}

        os.kill(server.http_pids[0], signal.SIGKILL)
        # A worker that is told to end before it has started takes no notice.
        eventually(3, lambda: len(server.http_pids))
        server.get("/occupations/15-1254.00")

        eventually(asked + 1, lambda: server.metric(HITS))
        assert {asked + 1} == {server.metric(HITS) for _ in range(5)}
        assert 0 == server.stop()
    assert [] == list(shared.iterdir())
