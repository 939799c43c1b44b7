"""Reads an O*NET text release: a folder or .zip, with the domains and lists that it holds.

Format and file names: O*NET Database, text files and their data dictionary; the split came
with release 30.3. This module decides what a valid release is and knows no database.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Final, Self

from cache.release_identity import identify
from cache.release_layouts import LAYOUTS, LISTS, all_names, find_layouts
from onet_client.release_files import (
    OCCUPATION_FILE,
    Problem,
    ReleaseError,
    ReleaseFile,
    find_files,
    open_file,
    readable,
    refuse,
)

LONGEST_DESCRIPTION: Final = 5_000
SCALE_FILE: Final = "Scales Reference.txt"

OCCUPATION_COLUMNS: Final = ("O*NET-SOC Code", "Title", "Description")
ARCHIVE: Final = "https://www.onetcenter.org/dl_files/database"
SCALE_COLUMNS: Final = ("Scale ID", "Scale Name", "Minimum", "Maximum")


@dataclass(frozen=True, slots=True)
class Occupation:
    """A line of `Occupation Data.txt`."""

    code: str
    title: str
    description: str | None


@dataclass(frozen=True, slots=True)
class Scale:
    """A line of `Scales Reference.txt`."""

    id: str
    name: str
    minimum: float
    maximum: float


@dataclass
class Release:
    """An opened text release; use it as a context manager.

    Attributes:
        source: the path as it was given.
        name: such as `29.0`, or None where nothing in the release says so.
        complete: whether an occupation without ratings here has none at all. Only a release
            that O*NET names in its `Read Me.txt`, or a manifest that says so, is complete.
    """

    source: str
    name: str | None
    complete: bool
    _files: dict[str, ReleaseFile]
    _stack: ExitStack

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close what was opened."""
        self._stack.close()

    @property
    def url(self) -> str | None:
        """Where O*NET publishes the release; None where it has no number."""
        if self.name is None or re.fullmatch(r"[0-9]+\.[0-9]+", self.name) is None:
            return None
        return f"{ARCHIVE}/db_{self.name.replace('.', '_')}_text.zip"

    @cached_property
    def rating_files(self) -> tuple[tuple[str, str], ...]:
        """The rating files of the release, each as domain and file name.

        Raises:
            ReleaseError: where there is no domain, a layout of one is not there in full, or
                two are.
        """
        found = find_layouts(LAYOUTS, self._files)
        if not found:
            refuse(Problem(all_names(LAYOUTS), 0, "not found; one at least is needed"))
        return tuple((domain, name) for domain, files in found.items() for name in files)

    @cached_property
    def list_files(self) -> dict[str, str]:
        """The file of each of `LISTS` that the release holds.

        Raises:
            ReleaseError: where it holds one in two layouts.
        """
        return {of: files[0] for of, files in find_layouts(LISTS, self._files).items()}

    @property
    def domains(self) -> list[str]:
        """The domains that the release holds."""
        return list(dict.fromkeys(domain for domain, _ in self.rating_files))

    @cached_property
    def fingerprint(self) -> tuple[str, int]:
        """SHA-256 over the files that are read, in hexadecimal, and their rating lines.

        Raises:
            ReleaseError: where a file is missing or cannot be read.
        """
        total = hashlib.sha256(f"{self.name} {self.complete}".encode())
        rating_names = [name for _, name in self.rating_files]
        lines = -len(rating_names)  # their headers
        for name in (OCCUPATION_FILE, SCALE_FILE, *rating_names, *self.list_files.values()):
            total.update(name.encode())
            with self._opened(name) as file, readable(name):
                while block := file.read(1 << 20):
                    total.update(block)
                    lines += block.count(b"\n") if name in rating_names else 0
        return total.hexdigest(), lines

    def occupations(self) -> dict[str, Occupation]:
        """Read all occupations, by code.

        Raises:
            ReleaseError: naming the line that is refused.
        """
        found: dict[str, Occupation] = {}
        for line, (code, title, description) in self.table(OCCUPATION_FILE, OCCUPATION_COLUMNS):
            reason = None
            if re.fullmatch(r"[0-9]{2}-[0-9]{4}\.[0-9]{2}", code) is None:
                reason = f"{code[:60]!r} is not an O*NET-SOC code"
            elif code in found:
                reason = f"occupation {code} is there twice"
            elif not 0 < len(title) <= 150:
                reason = "the title is missing or longer than 150 characters"
            elif len(description) > LONGEST_DESCRIPTION:
                reason = f"the description is longer than {LONGEST_DESCRIPTION} characters"
            if reason:
                raise ReleaseError([Problem(OCCUPATION_FILE, line, reason)])
            text = None if description in ("", "n/a") else description
            found[code] = Occupation(code, title, text)
        if not found:
            raise ReleaseError([Problem(OCCUPATION_FILE, 0, "holds no occupation")])
        return found

    def scales(self) -> dict[str, Scale]:
        """Read all scales, by id.

        Raises:
            ReleaseError: naming the line that is refused.
        """
        found: dict[str, Scale] = {}
        for line, (scale, name, low, high) in self.table(SCALE_FILE, SCALE_COLUMNS):
            bounds = re.fullmatch(r"[0-9]{1,3} [0-9]{1,3}", f"{low} {high}")
            if not scale or len(scale) > 5 or scale in found:
                reason = f"scale id {scale[:60]!r} is missing, too long or there twice"
            elif bounds is None or int(low) >= int(high):
                reason = f"{low[:60]!r} to {high[:60]!r} is no range of whole numbers"
            else:
                found[scale] = Scale(scale, name[:60], float(low), float(high))
                continue
            raise ReleaseError([Problem(SCALE_FILE, line, reason)])
        return found

    def header(self, name: str) -> tuple[str, ...]:
        """Read the column names of a tab separated file.

        Raises:
            ReleaseError: for a missing or unreadable file.
        """
        with self._opened(name) as file, readable(name):
            return _header(file)

    def table(
        self,
        name: str,
        columns: tuple[str, ...],
        reject: Callable[[Problem], None] = refuse,
    ) -> Iterator[tuple[int, list[str]]]:
        """Yield line number and fields of each line of a tab separated file.

        A line that is not UTF-8 or has another number of fields goes to `reject`, which
        refuses the release unless the caller collects the problems.

        Raises:
            ReleaseError: for a missing or unreadable file, or another header.
        """
        with self._opened(name) as file, readable(name):
            if _header(file) != columns:
                refuse(Problem(name, 1, f"the header is not: {', '.join(columns)}"))
            for number, raw in enumerate(file, 2):
                try:
                    fields = raw.decode().rstrip("\r\n").split("\t")
                except UnicodeDecodeError:
                    reject(Problem(name, number, "not UTF-8"))
                    continue
                if len(fields) == len(columns):
                    yield number, fields
                elif fields != [""]:
                    due = f"{len(fields)} fields where {len(columns)} are due"
                    reject(Problem(name, number, due))

    def _opened(self, name: str) -> IO[bytes]:
        if name not in self._files:
            refuse(Problem(name, 0, f"not found in {self.source}"))
        return open_file(self._files[name])


def _header(file: IO[bytes]) -> tuple[str, ...]:
    return tuple(file.readline().decode("utf-8-sig", "replace").rstrip("\r\n").split("\t"))


def open_release(path: Path) -> Release:
    """Open a release folder, or a .zip that holds its files, in a folder or not.

    Raises:
        ReleaseError: where there is no such folder or archive, or none of O*NET's files in it.
    """
    with ExitStack() as stack:
        files = find_files(path, stack)
        name, complete = identify(path, files)
        return Release(str(path), name, complete, files, stack.pop_all())
