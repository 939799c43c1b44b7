"""Fetching a release from an archive on loopback that does everything wrong an archive can do."""

import fcntl
import gzip
import json
import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.clock import eventually
from support.disks import fill, make_read_only, small_disk
from support.local_archive import FOLDER, PAGE, RELEASES, Fault, File, local_archive
from support.mysql_server import free_port
from support.release_files import change, zip_folder

from cache.release.reader import open_release
from onet_client import errors
from onet_client.archive import archive as archive_module
from onet_client.archive.archive import Archive
from onet_client.archive.bounds import Bounds
from onet_client.archive.number import ReleaseNumber, release_file

NUMBER = ReleaseNumber(28, 1)
NAME = release_file(NUMBER)
PATIENT = {"connect": 5.0, "answer": 5.0, "stall": 5.0, "whole": 20.0}
"""Bounds that a crowded machine keeps, too; what is about one of them sets its own."""
BREAKS = Fault(after=1000)


def identify(path: Path) -> str | None:
    with open_release(path) as release:
        return release.name


class Fetching:
    """A folder, the archive it is filled from, and all that was told meanwhile."""

    def __init__(self, folder: Path, url: str, **bounds: float) -> None:
        self.folder = folder
        self.told: list[str] = []
        self.progress: list[tuple[int, int | None]] = []
        self.archive = Archive(
            url,
            folder,
            identify=identify,
            progress=lambda done, total: self.progress.append((done, total)),
            say=self.told.append,
            bounds=Bounds(**PATIENT | bounds),  # type: ignore[arg-type]
            sleep=lambda seconds: time.sleep(min(seconds, 0.01)),
        )

    @property
    def left(self) -> set[str]:
        """The names of the files in the folder."""
        return {path.name for path in self.folder.glob("*")} - {".lock"}

    def fails(self, kind: type[errors.OnetError], words: str, *, newest: bool = True) -> None:
        with pytest.raises(kind, match=words) as raised:
            self.archive.newest() if newest else self.archive.numbered(NUMBER)
        assert None is not raised.value.url
        assert NAME not in self.left


@pytest.fixture
def body(made_up_release, tmp_path):
    """A release as the archive has it."""
    filler = "".join(f"{number} filler {number**9}\n" for number in range(2000))
    (made_up_release / "Work Styles.txt").write_text(filler)
    return zip_folder(made_up_release, tmp_path / "archive.zip").read_bytes()


@pytest.fixture
def archive():
    with local_archive() as archive:
        yield archive


@pytest.fixture
def served(archive, body):
    """The release as one file of the archive."""
    return archive.publish("28.1", body)


@pytest.fixture
def fetching(archive, tmp_path):
    return Fetching(tmp_path / "releases", archive.url)


@pytest.fixture
def hasty(archive, tmp_path):
    """One that waits half a second for an answer or for more of it."""
    return Fetching(tmp_path / "releases", archive.url, answer=0.5, stall=0.5)


def test_the_newest_release_comes_whole_and_is_told_of(archive, served, fetching, body):
    archive.publish("9.0", b"old")
    archive.publish("28.0", b"old")
    path = fetching.archive.newest()

    assert fetching.folder / NAME == path
    assert body == path.read_bytes()
    assert {NAME} == fetching.left
    assert (len(body), len(body)) == fetching.progress[-1]
    assert [PAGE, FOLDER + NAME] == [path for path, _ in archive.requests]
    asked, downloading, downloaded = fetching.told
    assert archive.url + "database.html" in asked
    assert archive.url.rstrip("/") + FOLDER + NAME in downloading
    assert f"{path}" in downloaded


def test_what_is_here_is_not_downloaded_again(archive, served, fetching):
    first = fetching.archive.newest()
    assert first == fetching.archive.newest()
    assert first == fetching.archive.kept()

    assert 1 == len(archive.asked(".zip"))


def test_a_number_that_is_here_is_not_even_asked_for(archive, served, fetching):
    first = fetching.archive.numbered(NUMBER)
    archive.requests.clear()

    assert first == fetching.archive.numbered(NUMBER)
    assert [] == archive.requests


