"""Reads pairs of occupations, one a line, from a file of any length."""

import csv
from collections.abc import Iterator
from typing import IO, Final, NamedTuple

LONGEST_LINE: Final = 2_000
"""Bytes; two titles of the longest that are taken have fewer."""
HEADER: Final = ["from", "to"]
"""What a first line may be that names the columns."""


class PairLine(NamedTuple):
    """A line of a file.

    Attributes:
        number: its place in the file, from 1.
        pair: the two texts; none where it has not two.
        wrong: why it has not; empty where it has.
    """

    number: int
    pair: tuple[str, str] | None
    wrong: str = ""


def read_pairs(lines: IO[bytes]) -> Iterator[PairLine]:
    """Read pairs, with a comma or a tab between the two; empty lines and a header are passed over.

    No more than a line is held at a time, and of a long one no more than its beginning.
    """
    number = 0
    is_first = True
    while raw := lines.readline(LONGEST_LINE):
        number += 1
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            while raw and not raw.endswith(b"\n"):
                raw = lines.readline(LONGEST_LINE)
            yield PairLine(number, None, f"Longer than {LONGEST_LINE:,} bytes.")
            continue
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip("\r\n")
            found = _fields(text)
        except UnicodeDecodeError:
            yield PairLine(number, None, "Not UTF-8.")
            continue
        except csv.Error as error:
            yield PairLine(number, None, f"Not CSV: {error}.")
            continue
        if not text.strip() or (is_first and [one.lower() for one in found] == HEADER):
            continue
        is_first = False
        yield _pair(number, found)


def _fields(text: str) -> list[str]:
    delimiter = "\t" if "\t" in text else ","
    rows = csv.reader([text], delimiter=delimiter, skipinitialspace=True, strict=True)
    return [field.strip() for field in next(rows, [])]


def _pair(number: int, found: list[str]) -> PairLine:
    if len(found) == 2:
        return PairLine(number, (found[0], found[1]))
    said = f"Takes two occupations, and has {len(found)}; a title that has a comma goes in quotes."
    return PairLine(number, None, said)
