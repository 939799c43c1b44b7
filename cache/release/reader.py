"""Reads an O*NET text release: a folder or .zip, with the domains and lists that it holds.

Format and file names: O*NET Database, text files and their data dictionary; the split came
with release 30.3. This module decides what a valid release is and knows no database.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Final

from cache.release.layouts import LAYOUTS, LISTS, all_names, find_layouts, identify
from cache.release.references import (
    SCALE_FILE,
    ListedOccupation,
    ListedScale,
    read_occupations,
    read_scales,
)
from cache.release.text import read_header, read_rows
from onet_client.archive.number import release_url
from onet_client.content_model import ELEMENT_TABLE, MEANING_TABLES, file_name
from onet_client.release_files import (
    OCCUPATION_FILE,
    FileProblem,
    ReleaseError,
    ReleaseFiles,
    find_files,
    open_file,
    readable,
    refuse,
)
from onet_client.release_lines import check_sizes

ELEMENT_FILE: Final = file_name(ELEMENT_TABLE)
ELEMENT_ID: Final = "Element ID"
ELEMENT_NAME: Final = "Element Name"


@dataclass
class Release:
    """An opened text release.

    Attributes:
        source: the path as it was given.
        name: such as `29.0`, or None where nothing in the release says so.
        complete: whether an occupation without ratings here has none at all. Only a release
            that O*NET names in its `Read Me.txt`, or a manifest that says so, is complete.
    """

    source: str
    name: str | None
    complete: bool
    _files: ReleaseFiles

    @property
    def url(self) -> str | None:
        """Where O*NET publishes the release; None where it has no number."""
        if self.name is None or re.fullmatch(r"[0-9]+\.[0-9]+", self.name) is None:
            return None
        return release_url(self.name)

    @cached_property
    def rating_files(self) -> tuple[tuple[str, str], ...]:
        """The rating files of the release, each as domain and file name.

        Raises:
            ReleaseError: where there is no domain, a layout of one is not there in full, or
                two are.
        """
        found = find_layouts(LAYOUTS, self._files)
        if not found:
            refuse(FileProblem(all_names(LAYOUTS), 0, "not found; one at least is needed"))
        return tuple((domain, name) for domain, files in found.items() for name in files)

    @cached_property
    def list_files(self) -> dict[str, str]:
        """The file of each of `LISTS` that the release holds.

        Raises:
            ReleaseError: where it holds one in two layouts.
        """
        return {of: files[0] for of, files in find_layouts(LISTS, self._files).items()}

    @cached_property
    def meaning_files(self) -> dict[str, str]:
        """The file of each of `MEANING_TABLES` that the release holds, usable or not."""
        names = {table: file_name(table) for table in MEANING_TABLES}
        return {table: name for table, name in names.items() if self._holds(name)}

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
        others = (*self.list_files.values(), *self._reference_files)
        for name in (OCCUPATION_FILE, SCALE_FILE, *rating_names, *others):
            total.update(name.encode())
            for block in self._blocks(name):
                total.update(block)
                lines += block.count(b"\n") if name in rating_names else 0
        for name in self.meaning_files.values():
            total.update(name.encode())
            with suppress(ReleaseError):  # it is left out, whatever it holds
                for block in self._blocks(name):
                    total.update(block)
        return total.hexdigest(), lines

    def occupations(self) -> dict[str, ListedOccupation]:
        """Read all occupations, by code.

        Raises:
            ReleaseError: naming the line that is refused.
        """
        columns = ("O*NET-SOC Code", "Title")
        return read_occupations(self.table(OCCUPATION_FILE, columns, ("Description",)))

    def scales(self) -> dict[str, ListedScale]:
        """Read the scales of ratings, by id.

        Raises:
            ReleaseError: naming the line that is refused, or the scale that is missing.
        """
        columns = ("Scale ID", "Minimum", "Maximum")
        broken: list[FileProblem] = []  # lines, of which it is not known what scale they are of
        rows = self.table(SCALE_FILE, columns, ("Scale Name",), broken.append)
        try:
            return read_scales(rows)
        except ReleaseError as error:
            raise ReleaseError(broken[:1] or error.problems) from error

    def element_names(self) -> dict[str, str]:
        """Read the names of elements by id, where the ratings do not name them themselves.

        Raises:
            ReleaseError: where they do not, and no file does.
        """
        if not self._reference_files:
            return {}
        columns = (ELEMENT_ID, ELEMENT_NAME)
        return {element: name for _, (element, name) in self.table(ELEMENT_FILE, columns)}

    @cached_property
    def _reference_files(self) -> tuple[str, ...]:
        headers = {file: self.header(file) for _, file in self.rating_files}
        unnamed = [
            file
            for file, header in headers.items()
            if ELEMENT_ID in header and ELEMENT_NAME not in header
        ]
        if unnamed and ELEMENT_FILE not in self._files:
            reason = f"column {ELEMENT_NAME} not found, nor {ELEMENT_FILE}, which has the names"
            refuse(FileProblem(unnamed[0], 1, reason))
        return (ELEMENT_FILE,) if unnamed else ()

    def header(self, name: str) -> tuple[str, ...]:
        """Read the column names of a tab separated file.

        Raises:
            ReleaseError: for a missing or unreadable file.
        """
        with self._opened(name) as file, readable(name):
            return read_header(name, file)

    def table(
        self,
        name: str,
        needed: Sequence[str],
        optional: Sequence[str] = (),
        reject: Callable[[FileProblem], None] = refuse,
    ) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield line number and fields of each line of a file, as `read_rows` does.

        What goes to `reject` refuses the release unless the caller collects the problems.

        Raises:
            ReleaseError: for a missing or unreadable file, or a needed column that is not there.
        """
        with self._opened(name) as file, readable(name):
            yield from read_rows(name, file, needed, optional, reject)

    def _blocks(self, name: str) -> Iterator[bytes]:
        with self._opened(name) as file, readable(name):
            while block := file.read(1 << 20):
                yield block

    def _holds(self, name: str) -> bool:
        try:
            return name in self._files
        except ReleaseError:  # it is there twice
            return True

    def _opened(self, name: str) -> IO[bytes]:
        if name not in self._files:
            refuse(FileProblem(name, 0, f"not found in {self.source}"))
        return open_file(self._files[name])


@contextmanager
def open_release(path: Path) -> Iterator[Release]:
    """Open a release folder, or a .zip that holds its files, in a folder or not, and close it.

    Raises:
        ReleaseError: where there is no such folder or archive, or none of O*NET's files in it.
    """
    with ExitStack() as stack:
        files = find_files(path, stack)
        check_sizes(files)
        yield Release(str(path), *identify(files), files)