def test_what_is_here_and_damaged_is_downloaded_again(served, fetching, body):
    path = fetching.archive.newest()
    path.write_bytes(body[:-100])
    assert None is fetching.archive.kept()

    assert body == fetching.archive.newest().read_bytes()


def test_the_newest_that_is_here_is_kept_and_nothing_else(archive, fetching, body):
    fetching.folder.mkdir()
    for name in ("db_9_0_text.zip", NAME, "db_99_0_text.zip", "notes.zip"):
        (fetching.folder / name).write_bytes(body)

    assert fetching.folder / NAME == fetching.archive.kept()


@pytest.mark.parametrize("page", [RELEASES, PAGE])
def test_a_number_that_lies_elsewhere_is_found_by_the_pages(archive, fetching, body, page):
    link = f'<a href="/old/{NAME}">Text</a>'
    archive.files[page] = File(link.encode(), "text/html")
    archive.files[f"/old/{NAME}"] = File(body)

    assert body == fetching.archive.numbered(NUMBER).read_bytes()


def test_a_number_that_is_not_there_is_told_with_the_newest_that_is(archive, fetching, body):
    archive.publish("29.0", b"new")
    archive.publish("100.1", b"newer")

    fetching.fails(errors.NotFound, "no text release 28.1; the newest there is 100.1", newest=False)


def test_a_page_may_be_packed(archive, served, fetching):
    packed = gzip.compress(archive.files[PAGE].body)
    fault = Fault(headers={"Content-Encoding": "gzip"})
    archive.files[PAGE] = File(packed, "text/html", fault=fault)

    assert fetching.folder / NAME == fetching.archive.newest()


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (b"<p>We are moving.</p>", "no text release.*of its 0 links"),
        (b'<a href="/db_30_3_excel.zip">', "no text release.*db_30_3_excel.zip"),
        (b"x" * 3_000_000, "larger than 2 MB"),
        (gzip.compress(bytes(30_000_000)), "larger than 2 MB"),
    ],
    ids=["without links", "other files", "huge", "a bomb"],
)
def test_a_page_that_is_no_list_of_releases_is_told_as_it_is(archive, fetching, page, words):
    packed = {"Content-Encoding": "gzip"} if page.startswith(b"\x1f\x8b") else {}
    archive.files[PAGE] = File(page, "text/html", fault=Fault(headers=packed))

    fetching.fails(errors.BadReply, words)
    assert 1 == len(archive.requests)


@pytest.mark.parametrize(
    ("status", "kind", "tries"),
    [
        (400, errors.BadReply, 1),
        (403, errors.BadReply, 1),
        (404, errors.NotFound, 1),
        (410, errors.NotFound, 1),
        (429, errors.RateLimited, 3),
        (500, errors.UpstreamFailure, 3),
        (503, errors.UpstreamFailure, 3),
    ],
)
@pytest.mark.parametrize("path", [PAGE, FOLDER + NAME])
def test_a_refusal_is_told_by_its_status(archive, served, fetching, path, status, kind, tries):
    archive.files[path].fault = Fault(status)

    fetching.fails(kind, f"status {status}")
    assert tries == len(archive.asked(path))


def test_a_failure_that_passes_is_waited_out(archive, served, fetching):
    archive.files[PAGE].faults = [Fault(503), Fault(after=0)]
    served.faults = [Fault(500), Fault(after=0)]

    assert fetching.folder / NAME == fetching.archive.newest()


def test_nobody_there_is_told_within_its_time(tmp_path):
    began = time.monotonic()
    Fetching(tmp_path / "x", f"http://127.0.0.1:{free_port()}/").fails(
        errors.Unreachable, "no connection"
    )

    assert time.monotonic() - began < 5


def test_one_who_accepts_no_connection_is_left_within_the_time_for_an_answer(tmp_path):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        address = server.getsockname()
        full = [socket.socket() for _ in range(3)]
        for one in full:
            one.setblocking(False)
            one.connect_ex(address)
        began = time.monotonic()
        Fetching(tmp_path / "x", f"http://127.0.0.1:{address[1]}/", answer=0.5).fails(
            errors.OnetError, "answer|within"
        )
        seconds = time.monotonic() - began
        for one in full:
            one.close()

    assert 0.4 < seconds < 10


