"""The chart of a skill gap, read as the XML it is."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.gap_bodies import body, item

from app.page.chart import NARROW, WIDE, Layout, draw

SVG = "{http://www.w3.org/2000/svg}"
ROWS = f"./{SVG}g"
LAYOUTS = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)

GAPS = [
    item("Reading Tides", 1.0, 4.25),
    item("Painting Moons", None, 2.0),
    item("Listening", 3.0, 3.12, significant=False),
]
COVERED = [item("Whistling", 5.0, 2.5), item("Napping", 2.0, 2.0)]


def parsed(drawing: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawing)


def rows(drawing: str) -> dict[str, ElementTree.Element]:
    """The group of each element by its name: those whose first part is a text."""
    found = {}
    for group in parsed(drawing).iterfind(ROWS):
        first = group[0]
        if first.tag == f"{SVG}text" and len(group) == 5:
            found[str(first.text)] = group
    return found


def centre(group: ElementTree.Element, kind: str) -> float:
    (mark,) = (one for one in group.iterfind(f"{SVG}circle") if one.get("class") == kind)
    return float(str(mark.get("cx")))


@LAYOUTS
def test_every_required_element_is_drawn_gaps_first_in_their_order(layout: Layout) -> None:
    drawing = draw(body(GAPS, COVERED), layout)

    names = ["Reading Tides", "Painting Moons", "Listening", "Whistling", "Napping"]
    assert names == list(rows(drawing))


@LAYOUTS
def test_the_marks_stand_at_both_levels_and_not_relevant_counts_as_0(layout: Layout) -> None:
    drawn = rows(draw(body(GAPS, COVERED), layout))

    for name, source, target in (
        ("Reading Tides", 1.0, 4.25),
        ("Painting Moons", 0.0, 2.0),
        ("Whistling", 5.0, 2.5),
    ):
        assert layout.x(source) == centre(drawn[name], "from")
        assert layout.x(target) == centre(drawn[name], "to")


@LAYOUTS
def test_a_gap_has_a_bar_in_pieces_where_it_may_be_chance_and_the_rest_has_none(
    layout: Layout,
) -> None:
    drawn = rows(draw(body(GAPS, COVERED), layout))
    lines = {name: group.find(f"{SVG}path") for name, group in drawn.items()}

    pieces = {
        name: None if line is None else (line.get("class"), line.get("stroke-dasharray"))
        for name, line in lines.items()
    }
    assert {
        "Reading Tides": ("bar", None),
        "Painting Moons": ("bar", None),
        "Listening": ("bar", "3 3"),
        "Whistling": ("tie", None),
        "Napping": ("tie", None),
    } == pieces


@LAYOUTS
def test_both_levels_are_written_and_a_dash_stands_for_not_relevant(layout: Layout) -> None:
    drawn = rows(draw(body(GAPS, COVERED), layout))

    assert "1.00 → 4.25" == drawn["Reading Tides"][-1].text
    assert "— → 2.00" == drawn["Painting Moons"][-1].text


@LAYOUTS
def test_it_says_what_it_shows_to_who_does_not_see_it(layout: Layout) -> None:
    root = parsed(draw(body(GAPS, COVERED), layout))
    title, description = root[0], root[1]

    assert "img" == root.get("role")
    assert [title.get("id"), description.get("id")] == str(root.get("aria-labelledby")).split()
    assert "Levels of Kite Makers and of Tide Clerks" == title.text
    assert str(description.text).startswith("Of the 5 skills that Tide Clerks need, 3 are")


@LAYOUTS
def test_the_legend_tells_of_not_relevant_only_where_something_is(layout: Layout) -> None:
    told = "not relevant, counts as 0"

    assert told in draw(body(GAPS, COVERED), layout)
    assert told not in draw(body(GAPS[:1], COVERED), layout)


@LAYOUTS
@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([], []),
        ([True], ["gap, wider than chance"]),
        ([False], ["gap, may be chance"]),
        ([None], ["gap, chance unknown"]),
        ([True, False], ["gap, wider than chance", "gap, may be chance"]),
        ([None, False], ["gap, may be chance or chance unknown"]),
    ],
)
def test_the_legend_names_the_kinds_of_gaps_that_there_are(layout: Layout, found, told) -> None:
    gaps = [item(f"Element {each}", 1, 2, significant=each) for each in found]
    covered = [item("Napping", 2, 2, significant=None)]
    drawn = parsed(draw(body(gaps, covered), layout)).iterfind(f"{ROWS}/{SVG}text")

    assert told == [text.text for text in drawn if str(text.text).startswith("gap")]


@LAYOUTS
@pytest.mark.parametrize(
    ("gaps", "covered", "headings"),
    [
        (GAPS, COVERED, ["Gaps (3)", "Already covered (2)"]),
        (GAPS, [], ["Gaps (3)"]),
        ([], COVERED, ["Already covered (2)"]),
        ([], [], []),
    ],
)
def test_a_part_without_elements_is_left_out(layout, gaps, covered, headings) -> None:
    root = parsed(draw(body(gaps, covered), layout))

    found = [one.text for one in root.iterfind(f"{SVG}text") if one.get("font-weight")]
    assert headings == found


@LAYOUTS
def test_names_are_text_whatever_they_hold(layout: Layout) -> None:
    name = """<script>alert("1")</script> & 'x'"""

    drawn = rows(draw(body([item(name, 1, 2)], source=name, target=name), layout))

    assert [name] == list(drawn)


@LAYOUTS
def test_nothing_in_it_needs_what_the_content_security_policy_forbids(layout: Layout) -> None:
    drawing = draw(body(GAPS, COVERED), layout)

    assert not re.search(r"style=|<style|<script|\bon\w+=|href=|url\(", drawing)


@LAYOUTS
def test_a_title_that_does_not_fit_the_legend_is_cut(layout: Layout) -> None:
    drawing = draw(body(GAPS, source="Kite " * 40), layout)

    legend = [str(text.text) for text in parsed(drawing).iterfind(f"{ROWS}/{SVG}text")]
    (cut,) = (text for text in legend if text.endswith("…"))
    assert cut.startswith("Kite Kite")


levels = st.integers(0, 700).map(lambda hundredths: hundredths / 100)


@LAYOUTS
@given(sides=st.lists(st.tuples(st.none() | levels, levels), max_size=60))
def test_everything_is_drawn_within_its_frame(layout: Layout, sides) -> None:
    items = [item(f"Element {n}", source, target) for n, (source, target) in enumerate(sides)]
    drawing = draw(
        body([one for one in items if one["level_gap"] > 0],
             [one for one in items if one["level_gap"] <= 0]),
        layout,
    )  # fmt: skip
    root = parsed(drawing)
    _, _, width, height = map(float, str(root.get("viewBox")).split())

    drawn = rows(drawing)
    tops = [float(re.findall(r"[\d.]+", str(one.get("transform")))[1]) for one in drawn.values()]
    assert len(items) == len(drawn)
    assert all(above + layout.row <= below for above, below in pairwise(tops))
    assert all(top + layout.row <= height for top in tops)
    for group in drawn.values():
        assert all(0 <= centre(group, kind) <= width for kind in ("from", "to"))
