"""However a seeding ends, and however many run at once, one release stands whole."""

import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, make_url, select
from support.clock import LIMITS, FakeClock
from support.commands import Command
from support.fills import publish, rated
from support.made_up_release import RATED, write_release
from support.release_files import change, drop_lines, write_part
from support.tables import OF_A_LOAD, PUBLISHED, Dump, clear, dump, without

from cache.db import database
from cache.db.database import connect
from cache.db.migrate import upgrade
from cache.db.onet_tables import Load, Rating
from cache.entries.publish_fill import Superseded
from cache.entries.store import Store
from cache.fill.leases import Leases
from cache.release.seed import seed
from onet_client.release_files import OCCUPATION_FILE

START_UP = 0.1
"""About the seconds that a command takes before it touches the database."""
LAST = "11-9999.99"
"""Where the part of a release ends that is loaded where the whole one would take long."""


def seed_here(engine: Engine, path) -> None:
    seed(engine, path, limits=LIMITS, now=FakeClock())


@pytest.fixture(scope="module", params=["part", pytest.param("whole", marks=pytest.mark.soak)])
def release(request, full_release, tmp_path_factory):
    """The folder of what is loaded: a release of some hundreds of occupations, or the whole one."""
    if request.param == "whole":
        return full_release
    return write_part(full_release, tmp_path_factory.mktemp("part") / full_release.name, LAST)


@pytest.fixture(scope="module")
def new(release, tmp_path_factory) -> Dump:
    """What the release looks like once it is published, apart from when and by which load."""
    engine = connect(make_url(f"sqlite:///{tmp_path_factory.mktemp('new') / 'skillgap.db'}"))
    upgrade(engine)
    seed_here(engine, release)
    tables = without(dump(engine, PUBLISHED), *OF_A_LOAD)
    engine.dispose()
    return tables


@pytest.fixture
def old(engine, starter_release) -> Dump:
    """What the database holds before: the starter release."""
    seed_here(engine, starter_release)
    return dump(engine, PUBLISHED)


@pytest.fixture
def start_seed(engine, tmp_path):
    """Starts `flask seed PATH` over the database of the test."""
    url = engine.url.render_as_string(hide_password=False)
    started = []

    def start(path) -> Command:
        started.append(Command("seed", str(path), folder=tmp_path, DATABASE_URL=url))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def last_load(engine: Engine) -> int:
    query = select(func.max(Load.id))
    return database.read(engine, lambda connection: connection.execute(query).scalar_one())


def await_load(engine: Engine, process: Command, after: int) -> None:
    """Wait until the process has begun to load."""
    while last_load(engine) <= after:
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)


def which(engine: Engine, old: Dump, new: Dump) -> str:
    """Tell which release the database holds, and fail where it is neither, whole."""
    count = select(func.count()).select_from(Rating)
    ratings = database.read(engine, lambda connection: connection.execute(count).scalar_one())
    found = dump(engine, PUBLISHED)
    if ratings == len(old["rating"]):
        assert old == found
        return "old"
    assert new == without(found, *OF_A_LOAD)
    assert 1 == len({(row["load_id"], row["fetched_at"]) for row in found["cache_entry"]})
    return "new"


@pytest.mark.parametrize(
    ("release", "kills"),
    [("part", 3), pytest.param("whole", 100, marks=pytest.mark.soak)],
    indirect=["release"],
)
def test_a_kill_at_any_moment_leaves_the_old_or_the_new_release(
    engine, old, new, start_seed, starter_release, release, kills
):
    before = last_load(engine)
    process = start_seed(release)
    await_load(engine, process, before)
    began = time.monotonic()
    assert 0 == process.wait(60)
    seconds = time.monotonic() - began
    found = which(engine, old, new)
    assert "new" == found
    left = Counter()

    for kill in range(kills):
        if found == "new":
            clear(engine)
            seed_here(engine, starter_release)
            old = dump(engine, PUBLISHED)
        before = last_load(engine)
        process = start_seed(release)
        if kill % 5 == 4:  # before it begins, as well
            time.sleep(random.uniform(0, START_UP))
        else:
            await_load(engine, process, before)
            time.sleep(seconds * (kill + random.random()) / kills)
        process.kill()
        process.wait()
        found = which(engine, old, new)
        left[found] += 1

    assert left["old"] > 0