@pytest.mark.parametrize("path", [PAGE, FOLDER + NAME])
def test_one_who_says_nothing_is_left_within_the_time_for_an_answer(archive, served, hasty, path):
    archive.files[path].fault = Fault(stalls=True, after=0)
    began = time.monotonic()
    hasty.fails(errors.OnetError, "answer|within")

    assert time.monotonic() - began < 10


def test_a_host_name_that_is_looked_up_for_long_is_left_within_the_time_too(
    hasty, served, monkeypatch
):
    look_up = socket.getaddrinfo

    def slow(*arguments, **more):
        time.sleep(5)
        return look_up(*arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    began = time.monotonic()
    hasty.fails(errors.DeadlineExceeded, "no answer within 0.5 seconds")

    assert time.monotonic() - began < 4.5


@pytest.mark.parametrize("then", [Fault(), Fault(headers={"Content-Length": None})])
def test_a_break_is_gone_on_from_where_it_was(archive, served, fetching, body, then):
    served.faults = [Fault(after=1000), Fault(after=2000), then]
    assert body == fetching.archive.newest().read_bytes()

    ranges = [headers.get("Range") for headers in archive.asked(".zip")]
    assert [None, "bytes=1000-", "bytes=3000-"] == ranges
    assert {'"1"'} == {headers["If-Range"] for headers in archive.asked(".zip")[1:]}
    assert {"identity"} == {headers["Accept-Encoding"] for headers in archive.asked(".zip")}


def test_a_stall_is_gone_on_from_where_it_was(archive, served, hasty, body):
    served.faults = [Fault(after=1000, stalls=True)]

    assert body == hasty.archive.newest().read_bytes()
    assert "bytes=1000-" == archive.asked(".zip")[1]["Range"]


def test_a_date_tells_versions_apart_where_there_is_no_tag(archive, served, fetching, body):
    served.etag, served.modified = None, "Tue, 12 May 2026 00:00:00 GMT"
    served.faults = [BREAKS]

    assert body == fetching.archive.newest().read_bytes()
    assert served.modified == archive.asked(".zip")[1]["If-Range"]


@pytest.mark.parametrize(
    "change",
    [{"ranges": False}, {"etag": None}, {"etag": 'W/"1"'}],
    ids=["ignores Range", "no validator", "a weak one"],
)
def test_who_cannot_go_on_begins_again(archive, served, fetching, body, change):
    for name, value in change.items():
        setattr(served, name, value)
    served.faults = [BREAKS, Fault(after=2000)]

    assert body == fetching.archive.newest().read_bytes()
    assert 3 == len(archive.asked(".zip"))


def test_a_part_of_an_earlier_process_is_gone_on_with(archive, served, fetching, body, tmp_path):
    served.faults, served.fault = [BREAKS], Fault(503)
    Fetching(fetching.folder, archive.url).fails(errors.UpstreamFailure, "503")
    assert {f"{NAME}.part", f"{NAME}.part.json"} == fetching.left
    size = (fetching.folder / f"{NAME}.part").stat().st_size
    served.fault = Fault()
    archive.requests.clear()

    assert body == fetching.archive.newest().read_bytes()
    assert [f"bytes={size}-"] == [headers.get("Range") for headers in archive.asked(".zip")]
    assert {NAME} == fetching.left


def test_a_file_that_changes_between_tries_is_not_mixed(
    archive, served, fetching, made_up_release, tmp_path
):
    served.faults, served.fault = [BREAKS], Fault(503)
    fetching.fails(errors.UpstreamFailure, "503")
    change(made_up_release / "Work Styles.txt", "filler", "FILLER")
    other = zip_folder(made_up_release, tmp_path / "other.zip").read_bytes()
    served.body, served.etag, served.fault = other, '"2"', Fault()

    assert other == fetching.archive.newest().read_bytes()
    assert ("bytes=1000-", '"1"') == tuple(
        archive.asked(".zip")[-1][name] for name in ("Range", "If-Range")
    )


def leave_part(fetching, archive, content, total):
    """Leave what an earlier process would have, had this much come."""
    part = fetching.folder / f"{NAME}.part"
    fetching.folder.mkdir()
    part.write_bytes(content)
    url = f"{archive.url}dl_files/database/{NAME}"
    note = {"url": url, "validator": '"1"', "total": total}
    part.with_name(f"{part.name}.json").write_text(json.dumps(note))


def test_a_file_that_changes_under_the_same_name_is_found_out_and_fetched_anew(
    archive, served, fetching, body
):
    leave_part(fetching, archive, b"PK\x03\x04" + bytes(996), len(body))

    assert body == fetching.archive.newest().read_bytes()
    assert ["bytes=1000-", None] == [one.get("Range") for one in archive.asked(".zip")]


def test_a_part_that_was_all_is_not_asked_for_again(archive, served, fetching, body):
    leave_part(fetching, archive, body, len(body))

    assert body == fetching.archive.newest().read_bytes()
    assert [] == archive.asked(".zip")


@pytest.mark.parametrize("more", [0, 7], ids=["all", "more than all"])
def test_a_part_of_unknown_length_is_settled_by_the_answer_to_its_range(
    archive, served, fetching, body, more
):
    leave_part(fetching, archive, body + bytes(more), None)

    assert body == fetching.archive.newest().read_bytes()
    assert (1 if more == 0 else 2) == len(archive.asked(".zip"))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(longer=1000), "no connection|broke"),
        (Fault(longer=-1000), "cut short"),
        (Fault(headers={"Content-Length": "999999999999"}), "larger than 100 MB"),
        (Fault(headers={"Content-Encoding": "gzip"}), "packs the file once more"),
        (Fault(after=0, headers={"Content-Length": "0"}), "cut short"),
    ],
    ids=["too long", "too short", "far too long", "packed", "empty"],
)
def test_a_lie_about_the_length_brings_nothing(served, fetching, fault, words):
    served.ranges, served.fault = False, fault

    fetching.fails(errors.OnetError, words)


