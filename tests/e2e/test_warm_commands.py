"""`flask warm`, `flask worker` and the worker of `flask serve`: real processes, really ended."""

import json
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import Engine, func, select
from support.backends import migrated_engine
from support.caches import states
from support.clock import LIMITS, FakeClock, eventually
from support.commands import Command, RunningSandbox, flask, sandbox
from support.made_up_release import RATED, TITLES, write_release
from support.processes import SECONDS, Serving, serving
from support.release_files import write_part
from support.rig import AUTHORIZED, TOKEN
from support.warming import expire_leases

from cache.db.onet_tables import CacheEntry, LandingRating, WarmJob
from cache.release.seed import seed

pytestmark = pytest.mark.waits

EMPTY = tuple(TITLES)[4]
UNKNOWN = "99-9999.00"
REQUESTS_BESIDE_PAGES = 29
PAGES_TWICE = 4


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """A sandbox of the made-up release."""
    folder = tmp_path_factory.mktemp("small")
    with sandbox(write_release(folder / "db_28_1_text"), folder) as running:
        yield running


@pytest.fixture
def new_engine(database_url: str) -> Iterator[Engine]:
    """An engine of a database that is migrated and empty."""
    with migrated_engine(database_url) as engine:
        yield engine


def settings_of(engine: Engine, upstream: RunningSandbox) -> dict[str, str]:
    return {
        "DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "ONET_API_URL": upstream.url,
        "ONET_API_KEY": "canary-key",
        "ONET_MAX_RATE": "200",
    }


def count(engine: Engine, query: Any) -> int:
    with engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def asked(upstream: RunningSandbox) -> Counter[str]:
    answer = requests.get(upstream.url + "sandbox/requests", timeout=10).json()
    return Counter(f"{one['path']}?{one['query']}" for one in answer["requests"])


def test_codes_are_filled_and_what_failed_is_told(
    new_engine: Engine, small: RunningSandbox
) -> None:
    settings = settings_of(new_engine, small)
    done = flask("warm", RATED[0], " 15-9002 ", EMPTY, UNKNOWN, **settings)

    assert 1 == done.returncode, done.stderr
    assert "2 filled, 1 without ratings, 1 failed, of 4" in done.stdout
    assert [f"  {UNKNOWN}: O*NET has no such occupation"] == done.stderr.splitlines()
    assert {RATED[0]: "rated", RATED[1]: "rated", EMPTY: "empty", UNKNOWN: "unknown"} == states(
        new_engine
    )


def test_all_twice_is_one_request_the_second_time(
    new_engine: Engine, small: RunningSandbox
) -> None:
    settings = settings_of(new_engine, small)
    first = flask("warm", "--all", **settings)
    before = small.count
    second = flask("warm", "--all", **settings)
    third = flask("warm", "--stale", **settings)

    assert (0, 0, 0) == (first.returncode, second.returncode, third.returncode), second.stderr
    assert "4 filled, 1 without ratings, 0 failed, of 5" in first.stdout
    assert first.stdout == second.stdout
    assert "of 0." in third.stdout
    assert before + 1 == small.count


@pytest.mark.parametrize(
    "arguments", [(), ("--all", "--stale"), ("--all", RATED[0]), ("nonsense",), ("--domain", "x")]
)
def test_warm_asks_for_one_thing_that_it_can_do(arguments: tuple[str, ...]) -> None:
    done = flask("warm", *arguments, ONET_API_KEY="canary-key")

    assert 2 == done.returncode
    assert "Usage:" in done.stderr


def test_without_credentials_warm_names_the_setting(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'skillgap.db'}"
    assert 0 == flask("db", "upgrade", DATABASE_URL=url).returncode
    done = flask("warm", "--all", DATABASE_URL=url)

    assert (1, "Error: nothing can be filled: ONET_API_KEY is not set\n") == (
        done.returncode,
        done.stderr,
    )


