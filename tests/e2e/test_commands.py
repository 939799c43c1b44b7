"""The other `flask` commands: what they do, print and end with."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect
from support.backends import on_both
from support.commands import flask
from support.mysql_server import free_port
from support.processes import Serving
from support.release_files import change

from cache.db.onet_tables import Base

STARTER_COUNTS = {
    "occupations": "1,016",
    "ratings": "4,480",
    "skills, rated": "64",
    "skills, empty": "0",
}

MEANINGS = {"element_description", "level_anchor", "meaning_source"}
"""The tables of the newest migration."""


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """`DATABASE_URL` of a database that is migrated and empty."""
    folder = tmp_path_factory.mktemp("database") / "folder made by need"
    url = f"sqlite:///{folder / 'skillgap.db'}"
    assert 0 == flask("db", "upgrade", DATABASE_URL=url).returncode
    return url


def assert_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Expect one clear message, and no traceback."""
    assert done.returncode in (1, 2), done.stdout
    assert "Traceback" not in done.stderr
    assert "Error: " in done.stderr
    for word in words:
        assert word in done.stderr
    assert "canary" not in done.stdout + done.stderr


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names()) - {"migration_lease"}
    finally:
        engine.dispose()


def test_the_tables_go_up_and_down_and_up_again(database_url: str) -> None:
    newest = {*Base.metadata.tables, "alembic_version"}
    for command, expected in (
        (("db", "upgrade"), newest),
        (("db", "upgrade"), newest),
        (("db", "downgrade"), newest - MEANINGS),
        (("db", "downgrade", "0006"), newest - MEANINGS - {"job_zone"}),
        (("db", "upgrade"), newest),
        (("db", "downgrade", "base"), {"alembic_version"}),
    ):
        done = flask(*command, DATABASE_URL=database_url)
        assert 0 == done.returncode, done.stderr
        assert expected == tables(database_url)


def test_a_revision_that_is_not_there_is_refused(migrated: str) -> None:
    assert_refused(flask("db", "downgrade", "no-such", DATABASE_URL=migrated), "no-such")
    assert_refused(flask("db", "downgrade", "-8", DATABASE_URL=migrated), "-8")


def test_seed_prints_what_it_did_and_does_nothing_twice(
    database_url: str, starter_release: Path
) -> None:
    settings = {"DATABASE_URL": database_url, "SEED_DIR": str(starter_release)}
    assert 0 == flask("db", "upgrade", **settings).returncode
    first = flask("seed", **settings)
    second = flask("seed", str(starter_release), **settings)
    third = flask("seed", "--if-empty", **settings)

    assert (0, 0, 0) == (first.returncode, second.returncode, third.returncode)
    for done in (first, second):
        for what, count in STARTER_COUNTS.items():
            assert re.search(rf"\b{what}\W+{count}\b", done.stdout)
        assert "29.0" in done.stdout
        assert "partial" in done.stdout
    assert "Published." in first.stdout
    assert "nothing changed" in second.stdout
    assert "nothing to seed" in third.stdout


def test_a_refused_release_is_named_with_file_line_and_reason(
    migrated: str, made_up_release: Path
) -> None:
    line = change(made_up_release / "Skills.txt", "\tIM\t4.12\t", "\tIM\t9.99\t")

    done = flask("seed", str(made_up_release), DATABASE_URL=migrated)
    assert_refused(done, "Skills.txt", f"line {line}:", "9.99")


@pytest.mark.parametrize("make", ["nothing", "a file", "an empty folder"])
def test_a_path_that_holds_no_release_is_refused(migrated: str, tmp_path: Path, make: str) -> None:
    path = tmp_path / "release"
    if make == "a file":
        path.write_text("not a release")
    elif make == "an empty folder":
        path.mkdir()

    assert_refused(flask("seed", str(path), DATABASE_URL=migrated), "release")


@pytest.mark.parametrize("named", ["", " "])
def test_nothing_in_place_of_a_release_is_refused(migrated: str, named: str) -> None:
    done = flask("seed", named, DATABASE_URL=migrated)

    assert (2, "") == (done.returncode, done.stdout)
    assert "Empty: give a folder, a .zip, latest, or a number" in done.stderr


@pytest.mark.parametrize(
    "command", ["seed --if-empty", "gap 11-1011 15-1254", "warm --all", "cache status"]
)
def test_a_database_without_tables_is_a_clear_message(
    database_url: str, starter_release: Path, command: str
) -> None:
    settings = {"DATABASE_URL": database_url, "SEED_DIR": str(starter_release)}
    done = flask(*command.split(), ONET_API_KEY="canary-key", **settings)

    assert_refused(done, "Error: the database is not migrated: run `flask db upgrade` (")
    assert "" == done.stdout


@pytest.mark.mysql
@pytest.mark.parametrize("command", ["db upgrade", "seed", "cache status", "cache purge --all"])
def test_a_database_that_cannot_be_reached_is_named_without_its_password(
    starter_release: Path, command: str
) -> None:
    port = free_port()
    url = f"mysql+mysqldb://tester:canary@127.0.0.1:{port}/skillgap"
    done = flask(*command.split(), DATABASE_URL=url, SEED_DIR=str(starter_release))

    told = (
        "Error: the database cannot be reached or used (2002 Can't connect to server on '127.0.0.1'"
    )
    assert_refused(done, told, "DATABASE_URL", f"***@127.0.0.1:{port}/skillgap)\n")
    assert "" == done.stdout


@pytest.mark.parametrize("command", [("db", "upgrade"), ("gap", "11-1011", "15-1254"), ("serve",)])
def test_bad_settings_stop_every_command_with_their_names_and_what_they_take(
    command: tuple[str, ...],
) -> None:
    done = flask(*command, PORT="canary", DATABASE_URL="canary://u:canary@h/d", LOG_LEVEL="x")

    assert_refused(
        done, "bad setting", "PORT", "1 to 65535", "DATABASE_URL", "mysql+mysqldb", "LOG_LEVEL"
    )


@on_both
def test_gap_json_is_the_body_of_the_api(starter_url: str, starter: Serving) -> None:
    done = flask("gap", "11-1011.00", "15-1254.00", "--json", DATABASE_URL=starter_url)
    body = starter.get("/skill-gap?from=11-1011.00&to=15-1254.00").json()

    assert (0, "") == (done.returncode, done.stderr)
    assert body == json.loads(done.stdout)
    assert list(body) == list(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--release", "no-such-folder"), "no-such-folder"),
        (("--release", ".", "--api", "3"), "--api"),
        (("--release", ".", "--port", "70000"), "--port"),
        ((), "--release"),
    ],
)
def test_sandbox_refuses_what_it_cannot_serve(arguments: tuple[str, ...], word: str) -> None:
    assert_refused(flask("sandbox", *arguments), word)
