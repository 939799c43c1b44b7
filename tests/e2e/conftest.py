"""Databases that the commands themselves have made, on each kind of server."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from support.backends import new_database
from support.browser import Visit, running_chromium, visits
from support.canary import CANARY
from support.commands import RunningSandbox, flask, sandbox
from support.databases import load
from support.processes import Serving, serving

from onet_client.sandbox import ReleaseTables, load_release


@pytest.fixture(scope="session")
def starter_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, starter_release: Path
) -> Iterator[str]:
    """`DATABASE_URL` of a database that commands migrated and seeded with the starter release.

    It is SQLite's, or what `on_both` of `support.backends` makes it.
    """
    with new_database(request, tmp_path_factory.mktemp("database")) as url:
        for command in (("db", "upgrade"), ("seed", str(starter_release))):
            done = flask(*command, DATABASE_URL=url)
            assert 0 == done.returncode, done.stderr
        yield url


@pytest.fixture(scope="session")
def starter(starter_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serves that database, without an upstream or a worker."""
    with serving(
        tmp_path_factory.mktemp("server"), worker=False, DATABASE_URL=starter_url
    ) as running:
        yield running


@pytest.fixture(scope="session")
def skills_release(full_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the whole release that matter to skills, without a copy of any."""
    folder = tmp_path_factory.mktemp("release") / full_release.name
    folder.mkdir()
    for name in ("Read Me", "Occupation Data", "Scales Reference", "Skills"):
        (folder / f"{name}.txt").symlink_to(full_release / f"{name}.txt")
    return folder


@pytest.fixture(scope="session")
def upstream(
    skills_release: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSandbox]:
    """A sandbox that serves the whole release; who sets faults takes them back."""
    with sandbox(skills_release, tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="session")
def release(starter_release: Path) -> ReleaseTables:
    """The starter release, as a sandbox serves it."""
    return load_release(starter_release)


@pytest.fixture(scope="session")
def three_rated_domains(starter_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter release with knowledge and abilities, rated as its skills are."""
    folder = tmp_path_factory.mktemp("release") / "db_29_0_text"
    shutil.copytree(starter_release, folder)
    skills = (folder / "Skills.txt").read_text(encoding="utf-8")
    for stem, prefix in (("Knowledge", "2.C"), ("Abilities", "1.A")):
        ratings = re.sub(r"\t2\.([AB])\.", rf"\t{prefix}.\1.", skills)
        (folder / f"{stem}.txt").write_text(ratings, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of a module."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def upstream_of_three(three_rated_domains: Path, tmp_path: Path) -> Iterator[RunningSandbox]:
    """A sandbox of the test's own that serves three domains."""
    with sandbox(three_rated_domains, tmp_path) as running:
        yield running


@pytest.fixture
def server_of_three(
    three_rated_domains: Path, upstream_of_three: RunningSandbox, tmp_path: Path
) -> Iterator[Serving]:
    """A server that holds them too, with that upstream and an admin API."""
    settings = {
        "DATABASE_URL": load(f"sqlite:///{tmp_path / 'skillgap.db'}", three_rated_domains),
        "ONET_API_URL": upstream_of_three.url,
        "ONET_API_KEY": CANARY,
        "ONET_MAX_RATE": "500",
        "ADMIN_TOKEN": CANARY,
    }
    with serving(tmp_path, **settings) as running:
        yield running


@pytest.fixture
def server(starter: Serving) -> Serving:
    """What is visited, unless a module has a server of its own."""
    return starter


@pytest.fixture
def visit(browser: Browser, server: Serving) -> Iterator[Visit]:
    """Opens an address in a window of its own, which is watched."""
    with visits(browser, server) as visit:
        yield visit
