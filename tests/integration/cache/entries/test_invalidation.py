"""A copy in a process is trusted exactly as long as the database was seen to hold the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from support.clock import LIMITS, START, FakeClock, eventually
from support.fills import CODE, fill, rated
from support.made_up_release import RATED
from support.tables import clear

from cache.entries import invalidation as module
from cache.entries.invalidation import IDLE, TRUSTED, Changes
from cache.entries.purge import purge
from cache.entries.renewal import Revalidation
from cache.entries.store import Store
from cache.local.bounded_cache import BoundedCache
from cache.release.seed import seed
from onet_client.content_model import DOMAINS

KEY, OTHER = ("skills", CODE), ("skills", RATED[0])


def generation(engine) -> int:
    (stored,) = Store(engine).read("skills", [CODE])
    return stored.entry.generation


def test_nothing_is_trusted_before_the_first_look(changes):
    assert None is changes.tick()
    assert not changes.is_good(0, [KEY])


def test_a_copy_is_good_for_less_than_a_second_after_a_look(changes, seconds):
    changes.look()
    tick = changes.tick()

    seconds.now += TRUSTED - 0.001
    assert changes.is_good(tick, [KEY])
    seconds.now += 0.001
    assert not changes.is_good(tick, [KEY])
    assert None is changes.tick()

    changes.look()
    assert changes.is_good(tick, [KEY])


def publish(engine):
    Store(engine).publish(rated(), generation(engine))


def publish_no(engine):
    Store(engine).publish(fill(CODE, "empty"), generation(engine))


def purge_one(engine):
    purge(engine, [CODE])


@pytest.mark.parametrize("change", [publish, publish_no, purge_one])
def test_a_change_of_an_entry_ends_its_copies_and_no_others(changes, seeded_engine, change):
    changes.look()
    tick = changes.tick()

    change(seeded_engine)
    changes.look()

    assert (False, True, False) == (
        changes.is_good(tick, [KEY]),
        changes.is_good(tick, [OTHER]),
        changes.is_good(tick, [OTHER, KEY]),
    )
    assert changes.is_good(changes.tick(), [KEY])


def purge_all(engine):
    purge(engine, None)


def mark_stale(engine):
    Revalidation(engine, LIMITS, lambda: START + timedelta(seconds=1)).mark_stale("skills", "99.9")


def restore(engine):
    """As a backup does, which holds another count."""
    clear(engine)


@pytest.mark.parametrize("change", [purge_all, mark_stale, restore])
def test_a_change_of_everything_ends_all_copies(changes, seeded_engine, change):
    publish(seeded_engine)
    changes.look()
    tick = changes.tick()

    change(seeded_engine)
    changes.look()

    assert [False, False] == [changes.is_good(tick, [key]) for key in (KEY, OTHER)]


def test_a_load_ends_the_copies_of_what_it_only_names_too(changes, seeded_engine, made_up_release):
    (made_up_release / "manifest.json").write_text('{"release": "28.2", "complete": false}')
    for file in made_up_release.glob("*Skills.txt"):
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if not line.startswith(CODE)))
    publish(seeded_engine)
    changes.look()
    tick = changes.tick()

    seed(seeded_engine, made_up_release, limits=LIMITS, now=FakeClock())
    changes.look()

    assert [False, False] == [changes.is_good(tick, [key]) for key in (KEY, OTHER)]


KNOWLEDGE = ("knowledge", CODE)


def publish_title(engine):
    Store(engine).publish(rated(title="Tide Tellers"), generation(engine))


def publish_description(engine):
    said = rated(description="They tell the tide.", level="3.5000")
    Store(engine).publish(said, generation(engine))


@pytest.mark.parametrize("change", [publish_title, publish_description])
def test_a_fill_that_changes_what_an_occupation_is_called_ends_the_copies_of_all_its_domains(
    changes, seeded_engine, change
):
    Store(seeded_engine).publish(fill(CODE, "empty", domain="knowledge"), 0)
    changes.look()
    tick = changes.tick()

    change(seeded_engine)
    changes.look()

    good = [changes.is_good(tick, [key]) for key in (KEY, KNOWLEDGE, OTHER)]
    assert [False, False, True] == good


@pytest.mark.parametrize("description", [None, "They do."])
def test_a_fill_of_the_same_title_ends_the_copies_of_its_own_domain(
    changes, seeded_engine, description
):
    Store(seeded_engine).publish(fill(CODE, "empty", domain="knowledge"), 0)
    changes.look()
    tick = changes.tick()

    Store(seeded_engine).publish(rated(description=description), generation(seeded_engine))
    changes.look()

    assert [False, True] == [changes.is_good(tick, [key]) for key in (KEY, KNOWLEDGE)]


def test_a_load_of_one_domain_that_changes_a_title_ends_the_copies_of_the_others(
    changes, seeded_engine, made_up_release
):
    Store(seeded_engine).publish(fill(CODE, "empty", domain="knowledge"), 0)
    occupations = made_up_release / "Occupation Data.txt"
    occupations.write_text(occupations.read_text().replace("Tide Clerks", "Tide Tellers"))
    changes.look()
    tick = changes.tick()

    seed(seeded_engine, made_up_release, limits=LIMITS, now=FakeClock())
    changes.look()

    assert not changes.is_good(tick, [KNOWLEDGE])
    (stored,) = Store(seeded_engine).read("knowledge", [CODE])
    assert "Tide Tellers" == stored.profile.title


def test_fills_of_all_domains_at_once_agree_on_a_new_title(changes, seeded_engine):
    """Each stamps the entries that the others have locked, so some run again."""
    for domain in DOMAINS[1:]:
        Store(seeded_engine).publish(fill(CODE, "empty", domain=domain), 0)
    changes.look()
    tick = changes.tick()

    def publish_in(domain: str) -> None:
        said = fill(CODE, "empty", domain=domain, title="Tide Tellers")
        Store(seeded_engine).publish(said, 1)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(publish_in, DOMAINS))
    changes.look()

    assert not any(changes.is_good(tick, [(domain, CODE)]) for domain in DOMAINS)


def test_more_changes_than_are_told_apart_end_all_copies(changes, seeded_engine, monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED", 2)
    changes.look()
    tick = changes.tick()

    for number in range(3):
        Store(seeded_engine).publish(rated(f"99-100{number}.00"), 0)
    changes.look()

    assert not changes.is_good(tick, [KEY])
    assert changes.is_good(changes.tick(), [KEY])


def test_no_change_of_many_at_once_is_missed(changes, seeded_engine):
    """The count is raised under its row's lock, so what is seen of it is all there is."""
    codes = [f"99-{number}.00" for number in range(1000, 1024)]
    changes.look()
    missed = []

    def publish_and_look(code: str) -> None:
        tick = changes.tick()
        Store(seeded_engine).publish(rated(code), 0)
        changes.look()
        if changes.is_good(tick, [("skills", code)]):
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


