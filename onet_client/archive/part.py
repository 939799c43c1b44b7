"""The part of a file that has arrived, kept on disk so that a later try goes on from there."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from onet_client.errors import CannotStore


class Origin(NamedTuple):
    """What a part is a part of.

    Attributes:
        url: where it comes from.
        validator: identifies this version of the file (RFC 9110, section 8.8).
        total: bytes of the whole file; None where unknown.
    """

    url: str
    validator: str
    total: int | None


class Part:
    """A file that grows, and a note in a second file of what it is a part of.

    Every method raises CannotStore where the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._note = path.with_name(f"{path.name}.json")

    def origin(self, url: str) -> Origin | None:
        """What it is a part of; None where it is empty or cannot be resumed from a URL."""
        with storing(self.path):
            try:
                found = Origin(**json.loads(self._note.read_bytes()))
            except (FileNotFoundError, ValueError, TypeError):
                return None
        usable = found.url == url and isinstance(found.validator, str) and found.validator
        return found if usable and self.size else None

    @property
    def size(self) -> int:
        """Bytes that have arrived."""
        with storing(self.path):
            return self.path.stat().st_size if self.path.exists() else 0

    def begin(self, origin: Origin) -> None:
        """Start anew; at no moment does a note describe another file than the one there."""
        self.discard()
        with storing(self.path):
            with self.path.open("wb"):
                pass
            fresh = self._note.with_suffix(".new")
            fresh.write_text(json.dumps(origin._asdict()), encoding="utf-8")
            fresh.replace(self._note)

    @contextmanager
    def appending(self) -> Iterator[IO[bytes]]:
        """Open it to append; what is written is not lost with the process."""
        with storing(self.path):
            file = self.path.open("ab")
        try:
            yield file
        finally:
            with storing(self.path):
                file.close()  # which writes what a full disk did not take before

    def discard(self) -> None:
        """Remove it: the note first, without which the rest means nothing."""
        with storing(self.path):
            self._note.unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)

    def move_to(self, place: Path) -> None:
        """Put it in its place in one step, and have that survive a power failure."""
        with storing(place):
            with self.path.open("rb") as file:
                os.fsync(file.fileno())
            self.path.replace(place)
            self._note.unlink(missing_ok=True)
            folder = os.open(place.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Do something with a file.

    Raises:
        CannotStore: where the system does not let it be done.
    """
    try:
        yield
    except OSError as error:
        raise CannotStore(f"{path} cannot be written: {error.strerror or error}") from error


def validator(headers: Mapping[str, str]) -> str:
    """What a later request can hold in If-Range; empty where there is nothing strong enough.

    A weak ETag is not allowed (RFC 9110, section 13.1.5). A date is allowed where it is a minute
    older than the reply; that of a release is older by months. If two versions with one date
    were mixed, the check of the whole file would find it.
    """
    tag = headers.get("ETag", "").strip()
    return tag if tag.startswith('"') else headers.get("Last-Modified", "").strip()
