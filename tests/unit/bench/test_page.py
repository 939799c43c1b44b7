import json
from xml.etree import ElementTree

import pytest

from bench.chart import draw
from bench.page import BEGIN, END, printed, table, write_page

LOAD = {
    "case": "load",
    "title": "Answers",
    "columns": ["request", "connections", "server", "requests/s"],
    "rows": [["hot & new", "8", "bare WSGI", 40_000.0], ["hot & new", "8", "SQLite", 10_000.0]],
    "checks": [
        {"what": "hot", "database": "SQLite", "found": 0.25, "side": "at least", "bound": 0.8,
         "unit": "", "met": False},
    ],
    "notes": ["Two workers."],
    "date": "2026-01-02",
    "release": "starter data",
    "machine": "a machine",
    "versions": {"Python": "3.11.7"},
}  # fmt: skip


@pytest.fixture
def docs(tmp_path):
    (tmp_path / "performance.md").write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "load.json").write_text(json.dumps(LOAD))
    return tmp_path


def test_a_table_escapes_what_would_break_it():
    assert "| a | b |\n| --- | --- |\n| 1\\|2 | 3 |" == table(["a", "b"], [["1|2", "3"]])


def test_the_figures_of_the_page_are_renewed_and_the_rest_of_it_stays(docs):
    write_page(docs, docs / "results")

    page = (docs / "performance.md").read_text()
    assert page.startswith(f"before\n{BEGIN}\n")
    assert page.endswith(f"{END}\nafter\n")
    assert "old" not in page
    assert "| hot & new | 8 | SQLite | 10,000 |" in page
    assert "| hot | SQLite | 0.25 | at least 0.8 | **falls short** |" in page
    assert "2026-01-02; starter data; a machine; Python 3.11.7." in page
    write_page(docs, docs / "results")
    assert page == (docs / "performance.md").read_text()


def test_a_case_is_printed_with_what_falls_short():
    lines = printed(LOAD).splitlines()

    assert "request    connections  server     requests/s" == lines[2]
    assert "hot  SQLite  0.25  at least 0.8  **falls short**" == lines[-1]


def test_the_chart_is_svg_whose_bars_are_as_long_as_the_figures_are_high():
    drawn = ElementTree.fromstring(draw(LOAD))

    bars = [one for one in drawn.iter("{http://www.w3.org/2000/svg}rect") if len(one)]
    assert ["bare-wsgi", "sqlite"] == [bar.get("class") for bar in bars]
    assert 4.0 == round(float(bars[0].get("width")) / float(bars[1].get("width")), 2)


def test_the_chart_has_colours_for_dark_and_for_light():
    style = ElementTree.fromstring(draw(LOAD)).find("{http://www.w3.org/2000/svg}style").text

    light, dark = style.split("@media(prefers-color-scheme:dark)")
    for rule in ("text{", ".sqlite{", ".bare-wsgi{"):
        assert rule in light
        assert rule in dark


def test_a_line_across_a_bar_is_what_was_asked_of_it():
    check = LOAD["checks"][0] | {"what": "hot & new, 8 connections: requests/s of bare WSGI"}
    rows = [[*row, row[3] / 40_000, 1.0] for row in LOAD["rows"]]
    drawn = ElementTree.fromstring(draw(LOAD | {"rows": rows, "checks": [check]}))

    lines = {one[0].text for one in drawn.iter("{http://www.w3.org/2000/svg}path") if len(one)}
    assert {"asked: 32,000/s"} == lines