def test_copies_are_bounded_and_the_first_make_room(changes):
    changes.look()
    copies = BoundedCache(changes, 20)
    for number in range(50):
        copies.put(number, str(number), copies.tick(), [KEY])

    assert 20 >= len(copies)
    assert (None, "49") == (copies.get(0), copies.get(49))


def test_copies_are_bounded_by_the_size_they_are_said_to_have(changes):
    changes.look()
    copies = BoundedCache(changes, 20)
    for number in range(10):
        copies.put(number, number, copies.tick(), [KEY], size=8)
    copies.put("too large", 1, copies.tick(), [KEY], size=21)
    copies.put(9, "again", copies.tick(), [KEY], size=12)

    assert [None, "again", None] == [copies.get(key) for key in (7, 9, "too large")]
    assert 8 == copies.get(8)
    assert 2 == len(copies)


def test_what_was_read_while_nothing_was_known_is_not_copied(changes):
    copies = BoundedCache(changes, 20)
    copies.put("a", 1, copies.tick(), [KEY])
    changes.look()

    assert None is copies.get("a")


def test_a_copy_ends_with_a_change_of_one_of_its_entries(changes, seeded_engine):
    changes.look()
    copies = BoundedCache(changes, 20)
    copies.put("a", 1, copies.tick(), [KEY, OTHER])
    assert 1 == copies.get("a")

    publish(seeded_engine)
    changes.look()

    assert None is copies.get("a")
