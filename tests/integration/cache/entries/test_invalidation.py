"""A copy in a process is trusted exactly as long as the database was seen to hold the same."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from support.clock import LIMITS, START, FakeClock, eventually
from support.fills import CODE, fill, publish, rated
from support.made_up_release import RATED
from support.tables import clear

from cache.db.unavailable import DatabaseUnavailable
from cache.entries import invalidation as module
from cache.entries.invalidation import IDLE, TRUSTED, Changes, Key
from cache.entries.purge import purge
from cache.entries.renewal import Revalidation
from cache.entries.store import Store
from cache.local.bounded_cache import BoundedCache
from cache.release.seed import seed
from onet_client.content_model import DOMAINS

KEY, OTHER = ("skills", CODE), ("skills", RATED[0])


def is_good(changes: Changes, tick: int, keys: list[Key]) -> bool:
    return "good" == changes.standing(tick, keys)


def good_after(changes: Changes, change: Callable[[], object], *keys: Key) -> list[bool]:
    """Of which entries a copy made before a change is good after the look that follows it."""
    changes.look()
    tick = changes.tick()
    change()
    changes.look()
    return [is_good(changes, tick, [key]) for key in keys]


def test_nothing_is_trusted_before_the_first_look(changes):
    assert None is changes.tick()
    assert not is_good(changes, 0, [KEY])


def test_a_copy_is_good_for_less_than_a_second_after_a_look(changes, seconds):
    changes.look()
    tick = changes.tick()

    seconds.now += TRUSTED - 0.001
    assert is_good(changes, tick, [KEY])
    seconds.now += 0.001
    assert not is_good(changes, tick, [KEY])
    assert None is changes.tick()

    changes.look()
    assert is_good(changes, tick, [KEY])


def publish_ratings(engine):
    publish(engine, rated())


def publish_no(engine):
    publish(engine, fill(CODE, "empty"))


def purge_one(engine):
    purge(engine, [CODE])


@pytest.mark.parametrize("change", [publish_ratings, publish_no, purge_one])
def test_a_change_of_an_entry_ends_its_copies_and_no_others(changes, seeded_engine, change):
    assert [False, True] == good_after(changes, partial(change, seeded_engine), KEY, OTHER)
    assert is_good(changes, changes.tick(), [KEY])


def purge_all(engine):
    purge(engine, None)


def mark_stale(engine):
    Revalidation(engine, LIMITS, lambda: START + timedelta(seconds=1)).mark_stale("skills", "99.9")


def restore(engine):
    """As a backup does, which holds another count."""
    clear(engine)


@pytest.mark.parametrize("change", [purge_all, mark_stale, restore])
def test_a_change_of_everything_ends_all_copies(changes, seeded_engine, change):
    publish_ratings(seeded_engine)

    assert [False, False] == good_after(changes, partial(change, seeded_engine), KEY, OTHER)


@pytest.fixture
def load(seeded_engine, made_up_release):
    """Loads the release, as it has been changed meanwhile."""
    return partial(seed, seeded_engine, made_up_release, limits=LIMITS, now=FakeClock())


def test_a_load_ends_the_copies_of_what_it_only_names_too(
    changes, seeded_engine, made_up_release, load
):
    (made_up_release / "manifest.json").write_text('{"release": "28.2", "complete": false}')
    for file in made_up_release.glob("*Skills.txt"):
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if not line.startswith(CODE)))
    publish_ratings(seeded_engine)

    assert [False, False] == good_after(changes, load, KEY, OTHER)


KNOWLEDGE = ("knowledge", CODE)


@pytest.mark.parametrize(
    ("said", "is_new"),
    [
        pytest.param(rated(title="Tide Tellers"), True, id="another title"),
        pytest.param(rated(description="They tell the tide."), True, id="another description"),
        pytest.param(rated(description="They do."), False, id="the same description"),
        pytest.param(rated(), False, id="no description"),
    ],
)
def test_a_fill_ends_the_copies_of_all_its_domains_where_it_changes_what_an_occupation_is_called(
    changes, seeded_engine, said, is_new
):
    publish(seeded_engine, fill(CODE, "empty", domain="knowledge"))

    good = good_after(changes, partial(publish, seeded_engine, said), KEY, KNOWLEDGE, OTHER)
    assert [False, not is_new, True] == good


def test_a_load_of_one_domain_that_changes_a_title_ends_the_copies_of_the_others(
    changes, seeded_engine, made_up_release, load
):
    publish(seeded_engine, fill(CODE, "empty", domain="knowledge"))
    occupations = made_up_release / "Occupation Data.txt"
    occupations.write_text(occupations.read_text().replace("Tide Clerks", "Tide Tellers"))

    assert [False] == good_after(changes, load, KNOWLEDGE)
    (stored,) = Store(seeded_engine).read("knowledge", [CODE])
    assert "Tide Tellers" == stored.profile.title


def test_fills_of_all_domains_at_once_agree_on_a_new_title(changes, seeded_engine):
    """Each stamps the entries that the others have locked, so some run again."""
    for domain in DOMAINS[1:]:
        publish(seeded_engine, fill(CODE, "empty", domain=domain))

    def publish_in(domain: str) -> None:
        publish(seeded_engine, fill(CODE, "empty", domain=domain, title="Tide Tellers"))

    def publish_in_all() -> None:
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(publish_in, DOMAINS))

    keys = [(domain, CODE) for domain in DOMAINS]
    assert [False] * 3 == good_after(changes, publish_in_all, *keys)


def test_more_changes_than_are_told_apart_end_all_copies(changes, seeded_engine, monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED", 2)

    def publish_three() -> None:
        for number in range(3):
            publish(seeded_engine, rated(f"99-100{number}.00"))

    assert [False] == good_after(changes, publish_three, KEY)
    assert is_good(changes, changes.tick(), [KEY])


def test_no_change_of_many_at_once_is_missed(changes, seeded_engine):
    """The count is raised under its row's lock, so what is seen of it is all there is."""
    codes = [f"99-{number}.00" for number in range(1000, 1024)]
    changes.look()
    missed = []

    def publish_and_look(code: str) -> None:
        tick = changes.tick()
        publish(seeded_engine, rated(code))
        changes.look()
        if is_good(changes, tick, [("skills", code)]):
            missed.append(code)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(publish_and_look, codes))

    assert [] == missed


