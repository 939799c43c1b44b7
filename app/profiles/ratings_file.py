"""Reads own ratings from a small file: TOML, as `flask profile` writes it, or CSV."""

import csv
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
    """Read a file: CSV where its name ends so, else TOML.

    Raises:
        RatingsFileError: where it cannot be read, or is not what it should be.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise RatingsFileError(f"{path}: Longer than {LARGEST:,} bytes.")
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise RatingsFileError(f"{path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RatingsFileError(f"{path}: line {line}: Not UTF-8.") from error
    return _of_csv(path, text) if path.suffix.lower() == ".csv" else _of_toml(path, text)


def _of_toml(path: Path, text: str) -> RatingsFile:
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


def _of_csv(path: Path, text: str) -> RatingsFile:
    lines = text.split("\n")
    delimiter = "\t" if "\t" in lines[0] else ","
    names: list[str] = []
    ratings: dict[str, Any] = {}
    places: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        at = f"{path}: line {number}"
        cells = _cells(at, line.rstrip("\r"), delimiter)
        if number == 1:
            names = cells
            if not {ID, LEVEL} <= {*names}:
                raise RatingsFileError(f"{at}: Has no columns {ID} and {LEVEL}.")
        elif any(cells):
            row = dict(zip(names, cells, strict=False))
            id_ = row.get(ID, "")
            _check_id(at, id_)
            if id_ in ratings:
                raise RatingsFileError(f"{at}: {id_} is rated twice.")
            is_relevant = row.get(NOT_RELEVANT) != "true"
            ratings[id_] = _number(at, row.get(LEVEL, "")) if is_relevant else 0.0
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
