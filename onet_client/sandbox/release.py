"""Reads an O*NET text release, a folder or a .zip, as the tables O*NET Web Services serves.

Every file is read through at the start, to leave out what is broken; a table is parsed when it is
asked for.
"""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePath
from threading import Lock
from typing import Literal

from onet_client.content_model import (
    DOMAIN_TABLES,
    ELEMENT_TABLE,
    OCCUPATION_TABLE,
    SCALE_TABLE,
    table_title,
)
from onet_client.release_files import (
    OCCUPATION_FILE,
    FileProblem,
    ReleaseError,
    ReleaseFiles,
    find_files,
    refuse,
)
from onet_client.release_lines import check_sizes
from onet_client.sandbox.parser import Names, parse
from onet_client.sandbox.release_name import is_note, release_name
from onet_client.sandbox.table import Table
from onet_client.sandbox.text_file import TextFile, read_table, snake_case

Layout = Literal["split", "single"]

KEPT_TABLES = 8
"""How many tables stay in memory; those of all domains and the occupations are fewer."""
UNNAMED = "O*NET 0.0"
"""What a release is called that nothing names: `/about` has to name one."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Which rows of which files make up a table."""

    title: str
    files: tuple[TextFile, ...]
    prefix: str = ""  # of the element identifiers it keeps


class ReleaseTables:
    """The tables of one text release under the identifiers of the database services.

    Made by `load_release`; `archive` holds open what the files are read from.

    Attributes:
        name: such as `O*NET 30.3`.
        left_out: what is not served as it stands, and why.

    Raises:
        ReleaseError: the occupations are not among the files, or without codes and titles.
    """

    def __init__(
        self,
        name: str,
        files: Iterable[TextFile],
        layout: Layout | None,
        left_out: Iterable[FileProblem],
        archive: ExitStack,
    ) -> None:
        self.name = name
        self.left_out = list(left_out)
        self._archive = archive
        self._sources: dict[str, _Source] = {}
        for file in files:
            self._add(file)
        self._arrange(layout)
        self._names = self._read_names()
        self._parsed = lru_cache(KEPT_TABLES)(self._parse)
        self._lock = Lock()
        _, titles = self._names["onetsoc_code"]
        if not titles:
            refuse(
                FileProblem(OCCUPATION_FILE, 0, "has no occupations, with O*NET-SOC Code and Title")
            )

    @property
    def table_ids(self) -> tuple[str, ...]:
        """The identifiers of all tables, in alphabetical order."""
        return tuple(sorted(self._sources))

    def title(self, table_id: str) -> str:
        """Return the title of a table; `KeyError` where there is none of that identifier."""
        return self._sources[table_id].title

    def table(self, table_id: str) -> Table:
        """Return a table, parsing its file where that was not done lately.

        Raises:
            KeyError: no table of that identifier.
            ReleaseError: the file can no longer be read.
        """
        with self._lock:
            return self._parsed(table_id)

    def _add(self, file: TextFile) -> None:
        stem = _stem(file.name)
        table_id = snake_case(stem)
        if table_id in self._sources or not table_id:
            reason = f"its table would be {table_id!r}, as that of another file"
            self.left_out.append(FileProblem(file.name, 0, reason))
        else:
            self._sources[table_id] = _Source(stem, (file,))

    def _arrange(self, layout: Layout | None) -> None:
        """Split or join the tables of the domains that O*NET has split."""
        for [whole], *splits in DOMAIN_TABLES.values():
            for parts in splits:
                if layout == "split" and whole in self._sources:
                    source = self._sources.pop(whole)
                    for part, prefix in parts.items():
                        title = table_title(part)
                        self._sources[part] = replace(source, title=title, prefix=prefix)
                elif layout == "single" and parts.keys() <= self._sources.keys():
                    self._join(whole, tuple(parts))

    def _join(self, whole: str, parts: Sequence[str]) -> None:
        files = tuple(file for part in parts for file in self._sources[part].files)
        if other := next((file for file in files if file.column_ids != files[0].column_ids), None):
            reason = f"has other columns than {other.name}, so they are not joined"
            self.left_out.append(FileProblem(files[0].name, 1, reason))
            return
        for part in parts:
            del self._sources[part]
        self._sources[whole] = _Source(table_title(whole), files)

    def _parse(self, table_id: str) -> Table:
        source = self._sources[table_id]
        columns, rows = parse(source.files, self._names)
        table = Table(table_id, columns, rows)
        if len(source.files) > 1:
            # One occupation after the other, as a single file lists them.
            return Table(table_id, columns, table.select(sorts=["onetsoc_code"]))
        if source.prefix:
            kept = [r for r in rows if str(table.value(r, "element_id")).startswith(source.prefix)]
            return Table(table_id, columns, kept)
        return table

    def _read_names(self) -> Names:
        titles = self._lookup(OCCUPATION_TABLE, "onetsoc_code", "title")
        elements = self._lookup(ELEMENT_TABLE, "element_id", "element_name")
        scales = self._lookup(SCALE_TABLE, "scale_id", "scale_name")
        return {
            "onetsoc_code": ("title", titles),
            "related_onetsoc_code": ("related_title", titles),
            "element_id": ("element_name", elements),
            "scale_id": ("scale_name", scales),
        }

    def _lookup(self, table_id: str, key: str, value: str) -> dict[str, str]:
        """One column of a table by another; empty where the release does not have both."""
        source = self._sources.get(table_id)
        if source is None or not {key, value} <= set(source.files[0].column_ids):
            return {}
        file = source.files[0]
        at_key, at_value = file.column_ids.index(key), file.column_ids.index(value)
        return {fields[at_key]: fields[at_value] for fields in file.rows()}


