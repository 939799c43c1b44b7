"""The files of a text release, in a folder or a .zip, and how one is refused."""

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final, NoReturn

OCCUPATION_FILE: Final = "Occupation Data.txt"
"""Every release has it: the folder that holds it is the release."""
LONGEST_PATH: Final = 200

ReleaseFile = Path | zipfile.Path
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
class Problem:
    """Why a line, or a whole file (line 0), is refused."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        """Give the place and the reason in one line."""
        return f"{self.file}{f', line {self.line}' if self.line else ''}: {self.reason}"


class ReleaseError(ValueError):
    """The release is refused; `problems` holds the first of them, `rejected` counts all."""

    def __init__(self, problems: list[Problem], rejected: int | None = None) -> None:
        self.problems = problems
        self.rejected = len(problems) if rejected is None else rejected
        super().__init__("\n".join(str(problem) for problem in problems))


def refuse(problem: Problem) -> NoReturn:
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
        raise ReleaseError([Problem(name, 0, f"cannot be read: {error}")]) from error


def open_file(file: ReleaseFile) -> IO[bytes]:
    """Open a file of a release to read its bytes.

    Raises:
        ReleaseError: where it cannot be opened.
    """
    with readable(file.name):
        return file.open("rb")


def find_files(path: Path, stack: ExitStack) -> dict[str, ReleaseFile]:
    """Find a release's files by name: those beside its occupations.

    Args:
        path: a folder, or a .zip with the files in it or in a folder in it.
        stack: closes the archive.

    Raises:
        ReleaseError: where there is no such folder or archive, or no release in it.
    """
    with readable(str(path)[:LONGEST_PATH]):
        files = _files_of(path, stack)
    if OCCUPATION_FILE not in files:
        refuse(Problem(OCCUPATION_FILE, 0, f"not found in {path}"))
    return files


def _files_of(path: Path, stack: ExitStack) -> dict[str, ReleaseFile]:
    home: ReleaseFile = path
    if path.is_file():
        archive = stack.enter_context(zipfile.ZipFile(path))
        found = {PurePosixPath(name) for name in archive.namelist()}
        homes = [name.parent for name in found if name.name == OCCUPATION_FILE]
        if len(homes) > 1:
            refuse(Problem(path.name, 0, "holds more than one release"))
        inside = f"{homes[0]}/" if homes and homes[0].name else ""
        home = zipfile.Path(archive, inside)
    elif not path.is_dir():
        refuse(Problem(str(path), 0, "no such folder or .zip file"))
    return {entry.name: entry for entry in home.iterdir() if entry.is_file()}
