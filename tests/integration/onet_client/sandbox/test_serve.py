import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from support.made_up_release import write_release

from onet_client.sandbox import FaultError, ReleaseError, serve

ROOT = Path(__file__).parents[4]
PROGRAM = """
import json, pathlib, sys
from onet_client.sandbox import serve
options = json.loads(sys.argv[2])
for file in {"faults", "taxonomy"} & options.keys():
    options[file] = pathlib.Path(options[file])
serve(pathlib.Path(sys.argv[1]), port=0, **options)
"""


class Running:
    """`serve` in a process of its own."""

    def __init__(self, release: Path, **options: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(release), json.dumps(options)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self.first = self.read()
        self.second = self.read()
        [self.url] = re.findall(r"http://[^ )]+", self.first)

    def read(self) -> str:
        """Return the next line that it prints."""
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Send a signal; return the exit status and the rest of what was printed."""
        self._process.send_signal(number)
        out, err = self._process.communicate(timeout=10)
        return self._process.returncode, out, err

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def running(made_up_release: Path) -> Iterator[Running]:
    (made_up_release / "Licence.txt").write_text("Do as you like.", encoding="utf-8")
    process = Running(made_up_release, api_key="canary")
    yield process
    process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_what_it_serves_and_what_was_asked_and_stops_when_told(
    running: Running, number: signal.Signals
) -> None:
    assert re.fullmatch(
        r"O\*NET Web Services look-alike, API 2, on http://127\.0\.0\.1:[0-9]+/ .*\n", running.first
    )
    assert (
        "O*NET 28.1, tables: occupation_data, related_occupations, scales_reference, skills\n"
    ) == running.second
    left_out = "Licence.txt, line 1: no table: it has no columns separated by tabs"
    assert f"Left out: {left_out}\n" == running.read()
    headers = {"X-API-Key": "canary"}
    query = {"filter": "onetsoc_code.eq.15-9002.00", "key": "canary"}
    requests.get(f"{running.url}database/rows/skills", params=query, headers=headers, timeout=5)
    requests.get(f"{running.url}\x1b[31m", headers={"X-API-Key": "wrong"}, timeout=5)
    status, out, err = running.stop(number)
    assert (0, "") == (status, err)
    lines = [line.partition(" ")[2] for line in out.splitlines()]
    # Two connections are two threads: which of them says its line first is open.
    assert [
        "GET /%1B%5B31m 403",
        "GET /database/rows/skills?filter=onetsoc_code.eq.15-9002.00 200",
    ] == sorted(lines[:-1])
    assert "requests: 2." == lines[-1]
    assert "canary" not in running.first + running.second + out


def test_it_follows_every_option(made_up_release: Path, tmp_path: Path) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text('[{"close": "before", "times": 1}]', encoding="utf-8")
    taxonomy = tmp_path / "crosswalk.txt"
    taxonomy.write_text("\t\t\t\n15-1132.00\tTide Tellers\t15-9002.00\tTide Clerks\n")
    running = Running(
        made_up_release,
        api="1.9",
        layout="split",
        username="name",
        password="canary",
        faults=str(faults),
        taxonomy=str(taxonomy),
    )
    try:
        assert "API 1.9" in running.first
        assert "essential_skills" in running.second
        url = f"{running.url}about"
        with pytest.raises(requests.ConnectionError):
            requests.get(url, auth=("name", "canary"), timeout=5)
        assert 401 == requests.get(url, auth=("name", "wrong"), timeout=5).status_code
        assert 200 == requests.get(url, auth=("name", "canary"), timeout=5).status_code
        former = f"{running.url}taxonomy/2010_to_active?code=15-1132.00"
        headers = {"Accept": "application/json"}
        answer = requests.get(former, auth=("name", "canary"), headers=headers, timeout=5)
        assert "Tide Clerks" in answer.text
        _, out, _ = running.stop()
    finally:
        running.kill()
    assert ["closed", "401", "200"] == re.findall(r"GET /ws/about (\w+)\n", out)
    assert "canary" not in out


def test_it_refuses_what_it_cannot_serve(made_up_release: Path, tmp_path: Path) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text('[{"nth": 0}]', encoding="utf-8")
    with pytest.raises(FaultError):
        serve(made_up_release, faults=faults, port=0)
    with pytest.raises(OSError, match=r"nothing\.json"):
        serve(made_up_release, faults=tmp_path / "nothing.json", port=0)
    with pytest.raises(ReleaseError):
        serve(tmp_path / "nowhere", port=0)
    broken = write_release(tmp_path / "broken")
    (broken / "Occupation Data.txt").write_text("O*NET-SOC Code\tTitle\nx\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"Occupation Data\.txt, line 2"):
        serve(broken, port=0)
