"""The `flask` commands as an operator runs them: in processes of their own, ended by their pid."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import requests
from dotenv import dotenv_values
from support.mysql_server import free_port

ROOT = Path(__file__).parents[2]
SECONDS = 60
"""What a command may take before it is taken for stuck."""


def environment(**settings: str) -> dict[str, str]:
    """An environment of nothing but these settings and what a process needs to start."""
    flaskenv = {name: value or "" for name, value in dotenv_values(ROOT / ".flaskenv").items()}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    plain = {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "COLUMNS": "120"}
    return kept | plain | flaskenv | settings


def start_flask(*arguments: str, folder: Path, **settings: str) -> subprocess.Popen[str]:
    """Start a command in a folder, where it finds neither `.env` nor the project's own data."""
    return subprocess.Popen(
        [sys.executable, "-m", "flask", *arguments],
        cwd=folder,
        env=environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def flask(
    *arguments: str, folder: Path | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    with TemporaryDirectory() as empty:
        process = start_flask(*arguments, folder=folder or Path(empty), **settings)
        try:
            out, err = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
            process.wait()
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def processes_in(folder: Path) -> dict[int, list[str]]:
    """The command of every living process that works in a folder, by its pid; for Linux."""
    found = {}
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):  # it has ended
            if link.readlink() == folder:
                words = (link.parent / "cmdline").read_text().split("\0")
                found[int(link.parent.name)] = words
    return found


@dataclass
class Serving:
    """`flask serve` at work: its address, its process, and the file of its standard error."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def get(self, target: str, **options: object) -> requests.Response:
        return requests.get(self.url + target, timeout=30, **options)  # type: ignore[arg-type]

    def stop(self) -> int:
        """Tell it to end, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Serving]:
    """Serve from a folder until the block ends, on a free port."""
    port = free_port()
    log = folder / f"serve-{port}.log"
    with log.open("wb") as lines:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "serve"],
            cwd=folder,
            env=environment(PORT=str(port), **settings),
            stdout=lines,
            stderr=lines,
        )
        server = Serving(f"http://127.0.0.1:{port}", process, log)
        try:
            _await(server)
            yield server
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
            process.wait()


def _await(server: Serving) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        assert None is server.process.poll(), server.log.read_text()
        assert time.monotonic() < deadline, server.log.read_text()
        try:
            if server.get("/health").ok:
                return
        except requests.ConnectionError:
            time.sleep(0.05)


@dataclass
class RunningSandbox:
    """`flask sandbox` at work."""

    url: str
    process: subprocess.Popen[str]

    @property
    def count(self) -> int:
        """How many requests it was sent, control left out."""
        answer = requests.get(self.url + "sandbox/requests", timeout=10)
        return int(answer.json()["count"])

    def set_faults(self, *rules: dict[str, object]) -> None:
        requests.post(self.url + "sandbox/faults", json=rules, timeout=10).raise_for_status()


@contextmanager
def sandbox(release: Path, folder: Path) -> Iterator[RunningSandbox]:
    """Serve a release as O*NET Web Services until the block ends."""
    arguments = ("sandbox", "--release", str(release), "--port", "0")
    process = start_flask(*arguments, folder=folder)
    # It tells of every request, and would wait for a reader where a long test has many.
    reader = Thread(target=process.communicate, daemon=True)
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        reader.start()
        url = next((word for word in first.split() if word.startswith("http://")), None)
        assert url, first
        yield RunningSandbox(url, process)
    finally:
        process.terminate()
        reader.join(SECONDS)