def warm_all(server: Serving) -> str:
    """Ask a server for everything to be filled; return where its job is told of."""
    url = server.url + "/admin/cache/warm"
    made = requests.post(url, json={"all": True}, headers=AUTHORIZED, timeout=10)
    made.raise_for_status()
    return made.headers["Location"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_takes_jobs_as_they_come_and_ends_cleanly(
    new_engine: Engine, small: RunningSandbox, tmp_path: Path, number: signal.Signals
) -> None:
    settings = settings_of(new_engine, small)
    worker = Command("worker", folder=tmp_path, LOG_FORMAT="json", **settings)
    try:
        with serving(tmp_path, ADMIN_TOKEN=TOKEN, **settings) as server:
            place = warm_all(server)

            def look() -> Any:
                return server.get(place, headers=AUTHORIZED).json()

            eventually("done", lambda: look()["state"], SECONDS)
            job = look()
        worker.send_signal(number)
        _, log = worker.communicate(timeout=SECONDS)
    finally:
        worker.kill()

    assert (4, 1, 0, []) == (job["done"], job["empty"], job["failed"], job["errors"])
    assert 0 == worker.returncode, log
    assert all(json.loads(line)["level"] == "INFO" for line in log.splitlines())


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite
def test_a_server_that_stops_leaves_its_job_to_the_next_worker_at_once(
    new_engine: Engine, small: RunningSandbox, tmp_path: Path
) -> None:
    settings = settings_of(new_engine, small)
    held = select(func.count()).where(WarmJob.lease_owner.is_not(None))
    with serving(tmp_path, **settings | {"ADMIN_TOKEN": TOKEN, "ONET_MAX_RATE": "2"}) as server:
        warm_all(server)
        eventually(1, lambda: count(new_engine, held))
        assert 0 == server.stop()

    assert 0 == count(new_engine, held)
    assert 0 == flask("warm", "--all", **settings).returncode
    assert 1 == count(new_engine, select(func.count()).select_from(WarmJob))


@on_sqlite
def test_a_stale_entry_is_refreshed_behind_by_the_server_that_read_it(
    new_engine: Engine, small: RunningSandbox, tmp_path: Path, made_up_release: Path
) -> None:
    yesterday = FakeClock(datetime.now(UTC) - timedelta(days=1))
    seed(new_engine, made_up_release, limits=LIMITS, now=yesterday)
    target = f"/occupations/{RATED[0]}"
    with serving(tmp_path, **settings_of(new_engine, small)) as server:
        before = server.get(target).json()
        eventually("fresh", lambda: server.get(target).json()["cache"]["state"], 10)
        after = server.get(target).json()
        counted = server.get("/metrics").text

    assert "stale" == before["cache"]["state"]
    assert before["ratings"] == after["ratings"]
    assert 'skillgap_fills_total{result="renewed"} 1.0\n' in counted


@dataclass(frozen=True)
class Warmed:
    """What is warmed: how much it is, and when warming is ended, told in rows or occupations."""

    last: str
    rated: int
    pages: int
    interrupted: int
    killed_at_landed: tuple[int, ...]
    killed_at_published: tuple[int, ...]


PART = Warmed("19-9999.99", 237, 9, 2_000, (8_000,), ())
WHOLE = Warmed("99-9999.99", 879, 31, 4_000, (10_000, 30_000, 50_000), (100, 300, 600))


@pytest.mark.parametrize(
    ("database_url", "warmed"),
    [
        pytest.param("sqlite", PART, id="sqlite"),
        pytest.param("mysql", WHOLE, marks=[pytest.mark.mysql, pytest.mark.soak], id="m-many"),
        pytest.param("sqlite", WHOLE, marks=pytest.mark.soak, id="sqlite-many"),
    ],
    indirect=["database_url"],
)
def test_warming_everything_survives_ctrl_c_and_kills_at_little_cost(
    new_engine: Engine,
    skills_release: Path,
    starter_release: Path,
    tmp_path: Path,
    warmed: Warmed,
) -> None:
    seed(new_engine, starter_release, limits=LIMITS, now=FakeClock())
    release = write_part(skills_release, tmp_path / skills_release.name, warmed.last)

    def start() -> Command:
        expire_leases(new_engine)
        return Command("warm", "--all", folder=tmp_path, **settings)

    def landed() -> int:
        of_load = LandingRating.load_id > 1
        return count(new_engine, select(func.count()).select_from(LandingRating).where(of_load))

    def published() -> int:
        of_api = CacheEntry.origin == "api"
        return count(new_engine, select(func.count()).select_from(CacheEntry).where(of_api))

    with sandbox(release, tmp_path) as upstream:
        settings = settings_of(new_engine, upstream) | {"ONET_MAX_RATE": "20"}
        stopped = start()
        eventually(True, lambda: landed() > warmed.interrupted, SECONDS)
        stopped.send_signal(signal.SIGINT)
        _, told = stopped.communicate(timeout=SECONDS)
        assert (130, True) == (stopped.returncode, "goes on from here" in told)
        for look, moments in (
            (landed, warmed.killed_at_landed),
            (published, warmed.killed_at_published),
        ):
            for moment in moments:
                killed = start()
                eventually(True, lambda look=look, moment=moment: look() > moment, SECONDS)
                killed.kill()
                killed.communicate(timeout=SECONDS)
        last = start()
        out, err = last.communicate(timeout=SECONDS)
        requests_made = asked(upstream)

    assert 0 == last.returncode, err
    unrated = 1_016 - warmed.rated
    assert f"{warmed.rated} filled, {unrated} without ratings, 0 failed, of 1,016" in out
    restarts = 1 + len(warmed.killed_at_landed) + len(warmed.killed_at_published)
    assert requests_made.total() <= REQUESTS_BESIDE_PAGES + warmed.pages + restarts
    pages = {path: times for path, times in requests_made.items() if "/rows/" in path}
    assert warmed.pages == len(pages)
    assert sum(pages.values()) - warmed.pages <= PAGES_TWICE
    assert 1 == count(new_engine, select(func.count()).select_from(WarmJob))
    assert_holds(new_engine, release)


def assert_holds(engine: Engine, release: Path) -> None:
    """Every occupation's content is that of the text release."""
    with migrated_engine("sqlite://") as other:
        seed(other, release, limits=LIMITS, now=FakeClock())
        columns = (CacheEntry.occupation_code, CacheEntry.state, CacheEntry.content_hash)
        of_skills = CacheEntry.domain == "skills"
        query = select(*columns).where(of_skills).order_by(CacheEntry.occupation_code)
        with engine.connect() as one, other.connect() as two:
            assert two.execute(query).all() == one.execute(query).all()
