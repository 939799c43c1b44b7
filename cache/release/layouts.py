"""Which release a folder or .zip holds, whether it is all of it, and which files hold what."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from onet_client.content_model import DOMAIN_TABLES, LIST_TABLES, file_name
from onet_client.release_files import (
    FileProblem,
    ReleaseError,
    ReleaseFile,
    ReleaseFiles,
    open_file,
    readable,
    refuse,
)

MANIFEST_FILE: Final = "manifest.json"
READ_ME_FILE: Final = "Read Me.txt"
NUMBER: Final = "([0-9]{1,3})[._]([0-9]{1,3})"
LARGEST_NOTE: Final = 1 << 20

Layouts = Mapping[str, tuple[tuple[str, ...], ...]]
"""By what they hold: the files of each layout."""


def _files(tables: Mapping[str, Iterable[Iterable[str]]]) -> Layouts:
    return {
        of: tuple(tuple(map(file_name, layout)) for layout in layouts)
        for of, layouts in tables.items()
    }


LAYOUTS: Final = _files(DOMAIN_TABLES)
"""The ratings of a domain."""
LISTS: Final = _files(LIST_TABLES)
"""What a release may list beside ratings, in one file each."""


def identify(files: ReleaseFiles) -> tuple[str | None, bool]:
    """Tell the release and whether it is complete, from the best witness there is.

    That is a manifest, else O*NET's own `Read Me.txt`, else the name that O*NET gives the
    folder or archive. O*NET's releases are complete; what nothing names may be a selection.

    Raises:
        ReleaseError: where a witness cannot be read, or a manifest does not say both.
    """
    if MANIFEST_FILE in files:
        return _manifest(_read_note(files[MANIFEST_FILE]))
    if READ_ME_FILE in files:
        text = _read_note(files[READ_ME_FILE]).decode("utf-8", "replace")
        if named := re.search(rf"O\*NET\W{{0,3}} {NUMBER} Database", text, re.IGNORECASE):
            return f"{named[1]}.{named[2]}", True
    for folder in files.folders:
        if named := re.match(rf"db_{NUMBER}(_text)?(\.zip)?$", folder, re.IGNORECASE):
            return f"{named[1]}.{named[2]}", True
    return None, False


def find_layouts(layouts: Layouts, names: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Find what is there among a release's files: the files of the one layout of each.

    Raises:
        ReleaseError: where two layouts of the same are there, or one of them in part.
    """
    found = {}
    for of, choices in layouts.items():
        begun = [files for files in choices if any(name in names for name in files)]
        if len(begun) > 1:
            refuse(FileProblem(_either(choices), 0, "both layouts are here; exactly one is needed"))
        if begun:
            found[of] = begun[0]
    missing = [name for files in found.values() for name in files if name not in names]
    if missing:
        raise ReleaseError([FileProblem(name, 0, "not found") for name in missing])
    return found


def all_names(layouts: Layouts) -> str:
    """Name the files that could be there."""
    return ", ".join(_either(choices) for choices in layouts.values())


def _either(choices: tuple[tuple[str, ...], ...]) -> str:
    return " or ".join(" + ".join(files) for files in choices)


def _manifest(body: bytes) -> tuple[str, bool]:
    try:
        manifest = json.loads(body)
        release, complete = manifest["release"], manifest["complete"]
    except (ValueError, KeyError, TypeError, RecursionError):
        release = complete = None
    named = isinstance(release, str) and re.fullmatch(r"[0-9A-Za-z._ -]{1,20}", release)
    if not named or not isinstance(complete, bool):
        reason = 'is not {"release": "29.0", "complete": true or false, ...}'
        refuse(FileProblem(MANIFEST_FILE, 0, reason))
    return release, complete


def _read_note(file: ReleaseFile) -> bytes:
    with open_file(file) as opened, readable(file.name):
        return opened.read(LARGEST_NOTE)
