"""SQLite on a disk that takes no changes: what is held is answered, what is not is refused."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, make_url, text
from support.canary import CANARY
from support.clock import FakeClock
from support.databases import load
from support.disks import fill, small_disk, take_changes_again, take_no_changes
from support.made_up_release import RATED, write_release
from support.mysql_server import free_port
from support.processes import environment
from support.waiting import at_once

from app import create_app
from app.settings import Settings
from app.wiring.container import Services
from cache.db import sqlite_file
from cache.db.database import check_ready, connect, read

ONE, OTHER = RATED[0], RATED[1]
NEW = "99-1001.00"
TTL, WINDOW, LINGER = 7_776_000, 604_800, 31_536_000
HITS = (
    f"/skill-gap?from={ONE}&to={OTHER}",
    f"/occupations/{ONE}",
    "/occupations?q=worker",
    "/occupations",
    f"/occupations/{ONE}/transitions",
    f"/?from={ONE}&to={OTHER}",
    "/health",
    "/health/ready",
    "/metrics",
)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database that holds the made-up release."""
    folder = tmp_path_factory.mktemp("loaded")
    load(f"sqlite:///{folder / 's.db'}", write_release(folder / "db_28_1_text"), FakeClock())
    return folder / "s.db"


@pytest.fixture
def disk(tmp_path: Path, loaded: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "3m") as disk:
        shutil.copy(loaded, disk)
        yield disk


@pytest.fixture
def app(disk: Path, clock: FakeClock) -> Iterator[Flask]:
    settings = Settings(
        database_url=make_url(f"sqlite:///{disk / 's.db'}"),
        onet_api_url=f"http://127.0.0.1:{free_port()}/",
        onet_api_key=CANARY,
        admin_token="t",
    )
    services = Services(settings, clock)
    yield create_app(services=services)
    services.engine.dispose()


def status(app: Flask) -> int:
    return app.test_client().get(HITS[0]).status_code


def statuses(client: FlaskClient, targets: tuple[str, ...] = HITS) -> list[int]:
    return [client.get(target).status_code for target in targets]


ADMIN = {"Authorization": "Bearer t"}
CHANGE = text("UPDATE cache_change SET version = version + 1")
DISKS = pytest.mark.parametrize("how", ["read-only", "full"])


@DISKS
def test_what_is_held_is_answered_by_a_process_that_starts_there(
    app: Flask, disk: Path, how: str, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    take_no_changes(disk, how)
    client = app.test_client()

    assert [200] * len(HITS) == statuses(client)
    clock.advance(TTL + 1)
    for _ in range(3):
        assert [200] * len(HITS) == statuses(client)
        assert "fwd=stale" not in client.get(HITS[0]).headers["Cache-Status"]
    clock.advance(WINDOW)  # to be refreshed first, which cannot be noted
    assert [200] * len(HITS) == statuses(client)
    clock.advance(LINGER)
    assert {503} == set(statuses(client, HITS[:2]))
    assert 503 == client.get(f"/occupations/{NEW}").status_code
    assert [200] * 5 == statuses(client, HITS[2:4] + HITS[6:])
    assert 1 == caplog.text.count("no entry can be noted for a refresh")
    assert "Traceback" not in caplog.text


@DISKS
def test_an_operator_is_told_that_nothing_can_be_changed(app: Flask, disk: Path, how: str) -> None:
    take_no_changes(disk, how)
    client = app.test_client()
    assert 200 == client.get("/admin/cache", headers=ADMIN).status_code
    for answer in (
        client.post("/admin/cache/warm", json={"all": True}, headers=ADMIN),
        client.delete("/admin/cache/entries", headers=ADMIN),
        client.delete(f"/admin/cache/entries/{ONE}", headers=ADMIN),
    ):
        assert 503 == answer.status_code
        assert answer.json["type"].endswith("database-unavailable")
    assert [200] * len(HITS) == statuses(client)


def test_a_disk_that_becomes_full_costs_no_hit(app: Flask, disk: Path, clock: FakeClock) -> None:
    client = app.test_client()
    assert [200] * len(HITS) == statuses(client)
    ballast = fill(disk)
    for seconds in (0, TTL + 1, WINDOW):
        clock.advance(seconds)
        assert [200] * len(HITS) == statuses(client)
        assert {200} == {done.result for done in at_once([partial(status, app)] * 8)}
    ballast.unlink()
    assert 202 == client.post("/admin/cache/warm", json={"all": True}, headers=ADMIN).status_code


@DISKS
def test_when_the_disk_takes_changes_again_so_does_the_database(
    app: Flask, disk: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "GOOD_SECONDS", 0.0)
    take_no_changes(disk, how)
    client = app.test_client()
    assert [200] * len(HITS) == statuses(client)

    take_changes_again(disk)
    assert 202 == client.post("/admin/cache/warm", json={"all": True}, headers=ADMIN).status_code
    assert [200] * len(HITS) == statuses(client)


@DISKS
def test_what_another_process_changes_shows_at_once(disk: Path, how: str, tmp_path: Path) -> None:
    take_no_changes(disk, how)
    engine = connect(make_url(f"sqlite:///{disk / 's.db'}"))
    before = changes(engine)
    take_changes_again(disk)

    writer = connect(make_url(f"sqlite:///{disk / 's.db'}"))
    with writer.begin() as connection:
        connection.execute(CHANGE)
    assert before + 1 == changes(engine)
    writer.dispose()  # what lay beside the file is in it now
    assert before + 1 == changes(engine)
    engine.dispose()


def changes(engine: Engine) -> int:
    query = text("SELECT version FROM cache_change")
    found: int = read(engine, lambda connection: connection.execute(query).scalar_one())
    return found


@DISKS
def test_changes_beside_the_file_are_never_left_out(disk: Path, how: str, tmp_path: Path) -> None:
    """They are read where their index is there still, and else the file is refused."""
    writer = connect(make_url(f"sqlite:///{disk / 's.db'}"))
    with writer.begin() as connection:
        connection.execute(CHANGE)
    kept = tmp_path / "kept"
    kept.mkdir()
    for path in disk.iterdir():
        shutil.copy(path, kept)
    writer.dispose()
    for path in kept.iterdir():
        shutil.copy(path, disk)
    (disk / "s.db-shm").unlink()
    take_no_changes(disk, how)

    engine = connect(make_url(f"sqlite:///{disk / 's.db'}"))
    with pytest.raises(Exception, match="cannot be reached or used") as refused:
        check_ready(engine)
    assert "its disk takes no changes" in str(refused.value.__cause__)
    engine.dispose()


SORT = """
import sys
from sqlalchemy import make_url, text
from cache.db.database import connect, read
many = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)"
    "SELECT count(*) FROM (SELECT i, hex(randomblob(90)) AS b FROM n ORDER BY b LIMIT 29999)"
)
engine = connect(make_url(sys.argv[1]))
print(read(engine, lambda connection: connection.execute(many).scalar_one()))
"""


def test_a_full_disk_for_temporary_files_costs_no_read(loaded: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "tmp", "64k") as temporary:
        fill(temporary)
        done = subprocess.run(
            [sys.executable, "-c", SORT, f"sqlite:///{loaded}"],
            env=environment(SQLITE_TMPDIR=str(temporary)),
            check=False, capture_output=True, text=True,
        )  # fmt: skip
    assert ("29999\n", "") == (done.stdout, done.stderr)
