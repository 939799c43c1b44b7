"""What every test may ask for: the database servers and releases, and when that is an error."""

import gc
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.backends import BACKENDS, migrated_engine, new_database
from support.browser import why_without_browser
from support.canary import CanaryWatch
from support.galera import why_without_galera
from support.made_up_release import write_release
from support.mysql_server import empty_database, find_program, is_driver_installed, running_server

ROOT = Path(__file__).parents[1]
RELEASES = ROOT.parent / "shared" / "onet"
RELEASE_FOLDER = Path(os.environ.get("ONET_TEST_RELEASE", RELEASES / "db_29_0_text"))
NEWER_RELEASE_FOLDER = RELEASES / "db_30_3_text"
OTHER_DOMAINS_FOLDER = RELEASES / "abilities_30"


def _why_without_mysql() -> str | None:
    if not is_driver_installed():
        return "no MySQL tests: mysqlclient is not installed (`make test` installs it where it can)"
    if "TEST_MYSQL_URL" not in os.environ and find_program() is None:
        return "no MySQL tests: no mariadbd or mysqld is installed and TEST_MYSQL_URL is not set"
    return None


def _why_without_release() -> str | None:
    if not (RELEASE_FOLDER / "Occupation Data.txt").is_file():
        return f"no tests of the full release: {RELEASE_FOLDER} does not hold one"
    return None


def _why_without_newer_release() -> str | None:
    files = (NEWER_RELEASE_FOLDER / "Occupation Data.txt", OTHER_DOMAINS_FOLDER / "Abilities.txt")
    missing = [file for file in files if not file.is_file()]
    return f"no tests of release 30.3: {missing[0]} is not there" if missing else None


WATCH = pytest.StashKey[CanaryWatch]()


def pytest_configure(config: pytest.Config) -> None:
    """Watch what all tests log: the canary key must never be in it.

    So many objects as thousands of tests are, looked over for circles as often as Python does of
    itself, are a twentieth of the time of all tests.
    """
    gc.set_threshold(10_000, 20, 20)
    config.stash[WATCH] = CanaryWatch()
    logging.getLogger().addHandler(config.stash[WATCH])


@pytest.fixture(autouse=True)
def _no_canary_in_the_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that logged the canary key."""
    watch = request.config.stash[WATCH]
    watch.sightings.clear()
    yield
    assert [] == watch.sightings


# What each mark needs: the reason it cannot be had here, or None.
LACKING = {
    "mysql": _why_without_mysql(),
    "full_release": _why_without_release(),
    "newer_release": _why_without_newer_release(),
    "browser": why_without_browser(),
    "galera": why_without_galera(),
}
MARKS_BY_FIXTURE = {
    "mysql_server": "mysql",
    "full_release": "full_release",
    "newer_release": "newer_release",
}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    """Mark tests by the fixtures they use, and leave soak tests to `-m soak`.

    What waits comes first: one worker begins with it while the others compute.
    """
    for item in items:
        for fixture, mark in MARKS_BY_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
    if "soak" not in config.option.markexpr:
        soak = {item for item in items if item.get_closest_marker("soak")}
        config.hook.pytest_deselected(items=list(soak))
        items[:] = [item for item in items if item not in soak]
    yield
    items.sort(key=lambda item: item.get_closest_marker("waits") is None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Under CI=true, refuse to start where tests would be skipped that must run there."""
    if os.environ.get("CI") != "true" or session.config.option.collectonly:
        return
    marks = {mark.name for item in session.items for mark in item.iter_markers()}
    if not RELEASE_FOLDER.exists():
        marks.discard("full_release")
    if not RELEASES.exists():
        marks.discard("newer_release")
    reasons = [reason for mark, reason in LACKING.items() if reason and mark in marks]
    if reasons:
        raise pytest.UsageError(f"CI=true allows no such skip: {'; '.join(reasons)}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what cannot run here; one place for all, so that they end in one line each."""
    for mark, reason in LACKING.items():
        if reason and item.get_closest_marker(mark):
            pytest.skip(reason)


@pytest.fixture(scope="session")
def mysql_server() -> Iterator[str]:
    """URL, naming no database, of a MySQL or MariaDB server whose account may do everything."""
    if "TEST_MYSQL_URL" in os.environ:
        yield os.environ["TEST_MYSQL_URL"]
        return
    with running_server() as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def mysql_url(mysql_server: str) -> Iterator[str]:
    """URL of one database that the whole session shares: empty only for its first user."""
    with empty_database(mysql_server) as url:
        yield url


@pytest.fixture
def mysql_database(mysql_server: str) -> Iterator[str]:
    """URL of an empty database of this test's own."""
    with empty_database(mysql_server) as url:
        yield url


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database of this test's own, as `DATABASE_URL` takes it."""
    with new_database(request, tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated database, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "skillgap.db"
    with migrated_engine(f"sqlite:///{path}"):
        return path


@pytest.fixture(scope="session")
def starter_release() -> Path:
    """The folder that `flask seed` reads by default."""
    return ROOT / "data"


@pytest.fixture(scope="session")
def full_release() -> Path:
    """The folder of a whole O*NET text release."""
    return RELEASE_FOLDER


@pytest.fixture(scope="session")
def newer_release() -> Path:
    """The folder of O*NET 30.3: skills in two files, no knowledge, no abilities."""
    return NEWER_RELEASE_FOLDER


@pytest.fixture(scope="session")
def three_domains(newer_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """O*NET 30.3 with the knowledge and abilities of releases shortly before it."""
    folder = tmp_path_factory.mktemp("three") / "db_30_3_text"
    folder.mkdir()
    for file in (*newer_release.iterdir(), *OTHER_DOMAINS_FOLDER.iterdir()):
        (folder / file.name).symlink_to(file)
    return folder


@pytest.fixture
def made_up_release(tmp_path: Path) -> Path:
    """A folder of this test's own with a small complete release of invented occupations."""
    return write_release(tmp_path / "db_28_1_text")
