"""What elements and levels mean comes with a release; a broken file costs none of its ratings."""

import pytest
from support.made_up_release import ANCHORS, RATING_ROWS, write_meanings
from support.release_files import change
from support.tables import dump

from cache.db import database
from cache.entries.meanings import Anchor, Meaning, read_meanings
from cache.entries.purge import purge
from cache.release.seed import is_seeded
from onet_client.content_model import ANCHOR_TABLE, ELEMENT_TABLE

TOLD = ("element_description", "level_anchor")
KNOTS = Meaning(
    "2.B.1.a",
    "Knot Making",
    "skills",
    "Making knots.",
    tuple(Anchor(*anchor) for anchor in ANCHORS["2.B.1.a"]),
)


def told(engine) -> dict[str, int]:
    return {table: len(rows) for table, rows in dump(engine, TOLD).items()}


@pytest.fixture
def meant(make_release):
    """Writes a release that says what its elements mean."""
    return lambda *args, **other: write_meanings(make_release(*args, **other))


def test_a_release_says_what_its_elements_mean(load, engine, clock, meant):
    report = load(meant())
    held = database.read(engine, read_meanings)

    assert {"element descriptions": 4, "level anchors": 5} == {
        key: report.lists[key] for key in ("element descriptions", "level anchors")
    }
    assert ["2.A.1.a", "2.A.1.b", "2.B.1.a"] == list(held.elements)
    assert KNOTS == held.elements["2.B.1.a"]
    assert (None, None) == held.elements["2.A.1.b"][3:]
    assert {("seed", "28.2", clock())} == {
        (source.origin, source.release, source.at) for source in held.sources.values()
    }


def test_a_broken_file_is_left_out_whole_and_said_while_the_ratings_are_published(
    load, engine, meant
):
    folder = meant()
    change(folder / "Level Scale Anchors.txt", "LV\t7", "LV\t77")

    report = load(folder)

    (problem,) = report.left_out
    assert "Level Scale Anchors.txt, line 5: '77' is no level" in str(problem)
    assert (RATING_ROWS, 4) == (report.ratings, report.lists["element descriptions"])
    assert "level anchors" not in report.lists
    assert {"element_description": 4, "level_anchor": 0} == told(engine)
    assert 0 == database.read(engine, read_meanings).sources[ANCHOR_TABLE].rows


def test_a_complete_release_takes_the_place_of_what_it_does_not_say(
    load, engine, meant, make_release
):
    load(meant())
    load(make_release("28.3"))

    assert {"element_description": 0, "level_anchor": 0} == told(engine)
    held = database.read(engine, read_meanings)
    assert {("28.3", 0)} == {(source.release, source.rows) for source in held.sources.values()}
    assert (None, None) == held.elements["2.B.1.a"][3:]


def test_a_partial_release_leaves_what_it_does_not_say(load, engine, meant, make_release):
    load(meant())
    folder = meant("28.3", complete=False)
    (folder / "Content Model Reference.txt").unlink()
    change(folder / "Level Scale Anchors.txt", "Hear a breeze", "Hear a gale")

    load(folder)

    held = database.read(engine, read_meanings)
    assert "Hear a gale" == held.elements["2.A.1.a"].anchors[0].text
    assert "Making knots." == held.elements["2.B.1.a"].description
    assert ("28.2", "28.3") == (
        held.sources[ELEMENT_TABLE].release,
        held.sources[ANCHOR_TABLE].release,
    )


def test_a_purge_of_all_leaves_what_elements_mean(load, engine, meant):
    load(meant())

    purge(engine, None)

    assert not is_seeded(engine)
    assert KNOTS == database.read(engine, read_meanings).elements["2.B.1.a"]


def test_the_release_that_is_loaded_brings_them_where_it_was_loaded_without(
    load, engine, make_release
):
    folder = make_release()
    assert load(folder).changed
    assert not load(folder).changed

    assert load(write_meanings(folder)).changed

    assert KNOTS == database.read(engine, read_meanings).elements["2.B.1.a"]
    assert not load(folder).changed


def test_elements_with_anchors_are_known_though_nobody_rated_them_here(load, engine, meant):
    folder = meant()
    change(
        folder / "Content Model Reference.txt", "4.A.1\t", "1.A.1.a.1\tFar Sight\tSees.\n4.A.1\t"
    )

    load(folder)

    sight = database.read(engine, read_meanings).elements["1.A.1.a.1"]
    assert ("Far Sight", "abilities", "Sees.") == sight[1:4]
