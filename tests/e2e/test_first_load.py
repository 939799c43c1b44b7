"""What an empty database is loaded with, as who starts the product sees it."""

import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.backends import new_engine
from support.caches import states
from support.clock import eventually
from support.commands import flask
from support.local_archive import FOLDER, PAGE, Fault, File, LocalArchive, local_archive
from support.made_up_release import RATED, TITLES
from support.mysql_server import free_port
from support.processes import SECONDS, Command
from support.release_files import change, write_part, zip_folder

pytestmark = pytest.mark.waits

ZIP = "db_28_1_text.zip"
NOBODY = f"http://127.0.0.1:{free_port()}/"
HOW_TO_GET_ALL = "64 rated occupations; `flask seed latest` brings all"


class Place:
    """A folder to start commands in, with a migrated database and an archive to ask."""

    def __init__(self, folder: Path, archive: str, starter: Path) -> None:
        self.folder = folder
        self.releases = folder / "instance" / "releases"
        self.settings = {
            "DATABASE_URL": f"sqlite:///{folder / 'skillgap.db'}",
            "SEED_RELEASE": "latest",
            "SEED_DIR": str(starter),
            "ONET_ARCHIVE_URL": archive,
        }

    def flask(self, *arguments: str, **settings: str) -> tuple[int, str, list[str]]:
        """Exit status, standard output, and the lines of standard error."""
        done = flask(*arguments, folder=self.folder, **self.settings | settings)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr.splitlines()

    def start(self) -> Command:
        """Begin to load the database where it is empty."""
        return Command("seed", "--if-empty", folder=self.folder, **self.settings)

    @property
    def held(self) -> Counter[object]:
        """How many entries of each state there are for skills."""
        with new_engine(self.settings["DATABASE_URL"]) as engine:
            return Counter(states(engine).values())


ALL = {"rated": len(RATED), "empty": len(TITLES) - len(RATED)}


@pytest.fixture
def archive(made_up_release: Path, tmp_path: Path) -> Iterator[LocalArchive]:
    """An archive whose newest release is the made-up one."""
    with local_archive() as archive:
        body = zip_folder(made_up_release, tmp_path / "archive.zip").read_bytes()
        archive.publish("27.0", body)
        archive.publish("28.1", body)
        yield archive


@pytest.fixture
def place(
    archive: LocalArchive, tmp_path: Path, migrated_sqlite: Path, starter_release: Path
) -> Place:
    folder = tmp_path / "place"
    folder.mkdir()
    shutil.copy(migrated_sqlite, folder)
    return Place(folder, archive.url, starter_release)


def test_an_empty_database_is_loaded_with_the_newest_release(
    place: Place, archive: LocalArchive
) -> None:
    status, out, told = place.flask("seed", "--if-empty")

    assert 0 == status, told
    assert out.startswith(f"O*NET 28.1 from instance/releases/{ZIP}\n")
    assert ALL == place.held
    assert [
        f"Asking {archive.url}database.html for the newest release of the O*NET Database",
        f"Downloading {archive.url}dl_files/database/{ZIP}",
    ] == told[:2]
    assert told[2].startswith("Downloaded 0.0 MB")
    assert 3 == len(told)


def test_a_second_start_asks_nobody(place: Place, archive: LocalArchive) -> None:
    place.flask("seed", "--if-empty")
    archive.requests.clear()
    status, out, told = place.flask("seed", "--if-empty")

    assert (0, []) == (status, told)
    assert "nothing to seed" in out
    assert [] == archive.requests


def test_the_same_release_asked_for_again_is_not_downloaded_again(
    place: Place, archive: LocalArchive
) -> None:
    for arguments in (("seed",), ("seed", "latest"), ("seed", "28.1")):
        assert 0 == place.flask(*arguments)[0]

    assert 1 == len(archive.asked(".zip"))


def assert_starter(place: Place, reason: str, **settings: str) -> None:
    """Expect a start to load the starter data, and one line that says why and how to get all."""
    status, out, told = place.flask("seed", "--if-empty", **settings)
    assert 0 == status, told
    assert out.startswith("O*NET 29.0 from ")
    assert {"rated": 64} == place.held
    [line] = [line for line in told if HOW_TO_GET_ALL in line]
    assert reason in line
    assert "so the starter data is loaded" in line


WEB_PAGE = File(b"<!DOCTYPE html><p>Hello", "text/html")


