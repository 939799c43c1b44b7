"""What a release says of elements is read as it stands; a file with a broken line is left out."""

import csv

import pytest
from support.made_up_release import ANCHORS, DESCRIPTIONS, write_meanings
from support.release_files import add_lines, change

from cache.release.meanings import read_meanings_of
from cache.release.reader import open_release
from onet_client.content_model import ANCHOR_TABLE, ELEMENT_TABLE, domain_of

DESCRIPTION_FILE, ANCHOR_FILE = "Content Model Reference.txt", "Level Scale Anchors.txt"
DESCRIBED = sorted((key, *texts) for key, texts in DESCRIPTIONS.items())
ANCHORED = sorted((key, *anchor) for key, anchors in ANCHORS.items() for anchor in anchors)


def read(path):
    with open_release(path) as release:
        return read_meanings_of(release)


@pytest.fixture
def told(made_up_release):
    """The made-up release with what it says of elements."""
    return write_meanings(made_up_release)


def test_what_is_said_of_our_elements_is_read_and_nothing_else(told):
    assert ({ELEMENT_TABLE: DESCRIBED, ANCHOR_TABLE: ANCHORED}, []) == read(told)


def test_anchors_need_no_names_of_elements_and_a_level_may_have_decimals(told):
    lines = (told / ANCHOR_FILE).read_text().splitlines()
    cut = ["\t".join([first, *rest]) for first, _, *rest in (line.split("\t") for line in lines)]
    (told / ANCHOR_FILE).write_text("\n".join(cut).replace("LV\t6\t", "LV\t6.0000\t"))

    assert ANCHORED == read(told).rows[ANCHOR_TABLE]


def test_both_files_may_be_missing(starter_release):
    assert ({}, []) == read(starter_release)


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (ANCHOR_FILE, "LV\t6\t", "LV\t8\t", "no level in whole numbers from 0 to 7"),
        (ANCHOR_FILE, "LV\t6\t", "LV\t2.5\t", "no level in whole numbers"),
        (ANCHOR_FILE, "LV\t6\t", "LV\t2\t", "a second anchor of level 2"),
        (ANCHOR_FILE, "Hear a breeze", "", "the text is missing"),
        (ANCHOR_FILE, "Hear a breeze", "n/a", "the text is missing"),
        (ANCHOR_FILE, "Hear a breeze", "H" * 1001, "the text is missing or longer than 1000"),
        (ANCHOR_FILE, "Hear a breeze", "Hear\ta breeze", "6 fields where 5 are due"),
        (ANCHOR_FILE, "Hear a breeze", "Hear\x07a breeze", "control character"),
        (ANCHOR_FILE, "2.A.1.a\tany\tLV\t2", "2.A. 1\tany\tLV\t2", "is not an element id"),
        (ANCHOR_FILE, "Anchor Value", "Value", "column Anchor Value not found"),
        (DESCRIPTION_FILE, "Making knots.", "M" * 5001, "the description is longer than 5000"),
        (DESCRIPTION_FILE, "Knot Making", "", "the name is missing"),
        (DESCRIPTION_FILE, "2.B.1.a\t", "2.A.1.a\t", "2.A.1.a is there twice"),
    ],
)
def test_a_file_with_a_broken_line_is_left_out_whole(told, file, old, new, reason):
    change(told / file, old, new)

    rows, (problem,) = read(told)

    whole = {ELEMENT_TABLE: DESCRIBED} if file == ANCHOR_FILE else {ANCHOR_TABLE: ANCHORED}
    assert (whole, file) == (rows, problem.file)
    assert reason in str(problem)


def test_a_file_that_is_no_text_or_there_twice_is_left_out(told):
    (told / DESCRIPTION_FILE).write_bytes(b"\xff\xfe\x00\x00" * 100)
    (told / "level_scale_anchors.txt").write_text("another")

    rows, problems = read(told)

    assert {} == rows
    assert [DESCRIPTION_FILE, ANCHOR_FILE] == [problem.file for problem in problems]


def test_the_fingerprint_changes_with_both_files(told):
    def digest() -> str:
        with open_release(told) as release:
            return release.fingerprint[0]

    found = {digest()}
    for name in (DESCRIPTION_FILE, ANCHOR_FILE):
        add_lines(told / name, "4.A.2\tany\tLV\t1\tnot ours")
        found.add(digest())
        (told / name).unlink()
        found.add(digest())

    assert 5 == len(found)


@pytest.mark.newer_release
def test_every_description_and_anchor_of_30_3_is_as_in_its_file(newer_release):
    def lines(name):
        text = (newer_release / name).read_text(encoding="utf-8")
        return list(csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))[1:]

    described = [(key, *rest) for key, *rest in lines(DESCRIPTION_FILE) if domain_of(key)]
    anchored = [
        (key, int(level), text)
        for key, _, scale, level, text in lines(ANCHOR_FILE)
        if domain_of(key) and scale == "LV"
    ]

    rows, left_out = read(newer_release)

    assert (sorted(described), sorted(anchored), []) == (*rows.values(), left_out)
    assert (154, 360) == (len(described), len(anchored))
