"""The servers that are measured, in processes of their own, and what those use."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.mysql_server import free_port
from support.processes import Serving, environment
from support.rig import Rig

START_SECONDS = 60
STOP_SECONDS = 40
TOUCHES = 24
"""Connections that warm a server up, enough for each of its workers to accept one."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(eq=False)
class Server:
    """A server at work on a loopback port; its log holds what it prints."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def ask(
        self, target: str, headers: Mapping[str, str] | None = None, body: str = ""
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Ask once over a connection of its own; with a body by POST."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)
        try:
            kind = {"Content-Type": "application/json"} if body else {}
            method = "POST" if body else "GET"
            connection.request(method, target, body or None, {**(headers or {}), **kind})
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def touch(
        self, target: str, headers: Mapping[str, str], status: int, body: str = ""
    ) -> tuple[http.client.HTTPResponse, bytes, int]:
        """Have every worker answer, twice, and return an answer with its bytes on the wire.

        Raises:
            RuntimeError: where the status is not the expected one.
        """
        for pause in (0.2, 0):  # a process that was idle looks at the database first
            for _ in range(TOUCHES):
                answer, found = self.ask(target, headers, body)
            time.sleep(pause)
        if answer.status != status:
            raise RuntimeError(f"{target} gave {answer.status}: {found[:300]!r}")
        head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
        line = len(f"HTTP/1.1 {status} {answer.reason}\r\n\r\n")
        return answer, found, line + head + len(found)

    def make_all(self, targets: Sequence[str], workers: int) -> None:
        """Have each worker answer every target once; chance would leave some out."""
        serving = Serving(f"http://127.0.0.1:{self.port}", self.process, self.log)
        serving.await_answer()
        rig = Rig(serving, None, None, START_SECONDS)  # type: ignore[arg-type]
        with ThreadPoolExecutor(workers) as threads:
            for done in [
                threads.submit(_ask_all, line, targets) for line in rig.connections(workers)
            ]:
                done.result()
        rig.close()

    def cpu_seconds(self) -> float:
        """Computing time of the server's processes so far."""
        return sum(_cpu_seconds(pid) for pid in family(self.process.pid))

    def memory_mb(self) -> list[float]:
        """Resident memory of each worker process."""
        # As the product says it, and Granian.
        said = r"(?:worker process \d+ \(PID |worker-\d+ with PID: )(\d+)"
        pids = re.findall(said, self.log.read_text())
        return [_resident_mb(int(pid)) for pid in pids]


def _ask_all(line: http.client.HTTPConnection, targets: Sequence[str]) -> None:
    for target in targets:
        line.request("GET", target)
        line.getresponse().read()


def family(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = _stat(int(folder.name))
        except OSError:  # ended meanwhile
            continue
        children.setdefault(int(fields[1]), []).append(int(folder.name))
    found = [pid]
    for one in found:
        found.extend(children.get(one, ()))
    return found


def _stat(pid: int) -> list[str]:
    """Read proc(5)'s stat from its third field, the state, on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _cpu_seconds(pid: int) -> float:
    try:
        fields = _stat(pid)
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def _resident_mb(pid: int) -> float:
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+) kB", text)[0]) / 1024


@contextmanager
def product(
    url: str, folder: Path, *, workers: int = 2, response_cache: bool = True, **settings: str
) -> Iterator[Server]:
    """Serve the API over a database, as `flask serve` does or without its response cache."""
    command = ["flask", "serve"] if response_cache else ["bench.serve", "slow", str(workers)]
    given = settings | {"DATABASE_URL": url, "WEB_CONCURRENCY": str(workers)}
    with start(command, folder, **given) as server:
        yield server


@contextmanager
def ceiling(kind: str, folder: Path, answer: Path, workers: int = 2) -> Iterator[Server]:
    """Serve one cached response by a bare `wsgi` callable or `flask` view."""
    command = ["bench.serve", kind, str(workers)]
    with start(command, folder, BENCH_ANSWER=str(answer)) as server:
        yield server


@contextmanager
def sandbox(release: Path, folder: Path, latency: float) -> Iterator[Server]:
    """Serve a release as O*NET Web Services, each reply so many seconds late."""
    faults = folder / "faults.json"
    faults.write_text(f'[{{"delay": {latency}}}]')
    port = free_port()
    command = ["flask", "sandbox", "--release", str(release), "--port", str(port)]
    command += ["--faults", str(faults)]
    with start(command, folder, port, "/sandbox/requests") as server:
        yield server


@contextmanager
def start(
    command: Sequence[str],
    folder: Path,
    port: int | None = None,
    target: str = "/health",
    **settings: str,
) -> Iterator[Server]:
    """Run a Python module that serves until the block ends, once it answers to the target.

    Raises:
        RuntimeError: where it does not answer in time; with the end of its log.
    """
    port = port or free_port()
    log = folder / f"{command[0]}-{port}.log"
    with log.open("wb") as lines:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            env=environment(PORT=str(port), LOG_LEVEL="INFO", **settings),
            stdout=lines,
            stderr=lines,
        )
    server = Server(port, process, log)
    try:
        await_answer(server, target)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def await_answer(server: Server, target: str) -> None:
    """Wait until the server answers anything.

    Raises:
        RuntimeError: where it ended or took too long; with the end of its log.
    """
    until = time.monotonic() + START_SECONDS
    while server.process.poll() is None and time.monotonic() < until:
        try:
            server.ask(target)
        except OSError:
            time.sleep(0.005)
        else:
            return
    raise RuntimeError(f"a server did not start:\n{server.log.read_text()[-2000:]}")
