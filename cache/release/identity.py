"""Which release a folder or .zip holds, and whether it is all of it."""

import json
import re
from typing import Final

from onet_client.release_files import (
    FileProblem,
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
