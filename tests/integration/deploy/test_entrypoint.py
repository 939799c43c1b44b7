import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from support.local_archive import local_archive
from support.mysql_server import PrivateServer, empty_database, free_port
from support.processes import ROOT, SECONDS, Serving
from support.release_files import zip_folder

from app.settings import RELEASES
from docker import wait_for_database

ENTRYPOINT = ROOT / "docker" / "entrypoint.sh"
HEALTHCHECK = ROOT / "docker" / "healthcheck.py"
PARTS = ("app", "cache", "data", "docker", "migrations", "onet_client", "pyproject.toml")
# As the image has them first in its PATH.
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
ODD_PASSWORD = 'p@ss:w/o%rd#?&=+ ${HOME} "x" é'


def start(*command, entrypoint=ENTRYPOINT, **environment):
    """The entry point at work, both its outputs in `stdout`."""
    return subprocess.Popen(
        [entrypoint, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={"PATH": PATH, "SEED_RELEASE": "bundled", **environment},
    )


def finish(process):
    """The exit status and output of a process; one that does not end is an error."""
    try:
        output, _ = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
        process.wait()
    return process.returncode, output


def run(*command, **environment):
    return finish(start(*command, **environment))


@pytest.fixture(scope="module")
def database(mysql_server):
    """URL of a database that `seed` has filled."""
    with empty_database(mysql_server) as url:
        status, output = run("seed", DATABASE_URL=url)
        assert 0 == status, output
        yield url


@contextmanager
def serve(database, folder):
    """The entry point's server."""
    port = str(free_port())
    environment = {"PATH": PATH, "HOST": "127.0.0.1", "PORT": port, "DATABASE_URL": database}
    environment["WEB_CONCURRENCY"] = "1"  # how many there are is tried without the entry point
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([ENTRYPOINT], stdout=log, stderr=log, env=environment)
    server = Serving(f"http://127.0.0.1:{port}", process, folder / "log")
    try:
        server.await_answer()
        yield server
    finally:
        server.stop()  # its workers would outlive a main process that was killed


def health(server, path):
    """Exit status of the image's health check."""
    command = [sys.executable, HEALTHCHECK, path]
    port = server.url.rpartition(":")[2]
    environment = {"PATH": PATH, "PORT": port, "http_proxy": "http://127.0.0.1:9"}
    return subprocess.run(command, check=False, env=environment, timeout=SECONDS).returncode


@pytest.fixture
def serving(database, tmp_path):
    """A server that the test may end."""
    with serve(database, tmp_path) as serving:
        yield serving


@pytest.fixture(scope="module")
def shared(database, tmp_path_factory):
    """A server that stays."""
    with serve(database, tmp_path_factory.mktemp("shared")) as shared:
        yield shared


def test_seed_of_a_database_that_is_filled_changes_nothing(database):
    status, output = run("seed", DATABASE_URL=database)

    assert 0 == status, output
    assert "nothing to seed" in output


def test_seed_brings_the_newest_release_and_keeps_it_in_the_folder_of_the_image(
    made_up_release, tmp_path
):
    image = tmp_path / "image"
    image.mkdir()
    for part in (*PARTS, ".flaskenv"):
        (image / part).symlink_to(ROOT / part)
    body = zip_folder(made_up_release, tmp_path / "archive.zip").read_bytes()
    settings = {"DATABASE_URL": "sqlite:///instance/skillgap.db", "SEED_RELEASE": "latest"}
    with local_archive() as archive:
        archive.publish("28.1", body)
        entrypoint = image / "docker" / "entrypoint.sh"
        process = start("seed", entrypoint=entrypoint, ONET_ARCHIVE_URL=archive.url, **settings)
        status, output = finish(process)

    assert 0 == status, output
    assert "O*NET 28.1 from instance/releases/db_28_1_text.zip" in output
    assert body == (image / RELEASES / "db_28_1_text.zip").read_bytes()


def test_without_a_command_the_server_answers_from_the_database(shared):
    assert 200 == shared.get("/health/ready").status_code
    answer = shared.get("/skill-gap?from=11-1011.00&to=15-1254.00").json()
    figures = {"compared": 35, "gaps": 8, "missing": 1, "higher_level": 7, "readiness": 0.8824}
    assert figures.items() <= answer["summary"].items()


@pytest.mark.parametrize(
    ("path", "status"), [("/health", 0), ("/health/ready", 0), ("/no-such-path", 1)]
)
def test_the_health_check_tells_how_a_server_answers(shared, path, status):
    assert status == health(shared, path)


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.soak)]
)
def test_a_signal_reaches_the_server_and_ends_it_cleanly_which_the_health_check_tells(
    serving, number
):
    serving.process.send_signal(number)

    assert 0 == serving.process.wait(SECONDS)
    with pytest.raises(requests.ConnectionError):
        serving.get("/health")
    assert 1 == health(serving, "/health")


