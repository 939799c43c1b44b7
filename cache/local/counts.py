"""Numbers that are counted by any number of threads, and added up over processes."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from cache.local.count_file import CountFile, Key, read_counts

log = logging.getLogger(__name__)


class Counts:
    """Numbers by key. In a shared folder those of other processes are found, and outlive them.

    Counting never fails, whatever becomes of the folder: this process knows its own numbers.
    """

    def __init__(self, folder: Path | None, passing: str, zeros: list[Key]) -> None:
        """Begin to count.

        Args:
            folder: what all processes share; None where this one counts for itself.
            passing: the name of numbers that end with their process, such as how many wait.
            zeros: what is told before it was counted.
        """
        self._folder = folder
        self._passing = passing
        self._lock = Lock()
        self._left_out: set[Path] = set()
        self._zeros = zeros
        self._file: CountFile | None = None
        self._begin()

    def _begin(self) -> None:
        if self._file is not None:
            self._file.close()
        self._process = os.getpid()
        self._values = dict.fromkeys(self._zeros, 0.0)
        self._file = CountFile(self._folder) if self._folder else None

    def add(self, key: Key, amount: float = 1) -> None:
        """Add to a number, which is 0 at first."""
        with self._lock:
            if self._process != os.getpid():  # forked: the numbers so far are the parent's
                self._begin()
            self._values[key] = self._values.get(key, 0.0) + amount
            if self._file is not None:
                self._file.write(self._values, key)

    def totals(self) -> dict[Key, float]:
        """Return each number, added up over the processes whose files can be read."""
        with self._lock:
            totals = self._values.copy()
        for process, values in self._others():
            gone = _has_ended(process)
            for key, value in values.items():
                if not (gone and key[0] == self._passing):
                    totals[key] = totals.get(key, 0.0) + value
        return totals

    def _others(self) -> Iterator[tuple[int, dict[Key, float]]]:
        """Read the files of the other processes; what cannot be read is said once."""
        if self._file is None:
            return
        for path in self._file.path.parent.glob("*.db"):
            if path == self._file.path:
                continue
            try:
                yield read_counts(path)
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as problem:
                if path not in self._left_out:
                    self._left_out.add(path)
                    log.warning("/metrics leaves out %s, which cannot be read: %s", path, problem)


def _has_ended(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):  # another's, or no number of a process
        pass
    return False