@pytest.mark.parametrize(
    ("path", "changed", "reason"),
    [
        (PAGE, {"fault": Fault(404)}, "status 404"),
        (FOLDER + ZIP, {"fault": Fault(longer=-200)}, "cut short"),
        (FOLDER + ZIP, vars(WEB_PAGE), "what comes is no .zip file but text/html"),
    ],
    ids=["no page", "cut short", "a web page"],
)
def test_an_archive_of_no_use_leaves_the_starter_data_and_a_line(
    place: Place, archive: LocalArchive, path: str, changed: dict[str, object], reason: str
) -> None:
    archive.files[path] = replace(archive.files[path], **changed)  # type: ignore[arg-type]

    assert_starter(place, reason)


def test_an_archive_that_is_away_leaves_the_starter_data_and_each_start_says_so(
    place: Place, archive: LocalArchive, starter_release: Path, tmp_path: Path
) -> None:
    reason = f"{NOBODY}database.html: no connection"
    assert_starter(place, reason, ONET_ARCHIVE_URL=NOBODY)

    status, out, told = place.flask("seed", "--if-empty", ONET_ARCHIVE_URL=NOBODY)
    assert 0 == status
    [line] = told
    assert HOW_TO_GET_ALL in line

    whole = tmp_path / "db_29_0_text"
    shutil.copytree(starter_release, whole, ignore=shutil.ignore_patterns("manifest.json"))
    (whole / "Read Me.txt").write_text("O*NET 29.0 Database")
    archive.publish("29.0", zip_folder(whole, tmp_path / "x", top="db_29_0_text/").read_bytes())
    status, out, told = place.flask("seed", "latest")
    assert 0 == status
    assert "The release is complete." in out
    assert {"rated": 64, "empty": 1016 - 64} == place.held
    assert not [line for line in told if "flask seed latest" in line]


def test_an_archive_that_says_nothing_costs_ten_seconds_at_most(
    place: Place, archive: LocalArchive
) -> None:
    archive.files[PAGE].fault = Fault(stalls=True, after=0)
    began = time.monotonic()

    assert_starter(place, "within 7 seconds")
    assert time.monotonic() - began < 10


def test_a_newest_release_that_is_refused_leaves_the_starter_data_and_a_line(
    place: Place, archive: LocalArchive, made_up_release: Path, tmp_path: Path
) -> None:
    change(made_up_release / "Skills.txt", "\tIM\t4.12\t", "\tIM\t9.99\t")
    archive.files[FOLDER + ZIP].body = zip_folder(made_up_release, tmp_path / "x").read_bytes()

    assert_starter(place, "newest release is refused (Skills.txt, line 2: ")


def test_a_folder_that_takes_no_download_leaves_the_starter_data_and_a_line(place: Place) -> None:
    (place.folder / "instance").write_text("in the way")

    assert_starter(place, "(instance/releases cannot be written: Not a directory)")


def test_a_release_that_was_downloaded_is_loaded_where_the_archive_is_away(place: Place) -> None:
    place.releases.mkdir(parents=True)
    (place.releases / ZIP).write_bytes((place.folder.parent / "archive.zip").read_bytes())
    status, _, told = place.flask("seed", "--if-empty", ONET_ARCHIVE_URL=NOBODY)

    assert 0 == status
    assert ALL == place.held
    [line] = [line for line in told if "downloaded before" in line]
    assert f"no connection, or one that broke), so instance/releases/{ZIP} is loaded" in line


def test_bundled_is_loaded_without_asking_and_says_what_it_holds(
    place: Place, archive: LocalArchive
) -> None:
    status, out, told = place.flask("seed", "--if-empty", SEED_RELEASE="bundled")

    assert 0 == status
    assert out.startswith("O*NET 29.0 from ")
    [line] = told
    assert f"The database holds {HOW_TO_GET_ALL} that O*NET has rated." == line
    assert [] == archive.requests


def test_a_number_is_that_release_or_an_error(place: Place) -> None:
    status, _, told = place.flask("seed", "--if-empty", SEED_RELEASE="30.3")
    assert 1 == status
    assert "O*NET 30.3 cannot be downloaded" in told[-1]
    assert "no text release 30.3; the newest there is 28.1" in told[-1]
    assert {} == place.held

    assert 0 == place.flask("seed", "--if-empty", SEED_RELEASE="28.1")[0]
    assert ALL == place.held


@pytest.mark.parametrize("arguments", [("latest",), ("27.0", "--if-empty")])
def test_what_is_asked_for_by_name_is_an_error_where_it_cannot_be_had(
    place: Place, arguments: tuple[str, ...]
) -> None:
    status, out, told = place.flask("seed", *arguments, ONET_ARCHIVE_URL=NOBODY)

    assert (1, "") == (status, out)
    assert "cannot be downloaded" in told[-1]
    assert "no connection" in told[-1]
    assert "nothing changed. Try again later, or load a release from a file" in told[-1]
    assert {} == place.held


