"""/metrics of a server with several processes: one answer for all of them, whichever gives it."""

import os
import re
import signal
from pathlib import Path

import pytest
from support.clock import eventually
from support.processes import Serving, serving

pytestmark = pytest.mark.parametrize("starter_url", ["sqlite"], indirect=True, scope="session")
HITS = 'skillgap_entry_reads_total{result="hit"}'
ANSWERED = 'skillgap_http_requests_total{endpoint="/occupations/<code>",status="200"}'


def value(server: Serving, name: str) -> float:
    """Scrape over a connection of its own."""
    text = server.get("/metrics").text
    found = [line.split()[-1] for line in text.splitlines() if line.startswith(name)]
    return float(found[0]) if found else 0.0


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
        eventually((asked, asked), lambda: (value(server, HITS), value(server, ANSWERED)))
        assert {asked} == {value(server, HITS) for _ in range(10)}

        os.kill(server.http_pids[0], signal.SIGKILL)
        # A worker that is told to end before it has started takes no notice.
        eventually(3, lambda: len(re.findall(r"Started worker-\d+$", server.log.read_text(), re.M)))
        server.get("/occupations/15-1254.00")

        eventually(asked + 1, lambda: value(server, HITS))
        assert {asked + 1} == {value(server, HITS) for _ in range(5)}
        assert 0 == server.stop()
    assert [] == list(shared.iterdir())
