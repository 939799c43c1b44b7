"""What the cases share: releases, databases, the size of a run, and its progress."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from support.mysql_server import empty_database
from support.processes import environment

ROOT = Path(__file__).parent.parent
COMMAND_SECONDS = 180
"""What a command may take before the run is given up."""


@dataclass
class Stage:
    """Where a run takes place, and how large it is.

    Attributes:
        folder: for everything that is written on the way.
        release: the text release that is loaded.
        mariadb: URL of a server of the run's own; None where there is none.
        quick: one round of one second.
    """

    folder: Path
    release: Path
    mariadb: str | None
    quick: bool
    began: float = field(default_factory=time.monotonic)
    _loaded: dict[str, str] = field(default_factory=dict)
    _databases: ExitStack = field(default_factory=ExitStack)

    @property
    def rounds(self) -> int:
        """How often everything is measured."""
        return 1 if self.quick else 5

    @property
    def seconds(self) -> int:
        """How long each measurement under load takes."""
        return 1 if self.quick else 2

    @property
    def databases(self) -> list[str]:
        """The kinds of database there are to measure on."""
        return ["SQLite", *(["MariaDB"] if self.mariadb else [])]

    def say(self, line: str) -> None:
        """Tell what is going on."""
        print(f"{time.monotonic() - self.began:5.0f} s  {line}", flush=True)

    def loaded(self, kind: str) -> str:
        """Return the DATABASE_URL of a database with the release, which no case may change."""
        if kind not in self._loaded:
            url = self._databases.enter_context(self.database(kind))
            self.flask("seed", str(self.release), DATABASE_URL=url)
            self._loaded[kind] = url
        return self._loaded[kind]

    @contextmanager
    def database(self, kind: str) -> Iterator[str]:
        """Make a migrated database that is a case's own; its DATABASE_URL."""
        with self._empty(kind) as url:
            self.flask("db", "upgrade", DATABASE_URL=url)
            yield url

    def close(self) -> None:
        """Drop the databases that are left."""
        self._databases.close()

    @contextmanager
    def _empty(self, kind: str) -> Iterator[str]:
        if kind == "MariaDB":
            assert self.mariadb is not None
            with empty_database(self.mariadb) as url:
                yield url
        else:
            yield f"sqlite:///{self.folder / f'{time.monotonic_ns()}.db'}"

    def flask(self, *arguments: str, **settings: str) -> tuple[float, float]:
        """Run a command of the product to its end; return its seconds and its peak MB."""
        return self.timed([sys.executable, "-m", "flask", *arguments], environment(**settings))

    def timed(
        self, command: Sequence[str], variables: Mapping[str, str] | None = None
    ) -> tuple[float, float]:
        """Run a command to its end; return its seconds and its peak memory in MB.

        Raises:
            RuntimeError: where it failed; with what it printed.
        """
        log = self.folder / "command.log"
        started = time.perf_counter()
        with log.open("wb") as lines:
            process = subprocess.Popen(
                ["timeout", str(COMMAND_SECONDS), *command],
                env=dict(variables or os.environ),
                cwd=self.folder,
                stdout=lines,
                stderr=lines,
            )
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command[2:])} failed:\n{log.read_text()[-2000:]}")
        return time.perf_counter() - started, usage.ru_maxrss / 1024
