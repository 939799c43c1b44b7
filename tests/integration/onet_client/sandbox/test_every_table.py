"""Every file of a real release is a table that can be listed, filtered and paged."""

import re
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from onet_client.sandbox import ApiVersion, Sandbox, load_release

JSON = {"Accept": "application/json"}
LARGEST_PAGE = 2000
READ_WHOLE = {
    "related_occupations",
    "emerging_tasks",
    "content_model_reference",
    "scales_reference",
}
TYPES = {
    ("emerging_tasks", "category"): {str},
    ("emerging_tasks", "original_task_id"): {Decimal},
    ("task_categories", "category"): {Decimal},
    ("content_model_reference", "element_id"): {str},
    ("job_titles", "sources"): {str},
    ("alternate_titles", "sources"): {str},
    ("job_zones", "job_zone"): {Decimal},
    ("job_zones", "date_updated"): {str},
    ("occupation_level_metadata", "percent"): {Decimal},
    ("scales_reference", "minimum"): {Decimal},
}
Lines = list[list[str]]


def read_files(folder: Path) -> dict[str, tuple[list[str], Lines]]:
    """The header and the lines of each file by the identifier of its table."""
    files = {}
    for file in folder.glob("*.txt"):
        header, *lines = [line.split("\t") for line in file.read_text("utf-8").splitlines()]
        if file.name != "Read Me.txt":
            files[file.stem.lower().replace(" ", "_")] = header, lines
    return files


def get(session: requests.Session, url: str, **query: object) -> Any:
    answer = session.get(url, params=query, headers=JSON, timeout=30)
    # The figures are compared with the text files digit by digit, so no float may intervene.
    return answer.json(parse_float=Decimal, parse_int=Decimal)


def as_written(value: Any, text: str) -> str | Decimal:
    """What a value would be in the file, where that has this text."""
    if value is None:
        return text if text in ("", "n/a") else "a value"
    if isinstance(value, str) and re.fullmatch("[0-9]{4}-[0-9]{2}-01", value):
        return f"{value[5:7]}/{value[:4]}"
    return value


def differing(rows: list[dict[str, Any]], columns: dict[str, str], lines: Lines, header: list[str]):
    """The values that are not those of the file; `columns` are identifiers by title."""
    assert len(lines) == len(rows)
    names = [columns[title] for title in header]
    found = []
    for row, line in zip(rows, lines, strict=True):
        for name, text in zip(names, line, strict=True):
            value = row[name]
            due = Decimal(text) if isinstance(value, Decimal) else text
            if as_written(value, text) != due:
                found.append((name, text, value))
    return found


def follow(session: requests.Session, url: str) -> list[dict[str, Any]]:
    """The rows of all pages."""
    page = get(session, url, end=LARGEST_PAGE)
    rows = list(page["row"])
    while following := page.get("next") or {
        link["rel"]: link["href"] for link in page.get("link", [])
    }.get("next"):
        page = get(session, following)
        rows += page["row"]
    return rows


@pytest.mark.parametrize(
    ("fixture", "tables", "api"),
    [
        pytest.param("newer_release", 39, "2", marks=pytest.mark.newer_release),
        pytest.param(
            "newer_release", 39, "1.9", marks=[pytest.mark.newer_release, pytest.mark.soak]
        ),
        pytest.param("full_release", 8, "2", marks=[pytest.mark.full_release, pytest.mark.soak]),
        pytest.param("full_release", 8, "1.9", marks=[pytest.mark.full_release, pytest.mark.soak]),
    ],
)
def test_every_file_is_listed_filtered_and_paged(
    request: pytest.FixtureRequest,
    session: requests.Session,
    fixture: str,
    tables: int,
    api: ApiVersion,
) -> None:
    folder = request.getfixturevalue(fixture)
    files = read_files(folder)
    release = load_release(folder)
    assert [] == release.left_out
    with Sandbox(release, api) as sandbox:
        answer = get(session, f"{sandbox.url}database")
        listed = {one["table_id"]: one for one in (answer if api == "2" else answer["table"])}
        assert tables == len(listed) == len(files)
        assert listed.keys() == files.keys()
        for table_id, (header, lines) in files.items():
            info = get(session, listed[table_id]["info"])
            columns = {column["title"]: column["column_id"] for column in info["column"]}
            url = listed[table_id]["rows"]
            page = get(session, url, end=LARGEST_PAGE)
            assert len(lines) == page["total"], table_id
            assert [] == differing(page["row"], columns, lines[:LARGEST_PAGE], header), table_id
            wanted = lines[0][0]
            kept = [line for line in lines if line[0].casefold() == wanted.casefold()]
            query = f"{columns[header[0]]}.eq.{wanted}"
            page = get(session, url, filter=query, end=LARGEST_PAGE)
            assert len(kept) == page["total"], table_id
            assert [] == differing(page["row"], columns, kept[:LARGEST_PAGE], header), table_id
            if table_id in READ_WHOLE:
                assert [] == differing(follow(session, url), columns, lines, header), table_id
            kinds = {column["column_id"]: column["type"] for column in info["column"]}
            for name in columns.values():
                met = {type(row[name]) for row in page["row"]} - {type(None)}
                assert met <= {Decimal if kinds[name] == "Number" else str}
                assert met <= TYPES.get((table_id, name), met)


def test_one_occupation_is_found_fast_among_all(
    full_release: Path, session: requests.Session
) -> None:
    query = {
        "filter": "onetsoc_code.eq.15-1254.00",
        "sort": ["element_id", "scale_id"],
        "end": LARGEST_PAGE,
    }
    with Sandbox(load_release(full_release)) as sandbox:
        url = f"{sandbox.url}database/rows/skills"
        assert 70 == session.get(url, params=query).json()["total"]  # indexes the table
        elapsed = []
        for _ in range(20):
            started = time.perf_counter()
            session.get(url, params=query)
            elapsed.append(time.perf_counter() - started)
    assert min(elapsed) < 0.02
