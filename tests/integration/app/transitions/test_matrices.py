"""What is ranked is what the database holds, however many processes change it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event
from support.clock import LIMITS, FakeClock
from support.fills import CODE, fill, publish, rated
from support.made_up_release import RATED
from support.profiles import readiness_by_code
from support.tables import clear

from app.transitions import matrices as module
from app.transitions.matrices import ReadinessMatrices
from cache.catalogue import Catalogue
from cache.db.database import connect
from cache.db.unavailable import DatabaseUnavailable
from cache.entries import invalidation as changes_module
from cache.entries.invalidation import TRUSTED
from cache.entries.purge import purge
from cache.entries.renewal import Revalidation
from cache.entries.store import Store
from cache.reading import NotAtHand
from cache.release.seed import seed

NEW = "99-1000.00"
OTHERS = [code for code in RATED if code != CODE]


class CountingStore(Store):
    """Notes what is read."""

    def __init__(self, engine) -> None:
        super().__init__(engine)
        self.asked: list[list[str]] = []

    def read(self, domain, codes):
        self.asked.append(list(codes))
        return super().read(domain, codes)


@pytest.fixture
def store(seeded_engine):
    return CountingStore(seeded_engine)


@pytest.fixture
def new_matrices(seeded_engine, store, changes, clock):
    """Matrices that have read nothing yet."""
    return ReadinessMatrices(store, Catalogue(seeded_engine), changes, LIMITS, clock)


@pytest.fixture
def matrices(new_matrices, store):
    """The same, with all skills read."""
    new_matrices.snapshot("skills")
    store.asked.clear()
    return new_matrices


@pytest.fixture
def other_process(seeded_engine):
    """An engine of its own to the same database."""
    engine = connect(seeded_engine.url)
    yield engine
    engine.dispose()


def codes(matrices) -> list[str]:
    return sorted(matrices.snapshot("skills").matrix.titles)


def test_all_rated_occupations_are_read_at_first_some_at_a_time(new_matrices, store, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 3)

    matrix = new_matrices.snapshot("skills").matrix

    assert list(RATED) == sorted(matrix.titles)
    assert [list(RATED[:3]), [RATED[3]]] == store.asked
    # Those of the first are 0, which meets the demands of nobody but itself.
    assert dict.fromkeys(RATED, 0.0) | {RATED[0]: 1.0} == readiness_by_code(matrix, RATED[0], "to")


def test_requests_that_come_together_read_once(new_matrices, store):
    with ThreadPoolExecutor(8) as pool:
        snapshots = list(pool.map(new_matrices.snapshot, ["skills"] * 24))

    assert 1 == len(set(map(id, snapshots)))
    assert [list(RATED)] == store.asked


def test_a_snapshot_is_at_hand_until_something_changes_or_becomes_stale(
    matrices, seeded_engine, changes, clock
):
    snapshot = matrices.snapshot("skills")
    assert snapshot is matrices.at_hand("skills")

    clock.advance(LIMITS.ttl)
    with pytest.raises(NotAtHand):
        matrices.at_hand("skills")
    clock.advance(-LIMITS.ttl)
    publish(seeded_engine, rated(NEW))
    changes.look()
    with pytest.raises(NotAtHand):
        matrices.at_hand("skills")


def test_nothing_is_read_again_while_nothing_changes(matrices, store, changes, seconds):
    before = matrices.snapshot("skills").matrix

    changes.look()
    seconds.now += 100.0

    assert before is matrices.snapshot("skills").matrix
    assert [] == store.asked


@pytest.mark.parametrize(
    ("change", "left"),
    [
        pytest.param(lambda engine: publish(engine, rated(NEW)), [*RATED, NEW], id="a fill"),
        pytest.param(lambda engine: purge(engine, [CODE]), OTHERS, id="a purge"),
        pytest.param(
            lambda engine: publish(engine, fill(CODE, "empty")), OTHERS, id="no ratings any more"
        ),
        pytest.param(lambda engine: publish(engine, fill(NEW)), list(RATED), id="no such code"),
    ],
)
def test_a_change_by_another_process_shows_after_a_look_and_is_all_that_is_read(
    matrices, store, changes, other_process, change, left
):
    change(other_process)
    assert list(RATED) == codes(matrices)

    changes.look()

    assert left == codes(matrices)
    assert 1 == len(store.asked)
    assert 1 == len(store.asked[0])


def test_a_change_is_read_once(matrices, store, changes, other_process):
    for code in RATED[:2]:
        purge(other_process, [code])
        changes.look()
        matrices.snapshot("skills")

    assert [[RATED[0]], [RATED[1]]] == store.asked


def test_a_change_in_another_domain_is_not_read(matrices, store, changes, other_process):
    before = matrices.snapshot("skills").matrix

    publish(other_process, fill(CODE, "empty", domain="other"))
    changes.look()

    assert before is matrices.snapshot("skills").matrix
    assert [] == store.asked


def test_a_refresh_by_another_process_changes_the_figures(matrices, changes, other_process):
    before = readiness_by_code(matrices.snapshot("skills").matrix, CODE, "to")

    publish(other_process, rated(CODE, "3.0000", title="Tide Readers"))
    changes.look()

    matrix = matrices.snapshot("skills").matrix
    assert (1 / 2, 1.0) == (before[RATED[2]], readiness_by_code(matrix, CODE, "to")[RATED[2]])
    assert "Tide Readers" == matrix.titles[CODE]


def test_a_change_shows_within_a_second_where_nobody_looks(matrices, other_process, seconds):
    purge(other_process, [CODE])

    seconds.now += TRUSTED

    assert CODE not in codes(matrices)


def forget_which(engine, monkeypatch) -> None:
    monkeypatch.setattr(changes_module, "REMEMBERED", 0)
    publish(engine, rated(NEW))


def restore(engine, _) -> None:
    """As a backup does, which holds another count."""
    clear(engine)
    publish(engine, rated(NEW))


@pytest.mark.parametrize(("change", "left"), [(forget_which, [*RATED, NEW]), (restore, [NEW])])
def test_where_any_may_have_changed_all_are_read_again(
    matrices, store, changes, seeded_engine, other_process, monkeypatch, change, left
):
    publish(seeded_engine, rated(CODE))
    changes.look()
    matrices.snapshot("skills")
    store.asked.clear()

    change(other_process, monkeypatch)
    changes.look()

    assert left == codes(matrices)
    assert [left] == store.asked


def purge_all(engine, _) -> None:
    purge(engine, None)


def mark_stale(engine, _) -> None:
    Revalidation(engine, LIMITS, FakeClock()).mark_stale("skills", "99.9")


def load_less(engine, release) -> None:
    for file in release.glob("*Skills.txt"):
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if not line.startswith(CODE)))
    seed(engine, release, limits=LIMITS, now=FakeClock())


@pytest.mark.parametrize(
    ("change", "left"),
    [(purge_all, []), (mark_stale, list(RATED)), (load_less, OTHERS)],
)
def test_a_change_of_everything_shows(
    matrices, changes, other_process, made_up_release, change, left
):
    change(other_process, made_up_release)
    changes.look()

    assert left == codes(matrices)


def test_a_change_while_all_are_read_shows_after_the_next_look(
    new_matrices, store, changes, other_process
):
    changes.look()
    read = store.read

    def read_then_purge(domain, asked):
        found = read(domain, asked)
        if len(asked) == len(RATED):
            purge(other_process, [CODE])
            changes.look()
        return found

    store.read = read_then_purge

    new_matrices.snapshot("skills")

    assert CODE not in codes(new_matrices)


def test_a_database_that_cannot_be_read_is_told_and_what_is_held_goes_on_later(
    matrices, changes, seconds, seeded_engine, other_process
):
    publish(other_process, rated(NEW))
    seconds.now += TRUSTED

    def refuse(*_, **__):
        raise DatabaseUnavailable("gone")

    event.listen(seeded_engine, "checkout", refuse)
    with pytest.raises(DatabaseUnavailable):
        matrices.snapshot("skills")
    event.remove(seeded_engine, "checkout", refuse)

    assert [*RATED, NEW] == codes(matrices)


def test_what_is_too_old_to_serve_is_not_ranked_until_it_is_filled_again(
    matrices, store, changes, clock, other_process
):
    clock.advance(LIMITS.ttl - 50)
    publish(other_process, rated(CODE, expires_at=clock.time + timedelta(seconds=LIMITS.ttl)))
    changes.look()
    clock.advance(50 + LIMITS.stale_if_error)
    assert list(RATED) == codes(matrices)
    store.asked.clear()

    clock.advance(1)
    assert [CODE] == codes(matrices)
    assert matrices.snapshot("skills").matrix is matrices.snapshot("skills").matrix
    assert [] == store.asked

    soon = clock.time + timedelta(seconds=LIMITS.ttl)
    publish(other_process, rated(RATED[0], expires_at=soon))
    changes.look()
    assert [RATED[0], CODE] == codes(matrices)
    clock.advance(-1)
    assert list(RATED) == codes(matrices)