def test_a_thread_looks_while_there_are_questions_and_ends_by_itself(seeded_engine, seconds):
    looked = []
    changes = Changes(seeded_engine, seconds, after_look=lambda: looked.append(1))

    assert None is changes.tick()
    eventually(True, lambda: changes.tick() is not None)
    seconds.now += IDLE
    eventually(True, lambda: not changes._looking)

    assert looked


def test_a_look_counts_from_when_it_has_a_connection(changes, seconds, monkeypatch):
    """Not from when it began to wait for one, or in a crowd no look would be good."""
    real = module.database.read

    def crowded(engine, work, *, hasty):
        seconds.now += 2 * TRUSTED
        return real(engine, work, hasty=hasty)

    monkeypatch.setattr(module.database, "read", crowded)
    changes.look()

    assert None is not changes.tick()


def test_copies_are_bounded_by_the_size_they_are_said_to_have_and_the_first_make_room(changes):
    changes.look()
    copies = BoundedCache(changes, 20)
    for number in range(10):
        copies.put(number, number, copies.tick(), [KEY], size=8)
    copies.put("too large", 1, copies.tick(), [KEY], size=21)
    copies.put(9, "again", copies.tick(), [KEY], size=12)

    assert [None, ("again", False), None] == [copies.get(key) for key in (7, 9, "too large")]
    assert (8, False) == copies.get(8)
    assert 2 == len(copies)


def test_what_was_read_while_nothing_was_known_is_not_copied(changes):
    copies = BoundedCache(changes, 20)
    copies.put("a", 1, copies.tick(), [KEY])
    changes.look()

    assert None is copies.get("a")


def test_a_copy_is_at_hand_while_it_is_known_to_be_good_and_ends_with_a_change(
    changes, seeded_engine, seconds
):
    copies = BoundedCache(changes, 20)
    changes.look()
    copies.put("a", 1, copies.tick(), [OTHER, KEY])
    assert (1, None) == (copies.at_hand("a"), copies.at_hand("b"))

    seconds.now += 2 * TRUSTED
    assert None is copies.at_hand("a")  # without a look, which `get` would take
    changes.look()
    assert 1 == copies.at_hand("a")

    publish_ratings(seeded_engine)
    changes.look()
    assert (None, None) == (copies.at_hand("a"), copies.get("a"))


class CountedLock:
    """A lock that tells how many have asked for it."""

    def __init__(self):
        self.asked = 0
        self._counting, self._lock = threading.Lock(), threading.Lock()

    def __enter__(self):
        with self._counting:
            self.asked += 1
        self._lock.acquire()

    def __exit__(self, *_):
        self._lock.release()


