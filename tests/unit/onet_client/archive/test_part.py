import json

import pytest

from onet_client.archive.part import Origin, Part
from onet_client.errors import CannotStore

URL = "https://a/db_30_3_text.zip"
ORIGIN = Origin(URL, '"1"', 1000)


@pytest.fixture
def part(tmp_path):
    part = Part(tmp_path / "db_30_3_text.zip.part")
    part.begin(ORIGIN)
    return part


def append(part, body):
    with part.appending() as file:
        file.write(body)


def test_a_part_is_gone_on_with_by_what_it_is_a_part_of(part):
    append(part, b"PK")
    append(part, b"\x03\x04")

    assert (ORIGIN, 4) == (Part(part.path).origin(URL), part.size)


def test_a_part_of_another_file_is_not_gone_on_with(part):
    append(part, b"PK")

    assert None is part.origin("https://a/db_31_0_text.zip")


def test_an_empty_part_is_not_gone_on_with(part):
    assert None is part.origin(URL)


def test_a_part_of_which_nothing_tells_its_version_is_not_gone_on_with(part):
    part.begin(Origin(URL, "", 1000))
    append(part, b"PK")

    assert None is part.origin(URL)


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"{",
        b"[1, 2]",
        b"null",
        b"\xff",
        json.dumps({"url": URL}).encode(),
        json.dumps({"url": URL, "validator": 7, "total": 1000}).encode(),
        None,
    ],
)
def test_a_part_without_a_note_that_can_be_read_is_not_gone_on_with(part, note):
    append(part, b"PK")
    (file,) = part.path.parent.glob("*.json")
    if note is None:
        file.unlink()
    else:
        file.write_bytes(note)

    assert None is part.origin(URL)


def test_a_part_that_is_begun_anew_is_empty(part):
    append(part, b"PK")
    part.begin(Origin(URL, '"2"', 2000))
    append(part, b"P")

    assert (Origin(URL, '"2"', 2000), 1) == (part.origin(URL), part.size)


def test_what_is_moved_leaves_nothing_behind(part, tmp_path):
    append(part, b"whole")
    place = tmp_path / "db_30_3_text.zip"
    place.write_bytes(b"damaged")
    part.move_to(place)

    assert [place] == list(tmp_path.iterdir())
    assert b"whole" == place.read_bytes()


def test_a_disk_that_does_not_take_it_is_named(tmp_path):
    part = Part(tmp_path / "no such folder" / "x.part")

    with pytest.raises(CannotStore, match=r"no such folder.*No such file"):
        part.begin(ORIGIN)
