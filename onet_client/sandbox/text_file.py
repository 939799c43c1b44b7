"""A file of a text release that is a table: a header, and as many fields in every line.

The files are tab separated without quoting, in UTF-8 (O*NET Data Dictionary). A line that is none
is taken for Windows-1252, in which older releases were written.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass

from onet_client.release_files import FileProblem, ReleaseFile, open_file, readable, refuse
from onet_client.release_lines import read_lines
from onet_client.resaved import RESAVED, is_quoted

_COLUMN_IDS = {"Date": "date_updated", "Index": "related_index"}


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file whose lines all fit its header.

    Attributes:
        name: of the file, such as `Skills.txt`.
        header: the titles of its columns.
    """

    name: str
    header: tuple[str, ...]
    _file: ReleaseFile

    @property
    def column_ids(self) -> tuple[str, ...]:
        """The identifiers of its columns, such as `data_value`."""
        return tuple(_COLUMN_IDS.get(title) or snake_case(title) for title in self.header)

    def rows(self) -> Iterator[list[str]]:
        """Yield the fields of each line below the header.

        Raises:
            ReleaseError: the file can no longer be read, or was changed.
        """
        lines = _lines(self._file)
        next(lines, None)
        for number, line in lines:
            yield self.fields_of(number, line)

    def fields_of(self, number: int, line: bytes) -> list[str]:
        """Return the fields of a line, given with its number.

        Raises:
            ReleaseError: they do not fit the header.
        """
        fields = line_text(line).split("\t")
        if len(fields) != len(self.header):
            reason = f"{len(fields)} fields, not {len(self.header)}"
            refuse(FileProblem(self.name, number, reason))
        return fields


def read_table(name: str, file: ReleaseFile) -> TextFile:
    """Read a file through, without keeping more than its header.

    Raises:
        ReleaseError: it cannot be read or is no table, or a line has a field too few or too many.
    """
    number, line = next(_lines(file), (1, b""))
    if b"\t" not in line or b"\0" in line:
        refuse(FileProblem(name, number, "no table: it has no columns separated by tabs"))
    if line.startswith(b'"'):
        refuse(FileProblem(name, number, RESAVED))
    table = TextFile(name, tuple(line_text(line).split("\t")), file)
    if len({*table.column_ids} - {""}) < len(table.header):
        refuse(FileProblem(name, number, "a column has no name, or the name of another"))
    for at, row in _lines(file):
        fields = table.fields_of(at, row)
        if b'"' in row and any(map(is_quoted, fields)):
            refuse(FileProblem(name, at, RESAVED))
    return table


def line_text(line: bytes) -> str:
    """Decode a line."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def snake_case(title: str) -> str:
    """Return the identifier of a table or column by its title, such as `lower_ci_bound`."""
    plain = title.lower().replace("o*net-soc", "onetsoc").replace("(s)", "s")
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def _lines(file: ReleaseFile) -> Iterator[tuple[int, bytes]]:
    """Yield number and content of every line that is not blank."""
    with open_file(file) as opened, readable(file.name):
        for number, line in read_lines(file.name, opened):
            content = line.removeprefix(BOM_UTF8) if number == 1 else line
            if content.strip():
                yield number, content.rstrip(b"\r\n")
