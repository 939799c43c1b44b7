import struct
import zipfile

import pytest
from support.release_files import zip_folder

from cache.release.reader import open_release
from onet_client.archive.bounds import Bounds
from onet_client.archive.check import check
from onet_client.archive.number import ReleaseNumber
from onet_client.errors import BadReply

NUMBER = ReleaseNumber(28, 1)


def identify(path):
    with open_release(path) as release:
        return release.name


@pytest.fixture
def archive(made_up_release, tmp_path):
    return zip_folder(made_up_release, tmp_path / "release.part")


def assert_refused(path, words, number=NUMBER, **bounds):
    with pytest.raises(BadReply, match=words):
        check(path, number, identify, Bounds(**bounds))


def add(path, name, body, **more):
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body, **more)


def test_a_release_that_names_none_is_refused(made_up_release, archive):
    (made_up_release / "Read Me.txt").write_text("Hello")
    zip_folder(made_up_release, archive, top="")

    assert_refused(archive, "not of release 28.1 but of none")


def test_a_zip_file_of_anything_else_is_refused(tmp_path):
    path = tmp_path / "x.part"
    add(path, "db_28_1_text/hello.txt", "hello")

    assert_refused(path, "no text release: Occupation Data.txt")


@pytest.mark.parametrize("kept", [0, 1, 21, 22, 200, -1, -22])
def test_a_zip_file_that_is_cut_short_is_refused(archive, kept):
    archive.write_bytes(archive.read_bytes()[:kept])

    assert_refused(archive, "cut short|damaged")


def test_damage_to_any_file_of_it_is_found_though_the_importer_would_not_read_that(archive):
    add(archive, "db_28_1_text/Work Styles.txt", b"some text" * 100)
    body = bytearray(archive.read_bytes())
    at = body.index(b"Work Styles.txt") + len("Work Styles.txt") + 4
    body[at] ^= 0xFF
    archive.write_bytes(body)

    assert_refused(archive, "damaged")


def test_a_bomb_is_refused_before_any_of_it_is_unpacked(archive):
    add(archive, "db_28_1_text/Zeros.txt", bytes(20_000_000))
    assert 50_000 > archive.stat().st_size
    body = bytearray(archive.read_bytes())
    at = body.index(b"Zeros.txt") + len("Zeros.txt") + 4
    body[at] ^= 0xFF  # unpacking would find this first
    archive.write_bytes(body)

    assert_refused(archive, "larger than 10 MB unpacked", unpacked_bytes=10_000_000)


def test_a_bomb_that_says_less_than_it_holds_is_not_unpacked_further(archive):
    add(archive, "db_28_1_text/Zeros.txt", bytes(20_000_000))
    body = archive.read_bytes()
    archive.write_bytes(body.replace(struct.pack("<L", 20_000_000), struct.pack("<L", 1000)))

    assert_refused(archive, "damaged", unpacked_bytes=10_000_000)


def test_a_list_of_files_without_end_is_refused_before_it_is_read(archive):
    for number in range(100):
        add(archive, f"db_28_1_text/{number}.txt", "")

    assert_refused(archive, "too many files", directory_bytes=5000)


@pytest.mark.parametrize("compression", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_compression_that_takes_any_memory_is_refused(made_up_release, archive, compression):
    zip_folder(made_up_release, archive, compression=compression)

    assert_refused(archive, "compressed in a way")
