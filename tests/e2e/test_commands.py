"""The other `flask` commands: what they do, print and end with."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect
from support.commands import flask
from support.made_up_release import write_release
from support.mysql_server import empty_database, free_port
from support.processes import Serving

from cache.db.onet_tables import Base

STARTER_COUNTS = {
    "occupations": "1,016",
    "ratings": "4,480",
    "skills, rated": "64",
    "skills, empty": "0",
}

MEANINGS = {"element_description", "level_anchor", "meaning_source"}
"""The tables of the newest migration."""


@pytest.fixture(params=["sqlite", pytest.param("mysql", marks=pytest.mark.mysql)])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """`DATABASE_URL` of a database that holds nothing."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'folder made by need' / 'skillgap.db'}"
        return
    with empty_database(request.getfixturevalue("mysql_server")) as url:
        yield url


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """`DATABASE_URL` of a database that is migrated and empty."""
    url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'skillgap.db'}"
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


def test_the_tables_go_up_and_down_and_up_again(new_url: str) -> None:
    newest = {*Base.metadata.tables, "alembic_version"}
    for command, expected in (
        (("db", "upgrade"), newest),
        (("db", "upgrade"), newest),
        (("db", "downgrade"), newest - MEANINGS),
        (("db", "downgrade", "0006"), newest - MEANINGS - {"job_zone"}),
        (("db", "upgrade"), newest),
        (("db", "downgrade", "base"), {"alembic_version"}),
    ):
        done = flask(*command, DATABASE_URL=new_url)
        assert 0 == done.returncode, done.stderr
        assert expected == tables(new_url)


def test_a_revision_that_is_not_there_is_refused(migrated: str) -> None:
    assert_refused(flask("db", "downgrade", "no-such", DATABASE_URL=migrated), "no-such")
    assert_refused(flask("db", "downgrade", "-8", DATABASE_URL=migrated), "-8")


def test_seed_prints_what_it_did_and_does_nothing_twice(
    new_url: str, starter_release: Path
) -> None:
    settings = {"DATABASE_URL": new_url, "SEED_DIR": str(starter_release)}
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
    migrated: str, tmp_path: Path
) -> None:
    folder = write_release(tmp_path / "release")
    skills = folder / "Skills.txt"
    lines = skills.read_text().splitlines()
    lines[3] = lines[3].replace("\tIM\t4.12\t", "\tIM\t9.99\t")
    skills.write_text("\n".join([*lines, ""]))

    done = flask("seed", str(folder), DATABASE_URL=migrated)
    assert_refused(done, "Skills.txt", "line 4", "9.99")


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


@pytest.mark.parametrize("command", [("seed", "--if-empty"), ("gap", "11-1011", "15-1254")])
def test_a_database_without_tables_is_a_clear_message(
    new_url: str, starter_release: Path, command: tuple[str, ...]
) -> None:
    settings = {"DATABASE_URL": new_url, "SEED_DIR": str(starter_release)}

    assert_refused(flask(*command, **settings))


@pytest.mark.mysql
@pytest.mark.parametrize(
    "command",
    [("db", "upgrade"), ("seed",)],
)
def test_a_database_that_cannot_be_reached_is_named_without_its_password(
    starter_release: Path, command: tuple[str, ...]
) -> None:
    port = free_port()
    url = f"mysql+mysqldb://tester:canary@127.0.0.1:{port}/skillgap"
    done = flask(*command, DATABASE_URL=url, SEED_DIR=str(starter_release))

    assert_refused(done, "DATABASE_URL", f"127.0.0.1:{port}", "***")


@pytest.mark.parametrize("command", [("db", "upgrade"), ("gap", "11-1011", "15-1254"), ("serve",)])
def test_bad_settings_stop_every_command_with_their_names_and_what_they_take(
    command: tuple[str, ...],
) -> None:
    done = flask(*command, PORT="canary", DATABASE_URL="canary://u:canary@h/d", LOG_LEVEL="x")

    assert_refused(
        done, "bad setting", "PORT", "1 to 65535", "DATABASE_URL", "mysql+mysqldb", "LOG_LEVEL"
    )


on_sqlite = pytest.mark.parametrize("starter_url", ["sqlite"], indirect=True, scope="session")


def test_gap_json_is_the_body_of_the_api(starter_url: str, starter: Serving) -> None:
    done = flask("gap", "11-1011.00", "15-1254.00", "--json", DATABASE_URL=starter_url)
    body = starter.get("/skill-gap?from=11-1011.00&to=15-1254.00").json()

    assert (0, "") == (done.returncode, done.stderr)
    assert body == json.loads(done.stdout)
    assert list(body) == list(json.loads(done.stdout))


@on_sqlite
@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (("nonsense", "15-1254"), "from"),
        (("11-1011", "15-1254.0"), "to"),
        (("99-9999.99", "15-1254"), "99-9999.99"),
        (("11-1011", "25-2032"), "ONET_API_KEY"),
    ],
)
def test_gap_without_an_answer_says_why_once(
    starter_url: str, codes: tuple[str, str], words: str
) -> None:
    done = flask("gap", *codes, DATABASE_URL=starter_url)

    assert_refused(done, words)
    assert "" == done.stdout
    offered = ("  near it is ", "  rated is ")
    said = [line for line in done.stderr.splitlines() if not line.startswith(offered)]
    assert 1 == len(said), done.stderr


@on_sqlite
def test_gap_takes_titles_and_tells_what_others_could_mean(starter_url: str) -> None:
    done = flask("gap", "Chief Executives", "web developers", "--json", DATABASE_URL=starter_url)
    assert "15-1254.00" == json.loads(done.stdout)["to"]["code"]

    refused = flask("gap", "Chief Executives", "web developer", DATABASE_URL=starter_url)
    assert_refused(refused, "to: No occupation has exactly this title")
    assert "  to could be 15-1254.00 Web Developers" == refused.stderr.splitlines()[1]


@on_sqlite
def test_gap_without_its_codes_shows_how_it_is_used(starter_url: str) -> None:
    assert_refused(flask("gap", "11-1011", DATABASE_URL=starter_url), "Usage:", "TO")


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


def test_every_command_tells_how_it_is_used() -> None:
    done = flask("--help")

    assert 0 == done.returncode
    for name in ("db", "seed", "serve", "sandbox", "gap", "transitions", "warm", "worker"):
        assert re.search(rf"^  {name}  +[A-Z](.|\n   )+?\.$", done.stdout, re.MULTILINE)
