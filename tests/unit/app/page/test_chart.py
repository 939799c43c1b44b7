"""The marks of an element, read as the XML they are."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.gap_bodies import item

from app.page.chart import key, marks, scale


def places(drawing: str) -> dict[str, float]:
    """Where the marks are, in percent of the width."""
    found = ElementTree.fromstring(drawing).iterfind("circle")
    return {str(one.get("class")): float(str(one.get("cx")).rstrip("%")) for one in found}


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (1.75, 3.5, {"from": 25.0, "to": 50.0}),
        (None, 7.0, {"from": 0.0, "to": 100.0}),
        (5.25, 1.75, {"from": 75.0, "to": 25.0}),
    ],
)
def test_the_marks_stand_at_both_levels_and_not_relevant_counts_as_0(
    source, target, expected
) -> None:
    assert expected == places(marks(item("a", source, target)))


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (item("a", 1, 2), "bar"),
        (item("a", 1, 2, significant=False), "bar unsure"),
        (item("a", 1, 2, significant=None), "bar unsure"),
        (item("a", 2, 1), "tie"),
        (item("a", 2, 2, significant=None), "tie"),
    ],
)
def test_a_gap_has_a_bar_in_pieces_where_it_is_not_sure_and_the_rest_has_none(one, kind) -> None:
    line = ElementTree.fromstring(marks(one)).find("line")

    assert line is not None
    assert kind == line.get("class")


@pytest.mark.parametrize(
    "drawing",
    [marks(item("a", 1, 2)), scale(4.25, [(2, "Write")]), *map(key, ("from", "to", "anchor"))],
)
def test_it_is_hidden_from_who_hears_the_figures_and_needs_nothing_that_is_forbidden(
    drawing,
) -> None:
    assert "true" == ElementTree.fromstring(drawing).get("aria-hidden")
    assert not re.search(r"style=|<style|<script|\bon\w+=|href=|url\(", drawing)


@pytest.mark.parametrize("side", ["from", "to"])
def test_each_side_has_a_mark_by_itself(side) -> None:
    assert [side] == list(places(key(side)))


def test_a_scale_has_the_examples_at_their_levels_and_what_is_asked() -> None:
    drawing = scale(3.5, [(0, "Guess"), (7, "Build a system")])
    read = ElementTree.fromstring(drawing)

    assert {"to": 50.0} == places(drawing)
    assert ["0.0%", "100.0%"] == [line.get("x1") for line in read.iterfind("line")]
    assert ["0", "7"] == [text.text for text in read.iterfind("text")]
    assert {"to": 0.0} == places(scale(0.0, ()))


levels = st.integers(0, 700).map(lambda hundredths: hundredths / 100)


@given(source=st.none() | levels, target=levels)
def test_everything_is_drawn_within_its_frame(source, target) -> None:
    assert all(0 <= place <= 100 for place in places(marks(item("a", source, target))).values())
