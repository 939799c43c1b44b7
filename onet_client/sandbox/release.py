"""Reads an O*NET text release, a folder or a .zip, as the tables O*NET Web Services serves.

The files are held as bytes and a table is parsed when it is first asked for.
"""

import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Literal

from onet_client.sandbox.parser import Parser, ReleaseError, lookup, snake_case
from onet_client.sandbox.table import Table

Layout = Literal["split", "single"]

_SKILLS, _ESSENTIAL, _TRANSFERABLE = "skills", "essential_skills", "transferable_skills"


@dataclass(frozen=True, slots=True)
class _Source:
    """Which rows of which files make up a table."""

    title: str
    files: tuple[str, ...]
    prefix: str = ""  # of the element identifiers it keeps


class Release:
    """The tables of one text release under the identifiers of the database services."""

    def __init__(self, name: str, files: Mapping[str, bytes], layout: Layout | None) -> None:
        self.name = name
        self._files = files
        self._sources = _arrange(
            {snake_case(stem): _Source(stem, (stem,)) for stem in files}, layout
        )
        self._tables: dict[str, Table] = {}
        self._lock = Lock()
        if "occupation_data" not in self._sources:
            raise ReleaseError("The release holds no Occupation Data.txt.")

    @property
    def table_ids(self) -> tuple[str, ...]:
        """The identifiers of all tables, in alphabetical order."""
        return tuple(sorted(self._sources))

    def title(self, table_id: str) -> str:
        """Return the title of a table; `KeyError` where there is none of that identifier."""
        return self._sources[table_id].title

    def table(self, table_id: str) -> Table:
        """Return a table, parsing its file the first time.

        Raises:
            KeyError: no table of that identifier.
            ReleaseError: the file is not what the O*NET Data Dictionary says.
        """
        with self._lock:
            if table_id not in self._tables:
                self._tables[table_id] = self._read(table_id, self._sources[table_id])
            return self._tables[table_id]

    def _read(self, table_id: str, source: _Source) -> Table:
        titles = self._lookup("Occupation Data", "O*NET-SOC Code", "Title")
        scales = self._lookup("Scales Reference", "Scale ID", "Scale Name")
        parsers = [Parser(stem, self._files[stem], titles, scales) for stem in source.files]
        columns = parsers[0].columns
        if any(parser.columns != columns for parser in parsers):
            raise ReleaseError(f"{' and '.join(source.files)} differ in their columns.")
        rows = list(chain.from_iterable(parser.rows() for parser in parsers))
        table = Table(table_id, source.title, columns, rows)
        if len(parsers) > 1:
            # One occupation after the other, as a single file lists them.
            return Table(table_id, source.title, columns, table.select(sorts=["onetsoc_code"]))
        if source.prefix:
            kept = [r for r in rows if str(table.value(r, "element_id")).startswith(source.prefix)]
            return Table(table_id, source.title, columns, kept)
        return table

    def _lookup(self, stem: str, key: str, value: str) -> dict[str, str]:
        return lookup(stem, self._files[stem], key, value) if stem in self._files else {}


def load_release(path: Path, layout: Layout | None = None) -> Release:
    """Read a text release: every `*.txt` table of a folder, or of a .zip that may hold one folder.

    Args:
        path: the folder or the archive.
        layout: `split` serves Skills as Essential Skills (2.A.*) and Transferable Skills (2.B.*),
            as releases from 30.3 do; `single` the reverse; None as found.

    Raises:
        ReleaseError: there is no such folder or archive, no occupations in it, or no release name.
    """
    if path.is_dir():
        return _load(path, path.name, layout)
    try:
        with zipfile.ZipFile(path) as archive:
            root = zipfile.Path(archive)
            folders = [entry for entry in root.iterdir() if entry.is_dir()]
            if not (root / "Occupation Data.txt").exists() and len(folders) == 1:
                return _load(folders[0], folders[0].name, layout)
            return _load(root, path.stem, layout)
    except (OSError, zipfile.BadZipFile) as error:
        raise ReleaseError(f"{path} is neither a folder nor a .zip: {error}") from error


def _load(folder: Traversable, folder_name: str, layout: Layout | None) -> Release:
    entries = {entry.name: entry for entry in folder.iterdir() if entry.is_file()}
    files: dict[str, bytes] = {}
    for name in sorted(entries):
        if name.endswith(".txt"):
            data = entries[name].read_bytes()
            # A read-me or a licence is text too, but no table.
            if b"\t" in data.partition(b"\n")[0]:
                files[name.removesuffix(".txt")] = data
    return Release(_release_name(entries, folder_name), files, layout)


def _release_name(entries: Mapping[str, Traversable], folder_name: str) -> str:
    """Find the number of the release: in its read-me, its manifest, or the folder's name."""
    texts = [
        entries[name].read_text(encoding="utf-8-sig")
        for name in ("Read Me.txt", "README.md")
        if name in entries
    ]
    if "manifest.json" in entries:
        try:
            manifest = json.loads(entries["manifest.json"].read_text(encoding="utf-8-sig"))
            texts.insert(0, f"O*NET {manifest['release']}")
        except (ValueError, TypeError, KeyError) as error:
            raise ReleaseError("manifest.json names no release.") from error
    texts.append(folder_name.replace("db_", "O*NET "))
    for text in texts:
        if found := re.search(r"O\*NET ([0-9]+)[._]([0-9]+)", text):
            return f"O*NET {found[1]}.{found[2]}"
    raise ReleaseError(f"Neither a read-me nor a manifest nor {folder_name} names the release.")


def _arrange(sources: dict[str, _Source], layout: Layout | None) -> dict[str, _Source]:
    if layout == "split" and _SKILLS in sources:
        whole = sources.pop(_SKILLS)
        sources[_ESSENTIAL] = replace(whole, title="Essential Skills", prefix="2.A.")
        sources[_TRANSFERABLE] = replace(whole, title="Transferable Skills", prefix="2.B.")
    elif layout == "single" and _ESSENTIAL in sources and _TRANSFERABLE in sources:
        files = sources.pop(_ESSENTIAL).files + sources.pop(_TRANSFERABLE).files
        sources[_SKILLS] = _Source("Skills", files)
    return sources
