"""Files of text releases: read, changed, and packed into archives."""

import csv
import zipfile
from pathlib import Path

from cache.release.ratings import RatingRows
from cache.release.reader import open_release

JUNK = {
    "__MACOSX/._db_28_1_text": b"\x00\x05\x16\x07",
    "__MACOSX/db_28_1_text/._Occupation Data.txt": b"\x00\x05\x16\x07",
    "__MACOSX/db_28_1_text/._Skills.txt": b"\x00\x05\x16\x07",
    "db_28_1_text/.DS_Store": b"\x00\x00\x00\x01Bud1",
}
"""What macOS adds when it packs a folder."""


def change(file: Path, old: str, new: str) -> int:
    """Replace the first occurrence in a file, which must have one, and return its line."""
    text = file.read_bytes().decode()
    assert old in text, f"{old!r} is not in {file.name}"
    file.write_bytes(text.replace(old, new, 1).encode())
    return text[: text.index(old)].count("\n") + 1


def add_lines(file: Path, *lines: str) -> None:
    """Append lines to a file."""
    with file.open("a", encoding="utf-8", newline="") as text:
        text.writelines(f"{line}\n" for line in lines)


def drop_lines(file: Path, *starts: str) -> None:
    """Remove the lines that start with any of these."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(starts)]
    assert len(kept) < len(lines)
    file.write_text("".join(kept), encoding="utf-8")


def codes_in(file: Path) -> list[str]:
    """The occupations that a file has lines of, in their order."""
    lines = file.read_text(encoding="utf-8").splitlines()[1:]
    return sorted({line.partition("\t")[0] for line in lines})


def write_part(release: Path, folder: Path, last: str) -> Path:
    """Write all occupations of a release, but what it says of them only up to a code."""
    folder.mkdir()
    for file in release.glob("*.txt"):
        first, *lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        if file.name not in ("Read Me.txt", "Occupation Data.txt", "Scales Reference.txt"):
            lines = [line for line in lines if line[: len(last)] <= last]
        (folder / file.name).write_text("".join([first, *lines]), encoding="utf-8")
    return folder


def zip_folder(
    folder: Path,
    archive: Path,
    *,
    top: str = "db_28_1_text/",
    junk: dict[str, bytes] | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """Pack a folder's files under `top`, with `junk` before them, and return the archive."""
    with zipfile.ZipFile(archive, "w", compression) as packed:
        for name, body in (junk or {}).items():
            packed.writestr(name, body)
        if top:
            packed.mkdir(top.rstrip("/"))
        for file in sorted(folder.iterdir()):
            packed.write(file, top + file.name)
    return archive


def content(path: Path) -> dict[str, object]:
    """Read a release whole, as the importer does: what it holds, without where it stood."""
    with open_release(path) as release:
        occupations, scales = release.occupations(), release.scales()
        rows = RatingRows(release, occupations, scales)
        count = len(list(rows))
        return {
            "identity": (release.name, release.complete),
            "occupations": occupations,
            "scales": scales,
            "elements": rows.elements,
            "lines": {key: sorted(lines) for key, lines in rows.lines.items()},
            "rows": (count, rows.rows, rows.rejected),
        }


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of a file of a text release, by the names of the columns."""
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


def titles_of(release: Path) -> dict[str, str]:
    """The title of each occupation of a release, by code."""
    return {row["O*NET-SOC Code"]: row["Title"] for row in rows_of(release / "Occupation Data.txt")}
