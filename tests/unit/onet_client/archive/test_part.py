import json

import pytest

from onet_client.archive.part import Origin, Part

URL = "https://a/db_30_3_text.zip"
ORIGIN = Origin(URL, '"1"', 1000)


@pytest.fixture
def part(tmp_path):
    part = Part(tmp_path / "db_30_3_text.zip.part")
    part.begin(ORIGIN)
    return part


def test_an_empty_part_is_not_gone_on_with(part):
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
        json.dumps(Origin("https://a/db_31_0_text.zip", '"1"', 1000)._asdict()).encode(),
        None,
    ],
)
def test_a_part_without_a_note_that_says_it_is_of_this_file_is_not_gone_on_with(part, note):
    with part.appending() as open_part:
        open_part.write(b"PK")
    (file,) = part.path.parent.glob("*.json")
    if note is None:
        file.unlink()
    else:
        file.write_bytes(note)

    assert None is part.origin(URL)
