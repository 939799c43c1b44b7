"""Processes of the product as an operator starts them, ended by their pid."""

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

import requests
from dotenv import dotenv_values
from support.mysql_server import free_port

ROOT = Path(__file__).parents[2]
SECONDS = 60
"""What a command may take before it is taken for stuck."""


def environment(**settings: str) -> dict[str, str]:
    """An environment of nothing but these settings and what a process needs to start.

    What is loaded lies in the project unless a setting says otherwise: tests ask no network.
    """
    flaskenv = {name: value or "" for name, value in dotenv_values(ROOT / ".flaskenv").items()}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    plain = {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "COLUMNS": "120"}
    plain["SEED_RELEASE"] = "bundled"
    return kept | plain | flaskenv | settings


def processes_in(folder: Path) -> dict[int, list[str]]:
    """The command of every living process that works in a folder, by its pid; for Linux."""
    found = {}
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):  # it has ended
            if link.readlink() == folder:
                words = (link.parent / "cmdline").read_text().split("\0")
                found[int(link.parent.name)] = words
    return found


FORKS = multiprocessing.get_context("forkserver")
"""Makes processes that have imported what the product needs."""
FORKS.set_forkserver_preload(
    [
        *("app.cli", "app.server.serve", "app.wiring.container", "cache.release.seed"),
        *("app.api", "app.elements.meanings", "app.occupations.title_index", "app.page"),
        *("app.transitions.baseline", "app.transitions.service", "app.wiring.upstream"),
        *("alembic.command", "flask.testing", "flask_smorest", "flask_swagger_ui"),
        *("cache.metrics", "onet_client.client", "sqlalchemy.dialects.mysql.mysqldb", "sqlite3"),
        __name__,
    ]
)


class Command:
    """A `flask` command at work, which tells what `subprocess.Popen` tells of a process.

    It is forked from a process that has imported what the commands need, which spares each half
    a second and more. What `python -m flask` itself does, tests of `make` and the image see.
    """

    def __init__(
        self,
        *arguments: str,
        folder: Path,
        log: Path | None = None,
        worker: bool = True,
        **settings: str,
    ) -> None:
        """Start it in a folder, where it finds neither `.env` nor the project's own data.

        What it says goes to pipes, or all of it to a log. A server is given no worker for what
        needs none: each takes as long to start as the server's own processes together.
        """
        self.args = ["flask", *arguments]
        out, to_out = FORKS.Pipe(duplex=False)
        err, to_err = FORKS.Pipe(duplex=False)
        given = (self.args, folder, environment(**settings), to_out, to_err, log, worker)
        self._process = FORKS.Process(target=_run, args=given)
        self._process.start()
        self.stdout, self.stderr = _text_of(out), _text_of(err)
        for end in (out, to_out, err, to_err):
            end.close()

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        """The exit status, the negative number of the signal, or None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):  # it has just ended, which is not told yet
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, or raise `subprocess.TimeoutExpired`."""
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return self.returncode

    @cached_property
    def _said(self) -> tuple[Future[str], Future[str]]:
        """What it wrote, read by threads, lest one pipe fills while the other is waited for."""
        with_one_each = ThreadPoolExecutor(2)
        said = with_one_each.submit(_rest, self.stdout), with_one_each.submit(_rest, self.stderr)
        with_one_each.shutdown(wait=False)
        return said

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Read all it says and wait for its end, or raise `subprocess.TimeoutExpired`."""
        out, err = self._said
        try:
            said = out.result(timeout), err.result(timeout)
        except TimeoutError as stuck:
            raise subprocess.TimeoutExpired(self.args, timeout or 0) from stuck
        self.wait(timeout)
        return said


def _text_of(end: Connection) -> IO[str]:
    return os.fdopen(os.dup(end.fileno()), encoding="utf-8", errors="backslashreplace")


def _rest(text: IO[str]) -> str:
    with text:
        return text.read()


def _run(
    args: list[str],
    folder: Path,
    settings: dict[str, str],
    out: Connection,
    err: Connection,
    log: Path | None,
    worker: bool,
) -> None:
    """Become the command, in a process that was just forked."""
    os.environ.clear()
    os.environ.update(settings)
    os.chdir(folder)
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    out.close()
    err.close()
    if log is not None:
        with log.open("wb") as lines:
            os.dup2(lines.fileno(), 1)
            os.dup2(lines.fileno(), 2)
    encoding = settings.get("PYTHONIOENCODING", "utf-8")
    sys.stdout = os.fdopen(1, "w", encoding=encoding, closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, encoding, "backslashreplace", closefd=False)
    sys.argv = args
    multiprocessing.set_start_method(None, force=True)  # the platform's own, not that of forks
    from flask.cli import main

    from app.server import worker_process

    if not worker:
        worker_process.START_DELAY = threading.TIMEOUT_MAX  # type: ignore[misc]
    main()


@dataclass
class Serving:
    """A server at work: its address, its process, and the file of its standard error."""

    url: str
    process: Any
    log: Path

    def get(self, target: str, **options: object) -> requests.Response:
        return requests.get(self.url + target, timeout=30, **options)  # type: ignore[arg-type]

    def answers(self, target: str = "/health") -> bool:
        """Whether it takes connections and answers well: that it is alive, unless told another."""
        try:
            return self.get(target).ok
        except requests.ConnectionError:
            return False

    def metric(self, name: str) -> float:
        """The value of a metric, its labels in the name; 0 where nothing was counted."""
        answer = self.get("/metrics")
        assert answer.ok
        found = re.findall(rf"^{re.escape(name)} (\S+)$", answer.text, re.MULTILINE)
        return float(found[0]) if found else 0.0

    def await_answer(self, target: str = "/health") -> None:
        """Wait until it answers well, by each of the processes that it began with."""
        deadline = time.monotonic() + SECONDS
        while not (self.answers(target) and self._has_begun()):
            assert None is self.process.poll(), self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def _has_begun(self) -> bool:
        begun = re.search(r"starting worker processes: (\d+)", self.log.read_text())
        return begun is None or len(self.http_pids) >= int(begun[1])

    def stop(self) -> int:
        """Tell it to end, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return int(self.process.wait(SECONDS))

    @property
    def http_pids(self) -> list[int]:
        """All processes that have answered for it, in the order in which they began."""
        found = re.findall(r"worker process \d+ \(PID (\d+)\) answers", self.log.read_text())
        return [int(pid) for pid in found]


@contextmanager
def serving(folder: Path, *, worker: bool = True, **settings: str) -> Iterator[Serving]:
    """Serve from a folder until the block ends, on a free port, with a worker or without."""
    port = free_port()
    log = folder / f"serve-{port}.log"
    process = Command("serve", folder=folder, log=log, worker=worker, PORT=str(port), **settings)
    server = Serving(f"http://127.0.0.1:{port}", process, log)
    try:
        server.await_answer()
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        process.communicate()
