"""Which files of a text release hold what, in each layout that O*NET has used."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from onet_client.content_model import DOMAIN_TABLES, LIST_TABLES, file_name
from onet_client.release_files import FileProblem, ReleaseError, refuse

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
