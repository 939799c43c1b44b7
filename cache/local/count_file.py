"""The file in which a process keeps what it counts, for the others that serve with it.

It is written, never mapped: where the disk is full, or the file was cut short or taken away, that
is an error to go on from, while touching a map of such a file ends the process (SIGBUS).
"""

import errno
import logging
import os
import re
import struct
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from math import isfinite
from pathlib import Path
from secrets import token_hex
from typing import Final

log = logging.getLogger(__name__)

Key = tuple[str, ...]
"""What is counted: a name and the values of its labels, none of which holds a NUL."""

HEAD: Final = struct.Struct("<dI")
"""Of each record: the value, and the length of the key after it, in bytes."""
ALIGNED: Final = 8
"""Records begin at multiples of that, so that a value is never read half written."""
LOOK_SECONDS: Final = 1.0
"""How often a process looks whether its file is still there, or can be made again."""
LONGEST: Final = 1_000_000
"""Bytes: no process counts so many things, so a longer file is not one of ours."""
NAME: Final = re.compile(r"counts_([0-9]{1,10})_[0-9a-f]{8}\.db")


def encoded(key: Key, value: float) -> bytes:
    """Return the record of a value."""
    name = "\0".join(key).encode()
    record = HEAD.pack(value, len(name)) + name
    return record + bytes(-len(record) % ALIGNED)


def decoded(data: bytes) -> dict[Key, float]:
    """Return the values by their keys.

    Raises:
        ValueError: where these are not whole records, or none.
    """
    found: dict[Key, float] = {}
    at = 0
    while at < len(data):
        if at + HEAD.size > len(data):
            raise ValueError("it ends within a record")
        value, length = HEAD.unpack_from(data, at)
        name = data[at + HEAD.size : at + HEAD.size + length]
        if not name or len(name) != length or not isfinite(value):
            raise ValueError("it holds something else than counts")
        found[tuple(name.decode().split("\0"))] = value
        at += HEAD.size + length
        at += -at % ALIGNED
    if not found:
        raise ValueError("it is empty")
    return found


def read_counts(path: Path) -> tuple[int, dict[Key, float]]:
    """Return the process that wrote a file of counts, and its values.

    Raises:
        OSError: where it cannot be read.
        ValueError: where it is no such file, or not a whole one.
    """
    named = NAME.fullmatch(path.name)
    if named is None:
        raise ValueError("its name is none of ours")
    # Neither waits for a writer, where the name is that of a pipe, nor goes where a link leads.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise ValueError("it is too long")
    return int(named[1]), decoded(data)


class CountFile:
    """The file of this process, kept as well as the disk allows; one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"counts_{os.getpid()}_{token_hex(4)}.db"
        self._descriptor: int | None = None
        self._places: dict[Key, int] = {}
        self._size = 0
        self._next_look = 0.0
        self._behind = True  # there are values that it has not
        self._told = False

    def write(self, values: Mapping[Key, float], key: Key) -> None:
        """Write the value of a key; all of them where the file is new, behind, cut short or gone.

        Where there is no room that is said once, and tried again later.
        """
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + LOOK_SECONDS
            with self._forgiven():
                if not self._is_whole():
                    self._begin(values)
        if self._descriptor is not None:
            with self._forgiven():
                self._put(self._descriptor, key, values[key])

    @contextmanager
    def _forgiven(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._behind = True
            if not self._told:
                self._told = True
                log.warning(
                    "what this process counts cannot be kept in %s (%s): until it can, only this "
                    "process tells all of it at /metrics",
                    self.path.parent,
                    error.strerror,
                )

    def _is_whole(self) -> bool:
        if self._behind or self._descriptor is None:
            return False
        status = os.fstat(self._descriptor)
        return status.st_nlink > 0 and status.st_size >= self._size

    def _begin(self, values: Mapping[Key, float]) -> None:
        """Make the file, with its folder where that is gone; it appears whole or not at all."""
        places: dict[Key, int] = {}
        data = b""
        for key, value in values.items():
            places[key] = len(data)
            data += encoded(key, value)
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(".new", dir=self.path.parent)
        try:
            _write_whole(descriptor, data, 0)
            Path(name).replace(self.path)
        except BaseException:
            os.close(descriptor)
            with suppress(OSError):
                Path(name).unlink()
            raise
        self.close()
        self._descriptor, self._places, self._size = descriptor, places, len(data)
        self._behind = self._told = False

    def _put(self, descriptor: int, key: Key, value: float) -> None:
        place = self._places.get(key)
        if place is not None:
            _write_whole(descriptor, struct.pack("<d", value), place)
            return
        record = encoded(key, value)
        try:
            _write_whole(descriptor, record, self._size)
        except OSError:
            with suppress(OSError):
                os.ftruncate(descriptor, self._size)
            raise
        self._places[key] = self._size
        self._size += len(record)

    def close(self) -> None:
        """Write no more; the file stays."""
        if self._descriptor is not None:
            with suppress(OSError):
                os.close(self._descriptor)
        self._descriptor = None


def _write_whole(descriptor: int, data: bytes, place: int) -> None:
    """Write all of it, or fail: the system writes a part where a disk becomes full."""
    if os.pwrite(descriptor, data, place) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