def load_release(path: Path, layout: Layout | None = None) -> ReleaseTables:
    """Read a text release: every `*.txt` table of a folder or a .zip.

    A file that is broken is left out, and `Release.left_out` says why.

    Args:
        path: the folder or the archive, as `find_files` takes it.
        layout: `split` serves Skills as Essential Skills (2.A.*) and Transferable Skills (2.B.*),
            as releases from 30.3 do; `single` the reverse; None as found.

    Raises:
        ReleaseError: there is no such folder or archive, or no occupations in it.
    """
    with ExitStack() as stack:
        files = find_files(path, stack)
        check_sizes(files)
        tables, left_out = _tables(files)
        name = release_name(files)
        if name is None:
            reason = f"nothing names the release, so it is served as {UNNAMED}"
            left_out.append(FileProblem("Read Me.txt", 0, reason))
        return ReleaseTables(name or UNNAMED, tables, layout, left_out, stack.pop_all())


def _tables(files: ReleaseFiles) -> tuple[list[TextFile], list[FileProblem]]:
    """Read every table through; those that are broken are problems."""
    tables: list[TextFile] = []
    left_out: list[FileProblem] = []
    for name in sorted(files):
        if name.lower().endswith(".txt") and not is_note(name):
            try:
                tables.append(read_table(name, files[name]))
            except ReleaseError as error:
                if _stem(name) == _stem(OCCUPATION_FILE):
                    raise
                left_out += error.problems
    return tables, left_out


def _stem(name: str) -> str:
    """Return a file's name without its ending, as O*NET writes it where a table depends on it."""
    stem = PurePath(name).stem
    return _STEMS.get(_bare(stem), stem)


def _bare(stem: str) -> str:
    return snake_case(stem).replace("_", "")


_STEMS = {
    _bare(table): table_title(table)
    for table in (
        *(OCCUPATION_TABLE, ELEMENT_TABLE, SCALE_TABLE),
        *(table for layouts in DOMAIN_TABLES.values() for tables in layouts for table in tables),
    )
}
