"""The lines of a release's files, within bounds: an archive of 4 MB can unpack to 4 GB."""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Final

from onet_client.release_files import FileProblem, ReleaseError, ReleaseFiles, readable, refuse

LONGEST_LINE: Final = 1 << 20
"""Bytes of a line; O*NET's longest has about 2,000."""
MOST_LINES: Final = 2_000_000
"""Of a file; O*NET's longest has about 160,000."""
LARGEST: Final = 1_000_000_000
"""Bytes of all text files of a release; O*NET's have 120 MB."""


def read_lines(name: str, file: IO[bytes], start: int = 1) -> Iterator[tuple[int, bytes]]:
    """Yield the number of each line and the line, with its end.

    Args:
        name: of the file, for the reason why it is refused.
        file: opened, at the beginning of a line.
        start: the number of that line.

    Raises:
        ReleaseError: where a line is too long, or there are too many.
    """
    for number, line in enumerate(iter(partial(file.readline, LONGEST_LINE), b""), start):
        if len(line) >= LONGEST_LINE and not line.endswith(b"\n"):
            refuse(FileProblem(name, number, f"the line is longer than {LONGEST_LINE:,} bytes"))
        if number > MOST_LINES:
            refuse(FileProblem(name, 0, f"has more than {MOST_LINES:,} lines"))
        yield number, line


def check_sizes(files: ReleaseFiles) -> None:
    """Look how much there will be to read.

    Raises:
        ReleaseError: where that is more than any release has.
    """
    total = 0
    for name in files:
        if name.lower().endswith(".txt"):
            with suppress(ReleaseError), readable(name):  # what cannot be opened is not read
                file = files[name]
                total += file.stat().st_size if isinstance(file, Path) else file.member.file_size
        if total > LARGEST:
            refuse(FileProblem(name, 0, f"the release has more than {LARGEST / 1e9:g} GB of text"))
