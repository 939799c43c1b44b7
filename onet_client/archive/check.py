"""Checks that a file is the whole text release that it should be."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

from onet_client.archive.bounds import MEGABYTE, Bounds
from onet_client.archive.number import ReleaseNumber
from onet_client.errors import BadReply
from onet_client.release_files import UNREADABLE, ReleaseError

Identify = Callable[[Path], str | None]
"""Returns the release that a .zip file holds, such as 30.3, or None where nothing names it.

Raises:
    ReleaseError: where it holds none.
"""

END_RECORD: Final = struct.Struct("<4s4H2LH")
"""End of central directory record, APPNOTE 4.3.16; the fifth number is the directory's size."""
END_SIGNATURE: Final = b"PK\x05\x06"
LONGEST_COMMENT: Final = 65_535


def check(path: Path, number: ReleaseNumber, identify: Identify, bounds: Bounds) -> None:
    """Read every file of a release, after a look at how much that will be.

    Raises:
        BadReply: where it is no .zip file, not whole, not that release, or too large unpacked.
    """
    try:
        with path.open("rb") as file:
            _check_directory(file, bounds.directory_bytes)
            with zipfile.ZipFile(file) as archive:
                _check_members(archive, bounds.unpacked_bytes)
        named = identify(path)
    except ReleaseError as error:
        raise BadReply(f"the .zip file holds no text release: {error}") from error
    except UNREADABLE as error:
        raise BadReply(f"the .zip file is damaged: {error}") from error
    if named != str(number):
        raise BadReply(f"the .zip file is not of release {number} but of {named or 'none'}")


def _check_directory(file: IO[bytes], most: int) -> None:
    """Refuse a list of files that would take the memory of the machine to read."""
    end = file.seek(0, 2)
    file.seek(max(0, end - LONGEST_COMMENT - END_RECORD.size))
    tail = file.read()
    at = tail.rfind(END_SIGNATURE)
    if at < 0 or len(tail) - at < END_RECORD.size:
        raise BadReply("the .zip file is cut short")
    size = END_RECORD.unpack_from(tail, at)[5]
    if size > most:  # that of a .zip file of more than 4 GB, too, which says so here
        raise BadReply("the .zip file holds too many files")


def _check_members(archive: zipfile.ZipFile, most: int) -> None:
    members = archive.infolist()
    if sum(member.file_size for member in members) > most:
        raise BadReply(f"the .zip file is larger than {most / MEGABYTE:g} MB unpacked")
    if any(
        member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members
    ):
        raise BadReply("the .zip file is compressed in a way that O*NET does not use")
    if damaged := archive.testzip():
        raise BadReply(f"the .zip file is damaged: {damaged[:100]!r}")
