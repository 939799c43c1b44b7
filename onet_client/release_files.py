"""Finds and opens the files of a text release in a folder or .zip, and refuses a broken one."""

import lzma
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Final, Literal, NoReturn

from onet_client.content_model import OCCUPATION_TABLE, file_name
from onet_client.controls import escaped

OCCUPATION_FILE: Final = file_name(OCCUPATION_TABLE)
"""Every release has it: the folder that holds it is the release."""
DEEPEST: Final = 4
"""Folders between the path that is given and the files of a release, the last one included."""
MOST_FILES: Final = 20_000
"""Files of a folder or archive that are looked at; a release has about 40."""
NOTE: Final = "readme.txt"
"""The name, as a key, of the read-me that lies with the tables in any form."""
LONGEST_PATH: Final = 200
LISTED_NAMES: Final = 5
TEXT_RELEASE_DUE: Final = (
    "the text release is needed: O*NET publishes it as db_NN_N_text.zip on "
    "https://www.onetcenter.org/database.html"
)
OTHER_KINDS: Final = (".xlsx", ".xls", ".ods", ".sql", ".csv", ".accdb", ".mdb", ".json", ".xml")
"""Endings of the forms other than text that O*NET or others give its database."""

UNREADABLE: Final = (
    OSError,
    EOFError,
    RuntimeError,  # encrypted, or compressed in a way that is not supported
    ValueError,  # a name in the archive that is not text
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Why a line, or a whole file (line 0), is refused."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        """Give the place and the reason in one line, whatever the release has written there."""
        return escaped(f"{self.file}{f', line {self.line}' if self.line else ''}: {self.reason}")


class ReleaseError(ValueError):
    """The release is refused; `problems` holds the first of them, `rejected` counts all."""

    def __init__(self, problems: list[FileProblem], rejected: int | None = None) -> None:
        self.problems = problems
        self.rejected = len(problems) if rejected is None else rejected
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """A file in an archive, whatever its path there is separated by."""

    archive: zipfile.ZipFile
    member: zipfile.ZipInfo
    name: str

    def open(self, _mode: Literal["rb"]) -> IO[bytes]:
        """Open it to read its bytes."""
        return self.archive.open(self.member)


ReleaseFile = Path | ArchivedFile


class ReleaseFiles(Mapping[str, ReleaseFile]):
    """The files in the folder of a release's occupations, found by O*NET's names for them.

    Case, spaces and underscores make no difference; names are listed as they are.

    Attributes:
        folders: the names of the folders, or the archive, that they lie in; the nearest first.
    """

    def __init__(self, files: Iterable[ReleaseFile], folders: tuple[str, ...]) -> None:
        self.folders = folders
        self._files: dict[str, list[ReleaseFile]] = {}
        for file in files:
            self._files.setdefault(_key(file.name), []).append(file)

    def __getitem__(self, name: str) -> ReleaseFile:
        """Return a file.

        Raises:
            KeyError: where there is none of that name.
            ReleaseError: where there are two that differ in case alone.
        """
        first, *others = self._files[_key(name)]
        if others:
            names = " and ".join(file.name for file in (first, *others))
            refuse(FileProblem(name, 0, f"is there twice: {names}"))
        return first

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names as they are."""
        return (file.name for files in self._files.values() for file in files)

    def __len__(self) -> int:
        """Count the files."""
        return sum(map(len, self._files.values()))


def refuse(problem: FileProblem) -> NoReturn:
    """Refuse a release for one problem.

    Raises:
        ReleaseError: always.
    """
    raise ReleaseError([problem])


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Refuse the release where the file cannot be read, on disk or in its archive."""
    try:
        yield
    except ReleaseError:
        raise
    except UNREADABLE as error:
        raise ReleaseError([FileProblem(name, 0, f"cannot be read: {error}")]) from error


def open_file(file: ReleaseFile) -> IO[bytes]:
    """Open a file of a release to read its bytes.

    Raises:
        ReleaseError: where it cannot be opened.
    """
    with readable(file.name):
        return file.open("rb")


def find_files(path: Path, stack: ExitStack) -> ReleaseFiles:
    """Find a release's files: those in the folder of its occupations, up to `DEEPEST` folders down.

    What a system or an archiver adds (`__MACOSX`, `._Skills.txt`, `.DS_Store`) is left out.

    Args:
        path: a folder, or a .zip.
        stack: closes the archive.

    Raises:
        ReleaseError: where there is no such folder or archive, or not exactly one release in it.
    """
    with readable(str(path)[:LONGEST_PATH]):
        found = list(islice(_files_of(path, stack), MOST_FILES + 1))
    if len(found) > MOST_FILES:
        refuse(FileProblem(str(path), 0, "holds too many files: give the folder of the release"))
    homes = {place.parent for place, _ in found if _key(place.name) == _key(OCCUPATION_FILE)}
    if len(homes) > 1:
        names = ", ".join(sorted(str(path.name / home) for home in homes)[:LISTED_NAMES])
        refuse(FileProblem(path.name, 0, f"holds more than one release: {names}; give one of them"))
    for home in homes:
        folders = (*reversed(home.parts), path.resolve().name)
        return ReleaseFiles((file for place, file in found if place.parent == home), folders)
    refuse(FileProblem(OCCUPATION_FILE, 0, _why_none(path, [place for place, _ in found])))


def _key(name: str) -> str:
    return re.sub("[ _]+", "", name.casefold())


def _files_of(path: Path, stack: ExitStack) -> Iterator[tuple[PurePosixPath, ReleaseFile]]:
    """Yield each file with its place below the path."""
    if path.is_dir():
        return _in_folder(path)
    if path.is_file():
        _check_is_archive(path)
        return _in_archive(stack.enter_context(zipfile.ZipFile(path)))
    refuse(FileProblem(str(path), 0, "no such folder or .zip file"))


def _in_folder(top: Path) -> Iterator[tuple[PurePosixPath, ReleaseFile]]:
    seen = set()
    for folder, below, names in os.walk(top, followlinks=True):
        place, real = Path(folder).relative_to(top), os.path.realpath(folder)
        deeper = len(place.parts) < DEEPEST and real not in seen
        below[:] = sorted(name for name in below if deeper and not _is_junk(name))
        if real not in seen:
            seen.add(real)
            files = (Path(folder, name) for name in names if not _is_junk(name))
            yield from ((PurePosixPath(place, file.name), file) for file in files if _is_file(file))


def _in_archive(archive: zipfile.ZipFile) -> Iterator[tuple[PurePosixPath, ReleaseFile]]:
    for member in archive.infolist():
        # Some archivers of Windows write backslashes, against APPNOTE 4.4.17.
        place = PurePosixPath(member.filename.replace("\\", "/").lstrip("/"))
        is_file = not member.filename.endswith(("/", "\\"))
        if is_file and len(place.parts) <= DEEPEST + 1 and not any(map(_is_junk, place.parts)):
            yield place, ArchivedFile(archive, member, place.name)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except PermissionError:  # an unreadable folder is no part of the release
        return False


def _is_junk(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _check_is_archive(path: Path) -> None:
    """Refuse a file that is plainly something else than a .zip."""
    with path.open("rb") as file:
        start = file.read(512)
    kind = path.suffix.lower()
    if kind in OTHER_KINDS:
        refuse(FileProblem(path.name, 0, f"is a {kind} file; {TEXT_RELEASE_DUE}"))
    if re.match(rb"\s*<(!doctype|html|\?xml)", start, re.IGNORECASE):
        refuse(FileProblem(path.name, 0, f"is a web page; {TEXT_RELEASE_DUE}"))
    if kind in (".txt", ".tsv", ".tab"):
        due = "give the folder of the whole release, or its .zip"
        refuse(FileProblem(path.name, 0, f"is a single file; {due}"))


def _why_none(path: Path, places: list[PurePosixPath]) -> str:
    """The reason why there is no release, from what there is instead."""
    names = sorted({place.name for place in places})
    kinds = {kind for name in names if (kind := PurePosixPath(name).suffix.lower())}
    tables = [name for name in names if name.lower().endswith(".txt") and _key(name) != NOTE]
    if not tables and (others := [kind for kind in OTHER_KINDS if kind in kinds]):
        return f"not found in {path}, which holds {others[0]} files; {TEXT_RELEASE_DUE}"
    if archives := [str(place) for place in places if place.suffix.lower() == ".zip"]:
        return f"not found in {path}; unpack {archives[0]} or give its path"
    listed = ", ".join(names[:LISTED_NAMES])
    more = f" and {len(names) - LISTED_NAMES} more" if len(names) > LISTED_NAMES else ""
    return f"not found in {path}" + (f", which holds {listed}{more}" if names else "")
