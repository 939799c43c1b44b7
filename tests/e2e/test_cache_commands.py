"""`flask cache`: what is held, and forgetting it."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.commands import flask
from support.databases import load


@pytest.fixture(scope="module")
def seeded_url(tmp_path_factory: pytest.TempPathFactory, starter_release: Path) -> str:
    """`DATABASE_URL` of a database that these tests take apart, in their order."""
    url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'skillgap.db'}"
    return load(url, starter_release)


def status(url: str, **settings: str) -> dict[str, str]:
    done = flask("cache", "status", DATABASE_URL=url, **settings)
    assert (0, "") == (done.returncode, done.stderr)
    return dict(re.split(r"  +", line, maxsplit=1) for line in done.stdout.splitlines())


def test_status_tells_what_is_held(seeded_url: str) -> None:
    told = status(seeded_url)

    assert ("64", "0", "64") == (
        told["skills, fresh"],
        told["skills, unknown"],
        told["skills, release 29.0"],
    )
    assert ("4,480", "0 of at most 1,000") == (told["ratings"], told["codes that no list has"])
    assert ("29.0 from data, published", "not configured") == (told["last load"], told["upstream"])


def test_status_tells_of_a_load_without_an_end(seeded_url: str, tmp_path: Path) -> None:
    copy = shutil.copy(seeded_url.removeprefix("sqlite:///"), tmp_path / "skillgap.db")
    with closing(sqlite3.connect(copy)) as database:
        database.execute("UPDATE load SET state = 'running', finished_at = NULL")
        database.commit()
    told = status(f"sqlite:///{copy}")

    assert told["last load"].startswith("29.0 from data, running or interrupted, begun 20")


def test_status_tells_that_there_is_an_upstream(seeded_url: str) -> None:
    assert "configured" == status(seeded_url, ONET_API_KEY="canary-key")["upstream"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "either codes or --all"),
        (("15-1254", "--all"), "either codes or --all"),
        (("15-12",), "Not an O*NET-SOC code"),
    ],
)
def test_a_purge_of_nothing_clear_is_refused(
    seeded_url: str, arguments: tuple[str, ...], word: str
) -> None:
    done = flask("cache", "purge", *arguments, DATABASE_URL=seeded_url)

    assert (2, "") == (done.returncode, done.stdout)
    assert word in done.stderr
    assert "64" == status(seeded_url)["skills, fresh"]


def test_codes_and_then_all_the_rest_are_forgotten(seeded_url: str) -> None:
    for arguments, told in (
        (("15-1254", "11-1011.00", "99-9999.99"), "2 entries forgotten.\n"),
        (("15-1254", "13-2011.00"), "1 entry forgotten.\n"),
        (("--all",), "61 entries forgotten.\n"),
        (("--all",), "0 entries forgotten.\n"),
    ):
        done = flask("cache", "purge", *arguments, DATABASE_URL=seeded_url)
        assert (0, told) == (done.returncode, done.stdout)
        assert ("0 entries" not in told) == ("Without ONET_API_KEY" in done.stderr)

    left = status(seeded_url)
    assert ("0", "64", "0") == (left["skills, fresh"], left["skills, absent"], left["ratings"])