@pytest.mark.parametrize("part", [0.1, 0.6])
def test_an_interrupted_seeding_ends_with_a_word_and_the_old_release(
    engine, old, start_seed, full_release, part
):
    before = last_load(engine)
    process = start_seed(full_release)
    await_load(engine, process, before)
    time.sleep(part)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode != 0
    assert "Traceback" not in out + err
    assert "Aborted" in err
    assert old == dump(engine, PUBLISHED)


def test_readers_see_the_old_or_the_new_release_while_it_is_loaded(
    engine, old, start_seed, release
):
    store = Store(engine)
    codes = ["11-1011.00", "11-3012.00"]  # the starter release holds the first alone
    process = start_seed(release)
    seen = Counter()

    while process.poll() is None:
        first, second = store.read("skills", codes)
        seen[first.entry.generation, len(first.profile.elements), len(second.profile.elements)] += 1
    process.communicate()
    first, second = store.read("skills", codes)
    seen[first.entry.generation, len(first.profile.elements), len(second.profile.elements)] += 1

    assert {(1, 35, 0), (2, 35, 35)} == seen.keys()
    assert seen[1, 35, 0] > 10


def test_the_same_release_loaded_twice_at_once_is_published_whole(
    engine, old, new, start_seed, release
):
    processes = [start_seed(release) for _ in range(2)]
    told = [process.communicate(timeout=60) for process in processes]

    assert [0, 0] == [process.returncode for process in processes], told
    assert "new" == which(engine, old, new)


@pytest.fixture
def two_releases(tmp_path):
    """Two complete releases that share some occupations and differ in every rating of them."""
    first = write_release(tmp_path / "db_28_1_text")
    second = write_release(tmp_path / "db_28_2_text", split=True)
    change(second / "Read Me.txt", "28.1", "28.2")
    for file in second.glob("*Skills.txt"):
        file.write_text(file.read_text("utf-8").replace("\t4.12\t", "\t2.25\t"), encoding="utf-8")
        drop_lines(file, RATED[0])
    drop_lines(second / OCCUPATION_FILE, RATED[0])
    (second / "Related Occupations.txt").unlink()  # which names it
    return first, second


def standing(engine: Engine) -> Dump:
    """What readers can see: entries without anything to serve are left out."""
    tables = without(dump(engine, ("occupation", "rating", "cache_entry")), *OF_A_LOAD)
    served = [row for row in tables["cache_entry"] if row["state"] != "absent"]
    return tables | {"cache_entry": served}


@pytest.mark.parametrize("rounds", [3, pytest.param(100, marks=pytest.mark.soak)])
def test_two_releases_loaded_at_once_leave_one_of_them_whole(engine, two_releases, rounds):
    alone = []
    for path in two_releases:
        clear(engine)
        seed_here(engine, path)
        alone.append(standing(engine))
    engines = [connect(engine.url) for _ in two_releases]
    won = Counter()

    for _ in range(rounds):
        clear(engine)
        barrier = Barrier(2)

        def load(at: int, barrier: Barrier = barrier) -> None:
            barrier.wait(10)
            seed_here(engines[at], two_releases[at])

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(load, range(2)))
        won[alone.index(standing(engine))] += 1

    for each in engines:
        each.dispose()
    assert rounds == sum(won.values())


def test_a_fill_and_a_release_at_once_leave_each_entry_whole(engine, two_releases):
    """The fill holds the entry it read; whichever comes second wins, or gives up whole."""
    first, second = two_releases
    seed_here(engine, first)
    fillers = connect(engine.url)
    lease = Leases(fillers, fillers, 60.0).acquire("skills", RATED[1], "a fill")
    barrier = Barrier(2)

    def fill() -> bool:
        barrier.wait(10)
        try:
            publish(fillers, rated(RATED[1]), lease)
        except Superseded:
            return False
        return True

    with ThreadPoolExecutor(1) as pool:
        filling = pool.submit(fill)
        barrier.wait(10)
        seed_here(engine, second)
        filled = filling.result()
    (stored,) = Store(fillers).read("skills", [RATED[1]])
    fillers.dispose()

    assert ("seed", "28.2", 3) == (
        stored.entry.origin,
        stored.entry.release,
        len(stored.profile.elements),
    ) or (filled, "api", 2) == (True, stored.entry.origin, len(stored.profile.elements))