def test_a_database_that_holds_a_release_is_not_loaded_with_less(place: Place) -> None:
    place.flask("seed")
    status, out, told = place.flask("seed", ONET_ARCHIVE_URL=NOBODY)

    assert (1, "") == (status, out)
    assert "nothing changed" in told[-1]
    assert ALL == place.held


def test_a_path_with_a_slash_is_a_path(
    place: Place, made_up_release: Path, archive: LocalArchive
) -> None:
    for name in ("latest", "28.1"):
        (place.folder / name).symlink_to(made_up_release)
        status, out, _ = place.flask("seed", f"./{name}")
        assert 0 == status
        assert out.startswith(f"O*NET 28.1 from {name}\n")

    assert [] == archive.requests


def part_size(place: Place) -> int:
    part = place.releases / f"{ZIP}.part"
    return part.stat().st_size if part.exists() else 0


def test_ctrl_c_keeps_what_has_arrived_and_the_next_start_goes_on_there(
    place: Place, archive: LocalArchive
) -> None:
    archive.files[FOLDER + ZIP].fault = Fault(pause=0.05)
    process = place.start()
    eventually(True, lambda: part_size(place) > 0, SECONDS)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(SECONDS)
    size = part_size(place)

    assert 1 == process.returncode
    assert "Traceback" not in err
    assert "Stopped. What has arrived is kept: the next start goes on there." in err
    assert err.endswith("Aborted!\n")
    assert 0 == place.flask("seed", "--if-empty")[0]
    assert f"bytes={size}-" == archive.asked(".zip")[-1]["Range"]
    assert ALL == place.held


@pytest.mark.parametrize("share", [0.0, 0.9])
def test_a_kill_in_a_download_is_gone_on_from_by_the_next_start(
    place: Place, archive: LocalArchive, share: float
) -> None:
    file = archive.files[FOLDER + ZIP]
    file.fault = Fault(pause=0.02)
    process = place.start()
    eventually(True, lambda: part_size(place) > share * len(file.body), SECONDS)
    process.kill()
    process.communicate(SECONDS)
    size = part_size(place)
    file.fault = Fault()

    assert {} == place.held
    assert 0 == place.flask("seed", "--if-empty")[0]
    assert ALL == place.held
    assert f"bytes={size}-" == archive.asked(".zip")[-1]["Range"]
    assert {ZIP, ".lock"} == {path.name for path in place.releases.iterdir()}


@pytest.fixture
def large(place: Place, archive: LocalArchive, full_release: Path, tmp_path: Path) -> int:
    """How many occupations a release of some size in the archive has rated."""
    part = write_part(full_release, tmp_path / "db_29_0_text", "13-1199.99")
    body = zip_folder(part, tmp_path / "large.zip", top="db_29_0_text/").read_bytes()
    archive.publish("29.0", body, fault=Fault(pause=0.02))
    codes = (line.split("\t")[0] for line in (part / "Skills.txt").read_text().splitlines()[1:])
    return len(set(codes))


@pytest.mark.parametrize("kills", [2, pytest.param(60, marks=pytest.mark.soak)])
def test_a_kill_at_any_moment_is_completed_by_the_next_start(
    place: Place, archive: LocalArchive, large: int, kills: int, migrated_sqlite: Path
) -> None:
    began = time.monotonic()
    assert 0 == place.flask("seed", "--if-empty")[0]
    seconds = time.monotonic() - began
    assert large == place.held["rated"]

    for kill in range(kills):
        for file in (*place.folder.glob("skillgap.db*"), *place.releases.glob("*.zip*")):
            file.unlink()
        shutil.copy(migrated_sqlite, place.folder)
        process = place.start()
        time.sleep(seconds * (kill + random.random()) / kills)
        process.kill()
        process.communicate(SECONDS)
        assert place.held.get("rated", 0) in (0, large)

        status, _, told = place.flask("seed", "--if-empty")
        assert 0 == status, told
        assert large == place.held["rated"]
        assert not list(place.releases.glob("*.part*"))


def test_several_starts_at_once_download_once(place: Place, archive: LocalArchive) -> None:
    archive.files[FOLDER + ZIP].fault = Fault(pause=0.02)
    several = [place.start() for _ in range(3)]
    for process in several:
        out, err = process.communicate(SECONDS)
        assert 0 == process.returncode, out + err

    assert 1 == len(archive.asked(".zip"))
    assert ALL == place.held
