"""Reads own ratings from a small file: TOML or CSV, as `flask profile` writes them."""

import csv
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from io import StringIO
from pathlib import Path
from typing import Any, Final, NamedTuple

from app.query_fields import strict_json
from onet_client.content_model import ELEMENT_ID, domain_of

LARGEST: Final = 1_000_000
"""Bytes; what `flask profile` writes of a domain with all its examples has 40,000."""
FROM, OCCUPATIONS, RATINGS = "from", "occupations", "ratings"
ID, LEVEL, NOT_RELEVANT = "id", "level", "not_relevant"
COLUMNS: Final = (ID, LEVEL, NOT_RELEVANT)
"""Columns of CSV, those of `/occupations/{code}`: the last one may be left out."""
DEEPEST_ID: Final = 10
"""Parts of an element id, by far; tables within tables beyond that are none."""
DECIMAL: Final = re.compile(r"-?[0-9]{1,9}([.,][0-9]{1,99})?")
"""A number with a point or, as people and spreadsheets of many countries write it, a comma."""
CSV_HEADER: Final = re.compile(r'"?\w+"?[ ]*[,;\t]')
"""How CSV with these columns begins, and TOML never does."""
NO_CSV: Final = ("#", "[", "{", OCCUPATIONS)
"""How TOML that `flask profile` writes begins, or what is left of it, and JSON."""
STANDARD_INPUT: Final = Path("-")


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
    """Read a file, or standard input for `-`: CSV or JSON where it begins so, else TOML.

    Raises:
        RatingsFileError: where it cannot be read, or is not what it should be.
    """
    name = called(path)
    try:
        with nullcontext(sys.stdin.buffer) if path == STANDARD_INPUT else path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise RatingsFileError(f"{name}: Longer than {LARGEST:,} bytes.")
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise RatingsFileError(f"{name}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RatingsFileError(f"{name}: line {line}: Not UTF-8.") from error
    begins = text.lstrip()
    is_csv = CSV_HEADER.match(begins) is not None
    if path.suffix.lower() == ".csv":  # which is a wrong name at times
        is_csv = is_csv or not begins.startswith(NO_CSV)
    if is_csv:
        return _of_csv(name, text)
    return _of_json(name, text) if begins.startswith("{") else _of_toml(name, text)


def called(path: Path) -> str:
    """Name a file as messages do."""
    return "standard input" if path == STANDARD_INPUT else str(path)


def _of_toml(path: str, text: str) -> RatingsFile:
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # not TOML, or a number of 5,000 digits
        raise RatingsFileError(f"{path}: Not TOML: {error}.") from error
    for key in found:
        if key not in (OCCUPATIONS, RATINGS):
            raise RatingsFileError(f"{path}: {key}: Takes {OCCUPATIONS} and {RATINGS} alone.")
    return _of_said(path, found)


def _of_json(path: str, text: str) -> RatingsFile:
    """Read what the page saves, which is a body of POST /skill-gap."""
    try:
        found = strict_json(text.encode())
    except ValueError as error:
        raise RatingsFileError(f"{path}: {error}") from error
    said = found.get(FROM)
    if not isinstance(said, dict):
        takes = f'takes {{"{FROM}": {{"{OCCUPATIONS}": [...], "{RATINGS}": {{...}}}}}}'
        raise RatingsFileError(f"{path}: Not JSON of a profile: {takes}.")
    return _of_said(path, said)


def _of_said(path: str, said: Mapping[str, Any]) -> RatingsFile:
    """Take the occupations and ratings, whichever way they are written."""
    occupations, given = said.get(OCCUPATIONS, []), said.get(RATINGS, {})
    if not isinstance(occupations, list):
        raise RatingsFileError(f"{path}: {OCCUPATIONS}: Not a list of codes or titles.")
    if not isinstance(given, dict):
        raise RatingsFileError(f"{path}: {RATINGS}: Not a table of levels by element id.")
    ratings: dict[str, Any] = {}
    for id_, level in _flat(given):
        _check_id(f"{path}: {RATINGS}", id_)
        if id_ in ratings:
            raise RatingsFileError(f"{path}: {RATINGS}: {id_} is rated twice.")
        ratings[id_] = level
    return RatingsFile(occupations, ratings, {id_: f"{path}: {RATINGS}.{id_}" for id_ in ratings})


def _flat(given: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, Any]]:
    """Put ids together again that were written without quotes, which TOML takes apart."""
    for name, value in given.items():
        if isinstance(value, dict) and value and above.count(".") < DEEPEST_ID:
            yield from _flat(value, f"{above}{name}.")
        else:
            yield above + name, value


def _of_csv(path: str, text: str) -> RatingsFile:
    rows = _rows(path, text)
    at, head = next(rows, (f"{path}: line 1", []))
    names = [name.lower() for name in head]
    if not {ID, LEVEL} <= {*names}:
        raise RatingsFileError(f"{at}: Has no columns {ID} and {LEVEL}.")
    twice = [name for name in COLUMNS if names.count(name) > 1]
    if twice:
        raise RatingsFileError(f"{at}: Has the column {twice[0]} twice.")
    ratings: dict[str, Any] = {}
    places: dict[str, str] = {}
    for at, cells in rows:
        if any(cells[len(names) :]):
            raise RatingsFileError(f"{at}: Has {len(cells)} cells, and the header {len(names)}.")
        row = dict(zip(names, cells, strict=False))
        id_ = row.get(ID, "")
        _check_id(at, id_)
        if id_ in ratings:
            raise RatingsFileError(f"{at}: {id_} is rated twice.")
        ratings[id_] = _level(at, row)
        places[id_] = f"{at}: {id_}"
    return RatingsFile([], ratings, places)


def _rows(path: str, text: str) -> Iterator[tuple[str, list[str]]]:
    """Read the rows that have anything in them, each with the line that it begins in.

    Spreadsheets write semicolons between cells where commas are for decimals.
    """
    first = text.lstrip().partition("\n")[0]
    delimiter = next((one for one in "\t;" if one in first), ",")
    lines = StringIO(text, newline=None)  # whichever ends lines have
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        at = f"{path}: line {reader.line_num + 1}"
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise RatingsFileError(f"{at}: Not CSV: {error}.") from error
        if any(cells):
            yield at, cells


def number(text: str) -> float | None:
    """Return the number that a text is, as people write it; None where it is none."""
    return float(text.replace(",", ".")) if DECIMAL.fullmatch(text) else None


def _level(at: str, row: Mapping[str, str]) -> float:
    """Return the level of a row, 0 where it is Not Relevant."""
    said = row.get(NOT_RELEVANT, "").lower()  # spreadsheets write TRUE
    if said not in ("true", "false", ""):
        raise RatingsFileError(f"{at}: {NOT_RELEVANT}: Not true or false.")
    text = row.get(LEVEL, "")
    if said == "true":
        return 0.0
    level = number(text)
    if level is None:
        raise RatingsFileError(f"{at}: {LEVEL}: Not a number.")
    return level


def _check_id(at: str, id_: str) -> None:
    if ELEMENT_ID.fullmatch(id_) is None or domain_of(id_) is None:
        raise RatingsFileError(f"{at}: {id_!r} is no element id such as 2.B.3.e.")
