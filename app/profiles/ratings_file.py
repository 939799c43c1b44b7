"""Reads own ratings from a small file: TOML or CSV, as `flask profile` writes them."""

import csv
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from onet_client.content_model import ELEMENT_ID, domain_of

LARGEST: Final = 1_000_000
"""Bytes; what `flask profile` writes of a domain with all its examples has 40,000."""
OCCUPATIONS, RATINGS = "occupations", "ratings"
ID, LEVEL, NOT_RELEVANT = "id", "level", "not_relevant"
"""Columns of CSV, those of `/occupations/{code}`: the last one may be left out."""
DELIMITERS: Final = "\t;,"
"""What may be between cells: of what a spreadsheet saves as CSV, `;` where numbers have commas."""
STDIN: Final = Path("-")


class RatingsFileError(Exception):
    """A file cannot be used; the message names it, and the line or the key."""


class RatingsFile(NamedTuple):
    """What a file says; texts and levels are as they stand in it, for a schema to judge.

    Attributes:
        places: what each rating is called in the file, by element id.
    """

    occupations: list[Any]
    ratings: dict[str, Any]
    places: dict[str, str]


def read_ratings(path: Path) -> RatingsFile:
    """Read a file, or standard input where that is `-`: CSV by its first line, else TOML.

    Raises:
        RatingsFileError: where it cannot be read, or is not what it should be.
    """
    name = called(path)
    try:
        data = _bytes_of(path)
        if len(data) > LARGEST:
            raise RatingsFileError(f"{name}: Longer than {LARGEST:,} bytes.")
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise RatingsFileError(f"{name}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RatingsFileError(f"{name}: line {line}: Not UTF-8.") from error
    first = text.partition("\n")[0]
    delimiter = next((one for one in DELIMITERS if one in first), ",")
    if {ID, LEVEL} <= {cell.strip(' "\r') for cell in first.split(delimiter)}:
        return _of_csv(name, text, delimiter)
    try:
        return _of_toml(name, text)
    except RatingsFileError:
        if path.suffix.lower() == ".csv":
            raise RatingsFileError(f"{name}: line 1: Has no columns {ID} and {LEVEL}.") from None
        raise


def called(path: Path) -> str:
    """Name a file as messages do."""
    return "standard input" if path == STDIN else str(path)


def _bytes_of(path: Path) -> bytes:
    if path == STDIN:
        return sys.stdin.buffer.read(LARGEST + 1)
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _of_toml(path: str, text: str) -> RatingsFile:
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RatingsFileError(f"{path}: Not TOML: {error}.") from error
    for name in found:
        if name not in (OCCUPATIONS, RATINGS):
            raise RatingsFileError(f"{path}: {name}: Takes {OCCUPATIONS} and {RATINGS} alone.")
    occupations, given = found.get(OCCUPATIONS, []), found.get(RATINGS, {})
    if not isinstance(occupations, list):
        raise RatingsFileError(f"{path}: {OCCUPATIONS}: Not a list of codes or titles.")
    if not isinstance(given, dict):
        raise RatingsFileError(f"{path}: {RATINGS}: Not a table of levels by element id.")
    ratings = dict(_flat(given))
    for id_ in ratings:
        _check_id(f"{path}: {RATINGS}", id_)
    return RatingsFile(occupations, ratings, {id_: f"{path}: {RATINGS}.{id_}" for id_ in ratings})


def _flat(given: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, Any]]:
    """Put ids together again that were written without quotes, which TOML takes apart."""
    for name, value in given.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{above}{name}.")
        else:
            yield above + name, value


def _of_csv(path: str, text: str, delimiter: str) -> RatingsFile:
    lines = text.split("\n")
    names: list[str] = []
    ratings: dict[str, Any] = {}
    places: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        at = f"{path}: line {number}"
        cells = _cells(at, line.rstrip("\r"), delimiter)
        if number == 1:
            names = cells
        elif any(cells):
            row = dict(zip(names, cells, strict=False))
            id_ = row.get(ID, "")
            _check_id(at, id_)
            if id_ in ratings:
                raise RatingsFileError(f"{at}: {id_} is rated twice.")
            is_relevant = row.get(NOT_RELEVANT) != "true"
            level = row.get(LEVEL, "")
            level = level.replace(",", ".") if delimiter == ";" else level
            ratings[id_] = _number(at, level) if is_relevant else 0.0
            places[id_] = f"{at}: {id_}"
    return RatingsFile([], ratings, places)


def _cells(at: str, line: str, delimiter: str) -> list[str]:
    try:
        rows = csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True)
        return [cell.strip() for cell in next(rows, [])]
    except csv.Error as error:
        raise RatingsFileError(f"{at}: Not CSV: {error}.") from error


def _number(at: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise RatingsFileError(f"{at}: {LEVEL}: Not a number.") from None


def _check_id(at: str, id_: str) -> None:
    if ELEMENT_ID.fullmatch(id_) is None or domain_of(id_) is None:
        raise RatingsFileError(f"{at}: {id_!r} is no element id such as 2.B.3.e.")
