"""What a readiness is measured by is how ready all that are held are, as they are held now."""

import pytest
from support.clock import LIMITS
from support.fills import publish, rated
from support.made_up_release import RATED

from app.transitions import baseline as module
from app.transitions.baseline import Baseline
from app.transitions.matrices import ReadinessMatrices
from cache.catalogue import Catalogue
from cache.db.unavailable import DatabaseUnavailable
from cache.entries.store import Store
from cache.reading import NotAtHand, Reading

LEAST = "99-1000.00"


@pytest.fixture
def store(seeded_engine):
    return Store(seeded_engine)


@pytest.fixture
def baseline(seeded_engine, store, changes, clock, monkeypatch):
    monkeypatch.setattr(module, "LEAST_HELD", len(RATED))
    return Baseline(ReadinessMatrices(store, Catalogue(seeded_engine), changes, LIMITS, clock))


@pytest.fixture
def target(store):
    def read(code=RATED[2]):
        (stored,) = store.read("skills", [code])
        return Reading(stored.entry, stored.profile, "hit")

    return read


def test_it_is_the_share_of_all_that_are_less_ready(baseline, target):
    # The others are 0, a half and all ready for it, and it is itself.
    assert [0.0, 0.25, 0.25, 0.5, 0.5] == [
        baseline.closer_than(target(), share) for share in (0.0, 0.0001, 0.5, 0.5001, 1.0)
    ]


def test_it_is_not_told_where_few_are_held(baseline, target, monkeypatch):
    monkeypatch.setattr(module, "LEAST_HELD", len(RATED) + 1)

    assert baseline.closer_than(target(), 1.0) is None


def test_a_change_of_any_occupation_changes_it(baseline, target, seeded_engine, changes):
    assert 0.5 == baseline.closer_than(target(), 1.0)

    publish(seeded_engine, rated(LEAST, "0.0000"))
    changes.look()

    assert 0.6 == baseline.closer_than(target(), 1.0)


def test_a_target_that_was_filled_since_is_measured_as_it_was_read(baseline, target, seeded_engine):
    before = baseline.closer_than(target(), 0.5)
    publish(seeded_engine, rated(RATED[2], "6.0000"))

    assert before != baseline.closer_than(target(), 0.5)


def test_without_the_database_it_is_as_it_was_or_not_told(baseline, target, monkeypatch):
    read = target()

    def fail(_):
        raise DatabaseUnavailable("gone")

    with monkeypatch.context() as unavailable:
        unavailable.setattr(baseline._matrices, "snapshot", fail)
        assert baseline.closer_than(read, 1.0) is None
    before = baseline.closer_than(read, 1.0)
    monkeypatch.setattr(baseline._matrices, "snapshot", fail)
    assert before == baseline.closer_than(read, 1.0) == 0.5


def test_targets_are_remembered_up_to_a_number(baseline, target, monkeypatch):
    monkeypatch.setattr(module, "TARGETS", 2)
    for code in RATED:
        baseline.closer_than(target(code), 1.0)

    assert 0 < len(baseline._sorted) <= 2


def test_it_is_at_hand_once_it_was_worked_out_and_while_nothing_changes(
    baseline, target, seeded_engine, changes
):
    for _ in range(2):
        with pytest.raises(NotAtHand):
            baseline.closer_than_at_hand(target(), 0.5)
        told = baseline.closer_than(target(), 0.5)
        assert told == baseline.closer_than_at_hand(target(), 0.5)

        publish(seeded_engine, rated(LEAST, "0.0000"))
        changes.look()


def test_that_few_are_held_is_at_hand_too(baseline, target, monkeypatch):
    monkeypatch.setattr(module, "LEAST_HELD", len(RATED) + 1)
    baseline.closer_than(target(), 1.0)

    assert baseline.closer_than_at_hand(target(), 1.0) is None
