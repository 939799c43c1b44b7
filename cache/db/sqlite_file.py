"""A SQLite file whose disk takes no changes: it is read as it lies there.

Every reader of a database in WAL mode writes: into the file's `-shm`, which it makes where there
is none. On a disk that is read-only or full, or where another user owns the folder, that fails,
and with it the reading. Where nothing is in the `-wal`, the file is whole by itself and can be
opened as one that never changes. Others may be able to change it all the same, so such a
connection is given up as soon as the file looks otherwise, and after some seconds, for the disk
may take changes again.
"""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

UNWRITABLE: Final = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
}
"""What SQLite says where it cannot write beside a file that it could read."""
PRIMARY: Final = 0xFF
"""The part of SQLite's number of an error that tells its kind."""
GOOD_SECONDS: Final = 5.0
"""For which a connection to a file as it lies there is used."""


@dataclass(slots=True)
class AsItLies:
    """The file as it was when a connection to it was made, and until when that is used."""

    path: str
    seen: tuple[int, ...]
    until: float
    is_new: bool = True

    def is_good(self) -> bool:
        """Tell whether the connection shows what the file holds, as it does at its first use."""
        is_new, self.is_new = self.is_new, False
        return is_new or (time.monotonic() < self.until and self.seen == _settled(self.path))


def open_file(
    path: str, connect: Callable[..., sqlite3.Connection], options: dict[str, Any]
) -> tuple[sqlite3.Connection, AsItLies | None]:
    """Connect to a file; to the file as it lies there where it can be had no other way.

    Raises:
        sqlite3.OperationalError: where it cannot be had at all.
    """
    connection = connect(path, **options)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("SELECT 1 FROM sqlite_master").close()  # this needs the -shm
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode & PRIMARY not in UNWRITABLE:
            raise
        if _size(f"{path}-wal"):
            error.args = (f"{error}: its disk takes no changes, and {path}-wal holds some",)
        seen = _settled(path)
        if seen is None:
            raise
        until = time.monotonic() + GOOD_SECONDS
        target = f"file:{quote(path)}?immutable=1"
        return connect(target, **options | {"uri": True}), AsItLies(path, seen, until)
    return connection, None


def _settled(path: str) -> tuple[int, ...] | None:
    """Describe a file that is whole by itself; None where changes lie beside it, or it is not."""
    try:
        if any(_size(path + beside) for beside in ("-wal", "-journal")):
            return None
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except FileNotFoundError:
        return 0
