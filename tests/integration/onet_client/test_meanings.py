"""What elements and levels mean is read as the release's files have it, or not at all."""

import shutil

import pytest
from support.canary import CANARY
from support.made_up_release import ANCHORS, DESCRIPTIONS, write_meanings, write_release
from support.release_files import add_lines, change

from cache.release.meanings import read_meanings_of
from cache.release.reader import open_release
from onet_client.client import connect
from onet_client.deadline import Deadline
from onet_client.errors import OnetError
from onet_client.governor import InMemoryGovernor
from onet_client.sandbox import Sandbox, load_release

ELEMENT_FILE, ANCHOR_FILE = "Content Model Reference.txt", "Level Scale Anchors.txt"
FILES = ("Occupation Data", "Content Model Reference", "Level Scale Anchors", "Scales Reference")


@pytest.fixture(params=["2", "1.9"])
def read(request):
    """Reads both tables of a release folder through the API."""

    def read(folder):
        with Sandbox(load_release(folder), request.param) as sandbox:
            client = connect(
                sandbox.url, request.param, api_key=CANARY, username="u", password=CANARY,
                governor=InMemoryGovernor(100_000),
            )  # fmt: skip
            tables = client.meanings
            described = [
                (one.element_id, one.name, one.description)
                for one in tables.descriptions(Deadline(20))
            ]
            anchors = [
                (one.element_id, one.level, one.text) for one in tables.anchors(Deadline(20))
            ]
            return described, anchors

    return read


@pytest.fixture
def told(tmp_path):
    return write_meanings(write_release(tmp_path / "db_28_1_text"))


def test_both_tables_are_read_as_the_files_have_them(read, told):
    assert (
        sorted((key, *texts) for key, texts in DESCRIPTIONS.items()),
        sorted((key, *anchor) for key, anchors in ANCHORS.items() for anchor in anchors),
    ) == read(told)


@pytest.mark.newer_release
def test_those_of_30_3_are_what_the_release_itself_is_read_as(read, newer_release, tmp_path):
    for name in FILES:
        shutil.copy(newer_release / f"{name}.txt", tmp_path)
    with open_release(newer_release) as release:
        rows = read_meanings_of(release).rows

    assert tuple(rows.values()) == read(tmp_path)


SPOILT = {
    "a level of 8": lambda folder: change(folder / ANCHOR_FILE, "LV\t7\t", "LV\t8\t"),
    "twice": lambda folder: change(folder / ANCHOR_FILE, "LV\t6\t", "LV\t2\t"),
    "a level of 2.5": lambda folder: change(folder / ANCHOR_FILE, "LV\t6\t", "LV\t2.5\t"),
    "without text": lambda folder: change(folder / ANCHOR_FILE, "Hear a breeze", ""),
    "described twice": lambda folder: add_lines(folder / ELEMENT_FILE, "2.A.1.a\tAgain\tTwice"),
    "not there": lambda folder: (folder / ANCHOR_FILE).unlink(),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_table_that_is_not_as_it_should_be_is_an_error(read, told, what):
    SPOILT[what](told)

    with pytest.raises(OnetError):
        read(told)