class Server:
    """A database that a test takes away and brings back."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_there, self.asked = True, 0
        real = module.database.read

        def read(engine, work, *, hasty):
            self.asked += 1
            if not self.is_there:
                raise DatabaseUnavailable("the database cannot be reached or used (2002 no)")
            return real(engine, work, hasty=hasty)

        monkeypatch.setattr(module.database, "read", read)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    return Server(monkeypatch)


@pytest.fixture
def outlasting(seeded_engine, seconds, server) -> Changes:
    """Copies that outlast the database by 60 s; no thread looks for them."""
    changes = Changes(seeded_engine, seconds, without_database=60.0)
    changes._looking = True
    changes.look()
    return changes


def test_copies_stand_unchecked_while_the_database_is_away_for_so_many_seconds(
    outlasting, server, seconds
):
    tick = outlasting.tick()
    server.is_there = False
    seconds.now += TRUSTED - 0.001
    assert "good" == outlasting.standing(tick, [KEY])

    seconds.now += 0.001
    assert "unchecked" == outlasting.standing(tick, [KEY])
    seconds.now += 59.9
    assert "unchecked" == outlasting.standing(tick, [KEY])
    seconds.now += 0.2
    assert "gone" == outlasting.standing(tick, [KEY])


def test_copies_end_with_the_database_where_they_are_not_to_outlast_it(changes, server, seconds):
    changes.look()
    tick = changes.tick()
    server.is_there = False
    seconds.now += TRUSTED

    assert "gone" == changes.standing(tick, [KEY])


def test_while_the_database_is_away_nothing_is_copied_and_one_look_is_shared(
    outlasting, server, seconds
):
    tick, asked = outlasting.tick(), server.asked
    server.is_there = False
    seconds.now += TRUSTED

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: outlasting.standing(tick, [KEY]), range(20)))

    assert ["unchecked"] * 20 == found
    assert asked + 1 == server.asked
    assert None is outlasting.tick()
    assert tick == outlasting.tick_or_look()
    assert asked + 1 == server.asked


def test_who_cannot_do_without_the_database_shares_the_look_that_failed_while_it_waited(
    changes, server
):
    server.is_there = False
    changes._looking = True  # by no thread of its own, whose looks would count
    looks = changes._looks = CountedLock()

    def ask(_) -> str:
        with pytest.raises(DatabaseUnavailable) as raised:
            changes.tick_or_look()
        return str(raised.value)

    with ThreadPoolExecutor(8) as pool:
        with looks:
            waiting = [pool.submit(ask, None) for _ in range(8)]
            eventually(9, lambda: looks.asked)
        assert {"the database cannot be reached or used (2002 no)"} == {
            one.result() for one in waiting
        }
    assert 1 == server.asked
    server.is_there = True
    assert None is not changes.tick_or_look()


@pytest.mark.parametrize("purged", [True, False])
def test_what_was_purged_meanwhile_is_gone_with_the_first_look_and_nothing_else(
    outlasting, server, seeded_engine, seconds, purged
):
    tick = outlasting.tick()
    server.is_there = False
    seconds.now += TRUSTED
    assert "unchecked" == outlasting.standing(tick, [KEY])

    server.is_there = True
    if purged:
        purge(seeded_engine, [CODE])
    outlasting.look()

    assert ("gone" if purged else "good") == outlasting.standing(tick, [KEY])
    assert "good" == outlasting.standing(tick, [OTHER])


def test_after_a_quiet_time_one_look_tells_whether_copies_are_good(
    outlasting, server, seeded_engine, seconds
):
    """They need not be made anew, and a purge in between shows."""
    tick = outlasting.tick()
    purge(seeded_engine, [CODE])
    seconds.now += 30

    assert "good" == outlasting.standing(tick, [OTHER])
    assert "gone" == outlasting.standing(tick, [KEY])


def test_a_thread_goes_on_looking_in_a_quiet_time_where_copies_are_to_outlast_the_database(
    seeded_engine, seconds, monkeypatch
):
    monkeypatch.setattr(module, "IDLE_INTERVAL", 0.01)
    looked = []
    changes = Changes(seeded_engine, seconds, lambda: looked.append(1), without_database=60.0)
    changes.tick()
    seconds.now += 2 * IDLE
    before = len(looked)
    eventually(True, lambda: len(looked) > before + 3)

    changes.stop()
    eventually(False, lambda: changes._looking)


def test_a_look_that_was_under_way_when_it_was_stopped_tells_of_no_outage(
    seeded_engine, seconds, monkeypatch, caplog
):
    looking, gone = threading.Event(), threading.Event()

    def late(*_arguments, **_options):
        looking.set()
        gone.wait(10)
        raise DatabaseUnavailable("dropped meanwhile")

    monkeypatch.setattr(module.database, "read", late)
    changes = Changes(seeded_engine, seconds)
    changes.tick()
    assert looking.wait(10)
    changes.stop()
    gone.set()
    eventually(False, lambda: changes._looking)

    assert [] == caplog.messages