def test_any_other_flask_command_runs_with_its_arguments(database):
    status, output = run("gap", "11-1011.00", "15-1254.00", "--json", DATABASE_URL=database)

    assert 0 == status, output
    assert '"readiness"' in output


def test_a_command_that_fails_fails_the_container(database):
    status, output = run("gap", "11-1011.00", "99-9999.99", DATABASE_URL=database)

    assert 0 != status
    assert "99-9999.99" in output


@pytest.fixture
def odd_account(mysql_server, mysql_database):
    """MYSQL_* variables of an account whose password holds what a URL gives a meaning to."""
    engine = create_engine(mysql_server)
    name = f"odd_{os.getpid()}"
    account = f"'{name}'@'%'"
    with engine.begin() as connection:
        connection.execute(
            text(f"CREATE USER {account} IDENTIFIED BY :password"), {"password": ODD_PASSWORD}
        )
        connection.execute(text(f"GRANT ALL ON *.* TO {account}"))
    url = make_url(mysql_database)
    yield {
        "MYSQL_HOST": url.host,
        "MYSQL_PORT": str(url.port or 3306),
        "MYSQL_USER": name,
        "MYSQL_PASSWORD": ODD_PASSWORD,
        "MYSQL_DATABASE": url.database,
    }
    with engine.begin() as connection:
        connection.execute(text(f"DROP USER {account}"))
    engine.dispose()


def test_a_password_of_any_characters_logs_in(odd_account):
    status, output = run("db", "upgrade", **odd_account)

    assert 0 == status, output


def test_a_part_of_the_databases_address_that_is_missing_is_named(odd_account):
    del odd_account["MYSQL_PASSWORD"]

    status, output = run("db", "upgrade", **odd_account)

    assert 1 == status
    assert "MYSQL_PASSWORD must be too" in output


def test_seed_does_not_wait_where_the_login_is_refused(odd_account):
    began = time.monotonic()
    status, output = run("seed", **{**odd_account, "MYSQL_PASSWORD": "wrong-canary"})

    assert 1 == status
    assert "Access denied" in output
    assert "wrong-canary" not in output
    assert time.monotonic() - began < SECONDS / 2


@pytest.mark.mysql
def test_seed_waits_for_a_database_that_starts_later(made_up_release):
    server = PrivateServer()
    try:
        server.start()
        with empty_database(server.url) as url:
            server.stop()
            seeding = start("seed", DATABASE_URL=url, SEED_DIR=str(made_up_release))
            assert "The database does not answer yet: waiting for it\n" == seeding.stdout.readline()
            server.start()
            status, output = finish(seeding)
    finally:
        server.remove()

    assert 0 == status, output


def test_waiting_for_a_database_ends_after_its_time():
    url = make_url(f"mysql+mysqldb://u:p@127.0.0.1:{free_port()}/x")
    began = time.monotonic()

    with pytest.raises(OperationalError):
        wait_for_database.wait_for(url, patience=0.5)

    assert 0.25 < time.monotonic() - began < 5


def test_a_database_in_a_file_is_not_waited_for():
    wait_for_database.wait_for(make_url("sqlite:////nonexistent/folder/x.db"))
