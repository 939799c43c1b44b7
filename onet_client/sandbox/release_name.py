"""Finds what a text release is called, such as `O*NET 30.3`."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress

from onet_client.release_files import ReleaseError, ReleaseFile, ReleaseFiles, open_file, readable
from onet_client.sandbox.text_file import line_text, snake_case

_NOTES = frozenset(["read_me_txt", "readme_txt", "readme_md"])
_LARGEST_NOTE = 1 << 20  # bytes
_NAME = re.compile(r"(?:O\*NET\S{0,3}\s+|db_)([0-9]{1,3})[._]([0-9]{1,3})")


def is_note(name: str) -> bool:
    """Whether a file is a read-me, which is text but no table."""
    return snake_case(name) in _NOTES


def release_name(files: ReleaseFiles) -> str | None:
    """Return what the manifest, else a read-me, else a folder or the archive calls the release.

    None where none of them names it.
    """
    for text in _witnesses(files):
        if found := _NAME.search(text):
            return f"O*NET {found[1]}.{found[2]}"
    return None


def _witnesses(files: ReleaseFiles) -> Iterator[str]:
    """Yield what may name the release; one that cannot be read is not the only one."""
    if "manifest.json" in files:
        with suppress(ReleaseError, ValueError, TypeError, KeyError, RecursionError):
            yield f"O*NET {json.loads(_start(files['manifest.json']))['release']}"
    for name in filter(is_note, sorted(files)):
        with suppress(ReleaseError):
            yield _start(files[name])
    yield from files.folders


def _start(file: ReleaseFile) -> str:
    with open_file(file) as opened, readable(file.name):
        return line_text(opened.read(_LARGEST_NOTE))
