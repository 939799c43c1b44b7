from support.clock import LIMITS, FakeClock
from support.made_up_release import RATED

from cache.purge import purge
from cache.seed import Holdings, holdings, seed


def test_an_empty_database_holds_nothing_and_misses_nothing(engine):
    assert Holdings(rated=0, unknown=0) == holdings(engine)


def test_a_complete_release_leaves_nothing_unknown(seeded_engine):
    assert Holdings(rated=len(RATED), unknown=0) == holdings(seeded_engine)


def test_the_starter_data_leaves_what_it_does_not_hold_unknown(engine, starter_release):
    seed(engine, starter_release, limits=LIMITS, now=FakeClock())

    assert Holdings(rated=64, unknown=1016 - 64) == holdings(engine)


def test_what_is_forgotten_is_unknown_again(seeded_engine):
    purge(seeded_engine, [RATED[0]])

    assert Holdings(rated=len(RATED) - 1, unknown=1) == holdings(seeded_engine)
