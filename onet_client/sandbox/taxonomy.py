"""Reads which codes of the 2010 taxonomy became which codes of the present one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from onet_client.release_files import FileProblem, readable, refuse

COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Former:
    """A code of the 2010 taxonomy: its title, and code and title of each successor."""

    title: str
    successors: tuple[tuple[str, str], ...]


Taxonomy = Mapping[str, Former]


def load_taxonomy(path: Path) -> Taxonomy:
    """Read a crosswalk: old code, old title, new code and new title, tab separated.

    The first line names the columns. A code that was split has several lines; one that has no
    successor has one without a new code.

    Raises:
        ReleaseError: the file cannot be read, or a line has other than four fields.
    """
    with readable(str(path)):
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    found: dict[str, Former] = {}
    for number, line in enumerate(lines[1:], start=2):
        fields = line.split("\t")
        if len(fields) != COLUMNS:
            refuse(FileProblem(path.name, number, f"{len(fields)} fields, not {COLUMNS}"))
        code, title, new_code, new_title = fields
        before = found[code].successors if code in found else ()
        found[code] = Former(title, (*before, (new_code, new_title)) if new_code else before)
    return found
