"""Lines of a release's files within bounds, however much an archive unpacks to."""

import io
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from onet_client import release_lines
from onet_client.release_files import ReleaseError, find_files
from onet_client.release_lines import LONGEST_LINE, check_sizes, read_lines


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
@pytest.mark.parametrize("length", [0, 1, LONGEST_LINE - 3])
def test_lines_are_numbered_and_whole(length, end):
    line = b"a" * length + end
    expected = list(enumerate([b"first\n", line], 7)) if line else [(7, b"first\n")]
    assert expected == list(read_lines("Skills.txt", io.BytesIO(b"first\n" + line), 7))


def archived(path: Path, blocks: list[bytes]) -> Path:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("Occupation Data.txt", "w", force_zip64=True) as member,
    ):
        for block in blocks:
            member.write(block)
    return path


def test_an_endless_line_of_an_archive_is_refused_after_its_beginning(tmp_path):
    path = archived(tmp_path / "db.zip", [b"first\n", *([bytes(LONGEST_LINE)] * 30)])
    with zipfile.ZipFile(path) as archive, archive.open("Occupation Data.txt") as member:
        lines = read_lines("Occupation Data.txt", member)
        assert (1, b"first\n") == next(lines)
        with pytest.raises(ReleaseError, match="line 2: the line is longer than 1,048,576 bytes"):
            next(lines)
        assert member.tell() < 2 * LONGEST_LINE


def test_too_many_lines_are_refused(monkeypatch):
    monkeypatch.setattr(release_lines, "MOST_LINES", 5)

    assert 5 == len(list(read_lines("a.txt", io.BytesIO(b"\n" * 5))))
    with pytest.raises(ReleaseError, match=r"a\.txt: has more than 5 lines"):
        list(read_lines("a.txt", io.BytesIO(b"\n" * 6)))


@pytest.mark.parametrize("packed", [True, False])
def test_more_text_than_a_release_has_is_refused_before_it_is_read(tmp_path, monkeypatch, packed):
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "Occupation Data.txt").write_bytes(bytes(600))
    (folder / "Skills.TXT").write_bytes(bytes(400))
    (folder / "notes.bin").write_bytes(bytes(4_000))
    path = folder
    if packed:
        path = tmp_path / "release.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in folder.iterdir():
                archive.write(file, file.name)
    with ExitStack() as stack:
        files = find_files(path, stack)
        monkeypatch.setattr(release_lines, "LARGEST", 1_000)
        check_sizes(files)
        monkeypatch.setattr(release_lines, "LARGEST", 999)
        with pytest.raises(ReleaseError, match="the release has more than"):
            check_sizes(files)
