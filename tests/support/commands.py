"""The `flask` commands as an operator runs them, each in a process of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import requests
from support.processes import SECONDS, Command


def flask(
    *arguments: str, folder: Path | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    with TemporaryDirectory() as empty:
        command = Command(*arguments, folder=folder or Path(empty), **settings)
        try:
            out, err = command.communicate(SECONDS)
        finally:
            command.kill()
            command.wait()
    return subprocess.CompletedProcess(arguments, command.wait(), out, err)


@dataclass
class RunningSandbox:
    """`flask sandbox` at work."""

    url: str

    @property
    def count(self) -> int:
        """How many requests it was sent, control left out."""
        answer = requests.get(self.url + "sandbox/requests", timeout=10)
        return int(answer.json()["count"])

    def set_faults(self, *rules: dict[str, object]) -> None:
        requests.post(self.url + "sandbox/faults", json=rules, timeout=10).raise_for_status()


@contextmanager
def sandbox(
    release: Path, folder: Path, *options: str, **settings: str
) -> Iterator[RunningSandbox]:
    """Serve a release as O*NET Web Services until the block ends."""
    arguments = ("sandbox", "--release", str(release), "--port", "0", *options)
    command = Command(*arguments, folder=folder, **settings)
    # It tells of every request, and would wait for a reader where a long test has many.
    reader = Thread(target=command.communicate, daemon=True)
    try:
        first = command.stdout.readline()
        reader.start()
        url = next((word for word in first.split() if word.startswith("http://")), None)
        assert url, first
        yield RunningSandbox(url)
    finally:
        command.terminate()
        reader.join(SECONDS)