def test_a_file_without_a_length_ends_at_its_bound(served, fetching, body, archive, tmp_path):
    served.fault = Fault(headers={"Content-Length": None})
    small = Fetching(tmp_path / "small", archive.url, file_bytes=len(body) - 1)

    small.fails(errors.BadReply, "larger than")
    assert set() == small.left
    assert body == fetching.archive.newest().read_bytes()


def test_a_download_ends_with_its_time(archive, served, tmp_path):
    served.fault = Fault(pause=0.3)  # twenty times
    fetching = Fetching(tmp_path / "x", archive.url, whole=0.6)
    began = time.monotonic()
    fetching.fails(errors.DeadlineExceeded, "0.6 seconds")

    assert time.monotonic() - began < 5
    assert f"{NAME}.part" in fetching.left


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/x.zip",
        "http://127.0.0.2/x.zip",
        "http://localhost:{port}/x.zip",
        "//127.0.0.1:1/x.zip",
        "ftp://127.0.0.1:{port}/x.zip",
        "http://someone:canary@127.0.0.1:{port}/x.zip",
    ],
)
@pytest.mark.parametrize("path", [PAGE, FOLDER + NAME])
def test_a_redirect_elsewhere_is_not_followed(archive, served, fetching, path, target):
    port = archive.url.rstrip("/").rpartition(":")[2]
    archive.files[path].fault = Fault(302, {"Location": target.replace("{port}", port)})

    fetching.fails(errors.BadReply, "link away")
    assert 1 == len(archive.asked(path))


def test_a_redirect_to_the_same_host_is_followed(archive, served, fetching, body):
    archive.files["/moved.zip"] = File(body)
    served.fault = Fault(301, {"Location": "/moved.zip"})

    assert body == fetching.archive.newest().read_bytes()


def test_redirects_in_a_circle_end(archive, served, fetching):
    served.fault = Fault(302, {"Location": FOLDER + NAME})

    fetching.fails(errors.BadReply, "again and again")
    assert 4 == len(archive.asked(".zip"))


