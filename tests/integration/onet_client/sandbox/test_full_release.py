import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from onet_client.sandbox import Generation, Layout, Sandbox, load_release

LARGEST_PAGE = 2000
RATED_OCCUPATIONS = 879  # of the 29.0 release
ORDER = ["onetsoc_code", "element_id", "scale_id"]


def next_link(page: dict[str, Any]) -> str | None:
    links = {link["rel"]: link["href"] for link in page.get("link", [])}
    return page.get("next") or links.get("next")


def read_all(session: requests.Session, url: str) -> list[dict[str, Any]]:
    pages = []
    following: str | None = (
        requests.Request("GET", url, params={"sort": ORDER, "end": LARGEST_PAGE}).prepare().url
    )
    while following:
        answer = session.get(following, timeout=30)
        # The figures are compared with the text files digit by digit, so no float may intervene.
        pages.append(answer.json(parse_float=Decimal, parse_int=Decimal))
        following = next_link(pages[-1])
    return pages


SINGLE = ("single", ["skills"], "Skills.txt", 61_530)
SPLIT = ("split", ["essential_skills", "transferable_skills"], "Skills.txt", 61_530)
KNOWLEDGE = ("single", ["knowledge"], "Knowledge.txt", 58_014)


@pytest.mark.parametrize(
    ("api", "layout", "tables", "file", "ratings"),
    [
        ("2", *SINGLE),
        ("2", *SPLIT),
        ("1.9", *KNOWLEDGE),
        pytest.param("2", *KNOWLEDGE, marks=pytest.mark.soak),
        pytest.param("1.9", *SINGLE, marks=pytest.mark.soak),
        pytest.param("1.9", *SPLIT, marks=pytest.mark.soak),
    ],
)
def test_every_rating_is_served_to_the_last_digit(
    full_release: Path,
    session: requests.Session,
    api: Generation,
    layout: Layout,
    tables: list[str],
    file: str,
    ratings: int,
) -> None:
    lines = (full_release / file).read_text(encoding="utf-8").splitlines()[1:]
    expected = {(f[0], f[1], f[3]): f for f in (line.split("\t") for line in lines)}
    with Sandbox(load_release(full_release, layout), api) as sandbox:
        pages = [
            p for name in tables for p in read_all(session, f"{sandbox.url}database/rows/{name}")
        ]
    rows = [row for page in pages for row in page["row"]]
    assert ratings == len(rows)
    assert 31 >= len(pages)
    assert RATED_OCCUPATIONS == len({row["onetsoc_code"] for row in rows})
    for row in rows:
        fields = expected.pop((row["onetsoc_code"], row["element_id"], row["scale_id"]))
        assert Decimal(fields[4]) == row["data_value"]
        figures = ("n", "standard_error", "lower_ci_bound", "upper_ci_bound")
        for name, text in zip(figures, fields[5:9], strict=True):
            assert (None if text == "n/a" else Decimal(text)) == row[name]
        assert fields[9:11] == [row[f] or "n/a" for f in ("recommend_suppress", "not_relevant")]
    assert {} == expected


def test_one_occupation_is_found_fast_among_all(
    full_release: Path, session: requests.Session
) -> None:
    query = {"filter": "onetsoc_code.eq.15-1254.00", "sort": ORDER[1:], "end": LARGEST_PAGE}
    with Sandbox(load_release(full_release)) as sandbox:
        url = f"{sandbox.url}database/rows/skills"
        assert 70 == session.get(url, params=query).json()["total"]  # indexes the table
        elapsed = []
        for _ in range(20):
            started = time.perf_counter()
            session.get(url, params=query)
            elapsed.append(time.perf_counter() - started)
    assert min(elapsed) < 0.02


def test_occupations_without_ratings_are_listed_and_have_no_rows(
    full_release: Path, session: requests.Session
) -> None:
    with Sandbox(load_release(full_release)) as sandbox:
        listed = session.get(f"{sandbox.url}online/occupations?end=2000").json()
        query = {"filter": "onetsoc_code.eq.15-1252.00"}
        rows = session.get(f"{sandbox.url}database/rows/skills", params=query).json()
    assert 1_016 == listed["total"] == len({item["code"] for item in listed["occupation"]})
    assert "15-1252.00" in {item["code"] for item in listed["occupation"]}
    assert {"start": 1, "end": 0, "total": 0, "row": []} == rows