def test_a_web_page_in_place_of_the_file_is_told_and_leaves_the_part(archive, served, fetching):
    served.faults, served.fault = [BREAKS], Fault(503)
    fetching.fails(errors.UpstreamFailure, "503")
    left = fetching.left
    page = File(b"<html>Log in first</html>", "text/html; charset=utf-8", ranges=False)
    archive.files[FOLDER + NAME] = page

    fetching.fails(errors.BadReply, "no .zip file but text/html$")
    assert left == fetching.left


def test_another_release_than_its_name_says_is_refused(archive, fetching, made_up_release, body):
    archive.publish("30.3", body)

    fetching.fails(errors.BadReply, "not of release 30.3 but of 28.1")
    assert set() == fetching.left


def test_a_bomb_is_refused_without_a_second_try(archive, fetching, made_up_release, tmp_path):
    (made_up_release / "Zeros.txt").write_bytes(bytes(30_000_000))
    archive.publish("28.1", zip_folder(made_up_release, tmp_path / "bomb.zip").read_bytes())
    small = Fetching(tmp_path / "x", archive.url, unpacked_bytes=20_000_000)

    small.fails(errors.BadReply, "larger than 20 MB unpacked")
    assert 1 == len(archive.asked(".zip"))
    assert set() == small.left


def test_a_folder_that_takes_nothing_is_told(archive, served, tmp_path):
    (tmp_path / "file").write_text("in the way")
    fetching = Fetching(tmp_path / "file" / "releases", archive.url)

    fetching.fails(errors.CannotStore, "cannot be written: Not a directory")


@pytest.mark.parametrize("room", [0, 8_192], ids=["full", "nearly full"])
def test_a_full_disk_is_told_and_with_room_again_the_download_goes_on(
    archive, served, tmp_path, body, room
):
    with small_disk(tmp_path / "disk", "1m") as disk:
        ballast = fill(disk)
        os.truncate(ballast, ballast.stat().st_size - room)
        fetching = Fetching(disk / "releases", archive.url)
        fetching.fails(errors.CannotStore, "cannot be written: No space left on device")
        ballast.unlink()

        assert body == fetching.archive.newest().read_bytes()
        assert {NAME} == fetching.left


def test_a_read_only_disk_is_told_and_what_was_kept_there_is_used(archive, served, tmp_path):
    with small_disk(tmp_path / "disk", "1m") as disk:
        kept = Fetching(disk / "kept", archive.url).archive.newest()
        make_read_only(disk)
        Fetching(disk / "releases", archive.url).fails(
            errors.CannotStore, "cannot be written: Read-only file system"
        )

        assert kept == Fetching(disk / "kept", archive.url).archive.newest()


def test_many_at_once_fetch_it_once(archive, served, tmp_path, body):
    served.fault = Fault(pause=0.01)
    several = [Fetching(tmp_path / "x", archive.url) for _ in range(5)]
    with ThreadPoolExecutor(5) as pool:
        paths = list(pool.map(lambda one: one.archive.newest(), several))

    assert {tmp_path / "x" / NAME} == set(paths)
    assert body == paths[0].read_bytes()
    assert 1 == len(archive.asked(".zip"))
    assert 4 == sum("waiting for it" in line for one in several for line in one.told)


def test_who_waited_has_all_the_time_for_an_answer(archive, served, hasty, body):
    hasty.folder.mkdir()
    with (hasty.folder / ".lock").open("wb") as claim, ThreadPoolExecutor(1) as pool:
        fcntl.flock(claim, fcntl.LOCK_EX)
        waiting = pool.submit(hasty.archive.newest)
        eventually(True, lambda: any("waiting" in line for line in hasty.told))
        time.sleep(0.7)
        assert not waiting.done()
        fcntl.flock(claim, fcntl.LOCK_UN)

        assert body == waiting.result(5).read_bytes()


def test_who_waits_for_one_that_never_ends_gives_up(archive, served, tmp_path, monkeypatch):
    monkeypatch.setattr(archive_module, "LOOK_INTERVAL", 0.02)
    fetching = Fetching(tmp_path, archive.url, whole=0.3)
    with (tmp_path / ".lock").open("wb") as claim:
        fcntl.flock(claim, fcntl.LOCK_EX)

        fetching.fails(errors.DeadlineExceeded, "another process")
